/*
 * main_process.h - the main process of a service: the process that foster started, or the one that
 * the service has named in its place by MAINPID (sd_notify(3)).
 *
 * All of it: supervisor's thread; never waits; allocates nothing.
 */
#ifndef SUPERVISE_MAIN_PROCESS_H
#define SUPERVISE_MAIN_PROCESS_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "config/service.h"
#include "supervise/service_event.h"

/* Sets the function that is called with EVENT_MAIN_PROCESS_CHANGED and EVENT_MAIN_PROCESS_LOST.
 * Call it before the first start. */
void main_process_prepare(void (*handler)(struct service *service, enum service_event event));

/* Opens a pidfd for a process that may be named; -1 if there is none. Open it first, then check
 * that the process belongs to the service; then pass it to main_process_name(), or close it. */
int main_process_open(pid_t pid);

/* Makes that process the main process; owns the pidfd from then on. Without a pidfd (-1) the
 * process becomes the main one when the process that foster started has been reaped. */
void main_process_name(struct service *service, pid_t pid, int pidfd);

/* A run begins: its main process is the one that foster starts. */
void main_process_begin(struct service *service);

/* The pid of the main process, for messages only: it may be reaped already. */
pid_t main_process_pid(const struct service *service);

/* True if the main process is stopped, as by SIGSTOP. Reads /proc for one that is no child of
 * foster. */
bool main_process_is_stopped(const struct service *service);

/* The session of the main process; -1 if the process is gone. */
pid_t main_process_session(struct service *service);

/* Sends a signal to the main process: 0 or an error number. One that came as *info keeps its value;
 * NULL for one of foster's own, send_signal_to_child(). With REACH_GROUP it goes to the process
 * group if the process leads one. *refused is set if kill(2) failed with EPERM: then the signal has
 * been sent as the owner of the process, or, if EPERM is returned, not at all. */
int main_process_signal(struct service *service, int signal, siginfo_t *info,
                        enum children_reach reach, bool *refused);

/* Adds signals, a bit each, to the expected ones of the present run, exit_report_is_expected(). For
 * the command of the command line alone; main_process_signal() does it for those that it sends. */
void main_process_expect(const struct service *service, uint64_t signals);

/* The expected signals of the present run of the command, or of its last. */
uint64_t main_process_expected(const struct service *service);

/* To be called once the process that foster started has been reaped. If another process has been
 * named that is foster's child by now, it is adopted: it becomes the promise of the service. True
 * if a main process goes on, or if its end is reported by EVENT_MAIN_PROCESS_LOST; false if the run
 * has ended. */
bool main_process_hand_over(struct service *service);

/* When to call main_process_hand_over() at the latest, or NEVER. */
milliseconds main_process_due(struct service *service, milliseconds now);

#endif
