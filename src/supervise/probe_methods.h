/*
 * probe_methods.h - the ways to ask a service something, once: does it accept a connection, is the
 * file there, has the line come, what does the command say. Internal to this room.
 *
 * A question is begun, and if it is not answered at once it is checked until it is, or ended. All
 * of these: supervisor's thread, and none waits. The zero value must stay in place: a thread may
 * still have it.
 */
#ifndef SUPERVISE_PROBE_METHODS_H
#define SUPERVISE_PROBE_METHODS_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/clock.h"
#include "config/service.h"
#include "supervise/event_loop.h"
#include "supervise/side_command.h"

enum answer {
    PENDING,
    YES,
    NO,
    NOT_RUN, /* there is no answer, because the command could not be run */
    LATE,    /* nor now, because it took too long */
};

struct probe_check {
    struct source source; /* the connection under way, or the pipe of READY_BY_FD; fd -1: none. The
                             first member */
    struct side_command command;     /* that answers */
    bool watched;                    /* the source has not fired since it was watched */
    atomic_int look;                 /* along a path, by a thread: how far it is */
    const struct settings *settings; /* which say where to, for that thread */
};

/* One way. The argument is the path or the command. */
struct probe_method {
    enum answer (*begin)(struct probe_check *question, struct service *service,
                         const char *argument); /* NULL: no way */
    enum answer (*check)(struct probe_check *question, const struct service *service);
    milliseconds patience; /* with one question; what asks for health has its own */
};

/* By enum ready_by. */
extern const struct probe_method probe_methods[];

/* Makes the zero value a question that is not asked. */
void probe_methods_prepare(struct probe_check *question);

/* Asks no longer: closes what is open, kills the command. */
void probe_methods_end(struct probe_check *question);

#endif
