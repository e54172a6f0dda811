/* SPDX-License-Identifier: Apache-2.0 */
/* skink/abilities.h - the one list of abilities; docs/abilities.md tells what each allows. */
#ifndef SKINK_ABILITIES_H
#define SKINK_ABILITIES_H

/* Abilities: what a process may do beyond its own affairs. Given by procmgr from the manifest,
 * handed down to children at most. procmgr asks for them, and servers, which have them by
 * ConnectClientInfo; to the nucleus they are a word that it keeps and tells. */
#define SKINK_ABILITIES(X) \
	X(CONNECT_ANY, 0)	/* connect to any channel by pid and chid */ \
	X(INTERRUPT, 1)		/* attach the interrupts of its devices */ \
	X(IO, 2)		/* map device memory that procmgr grants */ \
	X(DMA, 3)		/* physically contiguous memory and its address */ \
	X(PATHS, 4)		/* attach path prefixes that procmgr allows */ \
	X(KILL, 5)		/* kill processes outside its own session */ \
	X(INJECT, 6)		/* inject faults */ \
	X(SPAWN_SERVICE, 7)	/* start processes as services (ham) */ \
	X(CLOCK_SET, 8)		/* set the realtime clock */ \
	X(REBOOT, 9)		/* reset, power off */ \
	X(TRACE, 10)		/* control the trace */ \
	X(KEEP, 11)		/* own keep memory */ \
	X(INFO, 12)		/* see other sessions' processes in full */ \
	X(LOG, 13)		/* read the system log */
enum skink_ability {
#define SKINK_ABILITY_ENUM(name, bit) SKINK_AB_##name = 1 << bit,
	SKINK_ABILITIES(SKINK_ABILITY_ENUM)
#undef SKINK_ABILITY_ENUM
};

#endif
