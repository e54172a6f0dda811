# SPDX-License-Identifier: Apache-2.0
# build.mk - the portable nucleus on the build host, with a fake machine; docs/nucleus-tests.md.

$(call native_test,nucleus,$(wildcard $(here)/*.c) $(patsubst nucleus/%,../%,$(wildcard nucleus/*.c)),-Inucleus)

# Which lines of the nucleus the tests reach; fails below 90 %.
.PHONY: nucleus-coverage
nucleus-coverage:
	@nucleus/test/coverage
