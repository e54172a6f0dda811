# SPDX-License-Identifier: Apache-2.0
$(call program,slogger,main.c)
