# SPDX-License-Identifier: Apache-2.0
$(call test_program,template,main.c,driver)
