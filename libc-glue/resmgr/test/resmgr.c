/* SPDX-License-Identifier: Apache-2.0 */
/*
 * resmgr.c - the library as a whole, on a nucleus made of variables: a counter server with a line
 * of text, killed at every instruction between a message and its reply. The next instance gets the
 * message again unless it was answered, exactly as the nucleus would do it.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <skink/calls.h>
#include <skink/errno.h>
#include <skink/procmgr_msg.h>
#include <step.h>
#include <test.h>

#include "../dispatch.h"

#define TEXT  "the quick brown fox jumps over the lazy dog, and then some more of it"
#define ADD   __DIOT(_DCMD_MISC, 1, uint32_t)
#define LATER __DION(_DCMD_MISC, 2)

/* Leaks are how instances die here. */
__attribute__((constructor)) static void
leaks_are_meant(void)
{
	test_leaks = 1;
}

/* ---- the nucleus ---- */

struct fake {
	char request[512]; /* the client's message */
	size_t request_len;
	int answered; /* 1: replied, 2: error */
	long status;
	char reply[512];
	size_t reply_len;
	int gone; /* the client is */
	int resumed;
};
static struct fake fake;

static size_t
gather(char *to, const void *msg, long len)
{
	const struct skink_iov *iov = msg;
	size_t done = 0;

	if (len >= 0) {
		memcpy(to, msg, (size_t)len);
		return (size_t)len;
	}
	for (long i = 0; i < -len; i++) {
		memcpy(to + done, iov[i].base, iov[i].len);
		done += iov[i].len;
	}
	return done;
}

long
skink_msg_reply(long rcvid, long status, const void *msg, long len)
{
	(void)rcvid;
	if (fake.gone || fake.answered)
		return -SK_ESRCH;
	fake.reply_len = gather(fake.reply, msg, msg == NULL ? 0 : len);
	fake.status = status;
	fake.answered = 1;
	return 0;
}

long
skink_msg_error(long rcvid, int error)
{
	(void)rcvid;
	if (fake.gone || fake.answered)
		return -SK_ESRCH;
	fake.status = error;
	fake.answered = 2;
	return 0;
}

long
skink_msg_read(long rcvid, void *msg, long len, uint64_t offset)
{
	(void)rcvid;
	if (offset >= fake.request_len)
		return 0;
	if ((size_t)len > fake.request_len - offset)
		len = (long)(fake.request_len - offset);
	memcpy(msg, fake.request + offset, (size_t)len);
	return len;
}

long
skink_msg_current(long rcvid)
{
	(void)rcvid;
	fake.resumed++;
	return fake.gone ? -SK_ESRCH : 0;
}

long
skink_msg_send(int coid, const void *msg, long len, void *reply, long reply_len)
{
	(void)coid;
	(void)msg;
	(void)len;
	(void)reply;
	(void)reply_len;
	return 0;
}

long
skink_clock_time(int clock, uint64_t *now)
{
	(void)clock;
	*now = 1;
	return 0;
}

long
skink_msg_receive(int c, void *m, long l, struct _msg_info *i)
{
	(void)c;
	(void)m;
	(void)l;
	(void)i;
	return -1;
}
long
skink_msg_write(long r, const void *m, long l, uint64_t o)
{
	(void)r;
	(void)m;
	(void)l;
	(void)o;
	return -1;
}
long
skink_msg_info(long r, struct _msg_info *i)
{
	(void)r;
	(void)i;
	return -1;
}
long
skink_msg_deliver_event(int h, uint64_t v)
{
	(void)h;
	(void)v;
	return 0;
}
long
skink_channel_create(unsigned f, unsigned k)
{
	(void)f;
	(void)k;
	return 1;
}
long
skink_channel_destroy(int c)
{
	(void)c;
	return 0;
}
long
skink_connect_attach(int c, int i, unsigned f)
{
	(void)c;
	(void)i;
	(void)f;
	return 1;
}
long
skink_connect_detach(int c)
{
	(void)c;
	return 0;
}
long
skink_connect_client_info(int s, struct _client_info *i)
{
	(void)s;
	(void)i;
	return 0;
}
long
skink_timer_timeout(int c, unsigned f, uint32_t s, uint64_t n)
{
	(void)c;
	(void)f;
	(void)s;
	(void)n;
	return 0;
}

long
skink_connect_server_info(int coid, struct _server_info *info)
{
	(void)coid;
	memset(info, 0, sizeof(*info));
	return 0;
}

void
server_log(const char *format, ...)
{
	(void)format;
}

void
keep_protect(struct keep *k, int writable)
{
	(void)k;
	(void)writable;
}

/* ---- the server ---- */

struct own {
	uint64_t count;
	uint64_t twice; /* always 2 * count */
};

static _Alignas(64) char image[8192];
static const struct state_sizes sizes = {.open_max = 4,
    .client_max = 2,
    .ocb_size = 24,
    .results = 8,
    .result_size = 96,
    .arms = 2,
    .own_size = sizeof(struct own)};

struct instance {
	struct keep keep;
	dispatch_t *d;
	resmgr_context_t *ctp;
	struct request_queue later;
	iofunc_attr_t attr;
	resmgr_connect_funcs_t connect;
	resmgr_io_funcs_t io;
};
static struct instance *live; /* whose callbacks run */

static struct own *
own(struct instance *s)
{
	return s->d->state.own;
}

static void
count(struct instance *s, uint64_t by)
{
	KEEP_SET(&s->keep, own(s)->count, own(s)->count + by);
	KEEP_SET(&s->keep, own(s)->twice, own(s)->twice + 2 * by);
}

static int
on_devctl(resmgr_context_t *ctp, io_devctl_t *msg, RESMGR_OCB_T *ocb)
{
	uint32_t by;

	switch (msg->i.dcmd) {
	case ADD:
		memcpy(&by, &msg->i + 1, sizeof(by));
		count(live, by);
		if (by == 13)
			return EDOM; /* an error undoes */
		memcpy(&msg->i + 1, &own(live)->count, 8);
		msg->o = (struct _io_devctl_reply){.nbytes = 8};
		return _RESMGR_PTR(ctp, msg, sizeof(msg->o) + 8);
	case LATER:
		return request_defer(ctp, &live->later);
	default:
		return iofunc_devctl_default(ctp, msg, ocb);
	}
}

static int
on_read(resmgr_context_t *ctp, io_read_t *msg, RESMGR_OCB_T *ocb)
{
	size_t n = sizeof(TEXT) - 1 - ocb->offset;
	const char *from = TEXT + ocb->offset;

	if (n > msg->i.nbytes)
		n = msg->i.nbytes;
	ocb->offset += n;
	ctp->status = (long)n;
	return _RESMGR_PTR(ctp, from, n);
}

/* What a start does: adopt, look, go on. */
static void
boot(struct instance *s, int fresh)
{
	memset(s, 0, sizeof(*s));
	s->d = dispatch_make(1);
	s->d->keep = &s->keep;
	if (fresh) {
		memset(image, 0, sizeof(image));
		keep_format(&s->keep, image, sizeof(image), 1024, 1, 0);
	} else {
		CHECK_EQ(keep_adopt(&s->keep, image, sizeof(image), 1, 0), KEEP_KEPT);
	}
	CHECK_EQ(resmgr_state_make(s->d, s->keep.data, &sizes, 4), 0);
	CHECK_EQ(state_check(&s->d->state), 0);
	iofunc_func_init(0, &s->connect, 0, &s->io);
	s->io.devctl = on_devctl;
	s->io.read = on_read;
	iofunc_attr_init(&s->attr, _IO_S_IFCHR | 0666, NULL, NULL);
	CHECK(
	    resmgr_attach(s->d, NULL, "/dev/x", _FTYPE_ANY, 0, &s->connect, &s->io, &s->attr) >= 0);
	if (fresh) {
		keep_ready(&s->keep);
	} else {
		for (unsigned i = 0; i < sizes.open_max; i++) {
			struct open_file *f = state_file(&s->d->state, i);

			if (f->scoid != 0)
				((iofunc_ocb_t *)f->ocb)->attr = &s->attr;
		}
	}
	s->ctp = dispatch_context_alloc(s->d);
	live = s;
}

static void
halt(struct instance *s)
{
	dispatch_context_free(s->ctp);
	idtable_release(&s->d->by_client);
	state_release(&s->d->state);
	free(s->d->requests);
	free(s->d->file_io);
	free(s->d);
}

static void
deliver(struct instance *s, int tid, uint64_t seq, int again)
{
	resmgr_context_t *ctp = s->ctp;

	memcpy(ctp->msg, fake.request, fake.request_len);
	ctp->size = fake.request_len;
	ctp->rcvid = 77;
	ctp->status = 0;
	ctp->info = (struct _msg_info){.pid = 5,
	    .tid = tid,
	    .scoid = 11 + tid,
	    .seq = seq,
	    .srcmsglen = fake.request_len,
	    .msglen = fake.request_len,
	    .flags = again ? SKINK_MI_REDELIVERED : 0};
	dispatch_handler(ctp);
	if (s->later.first != NULL) {
		struct request *r = s->later.first;

		if (request_begin(r) == 0) {
			count(s, 7);
			request_reply(r, 5, &own(s)->count, 8);
		}
	}
}

static void
ask(const void *fixed, size_t len, const void *more, size_t more_len)
{
	memset(&fake, 0, sizeof(fake));
	memcpy(fake.request, fixed, len);
	memcpy(fake.request + len, more, more_len);
	fake.request_len = len + more_len;
}

static void
ask_open(void)
{
	struct _io_connect c = {.type = _IO_CONNECT,
	    .subtype = _IO_CONNECT_OPEN,
	    .version = IO_VERSION,
	    .ioflag = _IO_FLAG_RD | _IO_FLAG_WR,
	    .path_len = 6,
	    .prefix_len = 6};

	ask(&c, sizeof(c), "/dev/x", 7);
}

static void
ask_add(uint32_t by)
{
	struct _io_devctl m = {.type = _IO_DEVCTL, .dcmd = ADD, .nbytes = 8};

	ask(&m, sizeof(m), &by, sizeof(by));
}

static void
ask_later(void)
{
	struct _io_devctl m = {.type = _IO_DEVCTL, .dcmd = LATER};

	ask(&m, sizeof(m), "", 0);
}

static void
ask_read(uint32_t nbytes)
{
	struct _io_read m = {.type = _IO_READ, .nbytes = nbytes};

	ask(&m, sizeof(m), "", 0);
}

/* ---- killing ---- */

static struct instance first;
static uint64_t seq;
static struct {
	uint64_t count; /* that must come out, whatever happens */
	int answered;
	long status;
	char reply[512];
	size_t reply_len;
} expected;
static unsigned long redelivered;

static void
act(void *arg)
{
	(void)arg;
	deliver(&first, 1, seq, 0);
}

/* The instance is dead: another one starts, and gets the message if its client still waits. */
static void
died(void *arg)
{
	struct fake before = fake;
	struct instance next;

	(void)arg;
	boot(&next, 0);
	CHECK_EQ(own(&next)->twice, 2 * own(&next)->count);
	if (!fake.answered) {
		deliver(&next, 1, seq, 1);
		redelivered++;
	}
	CHECK_EQ(fake.answered, expected.answered);
	CHECK_EQ(fake.status, expected.status);
	CHECK_EQ(fake.reply_len, expected.reply_len);
	CHECK(memcmp(fake.reply, expected.reply, fake.reply_len) == 0);
	CHECK_EQ(own(&next)->count, expected.count);
	CHECK_EQ(own(&next)->twice, 2 * expected.count);
	/* The same client's next request is not taken for this one. */
	ask_add(1);
	deliver(&next, 1, seq + 1, 0);
	if (expected.answered == 1 || next.d->state.by_scoid.used > 0)
		CHECK_EQ(own(&next)->count, expected.count + 1);
	halt(&next);
	fake = before;
	live = &first;
}

/* Does the request once without a kill to learn what must come out, then kills it everywhere. */
static void
check_everywhere(void)
{
	static char image_before[sizeof(image)];
	struct fake request = fake;
	struct instance trial;

	seq += 10;
	memcpy(image_before, image, sizeof(image));
	boot(&trial, 0);
	deliver(&trial, 1, seq, 0);
	expected.count = own(&trial)->count;
	expected.answered = fake.answered;
	expected.status = fake.status;
	expected.reply_len = fake.reply_len;
	memcpy(expected.reply, fake.reply, sizeof(expected.reply));
	halt(&trial);
	memcpy(image, image_before, sizeof(image));
	fake = request;
	boot(&first, 0);
	redelivered = 0;
	step_run(image, sizeof(image), act, died, NULL);
	CHECK_EQ(fake.answered, expected.answered);
	CHECK_EQ(own(&first)->count, expected.count);
	CHECK(!step_is_possible() || step.instructions > 100);
}

static void
start(void)
{
	struct instance s;

	boot(&s, 1);
	ask_open();
	deliver(&s, 1, ++seq, 0);
	CHECK_EQ(fake.answered, 1);
	CHECK_EQ(fake.reply_len, sizeof(struct _io_connect_reply));
	ask_add(5);
	deliver(&s, 1, ++seq, 0);
	CHECK_EQ(own(&s)->count, 5);
	halt(&s);
}

static void
test_resmgr_add_killed_anywhere_is_done_once(void)
{
	start();
	ask_add(3);
	check_everywhere();
	CHECK_EQ(expected.count, 8);
	CHECK(!step_is_possible() || redelivered > 20);
}

static void
test_resmgr_failed_add_killed_anywhere_does_nothing(void)
{
	start();
	ask_add(13);
	check_everywhere();
	CHECK_EQ(expected.answered, 2);
	CHECK_EQ(expected.status, EDOM);
	CHECK_EQ(expected.count, 5);
}

static void
test_resmgr_deferred_add_killed_anywhere_is_done_once(void)
{
	start();
	ask_later();
	check_everywhere();
	CHECK_EQ(expected.count, 12);
	CHECK_EQ(expected.status, 5);
}

static void
test_resmgr_read_killed_anywhere_moves_once(void)
{
	start();
	ask_read(20);
	check_everywhere();
	CHECK_EQ(expected.status, 20);
	ask_read(50);
	deliver(&first, 1, seq + 1, 0);
	CHECK_EQ(fake.status, (long)sizeof(TEXT) - 1 - 20);
	CHECK(memcmp(fake.reply, TEXT + 20, fake.reply_len) == 0);
}

static void
test_resmgr_open_killed_anywhere_opens_once(void)
{
	struct instance s;

	boot(&s, 1);
	halt(&s);
	ask_open();
	check_everywhere();
	CHECK_EQ(expected.answered, 1);
	CHECK_EQ(first.d->state.by_scoid.used, 1);
}

static void
test_resmgr_client_gone_at_reply_undoes(void)
{
	struct instance s;

	start();
	boot(&s, 0);
	ask_add(3);
	fake.gone = 1;
	deliver(&s, 1, ++seq, 0);
	CHECK_EQ(own(&s)->count, 5);
	CHECK_EQ(s.d->state.by_tid.used, 0);
	ask_later();
	fake.gone = 1;
	deliver(&s, 1, ++seq, 0);
	CHECK_EQ(own(&s)->count, 5);
	CHECK_EQ(s.d->by_client.used, 0);
	halt(&s);
}

static void
test_resmgr_limits_open_files(void)
{
	struct instance s;
	int errors[5];

	boot(&s, 1);
	for (int tid = 1; tid <= 5; tid++) {
		ask_open();
		s.ctp->info.pid = 0;
		deliver(&s, tid, ++seq, 0);
		errors[tid - 1] = fake.answered == 2 ? (int)fake.status : 0;
	}
	CHECK_EQ(errors[0], 0);
	CHECK_EQ(errors[1], 0);
	CHECK_EQ(errors[2], SK_EMFILE); /* one client: at most two */
	resmgr_disconnect(s.d, 12);
	ask_open();
	deliver(&s, 4, ++seq, 0);
	CHECK_EQ(fake.answered, 1);
	CHECK_EQ(s.attr.count, 2);
	halt(&s);
}

static void
test_resmgr_lost_open_file_is_stale(void)
{
	struct instance s;

	boot(&s, 1);
	ask_add(1);
	deliver(&s, 1, ++seq, 0);
	CHECK_EQ(fake.status, SK_EBADF);
	keep_begin(&s.keep);
	KEEP_SET(&s.keep, s.d->state.head->stale, 1);
	keep_commit(&s.keep);
	ask_add(1);
	deliver(&s, 1, ++seq, 0);
	CHECK_EQ(fake.status, SK_ESTALE);
	halt(&s);
}

/* Results that nobody asks for again are thrown away in the end, and never the one that is needed.
 */
static void
test_resmgr_results_are_bounded(void)
{
	struct instance s;

	start();
	boot(&s, 0);
	for (int tid = 100; tid < 200; tid++) {
		struct _msg_info info = {.tid = tid, .seq = (uint64_t)tid, .scoid = 12};
		struct result *r;

		keep_begin(&s.keep);
		r = state_result_make(&s.d->state, &info, 0);
		CHECK(r != NULL);
		CHECK(state_result_room(&s.d->state, r, 80) != NULL);
		CHECK(state_result_room(&s.d->state, r, 97) == NULL);
		CHECK(state_result_room(&s.d->state, r, 90) != NULL);
		state_result_set(&s.d->state, r, RESULT_REPLY);
		keep_commit(&s.keep);
		CHECK(state_result_find(&s.d->state, tid, (uint64_t)tid) == r);
		CHECK(state_result_find(&s.d->state, tid, (uint64_t)tid + 1) == NULL);
	}
	CHECK(s.d->state.by_tid.used <= sizes.results);
	CHECK_EQ(state_check(&s.d->state), 0);
	state_result_forget(&s.d->state, 12);
	CHECK_EQ(s.d->state.by_tid.used, 0);
	halt(&s);
}

TEST_MAIN(TEST(test_resmgr_add_killed_anywhere_is_done_once),
    TEST(test_resmgr_failed_add_killed_anywhere_does_nothing),
    TEST(test_resmgr_deferred_add_killed_anywhere_is_done_once),
    TEST(test_resmgr_read_killed_anywhere_moves_once),
    TEST(test_resmgr_open_killed_anywhere_opens_once),
    TEST(test_resmgr_client_gone_at_reply_undoes), TEST(test_resmgr_limits_open_files),
    TEST(test_resmgr_lost_open_file_is_stale), TEST(test_resmgr_results_are_bounded))
