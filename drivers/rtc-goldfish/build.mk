# SPDX-License-Identifier: Apache-2.0
$(call program,rtc,main.c,driver)
