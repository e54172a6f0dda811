# SPDX-License-Identifier: Apache-2.0
BENCH_PROGRAMS += hackbench

$(call test_program,hackbench,hackbench.c ../utils/cmd.c)
