/*
 * terminate_all.h - the end of all processes: those that main leaves behind.
 *
 * PID 1 takes the whole container with it when it leaves, by SIGKILL. So before that everybody is
 * asked to end and given time. As PID 1 "everybody" is kill(-1): every process of the pid
 * namespace, also in other groups and sessions, also those that an engine's exec put there.
 * Elsewhere kill(-1) would reach strangers; there it is our descendants, found in /proc, each held
 * by a pidfd while it is checked and signalled, so that a recycled pid is never hit.
 *
 * For all of these: self is foster's own pid; the caller is the only thread that reaps, and has all
 * signals blocked; nothing is allocated.
 */
#ifndef PROCESS_TERMINATE_ALL_H
#define PROCESS_TERMINATE_ALL_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/clock.h"

enum { INIT = 1 };

/* Sends a signal to every process but foster; where each must be looked for, as far as that can be
 * done until then. False if there is nobody it could be sent to. Whom it may not be sent to is
 * said, once. */
bool terminate_all_signal(pid_t self, int signal, milliseconds until);

/* Kills them all, but those who are forked behind its back: for these it is called again after
 * KILL_AGAIN_MS. */
bool terminate_all_kill(pid_t self);

/*
 * Ends them all: TERM and CONT, then KILL when the grace is over; returns as soon as the last is
 * gone. Reaps what dies. Other signals that come meanwhile are dropped: the end is under way.
 */
void terminate_all(pid_t self, milliseconds grace);

#endif
