# SPDX-License-Identifier: Apache-2.0
$(call program,slay,slay.c,procinfo)
