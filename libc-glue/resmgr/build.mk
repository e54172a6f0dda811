# SPDX-License-Identifier: Apache-2.0
# Tests of the resource manager library; the library itself is part of libskink. The host's own
# headers come first.
RESMGR_TEST := -idirafter libc-glue/include -idirafter procmgr/include -Ilibc-glue/resmgr
$(call native_test,keep,test/keep.c keep.c,$(RESMGR_TEST))
