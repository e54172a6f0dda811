# SPDX-License-Identifier: Apache-2.0
# Tests of the resource manager library; the library itself is part of libskink. The host's own
# headers come first.
RESMGR_TEST := -idirafter libc-glue/include -idirafter procmgr/include -Ilibc-glue/resmgr -DEOK=0
$(call native_test,keep,test/keep.c keep.c,$(RESMGR_TEST))
$(call native_test,iomsg,test/iomsg.c iomsg.c,$(RESMGR_TEST))
$(call native_test,resmgr,test/resmgr.c answer.c dispatch.c idtable.c iofunc.c iomsg.c keep.c \
    notify.c request.c resmgr.c state.c,$(RESMGR_TEST))
