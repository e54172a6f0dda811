# SPDX-License-Identifier: Apache-2.0
# build.mk - the portable nucleus on the build host, with a fake machine; docs/nucleus-tests.md.

# nucleus/test comes before nucleus: riscv/tlb.h is there. RAM is where the direct map has it.
NUCLEUS_TEST := -Inucleus/test -Inucleus -DDIRECT_BASE=0x200000000000ull
$(call native_test,nucleus,$(wildcard $(here)/*.c) $(patsubst nucleus/%,../%,$(wildcard nucleus/*.c) nucleus/startup/pools.c nucleus/riscv/aspace.c),$(NUCLEUS_TEST))

# The same without sanitizers, in one go: for the long runs of the random driver (test/soak).
native: $(O)/random/nucleus
$(O)/random/nucleus: $(wildcard nucleus/test/*.[ch] nucleus/*.[ch] nucleus/include/skink/*.h) \
    nucleus/startup/pools.c nucleus/riscv/aspace.c nucleus/test/riscv/tlb.h config/rules.mk
	$(call say,HOSTCC,$@)
	$(Q)mkdir -p $(@D); $(HOSTCC) -std=gnu11 -O2 -g -flto=auto $(WARN) -Inucleus/include \
	    -Iconfig/include $(NUCLEUS_TEST) $(filter %.c,$^) -o $@

# Which lines of the nucleus the tests reach; fails below 90 %.
.PHONY: nucleus-coverage
nucleus-coverage:
	@nucleus/test/coverage

# The nucleus's <string.h>, under names of its own. It reads whole words, of which a part may lie
# outside: no AddressSanitizer.
$(call native_test,nucleus-string,string/main.c ../riscv/string.c,-fno-sanitize=address \
    -Dmemcpy=tested_memcpy -Dmemmove=tested_memmove -Dmemset=tested_memset)
