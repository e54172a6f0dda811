# SPDX-License-Identifier: Apache-2.0
$(call native_test,hat-policy,test/policy.c policy.c,-Ihat -Ihat/include)
