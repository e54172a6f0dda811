/* SPDX-License-Identifier: Apache-2.0 */
/* sys/signal.h - the old place of <signal.h>. */
#include <signal.h>
