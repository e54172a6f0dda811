# SPDX-License-Identifier: Apache-2.0
$(call program,tmpfs,main.c tmpfs.c)
