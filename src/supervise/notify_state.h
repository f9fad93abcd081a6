/*
 * notify_state.h - what foster keeps of what a service has told by sd_notify(3) in its present run.
 * Supervisor's thread.
 */
#ifndef SUPERVISE_NOTIFY_STATE_H
#define SUPERVISE_NOTIFY_STATE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/clock.h"
#include "config/service.h"
#include "supervise/event_loop.h"
#include "supervise/notify_message.h"

/* The process that MAINPID has named: main_process.h. */
struct main_process {
    struct source source; /* its pidfd, while it is held */
    struct service *service;
    pid_t pid;       /* 0: no process is named, or the named one has been adopted */
    bool is_held;    /* there is a pidfd */
    bool is_alone;   /* it is held, and the process that foster started has ended */
    bool is_adopted; /* service->process is a process that MAINPID named */
};

struct notify_state {
    struct main_process main;
    milliseconds watchdog; /* the longest time between two WATCHDOG=1; 0: there is no watchdog */
    milliseconds watchdog_due; /* when the next must have come, or NEVER */
    milliseconds ready_since;  /* while RELOADING: when it began to be READY, or RUNNING */
    bool is_reload_awaited;    /* notify_await_reload() */
    char status[NOTIFY_STATUS_MAX];
};

#endif
