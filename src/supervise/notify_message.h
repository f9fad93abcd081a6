/*
 * notify_message.h - the text of one message of sd_notify(3), as of systemd 255.
 */
#ifndef SUPERVISE_NOTIFY_MESSAGE_H
#define SUPERVISE_NOTIFY_MESSAGE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/clock.h"

enum { NOTIFY_STATUS_MAX = 80 };

struct notify_message {
    pid_t sender;
    uid_t uid; /* the sender's */
    bool ready, reloading, stopping;
    bool watchdog;                  /* WATCHDOG=1: the service works */
    bool watchdog_trigger;          /* WATCHDOG=trigger: it does not */
    milliseconds watchdog_interval; /* WATCHDOG_USEC; 0: none */
    milliseconds extend;            /* EXTEND_TIMEOUT_USEC; 0: none */
    pid_t main_pid;                 /* MAINPID; 0: none */
    bool has_status;
    char status[NOTIFY_STATUS_MAX]; /* STATUS, cut; control characters are '?' */
};

/* Reads the lines of the text, which ends with NUL and is written to. What is malformed or unknown
 * is ignored. Allocates nothing. */
void notify_message_read(struct notify_message *message, char *text);

#endif
