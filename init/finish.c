/*
 * finish.c - the end of main: logs it, ends the processes that main leaves behind, and gives
 * foster's exit code.
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
    catalogue_say(exited ? REAPED_EXITED : REAPED_KILLED, .pid = pid, .number = number);
}

void main_say_last(const struct main_service *service, const struct message_values *values)
{
    struct text line;
    catalogue_say_values(values);
    text_clear(&line);
    catalogue_add(&line, values);
    exit_report_write(service->options->termination_log, &line);
}

void main_say_children_left(void)
{
    if (catalogue_has(NONE_LEFT))
        catalogue_say(wait_status_has_children() ? NONE_DEAD : NONE_LEFT);
}

/* A grace period that the user has given is not shortened. */
static milliseconds grace(const struct main_service *service)
{
    milliseconds given = service->options->grace;
    return service->options->grace_is_given ? given
                                            : stop_grace_left(service->stop_requested, given);
}

/* When PID 1 exits, no process is left that could use the terminal. */
static void give_terminal_back(const struct main_service *service)
{
    if (service->program.took_terminal && service->self != INIT)
        terminal_take();
    catalogue_say(LEAVING);
}

void main_leave(const struct main_service *service)
{
    if (service->personality->end_policy == END_IN_ORDER && service->options->grace != 0)
        terminate_all(service->self, grace(service));
    give_terminal_back(service);
}

/* An expected end is information; another one is a failure, for the termination log as well. */
static void say_end(const struct main_service *service, int status, bool expected)
{
    enum message event = WIFEXITED(status) ? MAIN_EXITED : expected ? MAIN_KILLED : MAIN_DIED;
    if (expected && !catalogue_has(event))
        return;
    struct text words;
    struct message_values values = {event, .pid = service->main.pid,
                                    .number = wait_status_code(status), .text = words.bytes};
    values.value = WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "";
    text_clear(&words);
    exit_report_append(&words, status, clock_now() - service->started, expected);
    if (expected)
        catalogue_say_values(&values);
    else
        main_say_last(service, &values);
}

int main_report(const struct main_service *service, int status)
{
    int code = wait_status_code(status);
    bool success = wait_status_code_is_success(code, service->options->as_success);
    uint64_t expected = service->sent | (service->program.took_terminal ? TERMINAL_SIGNALS : 0);
    say_end(service, status, success || exit_report_is_expected(status, expected));
    return success ? EXIT_SUCCESS : code;
}

/* Every process that can be killed has been. When PID 1 exits, the kernel kills the others, and
 * main ends as soon as its system call does; elsewhere it stays behind. */
int main_abandon(const struct main_service *service)
{
    main_say_last(service, &(struct message_values){ABANDONED, .pid = service->main.pid});
    give_terminal_back(service);
    return EXIT_FOSTER_FAILED;
}
