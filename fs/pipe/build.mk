# SPDX-License-Identifier: Apache-2.0
$(call program,pipe,main.c pipe.c)
$(call native_test,pipe,test/pipe.c pipe.c ../../libc-glue/resmgr/keep.c,\
    -idirafter libc-glue/include -idirafter procmgr/include)
