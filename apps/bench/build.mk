# SPDX-License-Identifier: Apache-2.0
# apps/bench: the measurements. They are brought into the image by `vm --extra build/bench`, where
# they lie stripped.
BENCH_PROGRAMS := bench

$(call test_program,bench,$(wildcard $(here)/*.c) ../utils/cmd.c,procinfo ham)

programs: $(BENCH_PROGRAMS:%=$(O)/bench/%)
$(O)/bench/%: $(O)/test-bin/%
	$(Q)mkdir -p $(@D); $(STRIP) --strip-all -o $@ $<
