# SPDX-License-Identifier: Apache-2.0
# Process 1.

$(call program_bare,procmgr,start.S stubs.c $(filter-out $(here)/stubs.c,$(wildcard $(here)/*.c)),fdt)
