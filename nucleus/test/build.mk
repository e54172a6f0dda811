# SPDX-License-Identifier: Apache-2.0
# build.mk - the portable nucleus on the build host, with a fake machine; docs/nucleus-tests.md.

$(call native_test,nucleus,$(wildcard $(here)/*.c) $(patsubst nucleus/%,../%,$(wildcard nucleus/*.c) nucleus/startup/pools.c),-Inucleus -Inucleus/test)

# The same without sanitizers, in one go: for the long runs of the random driver (test/soak).
native: $(O)/random/nucleus
$(O)/random/nucleus: $(wildcard nucleus/test/*.[ch] nucleus/*.[ch] nucleus/include/skink/*.h) \
    nucleus/startup/pools.c config/rules.mk
	$(call say,HOSTCC,$@)
	$(Q)mkdir -p $(@D); $(HOSTCC) -std=gnu11 -O2 -g -flto=auto $(WARN) -Inucleus/include \
	    -Iconfig/include -Inucleus -Inucleus/test $(filter %.c,$^) -o $@

# Which lines of the nucleus the tests reach; fails below 90 %.
.PHONY: nucleus-coverage
nucleus-coverage:
	@nucleus/test/coverage

# The nucleus's <string.h>, under names of its own. It reads whole words, of which a part may lie
# outside: no AddressSanitizer.
$(call native_test,nucleus-string,string/main.c ../riscv/string.c,-fno-sanitize=address \
    -Dmemcpy=tested_memcpy -Dmemmove=tested_memmove -Dmemset=tested_memset)
