/*
 * forward.c - while main runs: signals are passed on, and whatever dies is reaped. Nothing may end
 * us now but main's end.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "main_service.h"
#include "process/send_signal.h"
#include "process/stop_policy.h"
#include "process/terminate_all.h"
#include "process/wait_status.h"

static void say_sent(int signal, int error)
{
    enum message event = error == 0 ? SENT : NOT_SENT;
    struct text words;
    if (!catalogue_has(event))
        return;
    text_clear(&words);
    text_add_signal(&words, signal);
    catalogue_say(event, .number = signal, .text = words.bytes);
}

/* It was sent as the user whose main is, or, with EPERM, could not be sent at all. */
static void note_refusal(struct main_service *service, int error)
{
    struct text words;
    if (service->refusal_said || !catalogue_has(REFUSED))
        return;
    service->refusal_said = true;
    text_clear(&words);
    text_add_refused_signal(&words, "main", service->main.pid, error == 0);
    catalogue_say(REFUSED, .text = words.bytes);
}

/* Sends main, or its group, a signal; info says how it came to foster, NULL: it is foster's own. */
static void send_main(struct main_service *service, int signal, siginfo_t *info)
{
    bool refused;
    enum children_reach reach = service->options->to_group ? REACH_GROUP : REACH_CHILD;
    service->sent |= SIGNAL_BIT(signal);
    int error = send_signal_to_child(&service->main, signal, info, reach, &refused);
    service->refused = error != 0; /* a seccomp filter may return any error */
    if (refused)
        note_refusal(service, error);
    say_sent(signal, error);
}

/* A stopped process takes no signal but KILL until it is continued, and whoever stopped it may be
 * gone. But main may have taken the signal for something else, and be stopped later for a reason.
 */
static milliseconds continue_main(struct main_service *service)
{
    if (service->continue_until == 0)
        return NEVER;
    milliseconds now = clock_now();
    if (now >= service->continue_until || !wait_status_is_stopped(service->main.pid))
        return NEVER;
    if (now < service->continue_at)
        return service->continue_at;
    send_main(service, SIGCONT, NULL);
    service->continue_at = now + CONTINUE_AGAIN_MS;
    return NEVER;
}

/* What a signal is for main: its number, or 0 if it is dropped. */
static int translate(const struct options *options, int came)
{
    int signal = signal_map_apply(&options->map, came);
    if (options->map.to[came] != SIGNAL_UNCHANGED)
        catalogue_say(TRANSLATED, .number = came, .pid = signal);
    if (signal == 0)
        catalogue_say(DROPPED, .number = came);
    return signal;
}

/* For those who look at us to see whether the job is stopped. */
static void suspend_with_main(const struct main_service *service, int came)
{
    if (!service->name->suspends || (came != SIGTSTP && came != SIGTTIN && came != SIGTTOU))
        return;
    catalogue_say(SUSPENDING);
    kill(service->self, SIGSTOP);
}

/* When main has had all the time that it was given, from the first signal to stop on, or NEVER. */
static milliseconds stop_deadline(const struct main_service *service)
{
    milliseconds told = service->asked_to_stop, given = service->options->stop_timeout;
    if (told == NEVER)
        return NEVER;
    milliseconds deadline = given != NEVER ? told + given : NEVER;
    return service->refused ? stop_deadline_refused(told, deadline) : deadline;
}

static void ask_to_stop(struct main_service *service)
{
    milliseconds now = clock_now();
    if (service->asked_to_stop == NEVER)
        service->asked_to_stop = now;
    service->continue_until = stop_continue_until(now, stop_deadline(service));
}

static void forward(struct main_service *service, siginfo_t *info)
{
    int came = info->si_signo;
    if (signal_map_apply(&service->options->map, came) != 0 ||
        catalogue_has(DROPPED)) /* else not a word of it */
        catalogue_say(SIGNAL_CAME, .number = came, .text = strsignal(came));
    int signal = translate(service->options, came);
    if (signal != 0)
        send_main(service, signal, info);
    if (signal_is_stop_request(&service->options->map, came))
        ask_to_stop(service);
    suspend_with_main(service, came);
}

static void kill_all(struct main_service *service)
{
    struct text words;
    text_clear(&words);
    duration_append(&words, stop_deadline(service) - service->asked_to_stop);
    catalogue_say(KILLING, .text = words.bytes);
    send_main(service, SIGKILL, NULL);
    terminate_all_kill(service->self);
    service->leave_at = clock_now() + (service->refused ? 0 : KILL_TIMEOUT);
}

/* END_GROUP: main's group is told to end while main is dead but not reaped: until then the number
 * is the group's for certain. */
static void end_group(struct main_service *service)
{
    siginfo_t end = {0};
    if (waitid(P_PID, (id_t)service->main.pid, &end, WEXITED | WNOHANG | WNOWAIT) == -1 ||
        end.si_pid == 0 || end.si_code == CLD_TRAPPED) /* as a tracee, foster.h: unasked */
        return;
    main_say_reaped(end.si_pid, end.si_code == CLD_EXITED, end.si_status);
    int signal = translate(service->options, SIGTERM);
    if (signal != 0)
        send_main(service, signal, NULL);
}

/* False if main had its time, and was killed for it, and has not ended. */
static bool handle_deadline(struct main_service *service)
{
    if (service->leave_at != NEVER)
        return false;
    kill_all(service);
    return true;
}

static void reap(struct main_service *service)
{
    catalogue_say(SIGCHLD_CAME, .number = SIGCHLD);
    if (service->name->ending == END_GROUP)
        end_group(service);
    children_sigchld();
}

bool main_serve(struct main_service *service, int *end)
{
    int status;
    milliseconds look = NEVER;
    while (!children_resolved(&service->main, &status)) {
        siginfo_t info;
        milliseconds due = service->leave_at != NEVER ? service->leave_at : stop_deadline(service);
        int signal = signals_wait(&info, clock_earlier(due, look));
        if (signal == SIGCHLD)
            reap(service);
        else if (signal != 0)
            forward(service, &info);
        else if (look >= due && !handle_deadline(service))
            return false;
        look = continue_main(service);
        if (!children_resolved(&service->main, NULL))
            main_say_rest();
    }
    if (service->name->ending != END_GROUP)
        main_say_reaped(service->main.pid, WIFEXITED(status),
                        WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
    *end = status;
    return true;
}
