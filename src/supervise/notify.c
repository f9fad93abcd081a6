/*
 * notify.c - see notify.h.
 *
 * What a message says is done in a fixed order, whatever the order of its lines: a service that
 * says READY=1 and MAINPID at once is ready with its new main process.
 */
#include "supervise/notify.h"

#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/proc_path.h"
#include "process/procfs.h"
#include "process/run_mark.h"
#include "supervise/event_loop.h"
#include "supervise/main_process.h"
#include "supervise/notify_socket.h"
#include "supervise/notify_state.h"
#include "supervise/shutdown.h"
#include "supervise/start.h"
#include "supervise/state_machine.h"

enum {
    MESSAGES_A_TURN = 64, /* a flood of messages holds up nothing else for longer */
    EXTENSION_MOST = 10,  /* times the time that the settings give */
    LOG_AFTER_MS = 500,   /* without a message being read */
};

enum { ROOT = 0 }; /* may bear any mark */

static struct plan *plan;
static milliseconds suspended_since = NEVER; /* NEVER: messages are read */
static bool is_suspension_logged;

/* ---- the service of a sender ---- */

/* The running service whose main process is in that session, or NULL. No process can join a session
 * (setsid(2)). -1 is no session: getsid(2) of a process that has ended, also of a main process. */
static struct service *service_of_session(pid_t session)
{
    for (size_t i = 0; i < plan->count && session > 0; i++)
        if (service_is_up(&plan->services[i]) &&
            main_process_session(&plan->services[i]) == session)
            return &plan->services[i];
    return NULL;
}

static struct service *service_of_mark(int64_t mark)
{
    int64_t index = mark - start_mark(plan->services);
    return index >= 0 && index < (int64_t)plan->count ? &plan->services[index] : NULL;
}

/* The user of a process, ROOT if it is not known: stat(2) of its directory in /proc, proc(5). */
static uid_t owner_of(pid_t pid)
{
    char path[PROC_PATH_MAX];
    struct stat directory;
    proc_path(path, "/", pid, "");
    return procfs_is_ours() && stat(path, &directory) == 0 ? directory.st_uid : ROOT;
}

/* A name may be another user's number since the files were read: then the main process has it. */
static bool is_its_user(const struct service *service, uid_t uid)
{
    const struct user *user = service->settings->user;
    if (uid == ROOT || user == NULL)
        return uid == ROOT || uid == geteuid();
    return (user->is_known && uid == user->uid) ||
           (user_has_name(user->text) && uid == owner_of(main_process_pid(service)));
}

/* The service that a process of that user belongs to, or NULL: notify.h. The user of a process in
 * the session does not count: programs such as gosu and setpriv change it. */
static struct service *service_of(pid_t pid, uid_t uid)
{
    struct service *service = service_of_session(getsid(pid));
    if (service != NULL)
        return service;
    service = service_of_mark(run_mark_of(pid));
    return service != NULL && is_its_user(service, uid) ? service : NULL;
}

/* Of a run that has ended a process may be left: its messages are ignored. */
static bool may_notify(const struct service *service)
{
    return service_extras(service)->notify != NULL && service_has_process(service);
}

/* ---- what a message does ---- */

/* The latest deadline that EXTEND_TIMEOUT_USEC can give the service's present state, or NEVER if
 * the state has none to extend. No service can put off its own stop, or the stop of all, for
 * ever. */
static milliseconds latest_deadline(const struct service *service)
{
    const struct settings *settings = service->settings;
    bool starts = service->state == STARTING || service->state == FORKED;
    milliseconds given = starts ? settings->ready_timeout : settings->stop_grace_period;
    bool stops = service->state == STOP_COMMAND || service->state == STOP_SIGNAL;
    if ((!starts && !stops) || service->deadline == NEVER || given == NEVER)
        return NEVER;
    milliseconds latest = service->since + EXTENSION_MOST * given;
    milliseconds end = shutdown_is_under_way() ? shutdown_deadline() : latest;
    return end < latest ? end : latest;
}

/* EXTEND_TIMEOUT_USEC: the state may last that long from now on, and never less than before. */
static void extend_deadline(struct service *service, milliseconds span)
{
    milliseconds until = clock_now() + span, latest = latest_deadline(service);
    if (span == 0 || latest == NEVER)
        return;
    if (until > latest)
        until = latest;
    if (until > service->deadline)
        state_machine_set_deadline(service, until);
}

static void update_watchdog(struct service *service, const struct notify_message *message)
{
    struct notify_state *notify = service->extras->notify;
    if (message->watchdog_interval != 0)
        notify->watchdog = message->watchdog_interval;
    if (notify->watchdog != 0 && (message->watchdog || message->watchdog_interval != 0))
        notify->watchdog_due = clock_now() + notify->watchdog;
    if (message->watchdog_trigger)
        notify->watchdog_due = clock_now();
}

/* MAINPID: a process of the same service only, whatever its user is. It is opened before that is
 * checked, so what is found out holds for the process that is open. */
static void set_main_process(struct service *service, pid_t pid)
{
    int pidfd = main_process_open(pid);
    if (service_of(pid, ROOT) == service)
        main_process_name(service, pid, pidfd);
    else if (pidfd != -1)
        close(pidfd);
}

/* READY=1 ends a reload whatever `ready` is: no other method tells of one. */
static void take_ready(struct service *service)
{
    if (service->state == RELOADING)
        service->extras->notify->is_reload_awaited = false;
    if (service->state == RELOADING || service->settings->ready == READY_BY_NOTIFY)
        state_machine_handle(service, EVENT_READY);
}

/* A service that sends a message runs, also if the report of its exec is not read yet. */
static void apply(struct service *service, const struct notify_message *message)
{
    state_machine_handle(service, EVENT_EXECED);
    extend_deadline(service, message->extend);
    update_watchdog(service, message);
    if (message->has_status)
        strcpy(service->extras->notify->status, message->status);
    if (message->main_pid != 0)
        set_main_process(service, message->main_pid);
    if (message->reloading)
        state_machine_handle(service, EVENT_RELOADING);
    if (message->ready)
        take_ready(service);
    if (message->stopping)
        state_machine_handle(service, EVENT_STOPPING);
}

bool notify_await_reload(struct service *service)
{
    struct notify_state *notify = service_extras(service)->notify;
    if (notify != NULL)
        notify->is_reload_awaited = true;
    return notify != NULL;
}

bool notify_awaits_reload(const struct service *service)
{
    const struct notify_state *notify = service_extras(service)->notify;
    return notify != NULL && notify->is_reload_awaited;
}

/* ---- the socket ---- */

static void suspend(struct source *source)
{
    event_loop_forget(source);
    suspended_since = clock_now();
    is_suspension_logged = false;
}

static void read_messages(struct source *source, uint32_t events)
{
    struct notify_message message;
    (void)events;
    for (int i = 0; i < MESSAGES_A_TURN && notify_socket_receive(&message); i++) {
        struct service *service = service_of(message.sender, message.uid);
        if (service != NULL && may_notify(service))
            apply(service, &message);
        else
            log_line(LOG_DEBUG,
                     "ignored an sd_notify message of pid %d: no running service expects it",
                     message.sender);
    }
    if (notify_socket_release() != 0)
        suspend(source);
}

static struct source notify_source = {.ready = read_messages};

bool notify_is_suspended(void)
{
    return suspended_since != NEVER;
}

/* A service could not send its WATCHDOG=1 meanwhile: it gets the time of the suspension, and at
 * most the whole time of its watchdog. */
static void postpone_watchdog(struct notify_state *notify, milliseconds now)
{
    milliseconds pause = now - suspended_since;
    milliseconds until = now + (pause < notify->watchdog ? pause : notify->watchdog);
    if (notify->watchdog_due < until)
        notify->watchdog_due = until;
}

static void resume(milliseconds now)
{
    for (struct service *service = plan->services; service < plan->services + plan->count;
         service++)
        if (service_extras(service)->notify != NULL)
            postpone_watchdog(service->extras->notify, now);
    suspended_since = NEVER;
}

static void log_suspension(milliseconds now)
{
    if (is_suspension_logged || now - suspended_since < LOG_AFTER_MS)
        return;
    is_suspension_logged = true;
    log_line(LOG_WARNING,
             "sd_notify messages are not read until the descriptors that came with the "
             "last one are closed");
}

milliseconds notify_look(milliseconds now)
{
    if (!notify_is_suspended())
        return NEVER;
    milliseconds pause = notify_socket_release();
    if (pause == 0 && event_loop_watch(&notify_source, EPOLLIN)) {
        resume(now);
        return NEVER;
    }
    log_suspension(now);
    return now + (pause != 0 ? pause : LOG_AFTER_MS);
}

static bool is_used(void)
{
    for (const struct service *service = plan->services; service < plan->services + plan->count;
         service++)
        if (service_extras(service)->notify != NULL)
            return true;
    return false;
}

bool notify_begin(struct plan *all)
{
    plan = all;
    if (!is_used())
        return true;
    notify_source.fd = notify_socket_open();
    return notify_source.fd != -1 && event_loop_watch(&notify_source, EPOLLIN);
}
