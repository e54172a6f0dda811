# SPDX-License-Identifier: Apache-2.0
$(call program,tmpfs,main.c tmpfs.c)
$(call native_test,tmpfs,test/tmpfs.c tmpfs.c ../../libc-glue/resmgr/keep.c,\
    -idirafter libc-glue/include -idirafter procmgr/include)
