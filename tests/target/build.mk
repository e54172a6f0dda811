# SPDX-License-Identifier: Apache-2.0
# Every C source here is a test program of its own, named like it; tests bring it along.
$(foreach s,$(notdir $(wildcard $(here)/*.c)),$(call test_program,$(basename $s),$s,ham procinfo))

# The three processes of t-trace.c have names of their own.
$(foreach p,trace-a trace-b,$(call test_program,$p,t-trace.c))
