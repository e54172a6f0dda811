/* SPDX-License-Identifier: Apache-2.0 */
/* t-float.c - floating point registers are a thread's own: zero before it uses them, and kept when
 * others that use them run meanwhile. */
#include <pthread.h>

#include <skink/syscalls.h>

#include "t-checks.h"

#define THREADS 4
#define ROUNDS  30
#define NEW     200 /* more than there are threads in the system */
#define SPINS   (1 << 20) /* at most: half a slice */
#define KEPT    0x0ffc0300u /* f8, f9, f18 to f27: what a call keeps */

struct registers {
	uint64_t f[32];
	uint64_t control; /* fcsr */
};

#define ALL \
	"0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n"

/* Loads all of `in` (NULL: none); spins, or where `spins` is 0 lets an equal run; stores all. */
static void
carry(const struct registers *in, struct registers *out, uint64_t spins)
{
	uint64_t control = in != NULL ? in->control : 0;

	__asm__ volatile("	beqz	%2, 2f\n"
			 "	fscsr	%0\n"
			 "	.irp	n, " ALL "	fld	f\\n, \\n * 8(%2)\n"
			 "	.endr\n"
			 "	beqz	%1, 3f\n"
			 "1:	addi	%1, %1, -1\n"
			 "	bnez	%1, 1b\n"
			 "2:	j	4f\n"
			 "3:	li	t0, %4\n"
			 "	ecall\n"
			 "4:	.irp	n, " ALL "	fsd	f\\n, \\n * 8(%3)\n"
			 "	.endr\n"
			 "	frcsr	%0\n"
			 "	fscsr	zero\n"
			 : "+r"(control), "+r"(spins)
			 : "r"(in), "r"(out), "i"(SKINK_SYS_sched_yield)
			 : "memory", "t0", "t1", "t2", "t3", "t4", "t5", "t6", "a0", "a1", "a2",
			 "a3", "a4", "a5", "a6", "a7", "fs0", "fs1", "fs2", "fs3", "fs4", "fs5",
			 "fs6", "fs7", "fs8", "fs9", "fs10", "fs11", "ft0", "ft1", "ft2", "ft3",
			 "ft4", "ft5", "ft6", "ft7", "ft8", "ft9", "ft10", "ft11", "fa0", "fa1",
			 "fa2", "fa3", "fa4", "fa5", "fa6", "fa7");
	out->control = control;
}

static uint64_t
draw(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return *state ^ *state >> 29;
}

/* Results of threads: which of their registers was the first to be wrong; NULL: none. */

/* Leaves something behind, where its registers are saved. */
static void *
begin(void *seed)
{
	uint64_t state = (uintptr_t)seed;
	struct registers in, out;

	carry(NULL, &out, 0);
	for (uintptr_t i = 0; i < 32; i++) {
		in.f[i] = draw(&state);
		if (out.f[i] != 0)
			return (void *)(1000 + i);
	}
	in.control = 1;
	carry(&in, &out, 0);
	return NULL;
}

static void *
compute(void *seed)
{
	uint64_t state = (uintptr_t)seed, left = (uintptr_t)seed % 2;
	struct registers in, out;

	for (uintptr_t round = 1; round <= ROUNDS; round++) {
		uint64_t spins = (round + left) % 3 == 0 ? 0 : draw(&state) % SPINS + 1;

		for (int i = 0; i < 32; i++)
			in.f[i] = draw(&state);
		in.control = draw(&state) % 5 << 5 | draw(&state) % 32;
		carry(&in, &out, spins);
		for (int i = 0; i < 32; i++)
			if (out.f[i] != in.f[i] && (spins != 0 || (KEPT >> i & 1)))
				return (void *)(1000 * round + i);
		if (out.control != in.control)
			return (void *)(1000 * round + 32);
	}
	return NULL;
}

/* So many that a thread gets another's place in the nucleus. */
static void
registers_are_zero_at_first(void)
{
	for (uintptr_t i = 1; i <= NEW / 2; i++) {
		pthread_t one, other;
		void *wrong, *too;

		CHECK_EQ(pthread_create(&one, NULL, begin, (void *)i), 0);
		CHECK_EQ(pthread_create(&other, NULL, begin, (void *)i), 0);
		CHECK_EQ(pthread_join(one, &wrong), 0);
		CHECK_EQ(pthread_join(other, &too), 0);
		CHECK_EQ((uintptr_t)wrong, 0);
		CHECK_EQ((uintptr_t)too, 0);
	}
}

static void
registers_are_kept_when_others_run(void)
{
	struct sched_param p = {.sched_priority = 10};
	pthread_t threads[THREADS];
	pthread_attr_t attr;
	void *wrong;

	CHECK_EQ(pthread_attr_init(&attr), 0);
	CHECK_EQ(pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED), 0);
	CHECK_EQ(pthread_attr_setschedpolicy(&attr, SCHED_RR), 0);
	CHECK_EQ(pthread_attr_setschedparam(&attr, &p), 0);
	for (uintptr_t i = 0; i < THREADS; i++)
		CHECK_EQ(pthread_create(&threads[i], &attr, compute, (void *)(i + 1)), 0);
	for (int i = 0; i < THREADS; i++) {
		CHECK_EQ(pthread_join(threads[i], &wrong), 0);
		CHECK_EQ((uintptr_t)wrong, 0);
	}
}

int
main(int argc, char **argv)
{
	static const struct t_case cases[] = {
	    CASE(registers_are_zero_at_first),
	    CASE(registers_are_kept_when_others_run),
	};

	return t_run(cases, (int)(sizeof(cases) / sizeof(cases[0])), argc, argv);
}
