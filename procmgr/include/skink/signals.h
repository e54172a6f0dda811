/* SPDX-License-Identifier: Apache-2.0 */
/* skink/signals.h - the signal numbers, and what each does when it is not ignored. One list:
 * <signal.h>, procmgr and the shell's texts expand from it. The numbers are picolibc's
 * (newlib's), as its abort() and raise() use them.
 *
 * X(NAME, number, default action, text)
 *   END: ends the process. NOTHING: is discarded. STOP: stopping is not supported: kill() gives
 *     ENOTSUP.
 */
#ifndef SKINK_SIGNALS_H
#define SKINK_SIGNALS_H

#define SKINK_SIGNALS(X) \
	X(HUP, 1, END, "Hangup") \
	X(INT, 2, END, "Interrupt") \
	X(QUIT, 3, END, "Quit") \
	X(ILL, 4, END, "Illegal instruction") \
	X(TRAP, 5, END, "Breakpoint") \
	X(ABRT, 6, END, "Aborted") \
	X(EMT, 7, END, "Emulation trap") \
	X(FPE, 8, END, "Arithmetic exception") \
	X(KILL, 9, END, "Killed") \
	X(BUS, 10, END, "Bus error") \
	X(SEGV, 11, END, "Segmentation fault") \
	X(SYS, 12, END, "Bad system call") \
	X(PIPE, 13, END, "Broken pipe") \
	X(ALRM, 14, END, "Alarm clock") \
	X(TERM, 15, END, "Terminated") \
	X(URG, 16, NOTHING, "Urgent data") \
	X(STOP, 17, STOP, "Stopped") \
	X(TSTP, 18, STOP, "Stopped by terminal") \
	X(CONT, 19, NOTHING, "Continued") \
	X(CHLD, 20, NOTHING, "Child ended") \
	X(TTIN, 21, STOP, "Terminal input") \
	X(TTOU, 22, STOP, "Terminal output") \
	X(IO, 23, NOTHING, "I/O possible") \
	X(XCPU, 24, END, "Processor time limit") \
	X(XFSZ, 25, END, "File size limit") \
	X(VTALRM, 26, END, "Virtual timer") \
	X(PROF, 27, END, "Profiling timer") \
	X(WINCH, 28, NOTHING, "Window size changed") \
	X(LOST, 29, END, "Resource lost") \
	X(USR1, 30, END, "User signal 1") \
	X(USR2, 31, END, "User signal 2")

enum skink_signal {
#define SKINK_SIGNAL_ENUM(name, number, action, text) SKINK_SIG##name = number,
	SKINK_SIGNALS(SKINK_SIGNAL_ENUM)
#undef SKINK_SIGNAL_ENUM
	SKINK_SIGNAL_END		/* one above the last */
};

#endif
