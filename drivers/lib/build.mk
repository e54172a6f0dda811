# SPDX-License-Identifier: Apache-2.0
$(call library,driver,$(wildcard $(here)/*.c))
