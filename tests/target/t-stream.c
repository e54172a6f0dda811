/* SPDX-License-Identifier: Apache-2.0 */
/* t-stream.c - streams: what <stdio.h> promises of them beyond formatting. */
#include <stdlib.h>
#include <string.h>

#include "t-checks.h"

#define FILE_ "/tmp/t-stream"

static void
stream_reads_what_it_wrote(void)
{
	char line[64];
	int n = 0;
	FILE *f = fopen(FILE_, "w");

	CHECK(f != NULL);
	for (int i = 0; i < 300; i++)
		CHECK(fprintf(f, "line %d %.2f\n", i, i / 4.0) > 0);
	CHECK_EQ(fclose(f), 0);
	f = fopen(FILE_, "r");
	CHECK(f != NULL);
	while (fgets(line, sizeof(line), f) != NULL) {
		int number = -1;
		double value = -1;

		CHECK_EQ(sscanf(line, "line %d %lf", &number, &value), 2);
		CHECK_EQ(number, n);
		CHECK(value == n / 4.0);
		n++;
	}
	CHECK_EQ(n, 300);
	CHECK(feof(f));
	rewind(f);
	CHECK(fgets(line, sizeof(line), f) != NULL);
	CHECK(strcmp(line, "line 0 0.00\n") == 0);
	CHECK_EQ(fseek(f, -8, SEEK_END), 0);
	CHECK_EQ(fread(line, 1, sizeof(line), f), 8);
	CHECK_EQ(fclose(f), 0);
	f = fopen("/no/such", "r");
	CHECK(f == NULL);
	CHECK_EQ(errno, ENOENT);
	f = fopen(FILE_, "q");
	CHECK(f == NULL);
	CHECK_EQ(errno, EINVAL);
	CHECK_EQ(remove(FILE_), 0);
}

static void
stream_is_reopened_and_appended(void)
{
	char line[32];
	FILE *f = fopen(FILE_, "w"), *again;

	CHECK(f != NULL);
	CHECK(fputs("one\n", f) >= 0);
	again = freopen(FILE_ "2", "w", f);
	CHECK(again == f);
	CHECK(fputs("two\n", again) >= 0);
	CHECK_EQ(fclose(again), 0);
	/* freopen has closed the first stream. */
	/* cppcheck-suppress incompatibleFileOpen */
	f = fopen(FILE_, "a+");
	CHECK(f != NULL);
	CHECK(fputs("three\n", f) >= 0);
	CHECK_EQ(ftell(f), 10);
	CHECK_EQ(fseek(f, 0, SEEK_SET), 0);
	CHECK(fgets(line, sizeof(line), f) != NULL);
	CHECK(strcmp(line, "one\n") == 0);
	CHECK_EQ(ungetc('X', f), 'X');
	CHECK_EQ(fgetc(f), 'X');
	CHECK(fgets(line, sizeof(line), f) != NULL);
	CHECK(strcmp(line, "three\n") == 0);
	CHECK(fgets(line, sizeof(line), f) == NULL);
	CHECK_EQ(fclose(f), 0);
	CHECK_EQ(remove(FILE_), 0);
	CHECK_EQ(remove(FILE_ "2"), 0);
}

static void
make_file(const char *text)
{
	FILE *f = fopen(FILE_, "w");

	CHECK(f != NULL);
	CHECK(fputs(text, f) >= 0);
	CHECK_EQ(fclose(f), 0);
}

static void
stream_for_writing_refuses_to_be_read(void)
{
	char text[4];
	FILE *f = fopen(FILE_, "w");

	CHECK(f != NULL);
	CHECK(!ferror(f));
	errno = 0;
	CHECK_EQ(fgetc(f), EOF);
	CHECK_EQ(errno, EBADF);
	CHECK(ferror(f));
	CHECK(!feof(f));
	clearerr(f);
	CHECK(fgets(text, sizeof(text), f) == NULL);
	CHECK(ferror(f));
	clearerr(f);
	CHECK_EQ(fread(text, 1, 1, f), 0);
	CHECK(ferror(f));
	clearerr(f);
	CHECK_EQ(fscanf(f, "%3s", text), EOF);
	CHECK(ferror(f));
	clearerr(f);
	CHECK_EQ(getc(f), EOF);
	CHECK(ferror(f));
	clearerr(f);
	rewind(f);
	CHECK(fputs("x", f) >= 0);
	CHECK(!ferror(f));
	CHECK_EQ(fclose(f), 0);
	CHECK_EQ(remove(FILE_), 0);
}

static void
stream_for_reading_refuses_to_be_written(void)
{
	FILE *f;

	make_file("x");
	f = fopen(FILE_, "r");
	CHECK(f != NULL);
	/* That they fail is what is tested here. */
	/* cppcheck-suppress-begin writeReadOnlyFile */
	CHECK_FAILS(fputc('x', f), EBADF);
	CHECK(ferror(f));
	clearerr(f);
	CHECK_EQ(putc('x', f), EOF);
	CHECK(ferror(f));
	clearerr(f);
	CHECK_FAILS(fputs("x", f), EBADF);
	CHECK(ferror(f));
	clearerr(f);
	CHECK_EQ(fwrite("x", 1, 1, f), 0);
	CHECK(ferror(f));
	clearerr(f);
	CHECK_EQ(fprintf(f, "x"), -1);
	CHECK(ferror(f));
	/* cppcheck-suppress-end writeReadOnlyFile */
	CHECK_EQ(fgetc(f), 'x');
	CHECK_EQ(fclose(f), 0);
	CHECK_EQ(remove(FILE_), 0);
}

static void
stream_knows_its_position(void)
{
	char line[16];
	FILE *f;

	make_file("one\ntwo\n");
	f = fopen(FILE_, "a+");
	CHECK(f != NULL);
	CHECK_EQ(fseek(f, 0, SEEK_SET), 0);
	CHECK(fgets(line, sizeof(line), f) != NULL);
	CHECK_EQ(ftell(f), 4);
	CHECK_EQ(fseek(f, 0, SEEK_CUR), 0);
	CHECK(fputs("three\n", f) >= 0);
	CHECK_EQ(ftell(f), 14);
	CHECK_EQ(fseek(f, -6, SEEK_CUR), 0);
	CHECK(fgets(line, sizeof(line), f) != NULL);
	CHECK(strcmp(line, "three\n") == 0);
	CHECK_EQ(fseek(f, 2, SEEK_SET), 0);
	CHECK_EQ(fgetc(f), 'e');
	CHECK_EQ(ungetc('e', f), 'e');
	CHECK_EQ(ftell(f), 2);
	CHECK_EQ(fseek(f, 2, SEEK_CUR), 0);
	CHECK_EQ(fgetc(f), 't');
	CHECK_EQ(ungetc('!', f), '!');
	rewind(f);
	CHECK_EQ(fgetc(f), 'o');
	CHECK_EQ(fclose(f), 0);
	CHECK_EQ(remove(FILE_), 0);
}

static void
stream_gives_lines_of_any_length(void)
{
	static char wide[1000];
	size_t size = 0;
	char *line = NULL;
	FILE *f = fopen(FILE_, "w+");

	CHECK(f != NULL);
	memset(wide, 'w', sizeof(wide) - 1);
	CHECK(fprintf(f, "short\n\n%s\na:b", wide) > 0);
	rewind(f);
	CHECK_EQ(getline(&line, &size, f), 6);
	CHECK(strcmp(line, "short\n") == 0);
	CHECK_EQ(getline(&line, &size, f), 1);
	CHECK_EQ(getline(&line, &size, f), 1000);
	CHECK(size > 1000);
	CHECK(memcmp(line, wide, 999) == 0);
	CHECK_EQ(getdelim(&line, &size, ':', f), 2);
	CHECK(strcmp(line, "a:") == 0);
	CHECK_EQ(getline(&line, &size, f), 1);
	CHECK(strcmp(line, "b") == 0);
	CHECK_EQ(getline(&line, &size, f), -1);
	CHECK(feof(f));
	CHECK_FAILS(getline(NULL, &size, f), EINVAL);
	free(line);
	CHECK_EQ(fclose(f), 0);
	CHECK_EQ(remove(FILE_), 0);
}

static void
stream_temporary_has_no_name(void)
{
	char text[8] = {0};
	FILE *f = tmpfile();

	CHECK(f != NULL);
	CHECK_EQ(fwrite("abcdef", 1, 6, f), 6);
	rewind(f);
	CHECK_EQ(fread(text, 1, sizeof(text), f), 6);
	CHECK(strcmp(text, "abcdef") == 0);
	CHECK_EQ(fclose(f), 0);
}

int
main(int argc, char **argv)
{
	static const struct t_case cases[] = {
	    CASE(stream_reads_what_it_wrote),
	    CASE(stream_is_reopened_and_appended),
	    CASE(stream_for_writing_refuses_to_be_read),
	    CASE(stream_for_reading_refuses_to_be_written),
	    CASE(stream_knows_its_position),
	    CASE(stream_gives_lines_of_any_length),
	    CASE(stream_temporary_has_no_name),
	};

	return t_run(cases, (int)(sizeof(cases) / sizeof(cases[0])), argc, argv);
}
