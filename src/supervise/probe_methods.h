/*
 * probe_methods.h - the methods of a probe: a connection, an answer of HTTP, a file, a line on a
 * descriptor, a command. One check is begun and, if it has no result at once, polled until it has,
 * or ended.
 *
 * All of these: supervisor's thread; none blocks.
 */
#ifndef SUPERVISE_PROBE_METHODS_H
#define SUPERVISE_PROBE_METHODS_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/clock.h"
#include "base/http.h"
#include "base/text.h"
#include "config/service.h"
#include "supervise/event_loop.h"
#include "supervise/side_command.h"

enum check_result {
    CHECK_PENDING,
    CHECK_PASSED,
    CHECK_FAILED,
    CHECK_NOT_RUN, /* the command could not be run */
    CHECK_TIMED_OUT,
};

/* What is checked: settings.h. */
struct probe_target {
    enum ready_by by;
    const struct address *address;
    const char *argument;
};

/* What a check needs while it is under way. It stays in place for ever: a thread may use it after
 * the check has timed out. */
struct probe_check {
    struct source source;        /* the first member; a connection, or the pipe of ready = fd:N.
                                    fd -1: none */
    struct probe_target target;  /* of this check; set before it begins */
    const char *failure;         /* why it has failed; NULL: as the status says */
    bool is_watched;             /* the source has not become ready since it is watched */
    bool has_asked;              /* the request of READY_BY_HTTP is sent */
    unsigned char addresses;     /* that were tried */
    unsigned char answer_length; /* the bytes of the answer that are kept */
    char answer[HTTP_STATUS_SIZE];
    struct side_command command;  /* of READY_BY_EXEC */
    atomic_int search;            /* how far a thread is that looks along a path */
    struct probe_target searched; /* by that thread */
};

struct probe_method {
    /* Begins a check. NULL: there is no method. */
    enum check_result (*begin)(struct probe_check *check, struct service *service);
    enum check_result (*poll)(struct probe_check *check, const struct service *service);
    milliseconds timeout; /* of one check; a health check has its own */
};

/* By enum ready_by. */
extern const struct probe_method probe_methods[];

/* Makes the zero value a check that has not begun. */
void probe_methods_prepare(struct probe_check *check);

/* Appends why the check has failed: "accepts no connection", "exited with status 1". */
void probe_methods_add_failure(struct text *text, const struct probe_check *check);

/* Ends a check: closes what is open, kills the command. */
void probe_methods_end(struct probe_check *check);

#endif
