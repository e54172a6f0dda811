/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - bench: measures what the nucleus and its servers cost, one line a figure. Owns the
 * command line and the table; docs/measurement.md says what each figure means. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../stress/stress.h"
#include "../utils/cmd.h"

static const char usage[] =
    "usage: bench [-H] [-n SAMPLES] [FIGURE...]\n"
    "Measures the figures, all of them when none is named; a name that ends in = stands for all\n"
    "that begin like it. Each prints \"figure NAME value MEDIAN min N max N count N\", in\n"
    "instructions when time is virtual, else in cycles. -H adds a histogram, -n says how many\n"
    "samples. `bench -l` lists the figures.\n";

enum {
#define NUMBER(name, words) ADVERSARY_##name,
	STRESS_ADVERSARIES(NUMBER)
#undef NUMBER
};

static const struct figure figures[] = {
#define FIGURE(name, measure, argument, samples, between) \
	{#name, measure, argument, samples, between},
    BENCH_FIGURES(FIGURE)
#undef FIGURE
#define FIGURE(name, words) {"adversarial_" #name, measure_adversary, ADVERSARY_##name, 2000, WAIT},
	STRESS_ADVERSARIES(FIGURE)
#undef FIGURE
#define FIGURE(name, words) \
	{"behind_equal_" #name, measure_adversary, ADVERSARY_##name | ADVERSARY_EQUAL, 20, WAIT},
	    STRESS_ADVERSARIES(FIGURE)
#undef FIGURE
		{"adversarial_all", measure_adversary, ADVERSARY_ALL, 5000, WAIT},
    {"behind_equal_all", measure_adversary, ADVERSARY_ALL | ADVERSARY_EQUAL, 20, WAIT},
};
#define FIGURE_COUNT (sizeof(figures) / sizeof(figures[0]))

static int
measure(const struct figure *f, long samples, int histogram)
{
	int status;

	if (samples == 0)
		samples = f->samples;
	if (sample_start(samples) < 0)
		return 1;
	status = f->measure(f->argument, samples);
	if (status != 0) {
		fflush(stdout);
		fprintf(stderr, "bench: %s failed\n", f->name);
		return status;
	}
	sample_print(f->name, f->between == WAIT ? 0 : sample_overhead(),
	    f->between == HALF ? 2 : 1, histogram);
	fflush(stdout);
	return 0;
}

static bool
is_meant(const char *name, const char *word)
{
	size_t len = strlen(word);

	if (len > 0 && word[len - 1] == '=')
		return strncmp(name, word, len - 1) == 0;
	return strcmp(name, word) == 0;
}

static int
measure_named(const char *word, long samples, int histogram)
{
	int status = 2;

	for (size_t i = 0; i < FIGURE_COUNT; i++) {
		if (word != NULL && !is_meant(figures[i].name, word))
			continue;
		status = status == 2 ? 0 : status;
		status |= measure(&figures[i], samples, histogram);
	}
	if (status == 2)
		cmd_warn("no figure is %s; bench -l lists them", word);
	return status;
}

static int
list_figures(void)
{
	for (size_t i = 0; i < FIGURE_COUNT; i++)
		printf("%s\n", figures[i].name);
	return 0;
}

int
main(int argc, char **argv)
{
	int c, histogram = 0, status = 0;
	long samples = 0;
	char **words;

	if (argc > 1 && strcmp(argv[1], "--peer") == 0)
		return peer_main(argc, argv);
	cmd_start(argc, argv, usage);
	while ((c = cmd_option("Hln:")) != 0) {
		if (c == 'l')
			return cmd_finish(list_figures());
		else if (c == 'n')
			samples = cmd_number(cmd_value(), 1, 100000000);
		else
			histogram = 1;
	}
	words = cmd_operands();
	if (*words == NULL)
		status = measure_named(NULL, samples, histogram);
	for (; *words != NULL; words++)
		status |= measure_named(*words, samples, histogram);
	return cmd_finish(status);
}
