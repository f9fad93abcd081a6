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

enum {
    KILLS_MOST = KILL_TIMEOUT / KILL_AGAIN_MS,
};

static void say_refused(struct service *service, bool sent)
{
    struct text line;
    if (messages_was_logged(service, ONCE_REFUSED_SIGNAL))
        return;
    messages_set_logged(service, ONCE_REFUSED_SIGNAL, true);
    log_begin(&line);
    text_add_refused_signal(&line, service->name, main_process_pid(service), sent);
    log_end(LOG_WARNING, &line);
}

int signalling_forward(struct service *service, int signal, siginfo_t *info,
                       enum children_reach reach)
{
    bool refused;
    int error = main_process_signal(service, signal, info, reach, &refused);
    if (refused)
        say_refused(service, error == 0);
    return error;
}

int signalling_send(struct service *service, int signal, enum children_reach reach)
{
    return signalling_forward(service, signal, NULL, reach);
}

static void continue_stopped(struct service *service)
{
    if (main_process_is_stopped(service))
        signalling_send(service, SIGCONT, REACH_CHILD);
}

void signalling_stop(struct service *service, int signal)
{
    service->signalled = true;
    int error = signalling_send(service, signal, REACH_CHILD);
    if (error != 0 && error != ESRCH)
        service->deadline = stop_deadline_refused(service->since, service->deadline);
    continue_stopped(service);
}

static pid_t tracer_of(pid_t pid)
{
    return procfs_is_ours() ? (pid_t)procfs_number(pid, "/status", "TracerPid:") : 0;
}

void text_add_in_vain(struct text *text, const struct service *service)
{
    pid_t pid = main_process_pid(service), tracer = service->reaped ? 0 : tracer_of(pid);
    text_add(text,
             service->reaped ? "what %s has left behind cannot be killed"
                             : "%s (pid %d) cannot be killed",
             service->name, pid);
    if (tracer > 0)
        text_add(text, ": pid %d traces it", tracer);
}

void signalling_count_kill(struct service *service)
{
    struct text line;
    if (service->kills == KILLS_MOST || ++service->kills < KILLS_MOST)
        return;
    log_begin(&line);
    text_add_in_vain(&line, service);
    log_end(LOG_WARNING, &line);
}

/* Where another process is the main one by MAINPID the one that foster started goes as well. */
static void kill_main(struct service *service)
{
    pid_t pid = main_process_pid(service), tracer = tracer_of(pid);
    if (pid != service->process.pid)
        send_signal_to_child(&service->process, SIGKILL, NULL, REACH_GROUP, NULL);
    if (signalling_send(service, SIGKILL, REACH_GROUP) == EPERM)
        service->kills = KILLS_MOST - 1;
    if (tracer > 0)
        run_mark_kill_one(start_own_pid(), start_mark(service), tracer);
}

/* The count is of one stop. */
void signalling_kill(struct service *service)
{
    if (!service->killed)
        service->kills = 0;
    service->killed = true;
    if (!service->reaped && service->kills < KILLS_MOST)
        kill_main(service);
    signalling_count_kill(service);
}

bool signalling_is_in_vain(const struct service *service)
{
    bool killed = service->state == CLEARING || (service->state == STOPPING && service->killed);
    return killed && service->kills == KILLS_MOST;
}

static bool is_meant_to_end(const struct service *service, milliseconds now)
{
    bool told = service->state == STOPPING && service->signalled && !service->reaped;
    return told && now < stop_continue_until(service->since, service->deadline);
}

milliseconds signalling_look(struct plan *plan)
{
    static milliseconds next;
    milliseconds now = clock_now();
    bool found = false, silent = false; /* of a stop of who is not our child nobody tells us */
    for (struct service *service = plan->services; service < plan->services + plan->count;
         service++) {
        if (!is_meant_to_end(service, now))
            continue;
        found = true;
        silent |= main_process_pid(service) != service->process.pid;
        if (now >= next)
            continue_stopped(service);
    }
    if (!found)
        return NEVER;
    if (now < next)
        return next;
    next = now + CONTINUE_AGAIN_MS;
    return silent ? next : NEVER;
}
