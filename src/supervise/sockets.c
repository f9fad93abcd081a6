/*
 * sockets.c - see sockets.h.
 *
 * A run may shut down a socket for all later runs (shutdown(2), connect(2)), remove its file, or
 * make it non-blocking. So each start looks at the sockets first. Only while no other replica of
 * the service has them are they made blocking again.
 */
#include "supervise/sockets.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"
#include "config/diagnostics.h"
#include "process/descriptors.h"
#include "process/listening.h"
#include "supervise/async_close.h"

enum { RELEASE_MS = 100 }; /* more than a thread needs to free the address of an old socket */

static const struct plan *plan;
static atomic_bool has_copies; /* in the signal thread's descriptor table */

static int open_once(const struct service *service, const struct listen *listen)
{
    const struct settings *settings = service->settings;
    return listening_open(&listen->address, settings->user, settings->listen_mode);
}

/* The descriptor, or -1; the error is logged. If the address is in use it tries again for that many
 * milliseconds. */
static int open_socket(const struct service *service, const struct listen *listen, int most)
{
    struct text address;
    int fd = open_once(service, listen);
    for (; fd == -EADDRINUSE && most > 0; most--) {
        poll(NULL, 0, 1);
        fd = open_once(service, listen);
    }
    if (fd >= 0)
        return fd;
    text_clear(&address);
    address_append(&address, &listen->address);
    diagnostics_error(&((struct file_line){listen->file, listen->line}),
                      "%s: cannot listen on %s: %s", service->name, address.bytes, strerror(-fd));
    return -1;
}

/* Replicas stand side by side. The sockets are opened for the first one, and the others have the
 * same: the kernel gives each connection to one of them. */
static bool shares_sockets(const struct service *service)
{
    return service->is_replica && strcmp(service_instance(service), "1") != 0;
}

static bool open_sockets(struct service *service)
{
    unsigned count = service->settings->listen_count;
    if (count == 0)
        return true;
    if (shares_sockets(service)) {
        service_give_extras(service)->sockets = service_extras(service - 1)->sockets;
        return true;
    }
    int *sockets = arena_alloc(count * sizeof *sockets);
    service_give_extras(service)->sockets = sockets;
    for (unsigned i = 0; i < count; i++) {
        sockets[i] = open_socket(service, &service->settings->listen[i], 0);
        if (sockets[i] == -1)
            return false;
    }
    return true;
}

bool sockets_open(const struct plan *all)
{
    bool opened = true;
    plan = all;
    for (size_t i = 0; i < plan->count; i++)
        opened &= open_sockets(&plan->services[i]);
    return opened;
}

/* The raw call: dup2(3) of musl 1.2.3 repeats an EBUSY without end. */
static void move_descriptor(int from, int to)
{
    if (syscall(SYS_dup3, from, to, O_CLOEXEC) != -1)
        close(from);
}

/* Closes the socket and puts an unbound one under its number, so that no other descriptor gets the
 * number, and listening_is_intact() is false if no new socket can be opened. Sets *most to the
 * milliseconds for which the address may still be in use.
 *
 * Descriptors may be queued in connections to a socket of AF_UNIX, and their close can block. So a
 * thread closes it: the address is free before that (unix_release_sock() in net/unix/af_unix.c).
 * False if too many sockets of this kind are being closed. */
static bool release_socket(int number, const struct address *address, int *most)
{
    bool is_local = address->to.any.sa_family == AF_UNIX;
    int old = -1;
    async_close_retry();
    if (is_local && async_close_has_room())
        old = descriptor_copy(number, STDERR_FILENO + 1);
    if (is_local && old == -1)
        return false;
    move_descriptor(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), number);
    *most = old == -1 || async_close(old) ? 0 : RELEASE_MS;
    return true;
}

/* Opens a socket again under its old number. */
static bool reopen_socket(const struct service *service, unsigned index)
{
    const struct listen *listen = &service->settings->listen[index];
    int number = service->extras->sockets[index], most;
    if (!release_socket(number, &listen->address, &most)) {
        log_line(LOG_WARNING, "%s: cannot open it again: too many descriptors are being closed",
                 service->name);
        return false;
    }
    int fd = open_socket(service, listen, most);
    move_descriptor(fd, number);
    return fd != -1;
}

static bool has_same_sockets(const struct service *service, const struct service *other)
{
    return service_extras(other)->sockets == service->extras->sockets;
}

/* True if another replica runs: the flags of a socket are those of all that have it. */
static bool is_in_use(const struct service *service)
{
    const struct service *other = service;
    if (!service->is_replica)
        return false;
    while (shares_sockets(other))
        other--;
    for (; other < plan->services + plan->count && has_same_sockets(service, other); other++)
        if (other != service && service_is_up(other))
            return true;
    return false;
}

bool sockets_repair(const struct service *service)
{
    const struct settings *settings = service->settings;
    bool is_shared = settings->listen_count > 0 && is_in_use(service);
    for (unsigned i = 0; i < settings->listen_count; i++) {
        int fd = service->extras->sockets[i];
        if (!is_shared)
            descriptor_set_flags(fd, 0);
        if (listening_is_intact(fd, &settings->listen[i].address, settings->user))
            continue;
        log_line(LOG_WARNING,
                 "%s: the socket on descriptor %d can no longer be used; opening it again",
                 service->name, LISTEN_FDS_START + (int)i);
        if (!reopen_socket(service, i))
            return false;
    }
    return true;
}

void sockets_note_copies(void)
{
    atomic_store(&has_copies, true);
}

void sockets_close_copies(void)
{
    if (!atomic_exchange(&has_copies, false))
        return;
    for (const struct service *service = plan->services; service < plan->services + plan->count;
         service++)
        for (unsigned i = 0; i < service->settings->listen_count && !shares_sockets(service); i++)
            close(service->extras->sockets[i]);
}
