# SPDX-License-Identifier: Apache-2.0
# apps/bench: the measurements. They are brought into the image by `vm --extra build/bench`, where
# they lie stripped.
BENCH_PROGRAMS += bench

$(call test_program,bench,$(wildcard $(here)/*.c) ../latency/alarm_client.c \
    ../latency/counter.c ../utils/cmd.c,procinfo ham)
