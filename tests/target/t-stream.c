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
	    CASE(stream_temporary_has_no_name),
	};

	return t_run(cases, (int)(sizeof(cases) / sizeof(cases[0])), argc, argv);
}
