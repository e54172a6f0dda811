# SPDX-License-Identifier: Apache-2.0
# apps/build.mk - the shell, the utilities and the jitter loop. Programs of other owners have
# fragments in folders of their own.

ESH_SOURCES := $(wildcard $(here)/esh/*.c) $(here)/lib/signame.c

$(call program,esh,$(ESH_SOURCES))

# Utilities that need no more than the common parts.
PLAIN_UTILS := cat date echo false grep head hexdump ls mkdir printf rm seq sleep sort stty \
               tail tee touch true uname wc
$(foreach u,$(PLAIN_UTILS),$(call program,$u,utils/$u.c utils/cmd.c utils/lines.c))
$(foreach u,env time,$(call program,$u,utils/$u.c utils/run.c utils/cmd.c))
$(call program,cp,utils/cp.c utils/copy.c utils/cmd.c)
$(call program,mv,utils/mv.c utils/copy.c utils/cmd.c)
$(call program,kill,utils/kill.c utils/cmd.c lib/signame.c)
$(call program,free,utils/free.c utils/cmd.c,procinfo)

$(call program,jitter,jitter/jitter.c utils/cmd.c)

# The tests of the shell and the utilities, built for this machine. The program is the shell as well
# when its name is esh.
$(call native_test,esh,esh/test/main.c $(filter-out %/start.c %/keyboard.c,$(ESH_SOURCES)),-D_GNU_SOURCE)
