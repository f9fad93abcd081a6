/*
 * sockets.c - see sockets.h.
 *
 * A run may shut down a socket for all later runs (shutdown(2), connect(2)), remove its file, or
 * make it non-blocking. So each start looks at the sockets first.
 */
#include "supervise/sockets.h"

#include <fcntl.h>
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

static const struct plan *plan;
static atomic_bool has_copies; /* in the signal thread's descriptor table */

/* The descriptor, or -1; the error is logged. */
static int open_socket(const struct service *service, const struct listen *listen)
{
    const struct settings *settings = service->settings;
    int fd = listening_open(&listen->address, settings->user, settings->listen_mode);
    struct text address;
    if (fd >= 0)
        return fd;
    text_clear(&address);
    address_append(&address, &listen->address);
    diagnostics_error(&((struct file_line){listen->file, listen->line}),
                      "%s: cannot listen on %s: %s", service->name, address.bytes, strerror(-fd));
    return -1;
}

static bool open_sockets(struct service *service)
{
    unsigned count = service->settings->listen_count;
    if (count == 0)
        return true;
    int *sockets = arena_alloc(count * sizeof *sockets);
    service_give_extras(service)->sockets = sockets;
    for (unsigned i = 0; i < count; i++) {
        sockets[i] = open_socket(service, &service->settings->listen[i]);
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

/* Opens a socket anew under its old number. Its address is in use until the old socket is closed,
 * so a socket that is bound to nothing takes the number meanwhile: no other descriptor can get it,
 * and listening_is_intact() is false for it if the new socket cannot be opened. */
static bool reopen_socket(const struct service *service, unsigned index)
{
    int number = service->extras->sockets[index];
    move_descriptor(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), number);
    int fd = open_socket(service, &service->settings->listen[index]);
    move_descriptor(fd, number);
    return fd != -1;
}

bool sockets_repair(const struct service *service)
{
    const struct settings *settings = service->settings;
    for (unsigned i = 0; i < settings->listen_count; i++) {
        int fd = service->extras->sockets[i];
        descriptor_set_flags(fd, 0);
        if (listening_is_intact(fd, &settings->listen[i].address, settings->user))
            continue;
        say(LOG_WARNING, "%s: the socket on descriptor %d can no longer be used; opening it again",
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
        for (unsigned i = 0; i < service->settings->listen_count; i++)
            close(service->extras->sockets[i]);
}
