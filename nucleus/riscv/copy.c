/* SPDX-License-Identifier: Apache-2.0 */
/* copy.c - long messages on the fast path: through the direct map into another user's pages. Looks
 * for interrupts after each COPY_STEP bytes, and gives up then. */
#include "copy.h"
#include "csr.h"
#include "nucleus.h"

bool
copy_far(const struct aspace *as, vaddr_t target, vaddr_t source, uint64_t n)
{
	if ((target | source) % 8 != 0)
		return false;
	for (;;) {
		uint64_t page = SKINK_PAGE - target % SKINK_PAGE;
		char *to = aspace_find(as, target, SKINK_PROT_WRITE);

		if (to == NULL)
			return false;
		do {
			uint64_t step = n < page ? n : page;

			if (step >= COPY_STEP) {
				step = COPY_STEP;
				if (!copy_in(to, source, COPY_STEP))
					return false;
			} else if (!copy_in(to, source, step)) {
				return false;
			}
			n -= step;
			if (n == 0) {
				csr_write(CSR_SATP, as->satp);
				return true;
			}
			if ((csr_read(CSR_SIP) & csr_read(CSR_SIE)) != 0)
				return false;
			to += step;
			target += step;
			source += step;
			page -= step;
		} while (page > 0);
	}
}
