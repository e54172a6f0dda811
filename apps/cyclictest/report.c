/* SPDX-License-Identifier: Apache-2.0 */
/* report.c - cyclictest's output, line by line as scripts that know rt-tests' expect it. Reads the
 * threads' counts; never touches a thread. */
#include "cyclictest.h"

#include <errno.h>
#include <string.h>
#include <sched.h>
#include <sys/utsname.h>

static int shown_lines;
static long long shown_values[THREADS_MAX];

static long long
average(struct counts *c)
{
	long long n = get(&c->cycles);

	return n == 0 ? 0 : get(&c->sum) / n;
}

static const char *
policy_name(void)
{
	return options.priority == 0       ? "other"
	    : options.policy == SCHED_RR   ? "rr"
	    : options.policy == SCHED_FIFO ? "fifo"
					   : "other";
}

static void
print_thread(int i)
{
	struct counts *c = &counts[i];
	const char *format = options.nanoseconds
	    ? "T:%2d (%5ld) P:%2d I:%lld C:%7lld Min:%7lld Act:%8lld Avg:%8lld Max:%8lld\n"
	    : "T:%2d (%5ld) P:%2d I:%lld C:%7lld Min:%7lld Act:%5lld Avg:%5lld Max:%8lld\n";

	printf(format, i, c->tid, c->priority, (long long)c->interval_us, get(&c->cycles),
	    get(&c->cycles) == 0 ? 0 : get(&c->least), get(&c->last), average(c), get(&c->most));
}

void
report_status(bool final)
{
	/* The next one is written over this one. */
	if (shown_lines > 0)
		printf("\033[%dA", shown_lines);
	shown_lines = 0;
	if (!options.quiet) {
		/* There is no load average here: the words stay, for those who count lines. */
		printf("policy: %s: loadavg: 0.00 0.00 0.00 0/0 0          \n\n", policy_name());
		shown_lines = 2 + options.threads;
	}
	for (int i = 0; i < options.threads; i++)
		print_thread(i);
	if (final)
		shown_lines = 0;
	fflush(stdout);
}

void
report_values(void)
{
	for (int i = 0; i < options.threads; i++) {
		struct counts *c = &counts[i];
		long long end = get(&c->cycles), next = shown_values[i];

		if (end - next > VALUES) {
			printf("# %lld values lost\n", end - VALUES - next);
			next = end - VALUES;
		}
		for (; next < end; next++)
			printf("%8d:%8lld:%8lld\n", i, next, get(&c->values[next % VALUES]));
		shown_values[i] = end;
	}
}

static void
print_row(const char *head, long long (*value)(struct counts *c))
{
	printf("# %s:", head);
	for (int i = 0; i < options.threads; i++)
		printf(" %05lld", value(&counts[i]));
	putchar('\n');
}

static long long
in_histogram(struct counts *c)
{
	return get(&c->cycles) - get(&c->beyond);
}

static long long
least(struct counts *c)
{
	return get(&c->least);
}

static long long
most(struct counts *c)
{
	return get(&c->most);
}

static long long
beyond(struct counts *c)
{
	return get(&c->beyond);
}

static void
print_column(int at)
{
	long long sum = 0;

	printf("%06d ", at);
	for (int i = 0; i < options.threads; i++) {
		long long n = get(&counts[i].histogram[at]);

		sum += n;
		printf("%06lld%s", n, i + 1 < options.threads ? "\t" : "");
	}
	if (options.histogram_all)
		printf("\t%06lld", sum);
	putchar('\n');
}

void
report_histogram(void)
{
	long long sum = 0;

	printf("# Histogram\n");
	for (int at = 0; at < options.histogram; at++)
		print_column(at);
	printf("# Total:");
	for (int i = 0; i < options.threads; i++) {
		sum += in_histogram(&counts[i]);
		printf(" %09lld", in_histogram(&counts[i]));
	}
	if (options.histogram_all)
		printf(" %09lld", sum);
	putchar('\n');
	print_row("Min Latencies", least);
	print_row("Avg Latencies", average);
	print_row("Max Latencies", most);
	print_row("Histogram Overflows", beyond);
}

void
report_break(void)
{
	int i = atomic_load(&breaker);

	printf("# Thread Ids:");
	for (int j = 0; j < options.threads; j++)
		printf(" %05ld", counts[j].tid);
	printf("\n# Break thread: %ld\n# Break value: %lld\n", counts[i].tid, get(&counts[i].last));
}

/* ---- JSON ---- */

/* All the words in one string. */
static void
write_command(FILE *f)
{
	fprintf(f, "  \"cmdline\": \"");
	for (int i = 0; i < options.argc; i++) {
		for (const char *p = options.argv[i]; *p != '\0'; p++) {
			if ((unsigned char)*p < ' ')
				fprintf(f, "\\u%04x", *p);
			else
				fprintf(f, *p == '"' || *p == '\\' ? "\\%c" : "%c", *p);
		}
		fputs(i + 1 < options.argc ? " " : "\",\n", f);
	}
}

static void
write_system(FILE *f)
{
	struct utsname u;

	if (uname(&u) < 0)
		memset(&u, 0, sizeof(u));
	fprintf(f, "  \"sysinfo\": {\n");
	fprintf(f, "    \"sysname\": \"%s\",\n    \"nodename\": \"%s\",\n", u.sysname, u.nodename);
	fprintf(f, "    \"release\": \"%s\",\n    \"version\": \"%s\",\n", u.release, u.version);
	fprintf(f, "    \"machine\": \"%s\",\n    \"realtime\": 1\n  },\n", u.machine);
}

static void
write_thread(FILE *f, int i)
{
	struct counts *c = &counts[i];
	long long n = get(&c->cycles);
	const char *comma = "";

	fprintf(f, "    \"%d\": {\n      \"histogram\": {", i);
	for (int at = 0; at < options.histogram; at++) {
		if (get(&c->histogram[at]) == 0)
			continue;
		fprintf(f, "%s\n        \"%d\": %lld", comma, at, get(&c->histogram[at]));
		comma = ",";
	}
	fprintf(f, "\n      },\n      \"cycles\": %lld,\n", n);
	fprintf(f, "      \"min\": %lld,\n      \"max\": %lld,\n", n == 0 ? 0 : get(&c->least),
	    get(&c->most));
	fprintf(f, "      \"avg\": %lld.%02lld,\n", average(c),
	    n == 0 ? 0 : get(&c->sum) * 100 / n % 100);
	fprintf(f, "      \"cpu\": 0,\n      \"node\": 0\n    }%s\n",
	    i + 1 < options.threads ? "," : "");
}

int
report_json(int status)
{
	FILE *f = fopen(options.json, "w");

	if (f == NULL) {
		fprintf(stderr, "cyclictest: %s: %s\n", options.json, strerror(errno));
		return 1;
	}
	fprintf(f, "{\n  \"file_version\": 1,\n");
	write_command(f);
	write_system(f);
	fprintf(f, "  \"return_code\": %d,\n  \"num_threads\": %d,\n", status, options.threads);
	fprintf(f, "  \"resolution_in_ns\": %d,\n  \"thread\": {\n", options.nanoseconds);
	for (int i = 0; i < options.threads; i++)
		write_thread(f, i);
	fprintf(f, "  }\n}\n");
	if (fclose(f) == 0)
		return 0;
	fprintf(stderr, "cyclictest: %s: %s\n", options.json, strerror(errno));
	return 1;
}
