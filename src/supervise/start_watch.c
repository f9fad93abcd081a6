/*
 * start_watch.c - see start_watch.h.
 *
 * There is a place for each service, and few are in use at a time. The first free one is taken, so
 * the memory of the others is never touched.
 *
 * An error that is reported is not acted on before the child is reaped: its exit status is the exit
 * code for the service, and until then it is still logging why.
 */
#include "supervise/start_watch.h"

#include <sys/epoll.h>
#include <unistd.h>

#include "base/arena.h"
#include "supervise/event_loop.h"

enum { UNDER_WAY_MOST = 16 };

struct start_watch {
    struct source source;         /* the first member: the event loop knows it by its address */
    struct service *service;      /* NULL: the place is free */
    struct spawn_failure failure; /* that was reported; error 0: none */
    bool watched;                 /* by the event loop */
};

static struct start_watch *watches;
static size_t used; /* places, from the first on, that have ever been taken */
static unsigned under_way;
static void (*tell_executed)(struct service *service);

void start_watch_prepare(const struct plan *plan, void (*executed)(struct service *service))
{
    tell_executed = executed;
    watches = arena_alloc(plan->count * sizeof *watches);
}

/* The place of a service, or, for NULL, the first that is free; NULL if there is none in use. */
static struct start_watch *find(const struct service *service)
{
    for (struct start_watch *watch = watches; watch < watches + used; watch++)
        if (watch->service == service)
            return watch;
    return NULL;
}

static void unwatch(struct start_watch *watch)
{
    if (watch->watched)
        event_loop_forget(&watch->source);
    watch->watched = false;
}

static void release(struct start_watch *watch)
{
    unwatch(watch);
    close(watch->source.fd);
    watch->service = NULL;
    under_way--;
}

static void report_ready(struct source *source, uint32_t events)
{
    struct start_watch *watch = (struct start_watch *)source;
    struct service *service = watch->service;
    (void)events;
    switch (spawn_result_read(source->fd, &watch->failure)) {
    case SPAWN_PENDING:
        break;
    case SPAWN_FAILED:
        unwatch(watch);
        break;
    case SPAWN_DONE:
        release(watch);
        tell_executed(service);
        break;
    }
}

static unsigned count_quick(milliseconds now)
{
    unsigned count = 0;
    for (const struct start_watch *watch = watches; watch < watches + used; watch++)
        count += watch->service != NULL && now - watch->service->started < START_SLOW_MS;
    return count;
}

/* Every service that waits for its dependencies asks in each round, so a "no" is remembered for
 * the millisecond in which it was found. */
bool start_watch_has_room(milliseconds now)
{
    static milliseconds full_at = NEVER;
    if (under_way < UNDER_WAY_MOST)
        return true;
    if (now != full_at && count_quick(now) < UNDER_WAY_MOST)
        return true;
    full_at = now;
    return false;
}

bool start_watch_begin(struct service *service, int report)
{
    struct start_watch *watch = find(NULL);
    if (watch == NULL)
        watch = &watches[used++];
    *watch = (struct start_watch){.source = {report, report_ready}, .service = service};
    under_way++;
    watch->watched = event_loop_watch(&watch->source, EPOLLIN);
    if (!watch->watched)
        release(watch);
    return watch->service != NULL;
}

enum spawn_result start_watch_end(struct service *service, struct spawn_failure *failure)
{
    struct start_watch *watch = find(service);
    if (watch == NULL)
        return SPAWN_DONE;
    enum spawn_result result = watch->failure.error == 0
                                   ? spawn_result_read(watch->source.fd, &watch->failure)
                                   : SPAWN_FAILED;
    *failure = watch->failure;
    release(watch);
    return result;
}
