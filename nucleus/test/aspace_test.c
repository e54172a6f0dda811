/* SPDX-License-Identifier: Apache-2.0 */
/* aspace_test.c - riscv/aspace.c: what is mapped, in which steps, and that the hart (tlb.c) never
 * uses what no longer is. After each call tlb_check() looks. */
#include "../riscv/aspace.h"
#include "handoff.h"
#include "riscv/tlb.h"
#include "tests.h"

#define PAGES  40u
#define BORDER 0xc00000ull /* between two page tables */
#define BASE   (BORDER - 20 * SKINK_PAGE)
#define RW     (SKINK_PROT_READ | SKINK_PROT_WRITE)

/* PAGES of RAM, whichever; a step at a time. */
static void
map_all(struct process *p)
{
	uint64_t done = 0, len = PAGES * SKINK_PAGE;

	page_map(p, BASE, RAM_BASE, RW);
	page_map(p, BORDER, RAM_BASE, RW);
	while (done < len) {
		long more = call(manager, p_map, (uint64_t)p->object.id, BASE + done,
		    RAM_BASE + done, len - done, RW);

		CHECK(more > 0 && more <= ASPACE_STEP * (long)SKINK_PAGE);
		done += (uint64_t)more;
	}
	CHECK_EQ(done, len);
}

static void
test_pages_are_mapped_in_steps_when_they_are_many(void)
{
	struct process *p;
	uint64_t id;

	scene_begin();
	p = process_make(&(struct options){0});
	id = (uint64_t)p->object.id;
	map_all(p);
	for (unsigned i = 0; i < PAGES; i++)
		CHECK_EQ(
		    page_physical(&p->aspace, BASE + i * SKINK_PAGE), RAM_BASE + i * SKINK_PAGE);
	CHECK_EQ(call(manager, p_map, id, BASE, SKINK_PA_NONE, PAGES * SKINK_PAGE, 0),
	    ASPACE_STEP * SKINK_PAGE);
	CHECK_EQ(page_physical(&p->aspace, BASE + (ASPACE_STEP - 1) * SKINK_PAGE), 0);
	CHECK(page_physical(&p->aspace, BASE + ASPACE_STEP * SKINK_PAGE) != 0);
	/* Where there is no table, a step goes over all that it would map, and no further. */
	CHECK_EQ(
	    call(manager, p_map, id, 0x40000000, SKINK_PA_NONE, 5 * SKINK_PAGE, 0), 5 * SKINK_PAGE);
	scene_end();
}

static void
test_page_without_access_keeps_its_frame_when_it_is_protected(void)
{
	struct process *p;
	uint64_t id;

	scene_begin();
	p = process_make(&(struct options){0});
	id = (uint64_t)p->object.id;
	page_map(p, BASE, RAM_BASE, RW);
	CHECK_EQ(call(manager, p_map, id, BASE, SKINK_PA_KEEP, SKINK_PAGE, 0), SKINK_PAGE);
	CHECK(aspace_lookup(&p->aspace, BASE, 0) == NULL);
	CHECK_EQ(
	    call(manager, p_map, id, BASE, SKINK_PA_KEEP, SKINK_PAGE, SKINK_PROT_READ), SKINK_PAGE);
	CHECK(aspace_lookup(&p->aspace, BASE, SKINK_PROT_READ) == direct(RAM_BASE));
	CHECK(aspace_lookup(&p->aspace, BASE, SKINK_PROT_WRITE) == NULL);
	scene_end();
}

static void
test_nucleus_touches_no_device_when_a_user_has_it_mapped(void)
{
	struct process *p;
	uint64_t id, device = RAM_BASE + RAM_FRAMES * SKINK_PAGE;

	scene_begin();
	p = process_make(&(struct options){0});
	id = (uint64_t)p->object.id;
	page_map(p, BASE, device, RW);
	for (unsigned prot = 0; prot < 2; prot++) {
		CHECK_EQ(
		    call(manager, p_map, id, BASE, SKINK_PA_KEEP, SKINK_PAGE, prot), SKINK_PAGE);
		CHECK(aspace_lookup(&p->aspace, BASE, prot) == NULL);
	}
	/* RAM and a device in one piece: none of it is taken for RAM. */
	CHECK_EQ(call(manager, p_map, id, BASE, device - SKINK_PAGE, 2 * SKINK_PAGE, RW),
	    2 * SKINK_PAGE);
	CHECK(aspace_lookup(&p->aspace, BASE, SKINK_PROT_READ) == NULL);
	CHECK(aspace_lookup(&p->aspace, BASE + SKINK_PAGE, SKINK_PROT_READ) == NULL);
	scene_end();
}

static void
test_memory_is_refused_when_it_is_the_nucleus_s(void)
{
	struct process *p;
	uint64_t id;

	scene_begin();
	p = process_make(&(struct options){0});
	id = (uint64_t)p->object.id;
	handoff.nucleus = (struct skink_range){RAM_BASE + 4 * SKINK_PAGE, 2 * SKINK_PAGE};
	CHECK_EQ(call(manager, p_map, id, USER_BASE, RAM_BASE + 2 * SKINK_PAGE, 3 * SKINK_PAGE, 1),
	    -SK_EINVAL);
	CHECK_EQ(
	    call(manager, p_map, id, USER_BASE, handoff.nucleus.start + SKINK_PAGE, SKINK_PAGE, 1),
	    -SK_EINVAL);
	CHECK_EQ(call(manager, p_table_give, id, handoff.nucleus.start), -SK_EINVAL);
	handoff.nucleus = (struct skink_range){0};
	scene_end();
}

/* As start-up maps procmgr's window. */
static void
test_large_page_stays_whole_when_a_part_is_to_change(void)
{
	struct process *p;
	uint64_t id, *e, large = 2ull << 30;

	scene_begin();
	p = process_make(&(struct options){0});
	id = (uint64_t)p->object.id;
	e = (uint64_t *)frame_data(p->aspace.root) + large / level_size(2);
	entry_write(e, RAM_BASE >> 2 | PTE_HELD | PTE_V | PTE_R | PTE_U);
	CHECK_EQ(call(manager, p_map, id, large, RAM_BASE, SKINK_PAGE, 1), -SK_EINVAL);
	CHECK_EQ(call(manager, p_map, id, large, SKINK_PA_NONE, SKINK_PAGE, 0), -SK_EINVAL);
	CHECK_EQ(call(manager, p_map, id, large - SKINK_PAGE, SKINK_PA_KEEP, 2 * SKINK_PAGE, 0),
	    SKINK_PAGE);
	CHECK(aspace_lookup(&p->aspace, large + 4097, SKINK_PROT_READ) ==
	    (char *)direct(RAM_BASE) + 4097);
	CHECK_EQ(page_physical(&p->aspace, large + 4097), RAM_BASE + 4096);
	scene_end();
}

/* So many that each ASID is given several times; changes go on meanwhile. */
static void
test_translations_are_never_old_when_asids_are_given_again(void)
{
	static const uint64_t most[] = {0, 1, 3};

	for (unsigned n = 0; n < sizeof(most) / sizeof(most[0]); n++) {
		struct thread *threads[6];

		handoff.asid_max = most[n];
		if (n == 0)
			scene_begin();
		for (unsigned i = 0; i < 6; i++)
			threads[i] = process_at(10);
		for (unsigned i = 0; i < 100; i++) {
			struct thread *t = threads[i * 5 % 6];

			CHECK(call_now(t, thread_self) == t->object.id);
			if (i % 7 == 0)
				page_map(t->process, BORDER + i * 0x100000, RAM_BASE, RW);
			if (i % 7 == 3)
				page_unmap(t->process, READ_ONLY);
		}
		scene_kill_all();
	}
	scene_end();
}

static void
test_process_runs_with_its_own_tables_when_it_began_without_any(void)
{
	struct skink_process_attr attr = {.ppid = 1, .priority_max = 100, .quota = {4}};
	struct skink_thread_attr thread = {.entry = USER_BASE, .sched.priority = 20};
	struct thread *t;
	long pid, tid;

	scene_begin();
	pid = call(manager, p_process_attr, 0, place(manager, &attr, sizeof(attr)));
	CHECK(pid > 0);
	CHECK_EQ(call(manager, p_map, (uint64_t)pid, USER_BASE, SKINK_PA_NONE, SKINK_PAGE, 0),
	    SKINK_PAGE);
	tid =
	    call(manager, p_process_start, (uint64_t)pid, place(manager, &thread, sizeof(thread)));
	CHECK(tid > 0);
	t = pool_find(SKINK_POOL_THREAD, tid);
	CHECK_EQ(call_now(t, thread_self), tid);
	page_map(t->process, USER_BASE, RAM_BASE, RW);
	CHECK_EQ(call_now(t, thread_self), tid);
	CHECK(tlb_in_force(&t->process->aspace));
	scene_end();
}

const struct test aspace_tests[] = {
    TEST(test_pages_are_mapped_in_steps_when_they_are_many),
    TEST(test_page_without_access_keeps_its_frame_when_it_is_protected),
    TEST(test_nucleus_touches_no_device_when_a_user_has_it_mapped),
    TEST(test_memory_is_refused_when_it_is_the_nucleus_s),
    TEST(test_large_page_stays_whole_when_a_part_is_to_change),
    TEST(test_translations_are_never_old_when_asids_are_given_again),
    TEST(test_process_runs_with_its_own_tables_when_it_began_without_any),
    {0},
};
