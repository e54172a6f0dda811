# SPDX-License-Identifier: Apache-2.0
$(call program,autorun,autorun.c,ham)
