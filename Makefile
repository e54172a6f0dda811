# SPDX-License-Identifier: Apache-2.0
# Makefile - every command a person needs; `make help` lists them.
# A component adds programs, libraries and tests in its own build.mk; docs/building.md says how.

.DEFAULT_GOAL := all
.SUFFIXES:
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

include config/rules.mk
include $(sort $(filter-out build/%,$(wildcard */build.mk */*/build.mk)))

MANIFEST  ?= config/qemu-virt.toml
VM        := bsp/qemu-virt/vm
IMAGE     := $(O)/skink.img
STRIPPED  := $(PROGRAMS:%=$(O)/image/%)
EXTRA     ?=
FLASH     ?=
export SKINK_BUILD := $(abspath $(O))

.PHONY: all nucleus programs native run check setup soak help clean lint size gdb sdk bench trace \
        campaign demo check-built run-built

all: $(O)/nucleus.elf $(IMAGE)
nucleus: $(O)/nucleus.elf
programs: $(PROGRAMS:%=$(O)/bin/%) $(TEST_PROGRAMS:%=$(O)/test-bin/%)
native: $(NATIVE_TESTS:%=$(O)/native/%)

$(STRIPPED): $(O)/image/%: $(O)/bin/%
	$(Q)mkdir -p $(@D); $(STRIP) --strip-all -o $@ $<

$(O)/manifest.bin: $(MANIFEST) config/manifest.py config/include/skink/manifest.h
	$(call say,MANIFEST,$<)
	$(Q)mkdir -p $(@D); $(PYTHON) config/manifest.py -o $@ $<

$(IMAGE): $(STRIPPED) $(O)/manifest.bin config/mkimage.py
	$(call say,IMAGE,$@)
	$(Q)$(PYTHON) config/mkimage.py -o $@ $(STRIPPED) $(O)/manifest.bin

setup:
	@config/setup

clean:
	rm -rf $(filter-out build/third_party build/apt build/setup.stamp,$(wildcard $(O)/*))

-include $(DEPS:.o=.d) $(wildcard $(O)/gen/nucleus/*.d) $(O)/crt0.d
