# SPDX-License-Identifier: Apache-2.0
# apps/latency: interrupts at known instants (`alarm`, a service), and `latency`.
BENCH_PROGRAMS += alarm

$(call test_program,alarm,alarm.c,driver)
$(call program,latency,latency.c report.c alarm_client.c counter.c ../utils/cmd.c)
