# SPDX-License-Identifier: Apache-2.0
$(call program,reset,main.c,driver)
