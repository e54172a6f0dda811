# SPDX-License-Identifier: Apache-2.0
BENCH_PROGRAMS += stress

$(call test_program,stress,$(wildcard $(here)/*.c) ../utils/cmd.c)
