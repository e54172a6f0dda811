# SPDX-License-Identifier: Apache-2.0
$(call program,devc-ns16550,main.c serve.c tty.c uart.c,driver)
