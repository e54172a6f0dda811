# SPDX-License-Identifier: Apache-2.0
$(call program,inject,inject.c,procinfo)
