/*
 * main_process.c - see main_process.h.
 *
 * A named process that is no child of foster is held by a pidfd (Linux 5.3), which was opened while
 * the process belonged to the service: so a recycled pid is never signalled (I3 of src/children).
 * When the process that foster started has ended, the named one, if that was its parent, becomes
 * foster's child and is adopted: its wait status will be known. If its parent lives on, it is held
 * until it ends.
 *
 * Without pidfds, or without a free descriptor, a process that is no child cannot be signalled
 * safely: it is adopted when it becomes foster's child, and until then the process that foster
 * started is the main one.
 *
 * The wait status of a process that ends while it is no child of foster is unknown. As with systemd
 * its end is the end of the service: the other processes are stopped, and the run counts as failed.
 * If the service is being stopped at that moment, the process that foster started becomes the main
 * one again, and is sent the stop signal.
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

/* What is known of the named process; NULL for a service that cannot name one. */
static struct main_process *named(const struct service *service)
{
    struct notify_state *notify = service_extras(service)->notify;
    return notify != NULL ? &notify->main : NULL;
}

/* The named process if it is held by a pidfd, or NULL. */
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

/* Called by the event loop. If the process that foster started has ended as well, its wait status
 * is that of the run, which the supervisor sees. */
static void held_ended(struct source *source, uint32_t events)
{
    struct main_process *main = (struct main_process *)source; /* source is its first member */
    struct service *service = main->service;
    pid_t pid = main->pid;
    bool both_ended = !main->is_alone && children_resolved(&service->process, NULL);
    (void)events;
    forget(main);
    if (both_ended)
        return;
    if (!service_is_stopping(service))
        log_line(
            LOG_WARNING,
            "%s: its main process (MAINPID %d) has ended, with unknown exit status; stopping its "
            "other processes",
            service->name, pid);
    tell(service, EVENT_MAIN_PROCESS_LOST);
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

/* True for the process that foster started. */
static bool is_first(const struct service *service, pid_t pid)
{
    return pid == service->process.pid;
}

void main_process_name(struct service *service, pid_t pid, int pidfd)
{
    struct main_process *main = named(service);
    bool is_new = main->pid != pid;
    forget(main);
    main->source = (struct source){pidfd, held_ended};
    main->is_held =
        pidfd != -1 && !is_first(service, pid) && event_loop_watch(&main->source, EPOLLIN);
    if (!main->is_held && pidfd != -1)
        close(pidfd);
    main->pid = is_first(service, pid) ? 0 : pid;
    if (is_new && main->is_held)
        tell(service, EVENT_MAIN_PROCESS_CHANGED);
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

/* A process that foster started leads its session; a named one may be in another. */
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

static void adopted(struct service *service, struct main_process *main)
{
    log_line(LOG_INFO, "%s: its main process is pid %d now", service->name, main->pid);
    forget(main);
    main->is_adopted = true;
}

bool main_process_hand_over(struct service *service)
{
    struct main_process *main = named(service);
    if (main == NULL || main->pid == 0)
        return false;
    if (main->is_held && send_by(main, 0, NULL, 0) == ESRCH)
        return true; /* held_ended() follows */
    if (children_adopt(&service->process, main->pid) == 0) {
        adopted(service, main);
        return true;
    }
    main->is_alone = main->is_held;
    return main->is_alone;
}

milliseconds main_process_due(struct service *service, milliseconds now)
{
    return held(service) != NULL && children_resolved(&service->process, NULL) ? now + ASK_AGAIN_MS
                                                                               : NEVER;
}
