/*
 * main_process.c - see main_process.h.
 *
 * A process that is not our child is held by a pidfd (Linux 5.3), opened while it was the
 * service's, so no recycled pid is ever signalled: I3 of src/children. Once the process that foster
 * started has ended, the other one, if it is its child, becomes ours, and is adopted: its status
 * will be known then. One whose parent lives on is only held.
 *
 * Where the kernel has no pidfds, or no room for one, there is nothing by which it could be
 * signalled in safety: it is adopted when it becomes ours, and until then the first process is
 * meant.
 *
 * If a process that is held ends while it is not ours, nobody tells how. The service has ended, as
 * with systemd, where the main process decides: what is left of it is stopped, and that counts as a
 * failure. While it is being stopped anyway, the process that foster started is the main one again,
 * and gets the stop signal too.
 */
#include "supervise/main_process.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/log.h"
#include "process/procfs.h"
#include "process/send_signal.h"
#include "process/signals.h"
#include "process/wait_status.h"
#include "supervise/notify_state.h"

enum {
    PIDFD_SIGNAL_PROCESS_GROUP = 4, /* Linux 6.9; musl comes without the kernel's headers */
    ASK_AGAIN_MS = 1000,
};

static void (*tell)(struct service *service, enum service_event event);

void main_process_prepare(void (*handler)(struct service *service, enum service_event event))
{
    tell = handler;
}

static struct main_process *named(const struct service *service)
{
    struct notify_state *notify = service_extras(service)->notify;
    return notify != NULL ? &notify->main : NULL;
}

/* The one that is named, if there is a handle for it, or NULL. */
static struct main_process *held(const struct service *service)
{
    struct main_process *main = named(service);
    return main != NULL && main->is_held ? main : NULL;
}

int main_process_open(pid_t pid)
{
    return (int)syscall(SYS_pidfd_open, pid, 0);
}

static int send_by(const struct main_process *main, int signal, siginfo_t *info, int flags)
{
    return syscall(SYS_pidfd_send_signal, main->source.fd, signal, info, flags) == 0 ? 0 : errno;
}

static void forget(struct main_process *main)
{
    if (main->is_held) {
        event_loop_forget(&main->source);
        close(main->source.fd);
    }
    main->pid = 0;
    main->is_held = main->is_alone = false;
}

/* It was held, and has ended. If both have ended the status of what foster started tells how. */
static void held_ended(struct source *source, uint32_t events)
{
    struct main_process *main = (struct main_process *)source; /* of which it is the first member */
    struct service *service = main->service;
    pid_t pid = main->pid;
    bool both = !main->is_alone && children_resolved(&service->process, NULL);
    (void)events;
    forget(main);
    if (both)
        return;
    if (service->state == STOPPING) {
        if (service->signalled)
            tell(service, EVENT_STOP_COMMAND_ENDED);
        return;
    }
    say(LOG_WARNING,
        "%s: its main process (MAINPID %d) has ended, nobody knows how; stopping what is left of "
        "it",
        service->name, pid);
    tell(service, EVENT_UNHEALTHY);
}

void main_process_begin(struct service *service)
{
    struct main_process *main = named(service);
    if (main == NULL)
        return;
    forget(main);
    main->is_adopted = false;
    main->service = service;
}

static bool is_first(const struct service *service, pid_t pid)
{
    return pid == service->process.pid;
}

void main_process_name(struct service *service, pid_t pid, int handle)
{
    struct main_process *main = named(service);
    bool is_new = main->pid != pid;
    forget(main);
    main->source = (struct source){handle, held_ended};
    main->is_held =
        handle != -1 && !is_first(service, pid) && event_loop_watch(&main->source, EPOLLIN);
    if (!main->is_held && handle != -1)
        close(handle);
    main->pid = is_first(service, pid) ? 0 : pid;
    if (is_new && main->is_held && service->state == STOPPING && service->signalled)
        tell(service, EVENT_STOP_COMMAND_ENDED);
}

pid_t main_process_pid(const struct service *service)
{
    const struct main_process *main = held(service);
    return main != NULL ? main->pid : service->process.pid;
}

bool main_process_is_stopped(const struct service *service)
{
    const struct main_process *main = held(service);
    struct process process;
    if (main == NULL)
        return wait_status_is_stopped(service->process.pid);
    return procfs_is_ours() && procfs_read(main->pid, &process) && process.stopped;
}

/* What foster starts leads its session; what was named may be in another. */
pid_t main_process_session(struct service *service)
{
    const struct main_process *main = named(service);
    if (main == NULL || (!main->is_held && !main->is_adopted))
        return service->process.pid;
    return getsid(main_process_pid(service));
}

/* The expected signals of the command: kept here, for one run, as no other service needs them. */
static struct {
    pid_t pid;
    uint64_t signals;
} expected;

void main_process_expect(const struct service *service, uint64_t signals)
{
    if (service->command != NULL)
        return;
    expected.signals = main_process_expected(service) | signals;
    expected.pid = service->process.pid;
}

uint64_t main_process_expected(const struct service *service)
{
    return service->process.pid == expected.pid ? expected.signals : 0;
}

int main_process_signal(struct service *service, int signal, siginfo_t *info,
                        enum children_reach reach, bool *refused)
{
    const struct main_process *main = held(service);
    main_process_expect(service, signal != 0 ? SIGNAL_BIT(signal) : 0);
    if (main == NULL)
        return send_signal_to_child(&service->process, signal, info, reach, refused);
    siginfo_t *value = send_signal_value(info, signal, reach);
    bool leads = reach == REACH_GROUP && getpgid(main->pid) == main->pid;
    int error = send_by(main, signal, value, leads ? PIDFD_SIGNAL_PROCESS_GROUP : 0);
    if (error != 0 && (leads || value != NULL))
        error = send_by(main, signal, NULL, 0);
    *refused = error == EPERM;
    return *refused ? send_signal_by_pidfd(main->source.fd, main->pid, signal) : error;
}

/* One that is held and has ended is heard of in held_ended(). */
bool main_process_has_ended(struct service *service)
{
    struct main_process *main = named(service);
    if (!children_resolved(&service->process, NULL))
        return false;
    if (service->reaped || main == NULL || main->pid == 0)
        return true;
    if (main->is_held && send_by(main, 0, NULL, 0) == ESRCH)
        return false;
    if (children_adopt(&service->process, main->pid) == 0) {
        say(LOG_INFO, "%s goes on as pid %d", service->name, main->pid);
        forget(main);
        main->is_adopted = true;
        return false;
    }
    main->is_alone = main->is_held;
    return !main->is_alone;
}

milliseconds main_process_due(struct service *service, milliseconds now)
{
    return held(service) != NULL && children_resolved(&service->process, NULL) ? now + ASK_AGAIN_MS
                                                                               : NEVER;
}
