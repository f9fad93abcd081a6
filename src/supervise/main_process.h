/*
 * main_process.h - the main process of a service: the one that foster started, or the one that has
 * been named in its place by MAINPID (sd_notify(3)), from that moment on.
 *
 * All of these: supervisor's thread; none waits.
 */
#ifndef SUPERVISE_MAIN_PROCESS_H
#define SUPERVISE_MAIN_PROCESS_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "config/service.h"
#include "supervise/service_event.h"

/* What happens to the main process of a service is told by this: to be called before the first
 * start. */
void main_process_prepare(void (*handler)(struct service *service, enum service_event event));

/* A handle for a process that may be named, or -1: to be opened before it is checked that the
 * process is the service's, and given to main_process_name() if it is, else closed. */
int main_process_open(pid_t pid);

/* Names it. Without a handle, where there are no pidfds, it counts from when the process that
 * foster started has ended.
 */
void main_process_name(struct service *service, pid_t pid, int handle);

/* A new run begins, with the process that foster started. */
void main_process_begin(struct service *service);

/* Its pid, to be told; it may be reaped already. */
pid_t main_process_pid(const struct service *service);

/* True if it is stopped, as by SIGSTOP. Of one that is not foster's child only /proc tells. */
bool main_process_is_stopped(const struct service *service);

/* The session that it is in. */
pid_t main_process_session(struct service *service);

/* Sends it a signal: 0 or an error number. It came as *info and keeps its value, or is foster's own
 * (NULL): send_signal_to_child(). A group is signalled if the process leads one. *refused is set if
 * that may not be; then it has been sent as the user whose the process is, or, with EPERM, not at
 * all. */
int main_process_signal(struct service *service, int signal, siginfo_t *info,
                        enum children_reach reach, bool *refused);

/* Notes signals, a bit each, as expected ones of the present run: exit_is_expected(). For the
 * command of the command line alone; main_process_signal() does it for those that it sends. */
void main_process_expect(const struct service *service, uint64_t signals);

/* The expected ones of the present run of the command, or of its last. */
uint64_t main_process_expected(const struct service *service);

/* True if the run has ended: the process that foster started is reaped, and the service does not go
 * on as another. One that has become foster's child by then is its promise from now on. */
bool main_process_has_ended(struct service *service);

/* When to ask that again though nothing happens, or NEVER. */
milliseconds main_process_due(struct service *service, milliseconds now);

#endif
