# SPDX-License-Identifier: Apache-2.0
$(call program,tracelogger,tracelogger.c resume.c ring.c stream.c names.c,procinfo)
