# SPDX-License-Identifier: Apache-2.0
# Makefile - every command a person needs; `make help` lists them.
# A component adds programs, libraries and tests in its own build.mk; docs/building.md says how.

.DEFAULT_GOAL := all
.SUFFIXES:
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

include config/rules.mk

# What compiles needs what set-up fetches; these goals set up, or need nothing.
UNBUILT_GOALS := run check soak setup lint gdb clean help bench trace campaign demo
ifeq ($(wildcard $(THIRD)/.complete),)
ifneq ($(filter-out $(UNBUILT_GOALS),$(or $(MAKECMDGOALS),all)),)
$(error Nothing is set up here: run `make setup` first (`make run` and `make check` do so themselves))
endif
endif

include $(sort $(filter-out build/%,$(wildcard */build.mk */*/build.mk)))

MANIFEST  ?= config/qemu-virt.toml
VM        := bsp/qemu-virt/vm
IMAGE     := $(O)/skink.img
STRIPPED  := $(PROGRAMS:%=$(O)/image/%)
EXTRA     ?=
FLASH     ?=
T         ?=
CMD       ?=
VMFLAGS   ?=
export SKINK_BUILD := $(abspath $(O))

.PHONY: all nucleus programs native run check setup soak help clean lint size gdb sdk bench trace \
        campaign demo analyze

all: $(O)/startup.elf $(IMAGE)
nucleus: $(O)/startup.elf
programs: $(PROGRAMS:%=$(O)/bin/%) $(TEST_PROGRAMS:%=$(O)/test-bin/%) $(BENCH_PROGRAMS:%=$(O)/bench/%)
native: $(NATIVE_TESTS:%=$(O)/native/%)

$(STRIPPED): $(O)/image/%: $(O)/bin/%
	$(Q)mkdir -p $(@D); $(STRIP) --strip-all -o $@ $<

$(O)/bench/%: $(O)/test-bin/%
	$(Q)mkdir -p $(@D); $(STRIP) --strip-all -o $@ $<

$(O)/manifest.bin: $(MANIFEST) $(wildcard config/*.py) config/include/skink/manifest.h \
    nucleus/include/skink/types.h nucleus/include/skink/manager.h \
    procmgr/include/skink/abilities.h
	$(call say,MANIFEST,$<)
	$(Q)mkdir -p $(@D); $(PYTHON) config/manifest.py -o $@ $<

# What faults are told by: the programs' functions.
$(O)/.symbols: $(PROGRAMS:%=$(O)/bin/%) procmgr/tools/symbols.py
	$(call say,SYMBOLS,$@)
	$(Q)$(PYTHON) procmgr/tools/symbols.py -o $@ $(PROGRAMS:%=$(O)/bin/%)

# The list is there for bsp/*/vm, which builds images with other files beside these.
IMAGE_FILES := $(STRIPPED) $(O)/manifest.bin $(O)/.symbols
$(IMAGE): $(IMAGE_FILES) config/mkimage.py
	$(call say,IMAGE,$@)
	$(Q)printf '%s\n' $(abspath $(IMAGE_FILES)) > $(O)/image.list
	$(Q)$(PYTHON) config/mkimage.py -o $@ $(IMAGE_FILES)

# What needs set-up first builds in a make of its own: set-up may bring the compiler. It uses
# every processor, unless a -j says otherwise.
JOBS = $(if $(findstring -j,$(MAKEFLAGS)),,-j$(shell nproc))

run: setup
	@$(MAKE) $(JOBS) all
	@$(VM) run $(if $(EXTRA),--extra '$(EXTRA)') $(if $(FLASH),--flash '$(FLASH)') $(VMFLAGS)

check: setup
	@$(MAKE) $(JOBS) all programs native
	@$(PYTHON) config/check.py --build $(O) $(NATIVE_TESTS:%=--native %) $(T:%=--only %)

soak: setup
	@$(MAKE) $(JOBS) all programs native
	@SKINK_SOAK=1 $(PYTHON) config/check.py --build $(O) $(NATIVE_TESTS:%=--native %) \
	    $(T:%=--only %)

setup:
	@config/setup

lint:
	@config/setup lint
	@$(PYTHON) config/lint.py

# The compiler's own search for faults along paths; everything is compiled once more, elsewhere.
analyze:
	@$(MAKE) O=$(O)/analyze CFLAGS_EXTRA=-fanalyzer nucleus programs

size: all
	@$(PYTHON) config/size.py --build $(O)

gdb:
	@config/setup gdb
	@$(MAKE) all
	@bsp/qemu-virt/debug $(if $(CMD),'$(CMD)')

sdk:
	@$(MAKE) $(LIBRARIES:%=$(O)/lib/lib%.a) $(O)/crt0.o
	@ARCH='$(USER_ARCH)' SPECS='$(PICOLIBC)' LINK='$(USER_LINK)' AR='$(AR)' CC='$(CC)' \
	    PICOLIBC_ROOT='$(PICOLIBC_ROOT)' config/sdk $(O)/sdk $(O) $(filter %/include,$(USER_INC:-I%=%))

# FIGURES='ipc_rt_32 ...': only these. QUICK=1: fewer samples, only what takes seconds. BASELINE=1:
# what is measured becomes the baseline that make check holds figures against.
bench: setup
	@$(MAKE) $(JOBS) all programs
	@$(PYTHON) config/bench.py --build $(O) $(if $(QUICK),--quick) $(if $(BASELINE),--renew) \
	    $(FIGURES)

# CMD='...' [EXTRA=DIR] [TRACEFLAGS=...]: runs it traced; build/trace.json is for a viewer.
trace: setup
	@$(MAKE) $(JOBS) all programs
	@$(PYTHON) config/trace_run.py -o $(O)/trace.json $(if $(EXTRA),--extra '$(EXTRA)') \
	    $(TRACEFLAGS) -- $(if $(CMD),'$(subst ','\'',$(CMD))',$(error make trace needs CMD='...'))

campaign demo:
	@echo "make $@: not there yet" >&2; exit 2

# Set-up's folders stay: what they hold was fetched, not built.
clean:
	rm -rf $(filter-out build/third_party build/apt build/setup.stamp build/tools,$(wildcard $(O)/*))

help:
	@echo 'make             build everything into $(O)/'
	@echo 'make run         set up, build, boot with the console here  [EXTRA=DIR] [FLASH=FILE]'
	@echo 'make check       set up, build, run all tests of CI size    [T=NAME]'
	@echo 'make setup       install and fetch what is missing; asks first, Y=1 says yes'
	@echo 'make soak        the long versions of the tests             [T=NAME]'
	@echo 'make lint        formatting, cppcheck, include rule, licence lines'
	@echo 'make analyze     compile everything under -fanalyzer'
	@echo 'make size        sizes and line counts against their limits'
	@echo 'make gdb         boot under the debugger                    [CMD=TEXT]'
	@echo 'make sdk         $(O)/sdk: build programs outside this tree'
	@echo 'make clean       remove what was built; fetched sources stay'
	@echo 'make bench       measure all figures  [FIGURES=NAMES] [QUICK=1] [BASELINE=1]'
	@echo "make trace       run a command traced, for a viewer: CMD='...' [EXTRA=DIR] [TRACEFLAGS=...]"
	@echo 'make campaign, demo: not there yet'
	@echo 'Also: V=1 (whole commands), O=DIR (build elsewhere), FAST=0 (no fast path), programs,'
	@echo 'nucleus, native;'
	@echo 'docs/building.md has the rest.'

-include $(DEPS:.o=.d) $(wildcard $(O)/gen/nucleus/*.d) $(O)/crt0.d
