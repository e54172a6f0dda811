/* SPDX-License-Identifier: Apache-2.0 */
/* atomic.c - 8- and 16-bit atomic operations, which the processor lacks and the compiler calls by
 * these names: each is a compare-and-swap of the word around it. Always sequentially consistent. */
#include <stdbool.h>
#include <stdint.h>

/* The compiler knows these names with other types; the assembler name makes them ours. */
#define NAMED(name) __asm__(#name)

static inline uint32_t *
word_of(volatile void *p)
{
	return (uint32_t *)((uintptr_t)p & ~3ul);
}

static inline unsigned
shift_of(volatile void *p)
{
	return ((uintptr_t)p & 3) * 8;
}

/* Replaces the part by f(old part); returns the old part. */
#define UPDATE(type, p, expression) \
	uint32_t *word = word_of(p); \
	unsigned shift = shift_of(p); \
	uint32_t mask = (uint32_t)(type)-1 << shift; \
	uint32_t seen = __atomic_load_n(word, __ATOMIC_RELAXED), next; \
	type old; \
	do { \
		old = (type)(seen >> shift); \
		next = (seen & ~mask) | ((uint32_t)(type)(expression) << shift); \
	} while (!__atomic_compare_exchange_n( \
	    word, &seen, next, true, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED)); \
	return old

#define FETCH(type, bytes, operation, expression) \
	type skink_fetch_##operation##_##bytes(volatile void *p, type value, int order) \
	    NAMED(__atomic_fetch_##operation##_##bytes); \
	type skink_fetch_##operation##_##bytes(volatile void *p, type value, int order) \
	{ \
		(void)order; \
		UPDATE(type, p, expression); \
	}

#define EXCHANGE(type, bytes) \
	type skink_exchange_##bytes(volatile void *p, type value, int order) \
	    NAMED(__atomic_exchange_##bytes); \
	type skink_exchange_##bytes(volatile void *p, type value, int order) \
	{ \
		(void)order; \
		UPDATE(type, p, value); \
	} \
	bool skink_compare_exchange_##bytes(volatile void *p, void *expected, type desired, \
	    bool weak, int success, int failure) NAMED(__atomic_compare_exchange_##bytes); \
	bool skink_compare_exchange_##bytes( \
	    volatile void *p, void *expected, type desired, bool weak, int success, int failure) \
	{ \
		uint32_t *word = word_of(p); \
		unsigned shift = shift_of(p); \
		uint32_t mask = (uint32_t)(type)-1 << shift; \
		uint32_t seen = __atomic_load_n(word, __ATOMIC_RELAXED), next; \
		type wanted = *(type *)expected; \
		(void)weak, (void)success, (void)failure; \
		do { \
			if ((type)(seen >> shift) != wanted) { \
				__atomic_thread_fence(__ATOMIC_SEQ_CST); \
				*(type *)expected = (type)(seen >> shift); \
				return false; \
			} \
			next = (seen & ~mask) | ((uint32_t)desired << shift); \
		} while (!__atomic_compare_exchange_n( \
		    word, &seen, next, true, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED)); \
		return true; \
	}

#define ALL(type, bytes) \
	FETCH(type, bytes, add, old + value) \
	FETCH(type, bytes, sub, old - value) \
	FETCH(type, bytes, and, old &value) \
	FETCH(type, bytes, or, old | value) \
	FETCH(type, bytes, xor, old ^ value) \
	FETCH(type, bytes, nand, ~(old & value)) \
	EXCHANGE(type, bytes)

ALL(uint8_t, 1)
ALL(uint16_t, 2)
