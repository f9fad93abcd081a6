/*
 * signals.h - signals by name and number, rewritten, and waited for.
 *
 * foster runs with every signal blocked in every thread and takes them one by one with
 * sigtimedwait(2). So no signal interrupts a system call, none is handled twice, and one that comes
 * while foster is busy stays pending. As PID 1 foster gets signals only so: the kernel drops those
 * for which init has neither a handler nor a block (signal(7), pid_namespaces(7)).
 *
 * Nothing here allocates. Without another word: any thread and signal handlers.
 */
#ifndef PROCESS_SIGNALS_H
#define PROCESS_SIGNALS_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/text.h"

enum {
    SIGNAL_FIRST = 1,
    SIGNAL_LAST = 64,     /* the kernel's _NSIG */
    SIGNAL_RT_FIRST = 34, /* SIGRTMIN of glibc, kill -l and systemd; musl's own is 35 */
};

/* What each signal becomes before main, or a service, gets it: indexed by the signal that came. */
struct signal_map {
    uint8_t to[SIGNAL_LAST + 1];
};
enum { SIGNAL_UNCHANGED = 0, SIGNAL_DROPPED = UINT8_MAX };

/* The signal mask and disposition that foster was started with, for a main that is to have them. */
struct signal_state {
    sigset_t mask;
    bool ignores_sigchld;
};

/* Blocks every signal in this thread, and gives SIGCHLD its default action: while it is ignored,
 * the kernel reaps by itself, and wait statuses are lost (wait(2), NOTES). 0 or an error number.
 * Main thread, before all else. */
int signals_block(struct signal_state *found);

/* The set of all signals, also those that the libc reserves for itself. */
sigset_t signals_all(void);

/* Sets this thread's mask, and reads the old one unless that is NULL: 0 or an error number. The raw
 * call: the libc leaves out the signals that it reserves, in both. */
int signals_set_mask(const sigset_t *mask, sigset_t *old);

/* Blocks every signal in this thread once more: after fork() or pthread_create(). The libc blocks
 * all signals there and then sets the old mask, also if it could not read it. */
void signals_block_again(void);

/* Sets every disposition to SIG_DFL; KILL and STOP have no other. To ask for each first would cost
 * as much as setting it. */
void signals_reset(void);

/* A set of signals, a bit each. */
#define SIGNAL_BIT(signal) (1ULL << ((signal)-1))

/* Unblocks signals in this thread: they have the action that foster was started with, and may end
 * it; the kernel does not let them end PID 1. Main thread, after signals_block(). */
void signals_let_through(uint64_t signals);

/* Waits for the next signal and takes it off: 0 if the deadline passes first. Signals that foster
 * has caused itself are dropped: SIGPIPE by a log line that is not read, SIGXFSZ by one for which a
 * file is too long, SIGXCPU by foster's own CPU time. Where sigtimedwait(2) is refused, that is
 * said once, and signals are taken otherwise; a SIGCHLD of pid 0 then means that a child may have
 * ended. One thread, always the same, all signals blocked; blocks until the deadline. */
int signals_wait(siginfo_t *info, milliseconds deadline);

/* Takes a pending signal off and drops it: true if it was pending. Caller has it blocked. */
bool signals_discard(int signal);

/* The number for "TERM", "sigterm", "15", "RTMIN+3", "RTMAX-1"; 0 if it is no signal. */
int signal_parse(const char *string);

/* Appends "SIGTERM", "SIGRTMIN+3". */
void signal_append(struct text *text, int signal);

/* Reads "FROM:TO" into the map; TO may be 0 or "ignore", which drop the signal. False if it has
 * another form. */
bool signal_map_parse(const char *string, struct signal_map *map);

/* What a signal becomes: its number, or 0 if it is dropped. */
int signal_map_apply(const struct signal_map *map, int signal);

/* True for the signals by which users and engines stop a program: INT, QUIT and TERM. */
bool signal_asks_to_stop(int signal);

/* True if a signal that came is a request to stop what foster runs: INT, QUIT or TERM, whatever the
 * map makes of it, unless the map drops it. */
bool signal_is_stop_request(const struct signal_map *map, int came);

#endif
