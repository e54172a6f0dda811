# SPDX-License-Identifier: Apache-2.0
$(call program,on,on.c)
