/*
 * service.h - a service: what its section of the file says, and what has happened to it.
 *
 * There may be a thousand of them in the memory of one small process, so a service is little more
 * than its pointers. Services with the same settings share one struct of them; a command is kept as
 * it stands in the file, and is split into words when it is run; what only some services have
 * (probes, sockets, a line of status) is behind a pointer that is NULL for all others. All of it is
 * taken from the arena before the first start.
 *
 * The settings are constant once they are read. All else belongs to the supervisor's thread.
 */
#ifndef CONFIG_SERVICE_H
#define CONFIG_SERVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "children/foster.h"
#include "config/lines.h"
#include "config/settings.h"
#include "process/run_mark.h"

/* What must hold of another service before one is started. */
enum condition {
    CONDITION_STARTED,
    CONDITION_READY,
    CONDITION_COMPLETED,
    CONDITION_ENDED,   /* for good, in whatever way */
    CONDITION_HEALTHY, /* its health check has succeeded; only where there is one */
};

struct dependency {
    struct service *on;
    enum condition condition;
};

/* Each is shown by the name that state_name() gives it. A service has a main process from FORKED to
 * STOP_KILL, and service_has_process() relies on this order. */
enum state {
    STOPPED,       /* not started, or stopped by a command or with all others */
    WAITING,       /* for what it depends on */
    CLEARING,      /* the remaining processes of its last run are being ended */
    FORKED,        /* its process has not executed the program yet; shown as starting */
    STARTING,      /* its program runs, and has not said that it is ready */
    RUNNING,       /* its program runs, and need not say so */
    READY,         /* its program runs, and has said so */
    RELOADING,     /* the same, or as RUNNING; it has said RELOADING=1, and not yet READY=1 */
    STOP_COMMAND,  /* its stop command runs */
    STOP_SIGNAL,   /* it has been sent its stop signal, or has said STOPPING=1 by itself */
    STOP_KILL,     /* its grace period is over: it is sent SIGKILL until it has ended */
    STOP_CLEARING, /* it has ended; the remaining processes of the run are being ended */
    BACKING_OFF,   /* its run has failed, and it is started again after a delay */
    DONE,          /* its run has ended well, for good */
    FAILED,        /* its run has failed, for good */
    STATES,
};

/* What a service does when it has stopped, or when its remaining processes have ended.
 * GO_BY_STATUS: it has stopped by itself, and its wait status decides as after any end. */
enum afterwards { STAY_STOPPED, START_AGAIN, COUNT_AS_FAILURE, GO_BY_STATUS };

/* How a run has ended, beside its wait status. */
enum result {
    RESULT_STATUS,    /* as the wait status says */
    RESULT_TIMEOUT,   /* stopped: it was not ready within ready_timeout */
    RESULT_PROTOCOL,  /* it ended before it was ready */
    RESULT_UNHEALTHY, /* stopped: its health check or its watchdog failed */
    RESULT_STEPS, /* it could not be started, exec_code; and the number of the step that failed is
                     added, attributes_step(): last */
};

struct notify_state; /* supervise/notify_state.h */
struct probe;        /* supervise/probe.h */

/* What only some services have. */
struct extras {
    struct probe *probe;         /* of its readiness and health; NULL: neither is probed */
    struct notify_state *notify; /* its messages by sd_notify(3); NULL: it is not asked for any */
    struct dependency *depends_on;
    size_t depends_count;
    struct file_line depends_at; /* the last line of depends_on in the file */
    int *sockets;                /* those of settings->listen, open; NULL: none */
};

/* What each round of the supervisor reads comes first, in one line of the processor's cache. What
 * has happened to a service is written by supervise/state_machine.c alone, and `logged` by
 * supervise/messages.h alone; tests/states.py looks. */
struct service {
    struct promise process;   /* of its present run, or its last */
    milliseconds deadline;    /* of this state, or NEVER */
    struct extras *extras;    /* NULL: none; read by service_extras() */
    unsigned char state;      /* enum state */
    unsigned char afterwards; /* enum afterwards, while CLEARING or stopping */
    unsigned char result;     /* enum result, of its present run, or its last */
    bool has_run : 1;         /* a run has ended: last_status is valid */
    bool stopped_by_hand : 1; /* by foster ctl: foster does not end while it is STOPPED */
    bool was_signalled : 1;   /* foster has sent its present run a stop signal or SIGKILL */
    bool is_replica : 1;      /* its name is NAME.NUMBER: service_instance() */
    unsigned logged : 3;      /* a bit for each enum message_once, supervise/messages.h */
    unsigned restarts;        /* since foster started */
    const struct settings *settings;

    const char *name;
    const char *command;        /* as the file has it; NULL: that of the command line */
    milliseconds since;         /* when it began to be in this state; stopping is one */
    milliseconds started;       /* when its present run began, or its last */
    unsigned short last_status; /* of waitpid(2), of its last run; Linux uses 16 bits of it */
    unsigned short failures;    /* in a row */
    union {                     /* of a walk along the dependencies; one is made at a time */
        bool is_named;          /* depends_on.c: the present section depends on it already */
        unsigned short rank;    /* ranks.c: one more than the highest of its dependencies */
        unsigned short start;   /* dependencies.c: it is to be started */
        bool is_needed;         /* dependencies.c: a service that must stop first depends on it */
    };
    unsigned char exec_code; /* the exit code for a program that could not be run, or 0 */
    unsigned char kills;     /* SIGKILLs in the present stop or clearing, signalling_is_in_vain() */
    struct run_mark_walk walk; /* to the remaining processes of its last run */
};

/* Its extras; all zero if it has none. */
const struct extras *service_extras(const struct service *service);

/* Its extras, to be written to; taken from the arena if it has none. Before the first start. */
struct extras *service_give_extras(struct service *service);

/* The number of a replica, the last part of its name; NULL: it is none. */
const char *service_instance(const struct service *service);

/* True while it has a main process, as far as the supervisor knows. */
static inline bool service_has_process(const struct service *service)
{
    return service->state >= FORKED && service->state <= STOP_KILL;
}

/* True for a oneshot that has completed and has a stop command, which undoes it. */
static inline bool service_is_to_be_undone(const struct service *service)
{
    return service->state == DONE && service->settings->type == TYPE_ONESHOT &&
           service->settings->stop_command != NULL;
}

/* True while it is ready, or need not say so, also while it reloads. */
static inline bool service_is_ready(const struct service *service)
{
    return service->state >= RUNNING && service->state <= RELOADING;
}

/* True while it is being stopped, or stops by itself. */
static inline bool service_is_stopping(const struct service *service)
{
    return service->state >= STOP_COMMAND && service->state <= STOP_CLEARING;
}

/* True from the start of a run to the end of all its processes. */
static inline bool service_is_up(const struct service *service)
{
    return service->state >= FORKED && service->state <= STOP_CLEARING;
}

/* The name by which a state is shown: "backing off". States that are shown alike have one name, at
 * one address, and stand side by side. NULL for STATES. */
const char *state_name(enum state state);

#endif
