/* SPDX-License-Identifier: Apache-2.0 */
/* options.c - the command line of cyclictest: the letters and words of rt-tests' program, those at
 * least that scripts use. Owns struct options; starts nothing. */
#include "cyclictest.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

struct options options = {
    .interval_us = 1000, .distance_us = 500, .policy = SCHED_FIFO, .threads = 1};

static const char usage[] =
    "usage: cyclictest [OPTION]...\n"
    "Threads that sleep until a time, and measure how late they run.\n"
    "  -a [CPUS], --affinity     taken and ignored: there is one processor\n"
    "  -b, --breaktrace=USEC     stop when a latency is above USEC\n"
    "  -d, --distance=USEC       each thread's interval is so much longer than the last one's "
    "(500)\n"
    "  -D, --duration=TIME       stop after so many seconds; m, h, d: minutes, hours, days\n"
    "  -h, --histogram=USEC      print a histogram up to USEC\n"
    "  -H, --histofall=USEC      the same with the sum of all threads as last column\n"
    "  -i, --interval=USEC       of the first thread (1000)\n"
    "      --json=FILE           write the results into FILE\n"
    "  -l, --loops=N             so many wake-ups (0: no end)\n"
    "  -m, --mlockall            taken: all memory is locked\n"
    "  -n, --nanosleep           taken: it is what is used\n"
    "  -N, --nsecs               print nanoseconds\n"
    "  -p, --priority=N          of all threads (1..254; 0: as started)\n"
    "      --policy=NAME         fifo, rr or other\n"
    "  -q, --quiet               print a summary at the end only\n"
    "  -t [N], --threads         so many threads (without N: as many as processors)\n"
    "  -v, --verbose             print each value as THREAD:CYCLE:VALUE\n"
    "      --sweep=NSEC          lengthen intervals by up to NSEC, in small steps, so that they\n"
    "                            meet every phase of what else is periodic\n"
    "      --help                this text\n";

enum { HELP = 256, JSON, POLICY, SWEEP };

static const struct option words[] = {
    {"affinity", optional_argument, NULL, 'a'},
    {"breaktrace", required_argument, NULL, 'b'},
    {"distance", required_argument, NULL, 'd'},
    {"duration", required_argument, NULL, 'D'},
    {"help", no_argument, NULL, HELP},
    {"histogram", required_argument, NULL, 'h'},
    {"histofall", required_argument, NULL, 'H'},
    {"interval", required_argument, NULL, 'i'},
    {"json", required_argument, NULL, JSON},
    {"loops", required_argument, NULL, 'l'},
    {"mlockall", no_argument, NULL, 'm'},
    {"nanosleep", no_argument, NULL, 'n'},
    {"nsecs", no_argument, NULL, 'N'},
    {"policy", required_argument, NULL, POLICY},
    {"priority", required_argument, NULL, 'p'},
    {"prio", required_argument, NULL, 'p'},
    {"quiet", no_argument, NULL, 'q'},
    {"sweep", required_argument, NULL, SWEEP},
    {"threads", optional_argument, NULL, 't'},
    {"verbose", no_argument, NULL, 'v'},
    {NULL, 0, NULL, 0},
};

static void __attribute__((noreturn)) leave(const char *what, const char *value)
{
	fprintf(stderr, "cyclictest: %s: %s; --help lists the options\n", value, what);
	exit(1);
}

static int64_t
number(const char *text, int64_t least, int64_t most)
{
	char *end;
	long long n;

	errno = 0;
	n = strtoll(text, &end, 0);
	if (end == text || *end != '\0' || errno != 0 || n < least || n > most)
		leave("bad number", text);
	return n;
}

static int64_t
duration(const char *text)
{
	static const struct {
		char unit;
		int seconds;
	} units[] = {{'\0', 1}, {'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
	char *end;
	long n = strtol(text, &end, 10);

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (end != text && n > 0 && *end == units[i].unit &&
		    (*end == '\0' || end[1] == '\0'))
			return n * units[i].seconds;
	}
	leave("bad time", text);
}

/* rt-tests takes `-t 5` for `-t5`, though the value may be left out. */
static const char *
optional_value(int argc, char **argv)
{
	if (optarg == NULL && optind < argc && isdigit((unsigned char)argv[optind][0]))
		return argv[optind++];
	return optarg;
}

static int
policy(const char *name)
{
	if (strcmp(name, "rr") == 0)
		return SCHED_RR;
	if (strcmp(name, "other") == 0)
		return SCHED_OTHER;
	if (strcmp(name, "fifo") != 0)
		leave("no such policy", name);
	return SCHED_FIFO;
}

static void
option_read(int c, int argc, char **argv)
{
	const char *value;

	switch (c) {
	case 'a':
		optional_value(argc, argv);
		break;
	case 'b':
		options.break_us = number(optarg, 1, INT32_MAX);
		break;
	case 'd':
		options.distance_us = number(optarg, 0, INT32_MAX);
		break;
	case 'D':
		options.duration_s = duration(optarg);
		break;
	case 'H':
		options.histogram_all = true;
		options.histogram = (int)number(optarg, 1, HISTOGRAM_MAX);
		break;
	case 'h':
		options.histogram = (int)number(optarg, 1, HISTOGRAM_MAX);
		break;
	case 'i':
		options.interval_us = number(optarg, 1, INT32_MAX);
		break;
	case 'l':
		options.loops = number(optarg, 0, INT64_MAX);
		break;
	case 'N':
		options.nanoseconds = true;
		break;
	case 'p':
		options.priority = (int)number(optarg, 0, 254);
		break;
	case 'q':
		options.quiet = true;
		break;
	case 't':
		value = optional_value(argc, argv);
		options.threads = value == NULL ? 1 : (int)number(value, 1, THREADS_MAX);
		break;
	case 'v':
		options.verbose = true;
		break;
	case JSON:
		options.json = optarg;
		break;
	case POLICY:
		options.policy = policy(optarg);
		break;
	case SWEEP:
		options.sweep_ns = number(optarg, 1, INT32_MAX);
		break;
	case HELP:
		fputs(usage, stdout);
		exit(0);
	case 'm':
	case 'n':
		break;
	default:
		exit(1);
	}
}

void
options_read(int argc, char **argv)
{
	int c;

	options.argc = argc;
	options.argv = argv;
	while ((c = getopt_long(argc, argv, "a::b:d:D:h:H:i:l:mnNp:qt::v", words, NULL)) != -1)
		option_read(c, argc, argv);
	if (optind < argc)
		leave("no option", argv[optind]);
	/* One histogram for threads of one interval, as rt-tests has it. */
	if (options.histogram != 0)
		options.distance_us = 0;
}
