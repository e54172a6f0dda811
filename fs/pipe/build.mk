# SPDX-License-Identifier: Apache-2.0
$(call program,pipe,main.c pipe.c)
