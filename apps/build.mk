# SPDX-License-Identifier: Apache-2.0
# apps/build.mk - the shell, the utilities and the jitter loop. Programs of other owners have
# fragments in folders of their own.

$(call program,esh,$(wildcard $(here)/esh/*.c) lib/signame.c)
