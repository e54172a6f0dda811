# SPDX-License-Identifier: Apache-2.0
# Process 1, and the unit tests of its parts that need no nucleus.

$(call program_bare,procmgr,start.S stubs.c $(filter-out $(here)/stubs.c,$(wildcard $(here)/*.c)),fdt)

PROCMGR_TEST := -Iprocmgr -Iprocmgr/include -idirafter libc-glue/include
$(call native_test,procmgr-memory,test/memory.c pages.c store.c object.c region.c fill.c,$(PROCMGR_TEST))
$(call native_test,procmgr-path,test/path.c path.c pages.c store.c,$(PROCMGR_TEST))
$(call native_test,procmgr-connect,test/connect.c connect.c pages.c,$(PROCMGR_TEST))
$(call native_test,procmgr-spawn,test/spawn.c spawn_args.c elf.c,$(PROCMGR_TEST))
$(call native_test,procmgr-death,test/death.c ring.c symbols.c text.c image.c pages.c,$(PROCMGR_TEST))
$(call native_test,procmgr-process,test/process.c process.c region.c pages.c store.c,$(PROCMGR_TEST))

# The same from a program; tests bring it into the image.
$(call test_program,t-procmgr,test/t-procmgr.c)
