/* SPDX-License-Identifier: Apache-2.0 */
/* sys/termios.h - the old place of <termios.h>. */
#include <termios.h>
