/*
 * signals.h - signals by name and number, rewritten, and waited for.
 *
 * foster runs with every signal blocked in every thread and takes them one by one with
 * sigtimedwait(2). So nothing ever interrupts it, nothing is handled twice, and what arrives while
 * it is busy waits its turn. As PID 1 this is also what makes signals arrive at all: the kernel
 * drops those for which init has neither a handler nor a block (signal(7), pid_namespaces(7)).
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
    SIGNAL_LAST = 64, /* the kernel's _NSIG */
    SIGNAL_RT_FIRST =
        34, /* SIGRTMIN as glibc programs, kill -l and systemd count; musl's own macro says 35 */
};

/* What a signal becomes before main gets it: indexed by the signal that came. */
struct signal_map {
    uint8_t to[SIGNAL_LAST + 1];
};
enum { SIGNAL_UNCHANGED = 0, SIGNAL_DROPPED = UINT8_MAX };

/* How foster found its signals, for a main that is to find them so as well. */
struct signal_state {
    sigset_t mask;
    bool ignores_sigchld;
};

/* Blocks every signal in this thread, and takes back an ignored SIGCHLD: left ignored, the kernel
 * would reap by itself and main's status were lost (wait(2), NOTES). The first thing main() does; 0
 * or an error number. */
int signals_block(struct signal_state *found);

/* The set of all signals, also those that the libc keeps for itself. */
sigset_t signals_all(void);

/* Sets this thread's mask: 0 or an error number. The raw call: the libc would hide the signals that
 * it keeps for itself, both ways. Async-signal-safe. */
int signals_set_mask(const sigset_t *mask, sigset_t *old);

/* Blocks every signal in this thread once more: after a call of the libc that blocks them for its
 * own purposes and puts the old mask back, without a look at whether it could be read (fork,
 * pthread_create). Async-signal-safe. */
void signals_block_again(void);

/* Sets every disposition to SIG_DFL; KILL and STOP have no other. Nobody can catalogue_say which
 * were ignored for less. Async-signal-safe. */
void signals_reset(void);

/* A set of signals, a bit each. */
#define SIGNAL_BIT(signal) (1ULL << ((signal)-1))

/* Lets signals have the action again that we were started with: they may end us, but not PID 1.
 * After signals_block().
 */
void signals_let_through(uint64_t signals);

/* The next signal, waiting for it until the deadline: 0 when that passed first. Signals that we
 * caused ourselves are swallowed: SIGPIPE by a log line nobody reads, SIGXFSZ by one for which a
 * file is too long, SIGXCPU by the time that we used. Where the kernel refuses to wait, that is
 * said once, and signals come another way; a SIGCHLD of pid 0 then means that somebody may have
 * died. Caller has all signals blocked; one thread, always the same. */
int signals_wait(siginfo_t *info, milliseconds deadline);

/* Takes one pending signal off; true if it was pending. Caller has it blocked. */
bool signals_discard(int signal);

/* "TERM", "sigterm", "15", "RTMIN+3", "RTMAX-1": the number, or 0 if it is none. */
int signal_parse(const char *string);

/* Appends "SIGTERM", "SIGRTMIN+3". */
void text_add_signal(struct text *text, int signal);

/* Reads "FROM:TO", where TO may also be 0 or "ignore", into the map. False if it is not of that
 * form. */
bool signal_map_parse(const char *string, struct signal_map *map);

/* What a signal becomes: its number, or 0 if it is dropped. */
int signal_map_apply(const struct signal_map *map, int signal);

/* True for the signals by which people and engines ask a program to end: INT, QUIT, TERM. */
bool signal_asks_to_stop(int signal);

/* True if the signal that came asks foster to stop what it runs: INT, QUIT or TERM, whatever the
 * map makes of it, unless the map drops it. */
bool signal_is_stop_request(const struct signal_map *map, int came);

#endif
