# SPDX-License-Identifier: Apache-2.0
$(call program,cyclictest,$(wildcard $(here)/*.c))
