/*
 * start_watch.c - see start_watch.h.
 *
 * There is room for a start of each service at once, but few are under way at a time, so the first
 * free place is taken: what is never used is never touched. A report of an error is not acted on
 * before the child is reaped: its exit status is the exit code, and until then it is still looking
 * for the words.
 */
#include "supervise/start_watch.h"

#include <sys/epoll.h>
#include <unistd.h>

#include "base/arena.h"
#include "supervise/event_loop.h"

enum {
    UNDER_WAY_MOST = 16
}; /* more gain nothing, and each child copies and closes their descriptors */

/* A start under way. */
struct start_watch {
    struct source source;    /* the first member: it is what the loop knows */
    struct service *service; /* NULL: the place is free */
    int error;               /* that was reported; 0: none */
    bool watched;            /* in the loop */
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

/* The place of a service, or NULL; of NULL: the first that is free. */
static struct start_watch *place_of(const struct service *service)
{
    for (struct start_watch *watch = watches; watch < watches + used; watch++)
        if (watch->service == service)
            return watch;
    return service == NULL ? &watches[used++] : NULL;
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

static void report_came(struct source *source, uint32_t events)
{
    struct start_watch *watch = (struct start_watch *)source;
    struct service *service = watch->service;
    (void)events;
    switch (spawn_result_read(source->fd, &watch->error)) {
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

/* Each service that waits asks, so the places are looked through only once in a millisecond. */
bool start_watch_has_room(milliseconds now)
{
    static milliseconds none_at = NEVER;
    if (under_way < UNDER_WAY_MOST)
        return true;
    if (now != none_at && count_quick(now) < UNDER_WAY_MOST)
        return true;
    none_at = now;
    return false;
}

bool start_watch_begin(struct service *service, int report)
{
    struct start_watch *watch = place_of(NULL);
    *watch = (struct start_watch){.source = {report, report_came}, .service = service};
    under_way++;
    watch->watched = event_loop_watch(&watch->source, EPOLLIN);
    if (!watch->watched)
        release(watch);
    return watch->service != NULL;
}

enum spawn_result start_watch_end(struct service *service, int *error)
{
    struct start_watch *watch = place_of(service);
    if (watch == NULL)
        return SPAWN_DONE;
    enum spawn_result result =
        watch->error == 0 ? spawn_result_read(watch->source.fd, &watch->error) : SPAWN_FAILED;
    *error = watch->error;
    release(watch);
    return result;
}
