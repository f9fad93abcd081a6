/*
 * engine_notify.c - see engine_notify.h.
 *
 * The socket is connected once, so that no path is looked up later. A reader that does not read can
 * fill it: what was not taken is sent again, and a STATUS is out of date by then, so each one is
 * made anew. READY=1 is told once: the services that fail later are foster's own concern.
 */
#include "supervise/engine_notify.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "supervise/shutdown.h"
#include "supervise/state_machine.h"

enum {
    NAMED_MOST = 3, /* services in a STATUS */
    PAUSE_MS = 100, /* between two messages, as many services may start at once */
};

static const struct plan *plan;
static int engine = -1;
static bool is_ready_told, is_stopping_told;
static unsigned told_changes;  /* state_machine_changes() when the last STATUS was sent */
static milliseconds told_last; /* when a message was sent, or tried to be */

static bool connect_engine(const char *path)
{
    struct address address;
    struct text text;
    text_clear(&text);
    text_add(&text, "unix:%s", path);
    errno = EINVAL;
    if (!address_parse(text.bytes, &address))
        return false;
    engine = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    return engine != -1 && connect(engine, &address.to.any, address.length) == 0;
}

static void disconnect(void)
{
    if (engine != -1)
        close(engine);
    engine = -1;
}

void engine_notify_begin(const struct plan *all)
{
    const char *path = getenv("NOTIFY_SOCKET");
    plan = all;
    if (path == NULL || *path == '\0' || connect_engine(path))
        return;
    log_line(LOG_WARNING, "cannot tell NOTIFY_SOCKET=%s when the services are ready: %s", path,
             strerror(errno));
    disconnect();
}

/* False if it is to be tried again. */
static bool tell(const char *message, milliseconds now)
{
    told_last = now;
    if (send(engine, message, strlen(message), MSG_NOSIGNAL | MSG_DONTWAIT) != -1)
        return true;
    if (errno == EAGAIN || errno == ENOBUFS)
        return false;
    log_line(LOG_WARNING, "cannot tell NOTIFY_SOCKET how the services are: %s", strerror(errno));
    disconnect();
    return true;
}

/* True for a service that starts by itself and is on its way to be ready, or completed if it is a
 * oneshot. One that was stopped by hand is not. */
static bool is_awaited(const struct service *service)
{
    bool is_there = service_is_ready(service) && service->settings->type != TYPE_ONESHOT;
    bool is_on_its_way = service_is_up(service) || service->state == WAITING ||
                         service->state == CLEARING || service->state == BACKING_OFF;
    return service->settings->autostart && is_on_its_way && !is_there;
}

/* Appends "waiting for a, b, c and 2 more". Returns how many services are awaited. */
static unsigned add_awaited(struct text *text)
{
    unsigned count = 0;
    for (size_t i = 0; i < plan->count; i++) {
        if (!is_awaited(&plan->services[i]) || ++count > NAMED_MOST)
            continue;
        text_add(text, "%s%s", count == 1 ? "STATUS=waiting for " : ", ", plan->services[i].name);
    }
    if (count > NAMED_MOST)
        text_add(text, " and %u more", count - NAMED_MOST);
    return count;
}

static milliseconds tell_start(milliseconds now)
{
    struct text text;
    unsigned changes = state_machine_changes();
    text_clear(&text);
    if (changes == told_changes)
        return NEVER;
    bool is_ready = add_awaited(&text) == 0;
    if (!is_ready && now - told_last < PAUSE_MS)
        return told_last + PAUSE_MS;
    if (is_ready)
        text_add_bytes(&text, "READY=1\nSTATUS=ready", sizeof "READY=1\nSTATUS=ready" - 1);
    if (!tell(text.bytes, now))
        return now + PAUSE_MS;
    told_changes = changes;
    is_ready_told = is_ready;
    return NEVER;
}

static milliseconds tell_stop(milliseconds now)
{
    is_stopping_told = tell("STOPPING=1\nSTATUS=stopping", now);
    return is_stopping_told ? NEVER : now + PAUSE_MS;
}

milliseconds engine_notify_look(milliseconds now)
{
    if (engine == -1)
        return NEVER;
    if (shutdown_is_under_way())
        return is_stopping_told ? NEVER : tell_stop(now);
    return is_ready_told ? NEVER : tell_start(now);
}

void engine_notify_end(void)
{
    if (engine != -1 && !is_stopping_told)
        tell_stop(clock_now());
}
