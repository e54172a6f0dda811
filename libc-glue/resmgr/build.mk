# SPDX-License-Identifier: Apache-2.0
# Tests of the resource manager library; the library itself is part of libskink.
