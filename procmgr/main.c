/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main.c - process 1: what is made at its start, in order. Then it serves for ever (loop.c).
 *
 *	pages, store		frames of RAM; small objects
 *	object, region, aspace	who holds frames; what lies where; page tables
 *	fill, map, unmap, protect, keep, object_file, shmem
 *				memory in steps, for requests
 *	job			the steps' order
 *	park			those who wait for others
 *	process, service, spawn, wait, signal, limit
 *				processes and what becomes of them
 *	path, attach, file, file_path, directory, image
 *				pathnames; procmgr's own files
 *	connect			who may connect to whose channels
 *	device			devices by the device tree
 *	clock			who sets it
 *	death, ring, backtrace, symbols, log
 *				what went wrong
 *	info, trace, inject	looking, and breaking on purpose
 */
#include <string.h>

#include <skink/boot.h>
#include <skink/manifest.h>

#include "attach.h"
#include "connect.h"
#include "death.h"
#include "device.h"
#include "image.h"
#include "info.h"
#include "log.h"
#include "loop.h"
#include "nucleus.h"
#include "pages.h"
#include "park.h"
#include "process.h"
#include "service.h"
#include "symbols.h"
#include "wait.h"

void procmgr_main(const struct skink_boot *boot, uint64_t start_instret) __attribute__((noreturn));

void
procmgr_stop(const char *what)
{
	char name[SKINK_NAME_MAX] = {0};

	strncpy(name, what, sizeof(name) - 1);
	skink_thread_name(0, name);
	skink_process_exit(1);
}

static void
need(bool good, const char *what)
{
	if (!good)
		procmgr_stop(what);
}

static const void *
window(const struct skink_range *range)
{
	return (const void *)(pages_window + range->start);
}

static const struct skink_manifest *
find_manifest(void)
{
	const struct image_file *file = image_find("manifest.bin", 12);
	const struct skink_manifest *m = file != NULL ? (const void *)file->data : NULL;

	if (m == NULL || file->size < sizeof(*m))
		procmgr_stop("no manifest in image");
	need(m->magic == SKINK_MANIFEST_MAGIC && m->version == SKINK_MANIFEST_VERSION &&
		m->size_bytes <= file->size,
	    "manifest is damaged");
	return m;
}

void
procmgr_main(const struct skink_boot *boot, uint64_t start_instret)
{
	const struct skink_manifest *manifest;
	const struct image_file *symbols;

	need(
	    boot->magic == SKINK_BOOT_MAGIC && boot->version == SKINK_ABI_VERSION, "other nucleus");
	need(pages_init(boot->ranges, boot->range_count), "too little memory");
	need(image_init(window(&boot->image), boot->image.size), "image is damaged");
	manifest = find_manifest();
	need(device_init(window(&boot->tree), boot->tree.size, manifest), "no device tree");
	need(log_init(manifest->log_bytes), "no memory for log");
	need(death_init(manifest->deaths), "no memory for deaths");
	need(process_init(boot->pools[SKINK_POOL_PROCESS] + 1, manifest), "no memory: processes");
	need(connect_init(boot->pools[SKINK_POOL_CHANNEL]), "no memory: channels");
	symbols = image_find(".symbols", 8);
	symbols_init(symbols != NULL ? symbols->data : NULL, symbols != NULL ? symbols->size : 0);
	info_init(boot, start_instret);
	loop_init(boot);
	park_init();
	attach_init();
	wait_init();
	service_boot();
	loop_run();
}
