/*
 * messages.h - the lines that foster logs about a service: one for each event that matters; and the
 * termination log.
 *
 * Normal events are logged as information, which is shown only with -v (base/log.h). All of it:
 * supervisor's thread; allocates nothing.
 */
#ifndef SUPERVISE_MESSAGES_H
#define SUPERVISE_MESSAGES_H

#include "base/log.h"
#include "config/service.h"

/* The termination log: its path, or NULL for none. The line about the end of an essential service
 * that has failed is written there as well. Call it before the first start. */
void messages_begin(const char *path);

/* "web has not stopped within 5.00 s: killing it": the name of the service, its omission, the time
 * limit, and what foster does about it. */
void messages_timeout(const struct service *service, const char *omission, milliseconds limit,
                      const char *action);

/* Its run has ended as it should; next is appended, "" or a clause that begins with ';'. */
void messages_end(const struct service *service, const char *next);

/* Its run has failed, and the service is not started again; next likewise. */
void messages_failure(const struct service *service, const char *next);

/* Its run has ended, and the service is started again after the delay. The level is LOG_INFO for an
 * end that is no failure. */
void messages_restart(const struct service *service, enum log_level level, milliseconds delay);

/* Its main process has exited with 0 soon after its start, and processes of the run live on. */
void messages_background(const struct service *service);

/* It cannot be started, because of a dependency on that other service. */
void messages_dependency_failed(const struct service *service, const struct service *on);

/* Errors of a service that are logged once, and again only after an attempt that succeeded. */
enum message_once {
    ONCE_REFUSED_SIGNAL, /* it may not be signalled */
    ONCE_FORK_ERROR,     /* no process could be created for it */
    ONCE_SIDE_COMMAND,   /* a probe or a stop command of it could not be run */
};

static inline bool messages_was_logged(const struct service *service, enum message_once message)
{
    return (service->logged & 1U << message) != 0;
}

static inline void messages_set_logged(struct service *service, enum message_once message,
                                       bool logged)
{
    if (logged)
        service->logged |= 1U << message;
    else
        service->logged &= ~(1U << message);
}

#endif
