/*
 * launch.c - foster gets ready, and starts main. Until main runs every failure ends foster, with a
 * line that says why and an exit code of its own.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "main_service.h"
#include "process/exec_error.h"
#include "process/exit_report.h"
#include "process/fork_error.h"
#include "process/terminal.h"
#include "process/wait_status.h"

/* Called by the reaper. Caller holds the lock. Async-signal-safe. */
static void say_orphan(pid_t pid, int status)
{
    bool exited = WIFEXITED(status);
    catalogue_say(exited ? ORPHAN_EXITED : ORPHAN_KILLED, .pid = pid,
                  .number = exited ? WEXITSTATUS(status) : WTERMSIG(status));
}

/* The same with -w, which asks for a warning. */
static void warn_of_orphan(pid_t pid, int status)
{
    struct text words;
    say_orphan(pid, status);
    text_clear(&words);
    wait_status_append(&words, status);
    catalogue_say(ORPHAN_REAPED, .pid = pid, .text = words.bytes);
}

static void watch_orphans(const struct options *options)
{
    if (options->log_orphans)
        children_watch_orphans(warn_of_orphan);
    else if (catalogue_has(ORPHAN_EXITED))
        children_watch_orphans(say_orphan);
}

/* A subreaper stays one when it execs (prctl(2)), so foster's starter may have made it one. */
static bool is_subreaper(void)
{
    int adopts = 0;
    return prctl(PR_GET_CHILD_SUBREAPER, &adopts) == 0 && adopts != 0;
}

static void adopt(const struct main_service *service)
{
    bool first = service->self == INIT;
    bool wanted =
        service->options->adopt || (!first && service->personality->adoption == ADOPT_ALWAYS);
    if (!wanted && !first && !is_subreaper())
        catalogue_say(NOT_ADOPTING);
    if (!wanted)
        return;
    if (prctl(PR_SET_CHILD_SUBREAPER, 1) == 0)
        catalogue_say(ADOPTING);
    else
        catalogue_say(CANNOT_ADOPT, .text = strerror(errno));
}

void main_prepare(struct main_service *service, const struct options *options,
                  const struct personality *personality)
{
    *service = (struct main_service){.options = options,
                                     .personality = personality,
                                     .self = gettid(),
                                     .stop_requested = NEVER,
                                     .abandon_at = NEVER};
    watch_orphans(options);
    adopt(service);
    if (options->parent_death_signal != 0)
        prctl(PR_SET_PDEATHSIG, options->parent_death_signal);
}

void main_leave_directory(void)
{
    if (chdir("/") == -1)
        log_line(LOG_DEBUG, "cannot leave the working directory: %s", strerror(errno));
}

/* Scripts match on glibc's words; musl's differ for one error that can come here. */
static const char *error_words(int error)
{
    return error == ENOTTY ? "Inappropriate ioctl for device" : strerror(error);
}

static void say_spawned(const struct program *program)
{
    catalogue_say(SPAWNED, .pid = program->pid);
    if (program->placement != IN_OWN_SESSION)
        return;
    if (program->terminal_error != 0)
        catalogue_say(TERMINAL_NOT_ADOPTED, .number = program->terminal_error,
                      .text = error_words(program->terminal_error));
    catalogue_say(SESSION_MADE);
}

/* To the programs that foster stands in for, a command that cannot be run is a child that exits at
 * once. Writes the lines that they write then. */
static void say_exit_of_child(const struct main_service *service, int code)
{
    catalogue_say(SIGCHLD_CAME, .number = SIGCHLD);
    main_say_reaped(service->program.pid, true, code);
    if (service->personality->end_policy == END_GROUP)
        catalogue_say(SENT, .number = SIGTERM);
    catalogue_say(MAIN_EXITED, .number = code);
    catalogue_say(NONE_LEFT);
    catalogue_say(LEAVING);
}

static int exit_code_for(const struct exit_codes *codes, int error, int explained)
{
    if (codes->explained)
        return explained;
    if (error == ENOENT)
        return codes->not_found;
    return error == EACCES ? codes->not_runnable : codes->not_executed;
}

/* Says why main could not be started, and returns foster's exit code for that. After a failed exec
 * it runs in the child, which has foster's memory. */
static int say_not_started(const struct main_service *service, bool executed, int error)
{
    const struct personality *personality = service->personality;
    int code = personality->codes.no_process;
    struct text words;
    text_clear(&words);
    if (executed)
        code = exit_code_for(&personality->codes, error,
                             exec_error_explain_start(&words, &service->program));
    else
        fork_error_explain(&words, error);
    if (executed && !personality->codes.explained)
        say_spawned(&service->program);
    struct message_values values = {
        executed ? EXEC_FAILED : FORK_FAILED, .pid = service->program.pid, .number = error,
        .text = personality->codes.explained ? words.bytes : strerror(error)};
    main_say_last(service, &values);
    if (executed && !personality->codes.explained)
        say_exit_of_child(service, code);
    return personality->remaps_failures &&
                   wait_status_code_is_success(code, service->options->as_success)
               ? EXIT_SUCCESS
               : code;
}

static int exec_failed(struct program *program)
{
    struct main_service *service = program->owner;
    service->exit_code = say_not_started(service, true, program->error);
    return service->exit_code;
}

/* The kernel sends these to foster's group when the terminal is released: they are not for main. */
static const int release_signals[] = {SIGHUP, SIGCONT};
enum { RELEASE_SIGNALS = sizeof release_signals / sizeof release_signals[0] };

/* Releases the terminal for a main that is to have it in a session of its own. The signals that
 * this brings are taken off at once, for the next ones may be for main. Returns how many there
 * were. */
static int release_terminal(void)
{
    int error = terminal_release(), ignored = 0;
    if (error == EPERM)
        catalogue_say(TERMINAL_NOT_LED);
    else if (error != 0)
        catalogue_say(TERMINAL_NOT_RELEASED, .number = error, .text = error_words(error));
    else
        catalogue_say(TERMINAL_RELEASED);
    for (int i = 0; i < RELEASE_SIGNALS && error == 0; i++)
        ignored += signals_discard(release_signals[i]);
    return ignored;
}

static void say_ignored(int count)
{
    for (int i = 0; i < count; i++) {
        catalogue_say(SIGNAL_CAME, .number = release_signals[i], .text = "");
        catalogue_say(HAND_OFF_IGNORED, .number = release_signals[i]);
    }
}

bool main_start(struct main_service *service, const struct signal_state *found)
{
    const struct options *options = service->options;
    service->program = (struct program){
        .argv = options->command,
        .placement = options->placement,
        .parent_death_signal = options->main_dies_with_us ? options->parent_death_signal : 0,
        .parent = service->self,
        .signals = service->personality->hands_signals_on ? found : NULL,
        .failed = exec_failed,
        .owner = service,
    };
    service->exit_code = service->personality->codes.no_process;
    catalogue_use_command(options->command[0]);
    int ignored = options->placement == IN_OWN_SESSION ? release_terminal() : 0;
    int error = children_spawn(&service->main, spawn_vfork, &service->program);
    service->started = clock_now();
    if (error != 0 && service->program.error == 0)
        service->exit_code = say_not_started(service, false, error);
    if (error != 0)
        return false;
    say_spawned(&service->program);
    say_ignored(ignored);
    return true;
}
