/* notes.h - what a service has told by sd_notify(3). Supervisor's thread. */
#ifndef SUPERVISE_NOTES_H
#define SUPERVISE_NOTES_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/clock.h"
#include "config/service.h"
#include "supervise/event_loop.h"
#include "supervise/notify_message.h"

/* The process that a service has named by MAINPID, if any: main_process.h. */
struct main_process {
    struct source source; /* its pidfd, while it is held */
    struct service *service;
    pid_t pid;       /* 0: it has named none, or that one is the promise's by now */
    bool is_held;    /* there is a pidfd */
    bool is_alone;   /* it is held, and what foster started has ended */
    bool is_adopted; /* the promise is that of one which was named */
};

/* What a service says of itself, and what is expected of it. */
struct notes {
    struct main_process main;
    milliseconds watchdog;     /* the longest time between two WATCHDOG=1; 0: none is wanted */
    milliseconds watchdog_due; /* when the next must have come, or NEVER */
    char status[NOTIFY_STATUS_MAX];
};

#endif
