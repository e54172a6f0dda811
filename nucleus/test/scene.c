/* SPDX-License-Identifier: Apache-2.0 */
/* scene.c - processes and threads for tests, and their calls. Owns which thread does what; judges
 * nothing but that calls return what skink/syscalls.h lists. */
#include "arch_fast.h"
#include "fake.h"
#include "riscv/tlb.h"
#include "startup/pools.h"

struct thread *manager, *idle, *intruder;
int manager_chid;
static int intruder_irq;
static paddr_t shared[SHARED];
static uint32_t used_before[SKINK_POOL_COUNT];
static unsigned frames_before;

/* ---- calls under way ---- */

static struct {
	int32_t tid;
	unsigned number;
	uint64_t pc;
	bool waits;
} pending[SKINK_INDEX_MASK];

/* The slots of the threads that wait. */
static uint32_t waiting[SKINK_INDEX_MASK];
static unsigned waiting_count;

static bool
is_under_way(uint32_t i)
{
	const struct thread *t = pool_at(SKINK_POOL_THREAD, i);

	if (t->object.id != pending[i].tid || t->dying || t->regs.pc != pending[i].pc)
		return false;
	if (t->task != TASK_NONE ||
	    (t->state != SKINK_STATE_RUNNING && t->state != SKINK_STATE_READY))
		return true;
	seen(pending[i].number, (long)t->regs.x[REG_A0]);
	return false;
}

static void
look_for_results(void)
{
	unsigned n = 0;

	while (n < waiting_count) {
		if (is_under_way(waiting[n])) {
			n++;
			continue;
		}
		pending[waiting[n]].waits = false;
		waiting[n] = waiting[--waiting_count];
	}
}

/* On the machine no other thread runs: the short ways may rely on that. */
static bool
is_best(const struct thread *t)
{
	return ready_top(&hart0) <= (int)t->effective &&
	    (list_is_empty(&hart0.boosts) || hart0.boost_priority < t->effective);
}

/* ---- how often the short ways are gone ---- */

unsigned long fast_taken[FAST_WAYS];

static uint64_t
fast_count(void)
{
	return hart0.fast_sends + hart0.fast_replies + hart0.fast_switches;
}

void
arch_interrupt(void)
{
	uint64_t before = fast_count();
	bool device = arch_interrupt_is_device();

	fast_interrupt();
	if (fast_count() != before)
		fast_taken[device ? FAST_DEVICE : FAST_SLEEPER]++;
}

static void
interrupt_enter(void)
{
	if (hart0.current != NULL && is_best(hart0.current) && hart0.current->task == TASK_NONE &&
	    !hart0.timer_check)
		arch_interrupt();
	else
		nucleus_interrupt(0);
}

/* ---- invariants: after every entry, or once behind a lot of small ones ---- */

static bool invariants_wait;

void
invariants_pause(void)
{
	invariants_wait = true;
}

void
invariants_resume(void)
{
	invariants_wait = false;
	invariants();
}

/* As the machine does: what may interrupt the thread that runs now does so at once. */
static void
entry_done(void)
{
	struct thread *t;

	for (unsigned i = 0; arch_interrupt_pending(); i++) {
		if (i > 1000)
			FAIL("interrupts without end");
		interrupt_enter();
	}
	t = hart0.current;
	CHECK(t != NULL && t->state == SKINK_STATE_RUNNING && t->task == TASK_NONE);
	/* The threads of an ending one are marked in steps of its killer; a thread above that one
	 * that has not been marked yet goes on. */
	CHECK(t->process->state == PROCESS_ALIVE);
	CHECK(tlb_in_force(&t->process->aspace));
	CHECK(ready_top(&hart0) <= (int)t->effective);
	look_for_results();
	if (!invariants_wait)
		invariants();
}

struct thread *
current(void)
{
	return hart0.current;
}

void
make_current(struct thread *t)
{
	struct thread *before = hart0.current;

	if (before == t)
		return;
	CHECK(t->state == SKINK_STATE_READY && t->task == TASK_NONE && !t->dying);
	if (before != NULL) {
		thread_unqueue(before);
		ready_insert(before, true);
	}
	ready_remove(t);
	t->state = SKINK_STATE_RUNNING;
	if (t->slice == 0)
		t->slice = SLICE_NS;
	hart0.current = t;
	hart0.switched = fake_now;
	aspace_switch(&t->process->aspace);
}

/* ---- settling ---- */

static struct {
	struct thread *t;
	int32_t tid;
} held[SKINK_INDEX_MASK];
static unsigned held_count;

static bool
is_at_rest(const struct thread *t)
{
	return t != idle && t->task == TASK_NONE && !t->dying && t->process->state == PROCESS_ALIVE;
}

static void
hold(struct thread *t)
{
	held[held_count].t = t;
	held[held_count++].tid = t->object.id;
	thread_unqueue(t);
	t->state = SKINK_STATE_STOPPED;
}

static void
hold_queue(unsigned priority)
{
	struct list *head = &hart0.ready[priority], *l, *next;

	for (l = head->next; l != head; l = next) {
		struct thread *t = CONTAINER(l, struct thread, ready_link);

		next = l->next;
		if (is_at_rest(t))
			hold(t);
	}
}

static bool
only_idle_is_ready(void)
{
	return hart0.current == idle && ready_top(&hart0) < 0 && list_is_empty(&hart0.boosts);
}

static void
hold_all(void)
{
	if (hart0.current != NULL && is_at_rest(hart0.current))
		hold(hart0.current);
	if (only_idle_is_ready())
		return;
	/* Its equals come before it. */
	if (hart0.current == idle) {
		thread_unqueue(idle);
		ready_insert(idle, false);
	}
	for (int i = 3; i >= 0; i--)
		for (uint64_t left = hart0.ready_map[i]; left != 0; left &= left - 1)
			hold_queue((unsigned)i * 64 + 63 - bits_lowest(left));
}

void
settle(void)
{
	held_count = 0;
	for (unsigned round = 0;; round++) {
		if (round > 100000)
			FAIL("the nucleus does not come to rest");
		hold_all();
		look_for_results();
		if (only_idle_is_ready() && round > 0)
			break;
		nucleus_dispatch();
		if (held_count > SKINK_INDEX_MASK - 200)
			FAIL("too many threads woken while settling");
	}
	for (unsigned i = 0; i < held_count; i++)
		if (held[i].t->object.id == held[i].tid && held[i].t->state == SKINK_STATE_STOPPED)
			thread_ready(held[i].t, false);
	nucleus_dispatch();
	entry_done();
}

void
enter(void)
{
	nucleus_interrupt(0);
	entry_done();
}

/* ---- calls ---- */

static void
reply_enter(const uint64_t *args)
{
	struct thread *t = hart0.current;
	uint64_t before = hart0.fast_replies;

	fast_msg_reply(args[0], args[1], args[2], args[3]);
	if (hart0.fast_replies != before)
		t->regs.x[REG_A0] = 0;
}

/* The entry of a call, as riscv/entry.S sorts them. */
static void
call_enter(const struct thread *t, unsigned number, const uint64_t *args)
{
	if (!is_best(t) || arch_interrupt_pending())
		nucleus_syscall();
	else if (number == SKINK_SYS_msg_send)
		fast_msg_send(args[0], args[1], args[2], args[3], args[4]);
	else if (number == SKINK_SYS_msg_reply_receive)
		fast_msg_reply_receive(
		    args[0], args[1], args[2], args[3], args[4], args[5], args[6], args[7]);
	else if (number == SKINK_SYS_msg_reply)
		reply_enter(args);
	else if (number == SKINK_SYS_msg_receive)
		fast_msg_receive(args[0], args[1], args[2], args[3]);
	else if (number == SKINK_SYS_msg_send_pulse)
		fast_msg_send_pulse(args[0], args[1], args[2], args[3]);
	else if (number == SKINK_SYS_sched_yield)
		fast_sched_yield();
	else
		nucleus_syscall();
}

static void
call_start(struct thread *t, unsigned number, const uint64_t *args)
{
	uint64_t before = fast_count();

	make_current(t);
	for (unsigned i = 0; i < MAX_ARGS; i++)
		t->regs.x[REG_A0 + i] = args[i];
	t->regs.x[REG_T0] = number;
	pending[t->object.index].tid = t->object.id;
	pending[t->object.index].number = number;
	t->regs.pc += 4;
	pending[t->object.index].pc = t->regs.pc;
	if (!pending[t->object.index].waits)
		waiting[waiting_count++] = t->object.index;
	pending[t->object.index].waits = true;
	call_enter(t, number, args);
	if (number < SKINK_SYSCALL_COUNT && fast_count() != before)
		fast_taken[number]++;
	entry_done();
}

/* ---- the short ways: what riscv/entry.S and riscv/copy.S are on the machine ---- */

void
arch_leave(uint64_t result, const struct thread *t)
{
	CHECK(t == hart0.current);
	CHECK(tlb_in_force(&t->process->aspace));
	hart0.current->regs.x[REG_A0] = result;
}

/* call_start has put the arguments where the general way looks for them. */
void
general_msg_send(uint64_t coid, vaddr_t msg, uint64_t len, vaddr_t reply, uint64_t reply_len)
{
	(void)coid, (void)msg, (void)len, (void)reply, (void)reply_len;
	nucleus_syscall();
}

void
general_msg_reply_receive(uint64_t rcvid, uint64_t status, vaddr_t msg, uint64_t len, uint64_t chid,
    vaddr_t to, uint64_t to_len, vaddr_t info)
{
	(void)rcvid, (void)status, (void)msg, (void)len, (void)chid;
	(void)to, (void)to_len, (void)info;
	nucleus_syscall();
}

void
general_msg_reply(uint64_t rcvid, uint64_t status, vaddr_t msg, uint64_t len)
{
	(void)rcvid, (void)status, (void)msg, (void)len;
	nucleus_syscall();
}

void
general_msg_receive(uint64_t chid, vaddr_t to, uint64_t to_len, vaddr_t info)
{
	(void)chid, (void)to, (void)to_len, (void)info;
	nucleus_syscall();
}

void
general_msg_send_pulse(uint64_t coid, uint64_t priority, uint64_t code, uint64_t value)
{
	(void)coid, (void)priority, (void)code, (void)value;
	nucleus_syscall();
}

void
general_sched_yield(void)
{
	nucleus_syscall();
}

void
general_interrupt(unsigned source)
{
	nucleus_interrupt(source);
}

void
arch_resume(void)
{
	CHECK(tlb_in_force(&hart0.current->process->aspace));
}

void
arch_resume_fpu(void)
{
	CHECK(hart0.current->uses_fpu);
	arch_resume();
}

bool
fast_switch(struct aspace *as)
{
	if (as->asid_epoch != hart0.fast_epoch)
		return false;
	satp_write(as->satp);
	return true;
}

bool
fast_write_pulse(struct aspace *as, vaddr_t target, uint64_t code, uint64_t value, uint64_t rest)
{
	uint64_t words[3] = {code << 32, value, rest};

	if (!fast_switch(as))
		return false;
	if (user_write(CONTAINER(as, struct process, aspace), target, words, sizeof(words)) == 0)
		return true;
	satp_write(hart0.current->process->aspace.satp);
	return false;
}

bool
fast_reaches(const struct aspace *as, vaddr_t target, vaddr_t source)
{
	return as->asid_epoch == hart0.fast_epoch && (int64_t)(target | source) >= 0;
}

bool
fast_copy(const struct aspace *as, vaddr_t target, vaddr_t source, uint64_t n)
{
	struct span from = {.base = source, .size = n}, to = {.base = target, .size = n};
	struct copy c = {
	    .own = buffer_of(&from, hart0.current->process),
	    .other = buffer_of(&to, CONTAINER(as, struct process, aspace)),
	    .left = n,
	};
	enum copy_result result = COPY_MORE;

	if (!fast_reaches(as, target, source) || (target | source) % 8 != 0)
		return false;
	while (result == COPY_MORE) {
		result = copy_step(&c, COPY_ALONE, 0);
		if (result == COPY_MORE && arch_interrupt_pending())
			return false;
	}
	if (result != COPY_DONE)
		return false;
	satp_write(as->satp);
	return true;
}

bool
fast_copy_32(const struct aspace *as, vaddr_t target, vaddr_t source)
{
	return fast_copy(as, target, source, 32);
}

bool
copy_far(const struct aspace *as, vaddr_t target, vaddr_t source, uint64_t n)
{
	return fast_copy(as, target, source, n);
}

long
result_of(struct thread *t)
{
	if (t->object.id == 0)
		return GONE;
	return pending[t->object.index].waits ? BLOCKED : (long)t->regs.x[REG_A0];
}

long
call_args(bool settles, struct thread *t, unsigned number, const uint64_t *args)
{
	int32_t tid = t->object.id;

	call_start(t, number, args);
	if (settles)
		settle();
	return t->object.id == tid ? result_of(t) : GONE;
}

/* ---- the intruder ---- */

bool
call_broken_args(unsigned n, struct thread *t, unsigned number, const uint64_t *args)
{
	fake_raise_source = INTRUDER_SOURCE;
	fake_raise_at = fake_looks + n + 1;
	call_start(t, number, args);
	fake_raise_at = 0;
	return hart0.current == intruder;
}

void
intruder_leave(void)
{
	fake_irq_lower(INTRUDER_SOURCE);
	CHECK_EQ(
	    call_now(intruder, interrupt_wait, (uint64_t)intruder_irq, SKINK_INTR_UNMASK), BLOCKED);
}

/* ---- time, interrupts, faults ---- */

void
time_pass(uint64_t ns)
{
	uint64_t end = fake_now + ns;

	while (fake_alarm <= end) {
		if (fake_alarm > fake_now)
			fake_now = fake_alarm;
		interrupt_enter();
		entry_done();
		settle();
	}
	fake_now = end;
	settle();
}

void
time_pass_now(uint64_t ns)
{
	fake_now += ns;
	if (arch_interrupt_pending())
		interrupt_enter();
	else
		nucleus_interrupt(0);
	entry_done();
}

void
irq(unsigned source)
{
	fake_irq_raise(source);
	if (arch_interrupt_pending())
		interrupt_enter();
	entry_done();
	settle();
}

void
fault(struct thread *t, unsigned cause, uint64_t address)
{
	make_current(t);
	nucleus_fault(cause, address);
	entry_done();
	settle();
}

/* ---- memory ---- */

void *
user(struct thread *t, uint64_t address)
{
	void *at = aspace_lookup(&t->process->aspace, address, 0);

	CHECK(at != NULL);
	return at;
}

uint64_t
place(struct thread *t, const void *data, size_t len)
{
	static uint64_t next;
	uint64_t at;

	CHECK(len <= SKINK_PAGE);
	if (next % SKINK_PAGE + len > SKINK_PAGE)
		next = (next / SKINK_PAGE + 1) % 3 * SKINK_PAGE;
	at = USER_BASE + next % (3 * SKINK_PAGE);
	next = (next + len + 15) / 16 * 16 % (3 * SKINK_PAGE);
	if (data != NULL)
		memcpy(user(t, at), data, len);
	return at;
}

/* What each process has been given, by its slot: of its own, pages and page tables. */
#define FRAMES 64u
static struct {
	paddr_t frames[FRAMES];
	unsigned count;
} given[SKINK_INDEX_MASK];

static paddr_t
frame_for(const struct process *p)
{
	uint32_t slot = p->object.index;
	paddr_t frame = frame_new();

	CHECK(given[slot].count < FRAMES);
	given[slot].frames[given[slot].count++] = frame;
	return frame;
}

void
page_map(struct process *p, uint64_t va, paddr_t pa, unsigned prot)
{
	long done;

	for (;;) {
		done = call(
		    manager, p_map, (uint64_t)p->object.id, va, pa, SKINK_PAGE, (uint64_t)prot);
		if (done != -SK_ENOMEM)
			break;
		CHECK_EQ(call(manager, p_table_give, (uint64_t)p->object.id, frame_for(p)), 0);
	}
	CHECK_EQ(done, SKINK_PAGE);
}

void
page_unmap(struct process *p, uint64_t va)
{
	CHECK_EQ(call(manager, p_map, (uint64_t)p->object.id, va, SKINK_PA_NONE, SKINK_PAGE, 0),
	    SKINK_PAGE);
}

/* ---- processes ---- */

struct process *
process_make(const struct options *o)
{
	struct skink_process_attr attr = {
	    .ppid = 1,
	    .sid = o->sid,
	    .service = o->service,
	    .priority_max = o->priority_max != 0 ? o->priority_max : 254,
	    .abilities = o->abilities,
	    .deaths_max = o->deaths_max != 0 ? o->deaths_max : 2,
	    .name = "test",
	};
	struct process *p;
	long pid;

	for (unsigned i = 0; i < SKINK_QUOTA_COUNT; i++)
		attr.quota[i] = o->quota != 0 ? o->quota : 40;
	pid = call(manager, p_process_attr, 0, place(manager, &attr, sizeof(attr)));
	CHECK(pid > 0);
	p = pool_find(SKINK_POOL_PROCESS, pid);
	CHECK(p != NULL);
	invariants_pause();
	for (unsigned i = 0; i < PRIVATE; i++)
		page_map(p, USER_BASE + i * SKINK_PAGE, frame_for(p),
		    SKINK_PROT_READ | SKINK_PROT_WRITE);
	for (unsigned i = 0; i < SHARED; i++)
		page_map(
		    p, SHARED_BASE + i * SKINK_PAGE, shared[i], SKINK_PROT_READ | SKINK_PROT_WRITE);
	page_map(p, READ_ONLY, shared[0], SKINK_PROT_READ);
	invariants_resume();
	return p;
}

struct thread *
process_new(const struct options *o)
{
	struct process *p = process_make(o);
	struct skink_thread_attr attr = {
	    .entry = USER_BASE,
	    .sp = USER_BASE + SKINK_PAGE,
	    .sched.policy = o->policy != 0 ? o->policy : SKINK_SCHED_FIFO,
	    .sched.priority = o->priority != 0 ? o->priority : 10,
	    .name = "main",
	};
	long tid = call(
	    manager, p_process_start, (uint64_t)p->object.id, place(manager, &attr, sizeof(attr)));

	CHECK(tid > 0);
	return pool_find(SKINK_POOL_THREAD, tid);
}

struct thread *
process_at(int priority)
{
	return process_new(&(struct options){.priority = priority});
}

struct thread *
service_at(unsigned service, int priority)
{
	return process_new(&(struct options){.priority = priority, .service = service});
}

struct thread *
thread_new(struct thread *creator, int priority)
{
	struct skink_thread_attr attr = {
	    .entry = USER_BASE,
	    .sp = USER_BASE + SKINK_PAGE,
	    .sched.priority = priority,
	};
	long tid = call(creator, thread_create, place(creator, &attr, sizeof(attr)));

	CHECK(tid > 0);
	return pool_find(SKINK_POOL_THREAD, tid);
}

void
process_reclaim(struct process *p)
{
	uint32_t slot = p->object.index;

	CHECK_EQ(p->state, PROCESS_ENDED);
	while (given[slot].count > 0)
		frame_free(given[slot].frames[--given[slot].count]);
	CHECK_EQ(call(manager, p_process_free, (uint64_t)p->object.id), 0);
}

void
process_end(struct process *p)
{
	CHECK_EQ(
	    call(manager, p_process_kill, (uint64_t)p->object.id, SKINK_STATUS_SIGNAL(9, 0), 1), 0);
	process_reclaim(p);
}

/* ---- begin and end ---- */

static void
boot_map(struct process *p, uint64_t va, unsigned prot)
{
	paddr_t pa = frame_new();
	long done;

	while ((done = aspace_map(&p->aspace, va, pa, SKINK_PAGE, prot)) == -SK_ENOMEM)
		CHECK_EQ(aspace_give(&p->aspace, frame_new()), 0);
	CHECK_EQ(done, SKINK_PAGE);
}

static void
intruder_make(void)
{
	long id;

	intruder = process_at(254);
	CHECK_EQ(call(manager, p_interrupt_grant, (uint64_t)intruder->process->object.id,
		     INTRUDER_SOURCE),
	    0);
	id = call(intruder, interrupt_attach, INTRUDER_SOURCE, 0, 0);
	CHECK(id > 0);
	intruder_irq = (int)id;
	CHECK_EQ(call(intruder, interrupt_wait, (uint64_t)id, 0), BLOCKED);
}

void
scene_begin(void)
{
	static const uint32_t counts[SKINK_POOL_COUNT] = {
	    [SKINK_POOL_PROCESS] = 16,
	    [SKINK_POOL_THREAD] = 48,
	    [SKINK_POOL_CHANNEL] = 24,
	    [SKINK_POOL_CONNECTION] = 48,
	    [SKINK_POOL_TIMER] = 12,
	    [SKINK_POOL_INTERRUPT] = 8,
	    [SKINK_POOL_SYNC] = 12,
	    [SKINK_POOL_PULSE] = 16,
	    [SKINK_POOL_EVENT] = 12,
	    [SKINK_POOL_COIDS] = 32,
	};
	struct process *p;
	struct skink_thread_attr attr = {
	    .entry = USER_BASE,
	    .arg = 7,
	    .sp = USER_BASE + SKINK_PAGE,
	    .sched = {SKINK_SCHED_FIFO, 10},
	};
	void *memory = aligned_alloc(64, pools_size(counts));

	memset(memory, 0xa5, pools_size(counts)); /* RAM is not zeroed */
	pools_make(pools, memory, 0, counts);
	ram_init();
	sched_init(&hart0);
	trace_classes = ~0u;
	p = procmgr = process_create();
	p->attr =
	    (struct skink_process_attr){.priority_max = 254, .abilities = ~0ull, .name = "procmgr"};
	for (unsigned i = 0; i < SKINK_QUOTA_COUNT; i++)
		p->attr.quota[i] = SKINK_INDEX_MASK;
	for (unsigned i = 0; i < PRIVATE; i++)
		boot_map(p, USER_BASE + i * SKINK_PAGE, SKINK_PROT_READ | SKINK_PROT_WRITE);
	for (unsigned i = 0; i < SHARED; i++) {
		boot_map(p, SHARED_BASE + i * SKINK_PAGE, SKINK_PROT_READ | SKINK_PROT_WRITE);
		shared[i] = page_physical(&p->aspace, SHARED_BASE + i * SKINK_PAGE);
	}
	manager = pool_find(SKINK_POOL_THREAD, thread_make(p, NULL, &attr));
	nucleus_dispatch();
	CHECK(hart0.current == manager && manager->regs.x[REG_A0] == 7);
	manager_chid = (int)call_now(manager, channel_create, 0, 0);
	CHECK(manager_chid > 0);
	/* Until there is an idle thread nothing may block, and nothing does. */
	idle = manager;
	idle = process_at(1);
	intruder_make();
	for (unsigned i = 0; i < SKINK_POOL_COUNT; i++)
		used_before[i] = pools[i].used;
	frames_before = frames_used();
}

void
scene_kill_all(void)
{
	settle();
	for (uint32_t i = 1; i <= pools[SKINK_POOL_PROCESS].total; i++) {
		struct process *p = pool_at(SKINK_POOL_PROCESS, i);

		if (p->object.id == 0 || p == procmgr || p == idle->process ||
		    p == intruder->process)
			continue;
		if (p->state == PROCESS_ENDED)
			process_reclaim(p);
		else
			process_end(p);
	}
}

void
scene_end(void)
{
	scene_kill_all();
	for (uint64_t coid = 0; coid < 2 * SKINK_COIDS; coid++) {
		uint64_t id = coid < SKINK_COIDS ? coid : (coid - SKINK_COIDS) | SKINK_SIDE_CHANNEL;

		if (coid_find(procmgr, (int64_t)id) != NULL)
			CHECK_EQ(call(manager, connect_detach, id), 0);
	}
	for (unsigned i = 0; i < SKINK_POOL_COUNT; i++)
		if (pools[i].used != used_before[i])
			FAIL("pool %u leaks: %u used, %u before", i, pools[i].used, used_before[i]);
	CHECK_EQ(frames_used(), frames_before);
}

/* ---- shorter ways ---- */

int
channel_new(struct thread *t, unsigned flags)
{
	long chid = call(t, channel_create, flags, 0);

	CHECK(chid > 0);
	return (int)chid;
}

int
connect_to(struct thread *client, struct thread *server, int chid)
{
	struct channel *ch = channel_find(server->process, chid);
	long coid;

	CHECK(ch != NULL);
	coid = connection_make(client->process, ch, 0, 0);
	CHECK(coid >= 0);
	return (int)coid;
}
