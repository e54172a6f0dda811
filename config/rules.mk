# SPDX-License-Identifier: Apache-2.0
# rules.mk - how a source becomes an object, a library, a program, a test. Owns the compiler flags
# and the macros that the components' build.mk fragments call; docs/building.md is its manual.

O          ?= build
THIRD      := build/third_party
LIBFDT     := $(THIRD)/libfdt
PYTHON     ?= /usr/bin/python3
CROSS      ?= riscv64-unknown-elf-
CC         := $(CROSS)gcc
AR         := $(CROSS)ar
STRIP      := $(CROSS)strip
OBJCOPY    := $(CROSS)objcopy
HOSTCC     ?= gcc
Q          := $(if $(V),,@)
say         = @printf '  %-8s %s\n' '$1' '$(patsubst $(O)/%,%,$2)'

WARN       := -Wall -Wextra -Wmissing-prototypes -Wshadow -Werror
DEPFLAGS    = -MMD -MP
# Reproducible wherever the tree lies; addresses below a page are no array of size 0 (devices, and
# tests that fault on purpose).
COMMON     := -std=gnu11 -O2 -g -fno-common -ffile-prefix-map=$(CURDIR)=. -ffunction-sections \
              -fdata-sections --param=min-pagesize=0

# What a user program may include, in this order: libc-glue goes before picolibc's own headers.
USER_INC   := -Ilibc-glue/include -Inucleus/include -Iprocmgr/include -Ihat/include \
              -Idrivers/include -Ifs/include -Iconfig/include -I$(LIBFDT)
PICOLIBC   := --specs=picolibc.specs --picolibc-buildtype=release
USER_ARCH  := -march=rv64gc -mabi=lp64d
USER_CFLAGS = $(COMMON) $(USER_ARCH) $(PICOLIBC) $(WARN) $(USER_INC) $(CFLAGS_EXTRA)
USER_LDSCRIPT := libc-glue/program.ld
USER_LINK     := -static -nostdlib -Wl,--gc-sections -Wl,--build-id=none \
                 -Wl,-z,max-page-size=4096
USER_LDFLAGS   = $(USER_ARCH) $(PICOLIBC) $(USER_LINK) -T $(USER_LDSCRIPT) -Wl,-Map=$@.map -L$(O)/lib

NUCLEUS_ARCH   := -march=rv64imac_zicsr_zifencei -mabi=lp64 -mcmodel=medany
NUCLEUS_CFLAGS  = $(COMMON) $(NUCLEUS_ARCH) -ffreestanding -fno-pic -fno-stack-protector \
                  -fno-asynchronous-unwind-tables $(WARN) -Inucleus/include -Iconfig/include \
                  -Inucleus -Inucleus/riscv -I$(O)/gen/nucleus -isystem $(LIBFDT) -isystem $(LIBC_HEADERS) $(CFLAGS_EXTRA)
NUCLEUS_LDFLAGS := $(NUCLEUS_ARCH) -nostdlib -static \
                  -Wl,--gc-sections -Wl,--build-id=none -Wl,-z,max-page-size=4096
# libfdt wants the prototypes of <string.h>; the nucleus defines what it uses and links no libc.
PICOLIBC_ROOT  := /usr/lib/picolibc/riscv64-unknown-elf
LIBC_HEADERS   := $(PICOLIBC_ROOT)/include

NATIVE_CFLAGS   = -std=gnu11 -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
                  -fno-sanitize-recover=all $(WARN) -Itests/include -Inucleus/include \
                  -Iconfig/include

PROGRAMS      :=
TEST_PROGRAMS :=
LIBRARIES     :=
NATIVE_TESTS  :=
DEPS          :=

# The folder of the fragment being read, and its sources' paths from the top.
here   = $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))
locate = $(foreach s,$1,$(if $(filter $(here)/% build/% $(O)/% /%,$s),$s,$(here)/$s))
objects = $(addsuffix .o,$(basename $(addprefix $(O)/obj/$1/,$2)))

# $(call library,NAME,SOURCES): build/lib/libNAME.a, for programs that list NAME in their LIBS.
library = $(eval $(call library_rules,$(strip $1),$(call locate,$2)))
define library_rules
LIBRARIES += $1
DEPS += $(call objects,user,$2)
$(O)/lib/lib$1.a: $(call objects,user,$2)
	$$(call say,AR,$$@)
	$$(Q)mkdir -p $$(@D); rm -f $$@; $(AR) rcD $$@ $$^
endef

# $(call program,NAME,SOURCES[,LIBS]): a user program in the image, /proc/boot/NAME.
program = $(eval PROGRAMS += $(strip $1))$(call program_link,$1,$2,$3 skink,$(O)/crt0.o,bin)
# $(call program_bare,NAME,SOURCES[,LIBS]): the same with its own _start and without libskink.
program_bare = $(eval PROGRAMS += $(strip $1))$(call program_link,$1,$2,$3,,bin)
# $(call test_program,NAME,SOURCES[,LIBS]): like program, but tests bring it in with --extra.
test_program = $(eval TEST_PROGRAMS += $(strip $1))$(call program_link,$1,$2,$3 skink,$(O)/crt0.o,test-bin)

program_link = $(eval $(call link_rules,$(strip $1),$(call locate,$2),$(strip $3),$4,$5))
define link_rules
DEPS += $(call objects,user,$2)
$(O)/$5/$1: $4 $(call objects,user,$2) $(foreach l,$3,$(O)/lib/lib$l.a) $(USER_LDSCRIPT)
	$$(call say,LD,$$@)
	$$(Q)mkdir -p $$(@D); $(CC) $$(USER_LDFLAGS) -o $$@ $4 $(call objects,user,$2) \
	    -Wl,--start-group $(foreach l,$3,-l$l) -lc -lgcc -Wl,--end-group
endef

# $(call native_test,NAME,SOURCES[,CFLAGS]): built for this machine under ASan and UBSan; run by
# make check. CFLAGS may name include folders and macros.
native_test = $(eval $(call native_rules,$(strip $1),$(call locate,$2),$3))
define native_rules
NATIVE_TESTS += $1
DEPS += $(call objects,native/$1,$2)
$(call objects,native/$1,$2): NATIVE_EXTRA := $3
$(foreach s,$2,$(eval $(call native_compile,$1,$s)))
$(O)/native/$1: $(call objects,native/$1,$2)
	$$(call say,HOSTLD,$$@)
	$$(Q)mkdir -p $$(@D); $(HOSTCC) -fsanitize=address,undefined $$^ -o $$@ -lpthread
endef
define native_compile
$(call objects,native/$1,$2): $2 config/rules.mk
	$$(call say,HOSTCC,$$@)
	$$(Q)mkdir -p $$(@D); $(HOSTCC) $$(NATIVE_CFLAGS) $$(NATIVE_EXTRA) $$(DEPFLAGS) -c $$< -o $$@
endef

$(O)/obj/user/%.o: %.c config/rules.mk
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D); $(CC) $(USER_CFLAGS) $(DEPFLAGS) -c $< -o $@

$(O)/obj/user/%.o: %.S config/rules.mk
	$(call say,AS,$<)
	$(Q)mkdir -p $(@D); $(CC) $(USER_CFLAGS) $(DEPFLAGS) -c $< -o $@

$(O)/crt0.o: libc-glue/crt0.S
	$(call say,AS,$<)
	$(Q)mkdir -p $(@D); $(CC) $(USER_CFLAGS) $(DEPFLAGS) -c $< -o $@

# Third-party code is compiled as it comes, with its own idea of warnings.
$(O)/obj/user/$(THIRD)/%.o: WARN := -w
$(O)/obj/startup/$(THIRD)/%.o: WARN := -w

$(THIRD)/%:
	@echo "$@ is missing: run 'make setup'" >&2; exit 1

# The nucleus: every source in its two folders.
NUCLEUS_OFFSETS := $(wildcard nucleus/riscv/offsets.c)
NUCLEUS_SOURCES := $(filter-out $(NUCLEUS_OFFSETS),$(wildcard nucleus/*.c nucleus/riscv/*.c \
                   nucleus/riscv/*.S))
# FAST=0 leaves the short ways out; everything goes the general way then.
FAST ?= 1
NUCLEUS_OBJECTS := $(call objects,nucleus,$(filter-out $(if $(filter 0,$(FAST)),nucleus/fast%.c),\
                   $(NUCLEUS_SOURCES)))
# It returns to nobody, so it may lose all registers.
$(call objects,nucleus,nucleus/fast.c): CFLAGS_EXTRA += $(foreach n,1 2 3 4 5 6 7 8 9 10 11, \
    -fcall-used-s$n) -ffixed-s0 -ffixed-ra
DEPS += $(NUCLEUS_OBJECTS)

$(O)/nucleus.elf: $(NUCLEUS_OBJECTS) nucleus/riscv/nucleus.ld
	$(call say,LD,$@)
	$(Q)$(CC) $(NUCLEUS_LDFLAGS) -Wl,-T,nucleus/riscv/nucleus.ld -Wl,-Map=$@.map -o $@ \
	    $(NUCLEUS_OBJECTS) -lgcc

$(O)/nucleus.bin: $(O)/nucleus.elf
	$(call say,OBJCOPY,$@)
	$(Q)$(OBJCOPY) -O binary $< $@

# What firmware enters: start-up, some files that it shares with the nucleus, libfdt's read-only
# part, and the nucleus itself, as it will lie in memory. Address translation is off there.
STARTUP_LIBFDT  := $(addprefix $(LIBFDT)/,fdt.c fdt_ro.c fdt_addresses.c)
STARTUP_SOURCES := $(wildcard nucleus/startup/*.c nucleus/startup/*.S) $(STARTUP_LIBFDT) \
                   $(addprefix nucleus/riscv/,print.c sbi.c string.c)
STARTUP_OBJECTS := $(call objects,startup,$(STARTUP_SOURCES))
STARTUP_CFLAGS   = $(NUCLEUS_CFLAGS) -DDIRECT_BASE=0
DEPS += $(STARTUP_OBJECTS)

$(O)/startup.elf: $(STARTUP_OBJECTS) nucleus/startup/startup.ld
	$(call say,LD,$@)
	$(Q)$(CC) $(NUCLEUS_LDFLAGS) -Wl,--no-warn-rwx-segments \
	    -Wl,-T,nucleus/startup/startup.ld -Wl,-Map=$@.map -o $@ \
	    $(STARTUP_OBJECTS) -lgcc

$(O)/obj/startup/%.o: %.c config/rules.mk
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D); $(CC) $(STARTUP_CFLAGS) $(DEPFLAGS) -c $< -o $@

$(O)/obj/startup/%.o: %.S config/rules.mk $(O)/nucleus.bin
	$(call say,AS,$<)
	$(Q)mkdir -p $(@D); $(CC) $(STARTUP_CFLAGS) -DNUCLEUS_BINARY='"$(O)/nucleus.bin"' \
	    $(DEPFLAGS) -c $< -o $@

$(O)/obj/nucleus/%.o: %.c config/rules.mk
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D); $(CC) $(NUCLEUS_CFLAGS) $(DEPFLAGS) -c $< -o $@

$(O)/obj/nucleus/%.o: %.S config/rules.mk
	$(call say,AS,$<)
	$(Q)mkdir -p $(@D); $(CC) $(NUCLEUS_CFLAGS) $(DEPFLAGS) -c $< -o $@

# Assembler offsets: each `->NAME value` line that offsets.c leaves in its assembler output
# becomes a #define.
$(filter %.o,$(call objects,nucleus,$(wildcard nucleus/riscv/*.S))): \
    $(if $(NUCLEUS_OFFSETS),$(O)/gen/nucleus/offsets.h)
$(O)/gen/nucleus/offsets.h: nucleus/riscv/offsets.c
	$(call say,GEN,$@)
	$(Q)mkdir -p $(@D); $(CC) $(NUCLEUS_CFLAGS) -MMD -MP -MT $@ -MF $@.d -S $< -o $@.s
	$(Q)(echo '/* Generated from $<. */'; \
	    sed -n 's/^.*->\([A-Za-z0-9_]*\) \(-\{0,1\}[0-9]*\).*/#define \1 \2/p' $@.s) > $@

$(call library,fdt,$(STARTUP_LIBFDT))
