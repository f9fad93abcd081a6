/*
 * stop_policy.h - how long a stop may take: of one process, of all services, and of the processes
 * that main leaves behind. One command and services keep to the same bounds.
 *
 * An engine that stops a container sends its stop signal, waits, and kills every process in it with
 * SIGKILL. How long it waits foster cannot ask. docker-stop(1) and podman-stop(1) wait 10 s unless
 * they are told otherwise, so a stop stays below that unless the user gives a time of his own.
 *
 * All of these: any thread and signal handlers; allocates nothing.
 */
#ifndef PROCESS_STOP_POLICY_H
#define PROCESS_STOP_POLICY_H

#include <stdbool.h>

#include "base/clock.h"

enum {
    /* From the stop signal to the engine's SIGKILL. */
    ENGINE_TIMEOUT = 10 * MS_PER_SECOND,

    /* What foster lets the whole stop take: the last second is for SIGKILL and the exit. */
    STOP_BUDGET = 9 * MS_PER_SECOND,

    /* From SIGTERM to SIGKILL where the user says nothing: `stop_grace_period` of a service,
     * `--grace` and `grace` for the processes that are left at the end. */
    GRACE_DEFAULT = 5 * MS_PER_SECOND,

    /* From the first SIGKILL until foster no longer waits for a process: one in an uninterruptible
     * call may never end. */
    KILL_TIMEOUT = 1 * MS_PER_SECOND,

    /* Between two SIGKILLs: a process that was forked while all were killed gets the next one. */
    KILL_AGAIN_MS = 100,

    /* So often a process is sent SIGKILL in one stop. */
    KILLS_MOST = KILL_TIMEOUT / KILL_AGAIN_MS,

    /* Between two SIGCONTs to a process that stops itself again and again: it must not keep foster
     * busy. */
    CONTINUE_AGAIN_MS = 50,
};

/* Until when a process that was told to stop at `told` is continued if it is stopped, as by
 * SIGSTOP: a stopped process takes no signal but SIGKILL, and the process that stopped it may be
 * gone. Until its deadline, or as long as an engine waits: if it lives on after that, it has taken
 * the signal for something else, and a later stop may be intended. */
milliseconds stop_continue_until(milliseconds told, milliseconds deadline);

/* True if a SIGCONT may be sent now. Then *next is CONTINUE_AGAIN_MS from now; else it is the time
 * to ask again. Begin with a *next of 0. */
bool stop_may_continue(milliseconds now, milliseconds *next);

/* The deadline of a process that was to be told at `told` and may not be signalled: no later than
 * the end of STOP_BUDGET, because a longer wait gains nothing. */
milliseconds stop_deadline_refused(milliseconds told, milliseconds deadline);

/* The grace period, out of the one that is set, for the processes that are left when main has
 * ended; `told` is when foster was told to stop, or NEVER. Main's time and this one together stay
 * within STOP_BUDGET; but if main took longer than an engine waits by itself, the engine was told
 * to wait longer, and the whole grace period is given. */
milliseconds stop_grace_left(milliseconds told, milliseconds grace);

#endif
