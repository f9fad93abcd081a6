/* signalling.c - see signalling.h. */
#include "supervise/signalling.h"

#include <errno.h>
#include <signal.h>

#include "base/log.h"
#include "process/procfs.h"
#include "process/send_signal.h"
#include "process/stop_policy.h"
#include "supervise/main_process.h"
#include "supervise/messages.h"
#include "supervise/start.h"

static void log_refusal(struct service *service, bool sent)
{
    struct text line;
    if (messages_was_logged(service, ONCE_REFUSED_SIGNAL))
        return;
    messages_set_logged(service, ONCE_REFUSED_SIGNAL, true);
    log_begin(&line);
    send_signal_append_refusal(&line, service->name, main_process_pid(service), sent);
    log_end(LOG_WARNING, &line);
}

int signalling_forward(struct service *service, int signal, siginfo_t *info,
                       enum children_reach reach)
{
    bool refused;
    int error = main_process_signal(service, signal, info, reach, &refused);
    if (refused)
        log_refusal(service, error == 0);
    return error;
}

int signalling_send(struct service *service, int signal, enum children_reach reach)
{
    return signalling_forward(service, signal, NULL, reach);
}

/* Of the stop signal, and of the SIGCONT that follows it. */
static enum children_reach stop_reach(const struct service *service)
{
    return service->settings->stop_as_group ? REACH_GROUP : REACH_CHILD;
}

static void continue_stopped(struct service *service)
{
    if (main_process_is_stopped(service))
        signalling_send(service, SIGCONT, stop_reach(service));
}

int signalling_stop(struct service *service, int signal)
{
    int error = signalling_send(service, signal, stop_reach(service));
    continue_stopped(service);
    return error;
}

/* The pid of the tracer of a process; 0 if it is not traced. */
static pid_t tracer_of(pid_t pid)
{
    return procfs_is_ours() ? (pid_t)procfs_number(pid, "/status", "TracerPid:") : 0;
}

/* Where MAINPID has named another process, the one that foster started is killed as well. */
int signalling_kill(struct service *service)
{
    pid_t pid = main_process_pid(service), tracer = tracer_of(pid);
    if (pid != service->process.pid)
        send_signal_to_child(&service->process, SIGKILL, NULL, REACH_GROUP, NULL);
    int error = signalling_send(service, SIGKILL, REACH_GROUP);
    if (tracer > 0)
        run_mark_kill_one(start_own_pid(), start_mark(service), tracer);
    return error;
}

bool signalling_is_in_vain(const struct service *service)
{
    return service->kills == KILLS_MOST &&
           (service->state == CLEARING || service_is_stopping(service));
}

void signalling_append_unkillable(struct text *text, const struct service *service)
{
    bool has_process = service_has_process(service);
    pid_t pid = main_process_pid(service), tracer = has_process ? tracer_of(pid) : 0;
    text_add(text,
             has_process ? "%s (pid %d) cannot be killed"
                         : "remaining processes of %s cannot be killed",
             service->name, pid);
    if (tracer > 0)
        text_add(text, ": pid %d traces it", tracer);
}

static bool is_to_be_continued(const struct service *service, milliseconds now)
{
    bool was_told = service->state == STOP_SIGNAL || service->state == STOP_KILL;
    return was_told && now < stop_continue_until(service->since, service->deadline);
}

milliseconds signalling_look(struct plan *plan)
{
    static milliseconds next;
    milliseconds now = clock_now();
    bool found = false, unreported = false; /* the stop of a process that is no child of foster */
    for (struct service *service = plan->services; service < plan->services + plan->count;
         service++) {
        if (!is_to_be_continued(service, now))
            continue;
        found = true;
        unreported |= main_process_pid(service) != service->process.pid;
        if (now >= next)
            continue_stopped(service);
    }
    if (!found)
        return NEVER;
    bool was_due = stop_may_continue(now, &next);
    return was_due && !unreported ? NEVER : next;
}
