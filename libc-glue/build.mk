# SPDX-License-Identifier: Apache-2.0
# libskink: the C library's Skink half. Every .c in the folders below is in it; libcalls holds the
# nucleus calls' stubs alone, for programs without a library. libc-glue/resmgr/ has its own fragment.

LIBC_GLUE := core message thread file process memory time stdio resmgr
LIBC_GLUE_SOURCES := $(foreach d,$(LIBC_GLUE),$(wildcard $(here)/$(d)/*.c))

$(call library,skink,$(LIBC_GLUE_SOURCES))
$(call library,calls,core/stubs.c core/more.c core/self.c process/access.c process/procmgr.c)

$(call native_test,libc-path,test/path.c file/path.c)
# Behind the host's own headers: of ours only skink/ is wanted.
$(call native_test,libc-elf,test/elf.c process/elf.c,\
    -Iprocmgr/include -idirafter libc-glue/include)
$(call native_test,libc-sync,test/sync.c thread/sync.c,-idirafter libc-glue/include)
$(call native_test,libc-memory,test/memory.c core/memory.c,-Dmemcpy=glue_memcpy -Dmemmove=glue_memmove \
    -Dmemset=glue_memset -Wno-missing-prototypes -fno-builtin -fno-tree-loop-distribute-patterns)

# The compiler would make a call to memcpy of what memcpy does.
$(O)/obj/user/libc-glue/core/memory.o: CFLAGS_EXTRA := -fno-builtin -fno-tree-loop-distribute-patterns
