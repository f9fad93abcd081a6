/*
 * notify.h - the socket of sd_notify(3): what services say of themselves.
 *
 * One datagram socket for all services, in the abstract namespace (no writable path is needed),
 * under a name that the kernel chooses. A message is believed only if its sender is a process of a
 * service, which the supervisor finds out by the sender's pid; the kernel vouches for that
 * (unix(7), SCM_CREDENTIALS). The protocol is that of systemd 255, sd_notify(3).
 */
#ifndef SUPERVISE_NOTIFY_H
#define SUPERVISE_NOTIFY_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/clock.h"

enum { NOTIFY_STATUS_MAX = 80 };

/* What one message says. */
struct notification {
    pid_t sender;
    uid_t uid; /* the sender's */
    bool ready, reloading, stopping;
    bool watchdog;                  /* WATCHDOG=1: it is well */
    bool watchdog_trigger;          /* WATCHDOG=trigger: it is not */
    milliseconds watchdog_interval; /* WATCHDOG_USEC, or 0 */
    milliseconds extend;            /* EXTEND_TIMEOUT_USEC, or 0 */
    pid_t main_pid;                 /* MAINPID, or 0 */
    bool has_status;
    char status[NOTIFY_STATUS_MAX]; /* STATUS, cut; control characters as '?' */
};

/* Opens the socket: its descriptor, close-on-exec and non-blocking, or -1. Called once, before the
 * first start. */
int notify_open(void);

/* "NOTIFY_SOCKET=@..." for the environment of those services that have a say; NULL if there is no
 * socket. */
const char *notify_variable(void);

/* Takes one message: false if there is none. Messages with senders that the kernel does not vouch
 * for are passed over. Descriptors that came with it are closed after the next call of this or of
 * notify_pause(), which is all that BARRIER=1 asks for. Supervisor's thread, as the next; never
 * waits. */
bool notify_take(struct notification *notification);

/* 0, or how long to wait until asking again, while the socket cannot be read: descriptors that came
 * with the last message must be closed first, by a thread that is to be had. A SIGCHLD to foster
 * itself says when to ask, too. */
milliseconds notify_pause(void);

#endif
