/*
 * messages.h - what is said of a service: one line for each event that matters, and the container's
 * last words.
 *
 * What is as it should be is said as information only; see log.h. Supervisor's thread.
 */
#ifndef SUPERVISE_MESSAGES_H
#define SUPERVISE_MESSAGES_H

#include "base/log.h"
#include "config/service.h"

/* The file for the last words, if an essential service fails; NULL: none. Before the first start.
 */
void messages_begin(const char *path);

/* "web has not stopped within 5.00 s: killing it": what it has not done, within what, and what
 * follows. */
void messages_timeout(const struct service *service, const char *what, milliseconds limit,
                      const char *next);

/* Its run has ended as it should; next is what follows from that, or "". */
void messages_end(const struct service *service, const char *next);

/* Its run has failed, and it is not started again; the same. */
void messages_failure(const struct service *service, const char *next);

/* Its run has ended, and it is started again after that delay. The level says whether that is as it
 * should be. */
void messages_restart(const struct service *service, enum log_level level, milliseconds delay);

/* It will never be started, because of another. */
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
