/*
 * service.h - what a service is: what its section of the file says, and where it is in its life.
 *
 * There may be a thousand of them in the memory of one small process, so a service is little more
 * than its pointers. Its settings are shared with every other service that has the same ones; its
 * command is kept as the file has it, and is split into words when it is run; what only some
 * services have (probes, sockets, a line of status) hangs behind a pointer that is otherwise NULL.
 * All of it is taken from the arena before the first start.
 *
 * The settings are constant once read. All else belongs to the supervisor's thread.
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
enum condition { CONDITION_STARTED, CONDITION_READY, CONDITION_COMPLETED };

struct dependency {
    struct service *on;
    enum condition condition;
};

enum state {
    STOPPED,     /* not started, or stopped on purpose */
    WAITING,     /* for what it depends on */
    CLEARING,    /* what its last run left behind is being ended */
    FORKED,      /* has a process, and its program does not run yet; shown as starting */
    STARTING,    /* runs, and has not said that it is ready */
    RUNNING,     /* runs, and need not say so */
    READY,       /* runs, and has said so */
    STOPPING,    /* has been told to end */
    BACKING_OFF, /* has failed, and will be started again */
    DONE,        /* has ended well, for good */
    FAILED,      /* has ended badly, for good */
    STATES,
};

/* What happens to a service after it has stopped. */
enum afterwards { STAY_STOPPED, START_AGAIN, COUNT_AS_FAILURE };

struct notify_state; /* supervise/notify_state.h */
struct probe; /* supervise/probe.h */

/* What only some services have. */
struct extras {
    struct probe *probe; /* what watches its readiness and health; NULL: nothing does */
    struct notify_state *notify; /* what it has told by sd_notify; NULL: it is not asked to */
    struct dependency *depends_on;
    size_t depends_count;
    struct file_line depends_at; /* where that stands, the last line of it */
    int *sockets;                /* those of settings->listen, open; NULL: none */
};

/* What is looked at in each round comes first, in one line of the processor's cache. */
struct service {
    struct promise process;   /* of its present run, or its last */
    milliseconds deadline;    /* of this state, or NEVER */
    struct extras *extras;    /* NULL: none; ask service_extras() */
    unsigned char state;      /* enum state */
    unsigned char afterwards; /* enum afterwards, while CLEARING or STOPPING */
    bool has_run : 1;         /* to its end: last_status holds */
    bool reaped : 1;          /* the end of the present run has been seen */
    bool held : 1;            /* stopped by hand: foster waits for somebody to start it */
    bool killed : 1;          /* by us, because its time was over */
    bool unwell : 1;          /* its health check or watchdog says so */
    bool signalled : 1;       /* has had its stop signal */
    bool timed_out : 1;       /* was not ready in time */
    bool unready_end : 1;     /* its last run has ended before it was ready */
    unsigned logged : 3;      /* a bit for each enum message_once, supervise/messages.h */
    unsigned restarts;        /* since foster started */
    const struct settings *settings;

    const char *name;
    const char *command;  /* as the file has it; NULL: that of the command line */
    milliseconds since;   /* when it came into this state */
    milliseconds started; /* when its present run began, or its last */
    unsigned short
        last_status; /* of waitpid(2), of the last run that ended: Linux uses 16 bits of it */
    unsigned short failures;  /* in a row */
    union {                   /* of a walk along the dependencies; one is made at a time */
        bool is_named;        /* depends_on.c: the present section depends on it already */
        unsigned short rank;  /* plan.c: one more than the highest of its dependencies */
        unsigned short start; /* dependencies.c: it is to be started */
        bool is_needed;       /* shutdown.c: a running service depends on it */
    };
    unsigned char exec_code; /* why its program could not be run: the exit code for that, or 0 */
    unsigned char kills; /* how often it was killed at its present stop, once `killed` is set, or
                            what it left behind */
    struct run_mark_walk walk; /* for what its last run left behind */
};

/* What it has of these; all zero if it has none. */
const struct extras *service_extras(const struct service *service);

/* The same, to be written to: its own from now on, out of the arena. Before the first start. */
struct extras *service_give_extras(struct service *service);

/* True while there is a process of its own: the states of one stand side by side. */
static inline bool service_is_up(const struct service *service)
{
    return service->state >= FORKED && service->state <= STOPPING;
}

/* Appends the name of a state as people see it: "backing off". */
const char *state_name(enum state state);

#endif
