/* signalling.c - see signalling.h. */
#include "services/signalling.h"

#include <errno.h>
#include <signal.h>

#include "base/log.h"
#include "process/sending.h"
#include "process/status.h"
#include "process/survivors.h"
#include "services/main_process.h"

enum {
    KILLS_MOST = 10,                    /* one in 100 ms: a process in an uninterruptible call may never die */
    LOOK_AGAIN_MS = 50,                 /* who stops itself again and again does not keep us busy */
    STOP_IS_MEANT = 10 * MS_PER_SECOND, /* who has all the time it wants may be stopped later for a reason */
};

static void say_refused(struct service *service, bool sent)
{
    struct text line;
    if (service->refusal_said)
        return;
    service->refusal_said = true;
    log_begin(&line);
    text_add_refusal(&line, service->name, main_process_pid(service), sent);
    log_end(LOG_WARNING, &line);
}

int signalling_send(struct service *service, int signal, enum children_reach reach)
{
    bool refused;
    int error = main_process_signal(service, signal, reach, &refused);
    if (refused)
        say_refused(service, error == 0);
    return error;
}

int signalling_queue(struct service *service, int signal, siginfo_t *info)
{
    int error = main_process_queue(service, signal, info);
    return error == EPERM ? signalling_send(service, signal, REACH_CHILD) : error;
}

static void continue_stopped(struct service *service)
{
    if (status_is_stopped(main_process_pid(service)))
        signalling_send(service, SIGCONT, REACH_CHILD);
}

void signalling_stop(struct service *service, int signal)
{
    milliseconds most = service->since + STOP_BUDGET;
    service->signalled = true;
    int error = signalling_send(service, signal, REACH_CHILD);
    if (error != 0 && error != ESRCH && service->deadline > most)
        service->deadline = most;
    continue_stopped(service);
}

/* The count is of one stop. Where another process is the main one by MAINPID the one that foster started goes as well.
 */
void signalling_kill(struct service *service)
{
    if (!service->killed)
        service->kills = 0;
    if (service->kills == KILLS_MOST)
        return;
    service->killed = true;
    service->kills++;
    if (main_process_pid(service) != service->process.pid)
        sending_to_child(&service->process, SIGKILL, REACH_GROUP, NULL);
    if (signalling_send(service, SIGKILL, REACH_GROUP) == EPERM)
        service->kills = KILLS_MOST;
    if (service->kills == KILLS_MOST)
        say(LOG_WARNING, "%s (pid %d) cannot be killed", service->name, main_process_pid(service));
}

bool signalling_is_in_vain(const struct service *service)
{
    return service->state == STOPPING && service->killed && service->kills == KILLS_MOST;
}

static bool is_meant_to_end(const struct service *service, milliseconds now)
{
    bool told = service->state == STOPPING && service->signalled && !service->reaped;
    return told && (service->deadline != NEVER || now < service->since + STOP_IS_MEANT);
}

milliseconds signalling_look(struct plan *plan)
{
    static milliseconds next;
    milliseconds now = clock_now();
    bool found = false;
    for (struct service *service = plan->services; service < plan->services + plan->count; service++) {
        if (!is_meant_to_end(service, now))
            continue;
        found = true;
        if (now >= next)
            continue_stopped(service);
    }
    if (!found)
        return NEVER;
    if (now < next)
        return next;
    next = now + LOOK_AGAIN_MS;
    return NEVER;
}
