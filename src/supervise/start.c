/*
 * start.c - see start.h.
 *
 * Everything for a start is on the stack: the words of the command, the environment, the
 * descriptors. It is gone after the fork, so a thousand services keep none of it.
 */
#include "supervise/start.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"
#include "config/argv_split.h"
#include "config/expand.h"
#include "process/environment.h"
#include "process/exec_error.h"
#include "process/exit_report.h"
#include "process/fd_map.h"
#include "process/fork_error.h"
#include "process/run_mark.h"
#include "process/signals.h"
#include "process/wait_status.h"
#include "supervise/main_process.h"
#include "supervise/messages.h"
#include "supervise/sockets.h"
#include "supervise/start_descriptors.h"
#include "supervise/start_environment.h"
#include "supervise/start_lookup.h"

enum {
    MARK_MASK = 0x7fffffff, /* of the first service's mark, which is random */

    /* In twelfths, at most: 5 the words of a command, with the address of each; 1 the additions to
     * the environment, twice the address of each; 2 the names of the sockets, and somewhat more; 2
     * the search along PATH, for the exec and for the explanation of its error. The addresses are
     * reserved, and a page that is not written to takes no memory. */
    STACK_SIZE = 12 * ARGV_ROOM_MOST,
    STACK_UNIT = 4096, /* the size of a stack is a multiple of it */
};

static const struct plan *plan;
static enum placement command_placement;
static int command_parent_death_signal;
static const char *start_directory; /* NULL: the root, or a directory that getcwd(2) cannot name;
                                       foster itself is in the root by then */
static pid_t own_pid;
static bool took_terminal;

/* Random, so that the marks of a foster inside a service, or around us, are not ours. */
static unsigned first_mark;

/* A service starts with an empty signal mask and default dispositions. foster resets its own
 * dispositions once and handles no signal, so a child inherits the right ones. */
static const struct signal_state clean_signals;

/* ---- before the first start ---- */

/* The raw call: musl's getcwd(3) would link malloc(3). */
static void note_directory(void)
{
    char path[PATH_MAX];
    long length = syscall(SYS_getcwd, path, sizeof path);
    if (length > (long)sizeof "/" && path[0] == '/')
        start_directory = arena_copy(path, (size_t)length);
}

bool start_prepare(const struct plan *all, enum placement placement, int parent_death_signal)
{
    plan = all;
    command_placement = placement;
    command_parent_death_signal = parent_death_signal;
    own_pid = getpid();
    signals_reset();
    start_environment_prepare(plan);
    start_descriptors_prepare(plan);
    note_directory();
    start_lookup_prepare(start_directory);
    memcpy(&first_mark, (const void *)getauxval(AT_RANDOM), sizeof first_mark);
    first_mark = (first_mark & MARK_MASK) + 1;
    run_mark_check(start_mark(plan->services + plan->count));
    return sockets_open(plan);
}

/* foster's own environment is added to the size: in a Kubernetes cluster it can have thousands of
 * variables. */
size_t start_stack_size(void)
{
    size_t environment = environment_room(0) * sizeof(char *);
    return STACK_SIZE + environment / STACK_UNIT * STACK_UNIT + STACK_UNIT;
}

unsigned start_mark(const struct service *service)
{
    return first_mark + (unsigned)(service - plan->services);
}

pid_t start_own_pid(void)
{
    return own_pid;
}

bool start_took_terminal(void)
{
    return took_terminal;
}

/* ---- the start of a program ---- */

struct start {
    struct service *service;
    enum start_role role;
    const char *command; /* to be split into words; NULL: its words are those of the command line */
    struct promise *promise;
    int ready_fd; /* -1: none */
    int report;   /* for spawn_result_read() */
};

/* What the child needs of a start: the owner of its struct program. */
struct start_in_child {
    const struct start *start;
    const struct start_environment *environment;
    struct attributes *attributes;
};

/* A probe that cannot be run is tried again and again: its error is logged once. */
static enum log_level error_level(const struct start *start)
{
    bool is_known =
        start->role != ROLE_MAIN_PROCESS && messages_was_logged(start->service, ONCE_SIDE_COMMAND);
    return is_known ? LOG_DEBUG : LOG_ERROR;
}

/* Why the program cannot be run; returns the exit code for that. In the child. */
static int explain_exec_error(struct text *line, const struct program *program)
{
    if (program->failed_path == NULL) {
        text_add(line, "run ");
        return exec_error_explain_start(line, program);
    }
    text_add(line, "%s %s: %s", program->failed_step, program->failed_path,
             program->failed_reason != NULL ? program->failed_reason : strerror(program->error));
    return EXIT_FOSTER_FAILED;
}

/* Logs why a start has failed for good; of an essential service it is the container's last message
 * too. */
static void log_failure(const struct start *start, struct text *line)
{
    log_end(error_level(start), line);
    if (start->role == ROLE_MAIN_PROCESS && start->service->settings->essential)
        exit_report_write(plan->globals.termination_log, line);
}

/* In the child. */
static int log_exec_error(struct program *program)
{
    const struct start *start = ((const struct start_in_child *)program->owner)->start;
    struct text line;
    log_begin(&line);
    text_add(&line, "%s: cannot ", start->service->name);
    int code = explain_exec_error(&line, program);
    log_failure(start, &line);
    return code;
}

/* Logged once, until a fork for this service succeeds. Returns the error. */
static int log_fork_error(const struct start *start, const char *program, int error)
{
    struct text line;
    enum log_level level =
        messages_was_logged(start->service, ONCE_FORK_ERROR) ? LOG_DEBUG : error_level(start);
    messages_set_logged(start->service, ONCE_FORK_ERROR, true);
    log_begin(&line);
    text_add(&line, "%s: cannot run %s: ", start->service->name, program);
    fork_error_explain(&line, error);
    if (spawn_error_is_transient(error))
        log_end(level, &line);
    else
        log_failure(start, &line);
    return error;
}

/* 0 or an error number, logged. The child's end of the report is closed at once: otherwise
 * the next child inherits it, and end of file comes only after the next child's exec. */
static int fork_program(struct start *start, struct program *program)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) == -1)
        return log_fork_error(start, program->argv[0], errno);
    program->report = ends[1];
    int error = children_spawn(start->promise, spawn_fork, program);
    close(ends[1]);
    start->report = ends[0];
    if (error == 0) {
        messages_set_logged(start->service, ONCE_FORK_ERROR, false);
        return 0;
    }
    close(ends[0]);
    return log_fork_error(start, program->argv[0], error);
}

/* What the command line says holds for the main process of its command alone. */
static bool is_command(const struct start *start)
{
    return start->service == plan->command && start->role == ROLE_MAIN_PROCESS;
}

static void complete_attributes(struct attributes *attributes, const struct settings *settings,
                                struct start_descriptors *descriptors)
{
    *attributes = settings->attributes;
    if (attributes->directory == NULL)
        attributes->directory = start_directory;
    attributes->user = settings->user;
    attributes->files = descriptors->files;
    attributes->file_count = descriptors->file_count;
}

static bool complete_program(struct program *program)
{
    const struct start_in_child *in_child = program->owner;
    const struct start *start = in_child->start;
    const struct start_environment *environment = in_child->environment;
    struct attributes *attributes = in_child->attributes;
    bool found = start_lookup_user(program, &attributes->user) &&
                 start_lookup_environment(program, start->service->settings, attributes->user,
                                          environment->entries, environment->before_settings,
                                          environment->count) &&
                 (start->command == NULL || start_lookup_command(program, start->command)) &&
                 start_lookup_path(program, &attributes->directory);
    for (unsigned i = 0; i < attributes->file_count && found; i++)
        found = start_lookup_path(program, &attributes->files[i].path);
    return found;
}

/* True if a file or a variable has to be looked up: in the child, where nothing else waits. */
static bool needs_lookup(const struct start *start)
{
    const struct settings *settings = start->service->settings;
    const char *const values[] = {start->command, settings->attributes.directory,
                                  settings->output_path, settings->error_path, settings->input};
    bool needed =
        settings->needs_lookup || (settings->user != NULL && user_has_name(settings->user->text));
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        needed |= values[i] != NULL && expand_is_needed(values[i]);
    return needed;
}

static int start_argv(struct start *start, char **argv)
{
    const struct settings *settings = start->service->settings;
    char values[start_environment_size(settings)], *entries[start_environment_most(settings)];
    struct start_environment environment = {.entries = entries, .unused = values};
    struct fd_mapping map[start_descriptors_most(settings)];
    struct start_descriptors descriptors = {.map = map};
    struct attributes attributes;
    start_environment_fill(&environment, start->service, start->role);
    char *merged[environment.count > 0 ? environment_room(environment.count) : 1];
    if (environment.count > 0)
        environment_merge(merged, entries, environment.count);
    start_descriptors_fill(&descriptors, start->service, start->role, start->ready_fd);
    complete_attributes(&attributes, settings, &descriptors);
    struct start_in_child in_child = {start, &environment, &attributes};
    struct program program = {
        .argv = argv,
        .placement = is_command(start) ? command_placement : IN_BACKGROUND,
        .parent_death_signal = is_command(start) ? command_parent_death_signal : 0,
        .parent = own_pid,
        .signals = &clean_signals,
        .environment = environment.count > 0 ? merged : environ,
        .own_pid_entries = environment.own_pids,
        .attributes = &attributes,
        .fd_map = map,
        .fd_map_count = descriptors.map_count,
        .mark = start_mark(start->service),
        .complete = needs_lookup(start) ? complete_program : NULL,
        .failed = log_exec_error,
        .owner = &in_child,
    };
    int error = fork_program(start, &program);
    took_terminal |= program.took_terminal;
    if (program.took_terminal)
        main_process_expect(start->service, TERMINAL_SIGNALS);
    return error;
}

/* One place is kept free before the words, for the shell of a script without #!. */
static int start_words(struct start *start)
{
    struct expansion words = {0};
    int count = argv_split_count(start->command, &words);
    char buffer[words.length], *argv[count + 2];
    argv_split(start->command, &words, buffer, argv + 1);
    return start_argv(start, argv + 1);
}

/* A command with variables has its words when they are expanded, and is named by its text until
 * then. */
static int start_command(struct start *start, const char *command)
{
    start->command = command;
    if (!expand_is_needed(command))
        return start_words(start);
    char *argv[] = {NULL, (char *)(uintptr_t)command, NULL};
    return start_argv(start, argv + 1);
}

/* A socket that cannot be opened again is tried again: its address may be free by then. */
int start_service(struct service *service, int ready_fd, int *report)
{
    struct start start = {.service = service,
                          .role = ROLE_MAIN_PROCESS,
                          .promise = &service->process,
                          .ready_fd = ready_fd};
    if (!sockets_repair(service))
        return EAGAIN;
    int error = service == plan->command ? start_argv(&start, plan->command_argv)
                                         : start_command(&start, service->command);
    *report = start.report;
    return error;
}

int start_side_command(struct service *service, const char *command, struct promise *promise,
                       int *report)
{
    bool is_stop_command = command == service->settings->stop_command;
    struct start start = {.service = service,
                          .role = is_stop_command ? ROLE_STOP_COMMAND : ROLE_PROBE,
                          .promise = promise,
                          .ready_fd = -1};
    int error = start_command(&start, command);
    *report = start.report;
    return error;
}
