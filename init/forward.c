/*
 * forward.c - while main runs: signals are forwarded to it, and every child that has ended is
 * reaped.
 *
 * Nothing ends foster but the end of main, with one exception: foster no longer waits for a main
 * that survives SIGKILL after its stop timeout (in an uninterruptible call, or because foster may
 * not signal it). The rules of a stop are those of services as well: process/stop_policy.h.
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
    signal_append(&words, signal);
    catalogue_say(event, .number = signal, .text = words.bytes);
}

/* Says once that kill(2) is refused. Without an error the signal has been sent as the user who owns
 * main. */
static void say_refused(struct main_service *service, int error)
{
    struct text words;
    if (service->refusal_is_said || !catalogue_has(REFUSED))
        return;
    service->refusal_is_said = true;
    text_clear(&words);
    send_signal_append_refusal(&words, "main", service->main.pid, error == 0);
    catalogue_say(REFUSED, .text = words.bytes);
}

/* Sends main, or its group, a signal that came as *info, or one of foster's own (NULL). */
static void send_main(struct main_service *service, int signal, siginfo_t *info)
{
    bool refused;
    enum children_reach reach = service->options->to_group ? REACH_GROUP : REACH_CHILD;
    service->sent |= SIGNAL_BIT(signal);
    int error = send_signal_to_child(&service->main, signal, info, reach, &refused);
    service->is_refused = send_signal_is_refused(error);
    if (refused)
        say_refused(service, error);
    say_sent(signal, error);
}

/* Continues main if it is stopped though it was told to end. Returns when to look again, if no
 * SIGCHLD comes before, or NEVER. */
static milliseconds continue_main(struct main_service *service)
{
    if (service->continue_until == 0)
        return NEVER;
    milliseconds now = clock_now();
    if (now >= service->continue_until || !wait_status_is_stopped(service->main.pid))
        return NEVER;
    if (!stop_may_continue(now, &service->continue_again))
        return service->continue_again;
    send_main(service, SIGCONT, NULL);
    return NEVER;
}

/* What a signal that came becomes for main: its number, or 0 if it is dropped. */
static int translate(const struct options *options, int came)
{
    int signal = signal_map_apply(&options->map, came);
    if (options->map.to[came] != SIGNAL_UNCHANGED)
        catalogue_say(TRANSLATED, .number = came, .second_number = signal);
    if (signal == 0)
        catalogue_say(DROPPED, .number = came);
    return signal;
}

/* A shell that runs foster as a job waits for foster to stop, not for main. */
static void suspend_with_main(const struct main_service *service, int came)
{
    if (!service->personality->suspends || (came != SIGTSTP && came != SIGTTIN && came != SIGTTOU))
        return;
    catalogue_say(SUSPENDING);
    kill(service->self, SIGSTOP);
}

/* When main is killed if it has not ended: --stop-timeout after the first stop request, and within
 * STOP_BUDGET if a signal was refused; or NEVER. */
static milliseconds main_deadline(const struct main_service *service)
{
    milliseconds told = service->stop_requested, given = service->options->stop_timeout;
    if (told == NEVER)
        return NEVER;
    milliseconds deadline = given != NEVER ? told + given : NEVER;
    return service->is_refused ? stop_deadline_refused(told, deadline) : deadline;
}

static void note_stop_request(struct main_service *service)
{
    milliseconds now = clock_now();
    if (service->stop_requested == NEVER)
        service->stop_requested = now;
    service->continue_until = stop_continue_until(now, main_deadline(service));
}

static void forward(struct main_service *service, siginfo_t *info)
{
    int came = info->si_signo;
    /* A personality without a line for dropped signals does not mention them. */
    if (signal_map_apply(&service->options->map, came) != 0 || catalogue_has(DROPPED))
        catalogue_say(SIGNAL_CAME, .number = came, .text = strsignal(came));
    int signal = translate(service->options, came);
    if (signal != 0)
        send_main(service, signal, info);
    if (signal_is_stop_request(&service->options->map, came))
        note_stop_request(service);
    suspend_with_main(service, came);
}

/* The stop timeout is over: kills main and all other processes, which get no grace period. */
static void kill_all(struct main_service *service)
{
    struct text words;
    text_clear(&words);
    duration_append(&words, main_deadline(service) - service->stop_requested);
    catalogue_say(KILLING, .text = words.bytes);
    send_main(service, SIGKILL, NULL);
    terminate_all_kill(service->self);
    service->abandon_at = clock_now() + (service->is_refused ? 0 : KILL_TIMEOUT);
}

/* False if main was killed already, and has not ended since. */
static bool handle_deadline(struct main_service *service)
{
    if (service->abandon_at != NEVER)
        return false;
    kill_all(service);
    return true;
}

/* END_GROUP: main's group is sent SIGTERM while main has ended and is not reaped: until then the
 * kernel gives the number of the group to no other process. */
static void end_group(struct main_service *service)
{
    siginfo_t end;
    if (wait_status_child_end(service->main.pid, &end) != ZOMBIE_CHILD)
        return;
    main_say_reaped(end.si_pid, end.si_code == CLD_EXITED, end.si_status);
    int signal = translate(service->options, SIGTERM);
    if (signal != 0)
        send_main(service, signal, NULL);
}

static void handle_sigchld(struct main_service *service)
{
    catalogue_say(SIGCHLD_CAME, .number = SIGCHLD);
    if (service->personality->end_policy == END_GROUP)
        end_group(service);
    children_sigchld();
}

bool main_serve(struct main_service *service, int *end)
{
    int status;
    milliseconds look = NEVER; /* when to look at main though no signal comes */
    while (!children_resolved(&service->main, &status)) {
        siginfo_t info;
        milliseconds due =
            service->abandon_at != NEVER ? service->abandon_at : main_deadline(service);
        int signal = signals_wait(&info, clock_earlier(due, look));
        if (signal == SIGCHLD)
            handle_sigchld(service);
        else if (signal != 0)
            forward(service, &info);
        else if (look >= due && !handle_deadline(service))
            return false;
        look = continue_main(service);
        if (!children_resolved(&service->main, NULL))
            main_say_children_left();
    }
    if (service->personality->end_policy != END_GROUP)
        main_say_reaped(service->main.pid, WIFEXITED(status),
                        WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
    *end = status;
    return true;
}
