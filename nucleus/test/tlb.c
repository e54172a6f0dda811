/* SPDX-License-Identifier: Apache-2.0 */
/* tlb.c - a hart's address translation, as hostile as the privileged specification allows (its
 * sections on SFENCE.VMA and on virtual address translation). Instead of a cache that takes in this
 * or that, it keeps the whole set of what a cache may hold and memory has not:
 *
 * - The hart reads any entry of the tables that satp points at, of any level, at any time, and
 *   keeps it for the ASID in satp; also one that is not valid.
 * - Stores to tables come in order with such reads only by a fence. So an entry's old value may be
 *   read until a fence for the ASID under which it is used, even if it was written before the
 *   address space was first in force.
 * - A fence for an ASID ends that. (One for a page ends it for leaves alone; the nucleus has none.)
 * - An ASID that satp has had with two roots since the last fence for it stands for both.
 *
 * tlb_check() then wants that set empty for whatever comes into force without a fence. That is more
 * than safety: an entry that was invalid must not be found either, as the nucleus takes each page
 * fault for the program's.
 */
#include "../riscv/layout.h"
#include "fake.h"
#include "handoff.h"
#include "riscv/tlb.h"

#define ASIDS    16
#define STALE    4096
#define TABLE(e) (((e)&0xf) == PTE_V)

/* Where a frame hangs as a page table; root 0: nowhere. */
static struct place {
	paddr_t root;
	vaddr_t va;
	int level;
} places[RAM_FRAMES];

/* What an entry was, and may be still, for ASIDs that had no fence since. */
static struct {
	struct place at;
	uint64_t value;
	uint32_t asids;
} stale[STALE];
static unsigned stale_count;

static uint64_t satp;
static paddr_t roots[ASIDS]; /* which it has stood for since the last fence; 0: none */
static bool mixed[ASIDS]; /* for more than that one */

struct handoff handoff = {.asid_max = 7};

static uint64_t
asid_of(uint64_t value)
{
	return value >> 44 & 0xffff & handoff.asid_max;
}

static paddr_t
root_of(uint64_t value)
{
	return value << 20 >> 8;
}

static struct place *
place_of(paddr_t frame)
{
	return &places[(frame - RAM_BASE) / SKINK_PAGE];
}

static vaddr_t
size_of(int level)
{
	return SKINK_PAGE << 9 * level;
}

static void
stale_add(const struct place *at, uint64_t value)
{
	CHECK(stale_count < STALE);
	stale[stale_count].at = *at;
	stale[stale_count].value = value;
	stale[stale_count++].asids = (1u << ASIDS) - 1;
}

static void
stale_drop(unsigned i)
{
	stale[i] = stale[--stale_count];
}

/* A root that the hart has not seen: what the frame was before may be what it sees. */
static void
root_place(paddr_t root)
{
	if (root == handoff.root || place_of(root)->root == root)
		return;
	*place_of(root) = (struct place){root, 0, 2};
	stale_add(place_of(root), UINT64_MAX);
}

static bool
is_root(paddr_t frame)
{
	for (uint32_t i = 1; i <= pools[SKINK_POOL_PROCESS].total; i++) {
		const struct process *p = pool_at(SKINK_POOL_PROCESS, i);

		if (p->object.id != 0 && p->aspace.root == frame)
			return true;
	}
	return false;
}

void
entry_write(uint64_t *entry, uint64_t value)
{
	uint64_t pa = (uint64_t)entry - DIRECT_BASE, old = *entry;
	paddr_t table = pa & ~(SKINK_PAGE - 1);
	struct place *table_at = place_of(table), at;

	if (table_at->root == 0 && is_root(table))
		root_place(table);
	CHECK(table_at->root != 0);
	at = *table_at;
	at.va += pa % SKINK_PAGE / 8 * size_of(at.level);
	stale_add(&at, old);
	if (TABLE(value))
		*place_of(value >> 10 << 12) = (struct place){at.root, at.va, at.level - 1};
	*entry = value;
}

void
tlb_frame_freed(paddr_t frame)
{
	for (unsigned i = 0; i < stale_count;)
		if (stale[i].at.root == frame)
			stale_drop(i);
		else
			i++;
	*place_of(frame) = (struct place){0};
}

/* ---- the hart ---- */

void
satp_write(uint64_t value)
{
	uint64_t asid = asid_of(value);
	paddr_t root = root_of(value);

	CHECK(asid < ASIDS);
	satp = value;
	root_place(root);
	if (roots[asid] != 0 && roots[asid] != root)
		mixed[asid] = true;
	roots[asid] = root;
}

void
tlb_flush_asid(uint64_t asid)
{
	for (unsigned i = 0; i < stale_count;) {
		stale[i].asids &= ~(1u << asid);
		if (stale[i].asids == 0)
			stale_drop(i);
		else
			i++;
	}
	mixed[asid] = false;
	roots[asid] = asid == asid_of(satp) ? root_of(satp) : 0;
}

bool
tlb_in_force(const struct aspace *as)
{
	return as->asid_epoch == hart0.asid_epoch && satp == as->satp;
}

/* ---- what must be ---- */

/* The entry, if the tables lead to it. */
static const uint64_t *
present(const struct place *at)
{
	paddr_t table = at->root;

	for (int l = 2;; l--) {
		const uint64_t *e =
		    (const uint64_t *)frame_data(table) + at->va / size_of(l) % (SKINK_PAGE / 8);

		if (l == at->level)
			return e;
		if (!TABLE(*e))
			return NULL;
		table = *e >> 10 << 12;
	}
}

/* An address space that comes into force without a fence. */
static void
check_asid(const struct aspace *as)
{
	paddr_t root = as->root != 0 ? as->root : handoff.root;

	CHECK_EQ(as->asid, asid_of(as->satp));
	CHECK_EQ(root, root_of(as->satp));
	if (mixed[as->asid] || (roots[as->asid] != 0 && roots[as->asid] != root))
		FAIL("ASID %" PRIu64 " stands for another root than 0x%" PRIx64 " too", as->asid,
		    root);
}

/* used[asid]: the root that it comes into force with. */
static void
check_entries(const paddr_t used[ASIDS])
{
	for (unsigned i = 0; i < stale_count; i++) {
		const struct place *at = &stale[i].at;

		for (unsigned asid = 0; asid <= handoff.asid_max; asid++) {
			const uint64_t *e = NULL;

			if (used[asid] == at->root && (stale[i].asids >> asid & 1))
				e = present(at);
			if (e != NULL && *e != stale[i].value)
				FAIL("at 0x%" PRIx64 ", level %d, the hart may use 0x%" PRIx64
				     " instead of 0x%" PRIx64,
				    at->va, at->level, stale[i].value, *e);
		}
	}
}

void
tlb_check(void)
{
	paddr_t used[ASIDS] = {0};
	bool good = root_of(satp) == handoff.root;

	for (uint32_t i = 1; i <= pools[SKINK_POOL_PROCESS].total; i++) {
		const struct process *p = pool_at(SKINK_POOL_PROCESS, i);
		const struct aspace *as = &p->aspace;

		if (p->object.id == 0)
			continue;
		good |= root_of(satp) == as->root;
		if (as->asid_epoch != hart0.asid_epoch)
			continue;
		CHECK(as->asid < ASIDS && used[as->asid] == 0);
		used[as->asid] = root_of(as->satp);
		check_asid(as);
	}
	CHECK(good);
	check_entries(used);
}
