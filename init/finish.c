/*
 * finish.c - main has ended: say so, see to what it left behind, leave with its exit code.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "main_service.h"
#include "process/exit_report.h"
#include "process/stop_policy.h"
#include "process/terminal.h"
#include "process/terminate_all.h"
#include "process/wait_status.h"

void main_say_reaped(pid_t pid, bool exited, int number)
{
    if (exited)
        catalogue_say(REAPED_EXITED, .pid = pid, .number = number);
    else
        catalogue_say(REAPED_KILLED, .pid = pid, .number = number);
}

void main_say_last(const struct main_service *service, const struct message_values *facts)
{
    struct text line;
    catalogue_say_values(facts);
    text_clear(&line);
    catalogue_add(&line, facts);
    termination_log_write(service->options->termination_log, &line);
}

void main_say_rest(void)
{
    siginfo_t unused;
    if (!catalogue_has(NONE_LEFT))
        return;
    if (waitid(P_ALL, 0, &unused, WEXITED | WNOHANG | WNOWAIT) == 0)
        catalogue_say(NONE_DEAD);
    else
        catalogue_say(NONE_LEFT);
}

/* A grace period that the user has given is not shortened. */
static milliseconds grace(const struct main_service *service)
{
    milliseconds given = service->options->grace;
    return service->options->grace_is_given ? given
                                            : stop_grace_left(service->asked_to_stop, given);
}

static void go(const struct main_service *service)
{
    if (service->program.took_terminal && service->self != INIT)
        terminal_take();
    catalogue_say(LEAVING);
}

void main_leave(const struct main_service *service)
{
    if (service->name->ending == END_IN_ORDER && service->options->grace != 0)
        terminate_all(service->self, grace(service));
    go(service);
}

static void say_death(const struct main_service *service, int status, bool expected)
{
    enum message event = WIFEXITED(status) ? MAIN_EXITED : expected ? MAIN_KILLED : MAIN_DIED;
    if (expected && !catalogue_has(event))
        return;
    struct text words;
    struct message_values facts = {event, .pid = service->main.pid,
                                   .number = wait_status_code(status), .text = words.bytes};
    facts.value = WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "";
    text_clear(&words);
    text_add_exit(&words, status, clock_now() - service->started, expected);
    if (expected)
        catalogue_say_values(&facts);
    else
        main_say_last(service, &facts);
}

int main_report(const struct main_service *service, int status)
{
    int code = wait_status_code(status);
    bool success = exit_code_is_success(code, service->options->as_success);
    uint64_t expected = service->sent | (service->program.took_terminal ? TERMINAL_SIGNALS : 0);
    say_death(service, status, success || exit_is_expected(status, expected));
    return success ? EXIT_SUCCESS : code;
}

/* PID 1 takes it along, and all others; elsewhere it stays behind. They have all been killed that
 * can be. */
int main_abandon(const struct main_service *service)
{
    main_say_last(service, &(struct message_values){ABANDONED, .pid = service->main.pid});
    go(service);
    return EXIT_FOSTER_FAILED;
}
