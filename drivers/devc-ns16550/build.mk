# SPDX-License-Identifier: Apache-2.0
$(call program,devc-ns16550,main.c serve.c tty.c uart.c,driver)
$(call native_test,tty,test/tty.c tty.c ../../libc-glue/resmgr/keep.c,\
    -idirafter libc-glue/include -idirafter procmgr/include)
