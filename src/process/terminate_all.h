/*
 * terminate_all.h - the end of all processes but foster: of the processes that main, or the
 * services, leave behind.
 *
 * When PID 1 exits, the kernel kills every process of its pid namespace by SIGKILL. So before that
 * each gets SIGTERM and a grace period. As PID 1 foster signals by kill(-1): it reaches every
 * process of the namespace, in whatever group and session, and those that an engine's exec has
 * started. If foster is not PID 1, kill(-1) would reach processes of others; then its descendants
 * are found in /proc, and a pidfd holds each while it is checked and signalled, so that a recycled
 * pid is never signalled.
 *
 * For all of these: self is foster's own pid. The thread that reaps, all signals blocked; allocates
 * nothing.
 */
#ifndef PROCESS_TERMINATE_ALL_H
#define PROCESS_TERMINATE_ALL_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/clock.h"

/* Sends every process but foster a signal; where the processes are found in /proc, as many as can
 * be found until then. False if no process could be sent the signal. Refusals are logged once. */
bool terminate_all_signal(pid_t self, int signal, milliseconds until);

/* Sends SIGKILL to every process but foster. A process that is forked meanwhile may be missed: call
 * it again after KILL_AGAIN_MS. Returns as terminate_all_signal(). */
bool terminate_all_kill(pid_t self);

/* Ends every process but foster: SIGTERM and SIGCONT, SIGKILL after the grace period. Returns as
 * soon as the last process has ended. Reaps all children. Drops each signal that comes meanwhile,
 * because the stop is under way. */
void terminate_all(pid_t self, milliseconds grace);

#endif
