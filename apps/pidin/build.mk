# SPDX-License-Identifier: Apache-2.0
$(call library,procinfo,procinfo.c)
$(call program,pidin,pidin.c threads.c processes.c deaths.c system.c,procinfo ham)
