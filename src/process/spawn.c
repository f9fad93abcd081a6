/*
 * spawn.c - see spawn.h. The steps of the child between clone and exec, in their order:
 *
 *   1. dispositions: an ignored signal would stay ignored through exec. Before the mask, so that no
 *      handler of foster's can run here;
 *   2. process group or session, and terminal: before exec, so that a signal to the group reaches
 *      the program from its first instruction on;
 *   3. descriptors, before a limit can forbid their numbers; after a fork all others are closed.
 *      Then the attributes, while there are the rights to set them;
 *   4. the parent-death signal: a change of user clears it (prctl(2), PR_SET_PDEATHSIG);
 *   5. the mask, last: a signal that is sent to the child before its exec is delivered with its
 *      default action.
 *
 * With vfork semantics the child runs in the memory of its sleeping parent and on its stack,
 * further down. It writes to struct program and its owner, struct child, an entry of the
 * environment, argv[0] and argv[-1], and the parent restores the last three; besides to errno and
 * to the state of the log. (A stack of its own would be a page more in each of a million
 * containers, or too small.)
 *
 * With fork semantics the parent has other threads, so the child may call async-signal-safe
 * functions only. _Fork(3) and not fork(3): it runs no handlers of pthread_atfork(3).
 *
 * Rejected: vfork(3), which is a plain fork in musl 1.2.3 on arm64, so that the error would be
 * lost; posix_spawn(3), which can set neither a terminal nor a parent-death signal; clone3(2) with
 * CLONE_CLEAR_SIGHAND, which the seccomp profiles of container engines answer with ENOSYS.
 */
#include "process/spawn.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "process/attributes.h"
#include "process/descriptors.h"
#include "process/fd_map.h"
#include "process/path.h"
#include "process/run_mark.h"
#include "process/signals.h"
#include "process/stream_file.h"
#include "process/terminal.h"

/* Sanitizers record calls and returns, and this child never returns. */
#define IN_CHILD __attribute__((no_sanitize("thread"), no_sanitize("address")))

/* The room for the frame of clone() itself, below which the child's stack begins; the libcs need
 * less than half of it. */
enum { CLONE_FRAME = 512 };

static char shell[] = "/bin/sh";
static const char listen_pid[] = "LISTEN_PID=";

/* A child until its exec, for itself and for its parent. */
struct child {
    struct program *program;
    bool forked;      /* it shares nothing with its parent */
    char **rewritten; /* the entry of the environment that it has replaced, or NULL */
    char *original;   /* the entry before */
};

IN_CHILD static void set_group(struct program *program)
{
    if (program->placement == IN_OUR_GROUP)
        return;
    if (program->placement != IN_OWN_GROUP) {
        setsid();
        if (program->placement == IN_OWN_SESSION)
            program->terminal_error = terminal_adopt();
        return;
    }
    bool foreground = terminal_is_ours();
    setpgid(0, 0);
    if (foreground) {
        terminal_take();
        program->took_terminal = true;
    }
}

static struct fd_mapping *append_mapping(struct program *program, int from, int to)
{
    program->fd_map[program->fd_map_count] = (struct fd_mapping){from, to};
    return &program->fd_map[program->fd_map_count++];
}

/* The first number that neither the map nor a standard stream needs. */
static int first_free_number(const struct program *program)
{
    int above = fd_map_end(program->fd_map, program->fd_map_count);
    return above > STDERR_FILENO ? above : STDERR_FILENO + 1;
}

/* The number that a descriptor has when fd_map_apply() has failed half way: that of its copy, if it
 * was copied, else the one before. */
IN_CHILD static int number_after_failure(const struct fd_mapping *mapping, int before, int above)
{
    return mapping->from >= above ? mapping->from : before;
}

/* Makes the child's own descriptors, from above to end, close-on-exec, and closes all that the
 * program is not to have: also those between the numbers of the map. */
IN_CHILD static int close_others(const struct program *program, int above, int end)
{
    for (int fd = above; fd < end; fd++)
        if (descriptor_close_on_exec(fd) == -1)
            return errno;
    for (int fd = STDERR_FILENO + 1; fd < above; fd++)
        if (!fd_map_has(program->fd_map, program->fd_map_count, fd))
            close(fd);
    descriptors_close_from(end);
    return 0;
}

IN_CHILD static bool gets_other_stderr(const struct program *program)
{
    const struct attributes *attributes = program->attributes;
    bool other = fd_map_has(program->fd_map, program->fd_map_count, STDERR_FILENO);
    for (unsigned i = 0; attributes != NULL && i < attributes->file_count; i++)
        other |= (attributes->files[i].places & STREAM(STDERR_FILENO)) != 0;
    return other;
}

/* Applies the map, with the child's own descriptors at its end: the pipe of the report and, where
 * the program is to have another stderr, foster's, on which the child reports why the program
 * cannot run. */
IN_CHILD static int arrange_descriptors(struct program *program)
{
    int above = first_free_number(program), end = above, report = program->report;
    struct fd_mapping *own_stderr = NULL, *own_report;
    if (gets_other_stderr(program) && descriptor_is_open(STDERR_FILENO))
        own_stderr = append_mapping(program, STDERR_FILENO, end++);
    own_report = append_mapping(program, report, end++);
    int error = fd_map_apply(program->fd_map, program->fd_map_count);
    program->report = error == 0 ? own_report->to : number_after_failure(own_report, report, above);
    if (own_stderr != NULL)
        program->own_stderr =
            error == 0 ? own_stderr->to : number_after_failure(own_stderr, STDERR_FILENO, above);
    return error == 0 ? close_others(program, above, end) : error;
}

/* Descriptors, attributes and mark of a service; one program has none of them. */
IN_CHILD static void set_attributes(struct program *program, bool forked)
{
    program->error = forked ? arrange_descriptors(program) : 0;
    if (program->error != 0)
        program->failed_step = "pass its descriptors";
    bool is_complete =
        program->complete == NULL || program->error != 0 || program->complete(program);
    if (program->attributes != NULL && program->error == 0 && is_complete)
        program->error =
            attributes_apply(program->attributes, &program->failed_step, &program->failed_path);
    if (program->mark != 0)
        run_mark_set(program->mark);
}

/* The signal is sent if the parent ends from now on. If it has ended already, the program must not
 * start. */
IN_CHILD static void bind_to_parent(int signal, pid_t parent)
{
    if (signal != 0 && prctl(PR_SET_PDEATHSIG, signal) == 0 && getppid() != parent)
        _exit(EXIT_FAILURE);
}

/* Socket activation (sd_listen_fds(3)): a LISTEN_PID of foster's pid, or of 1, is meant for the
 * program. */
IN_CHILD static bool is_listen_pid(const char *variable, pid_t parent)
{
    char digits[DECIMAL_MAX];
    const char *value = variable + sizeof listen_pid - 1;
    return strncmp(variable, listen_pid, sizeof listen_pid - 1) == 0 &&
           (strcmp(value, text_decimal(digits, parent)) == 0 || strcmp(value, "1") == 0);
}

/* The environment is the parent's as well: spawn_vfork() restores the entry. */
IN_CHILD static void rewrite_listen_pid(struct child *child)
{
    static char entry[sizeof listen_pid + DECIMAL_MAX];
    char digits[DECIMAL_MAX];
    for (char **variable = environ; *variable != NULL; variable++) {
        if (!is_listen_pid(*variable, child->program->parent))
            continue;
        child->rewritten = variable;
        child->original = *variable;
        strcpy(entry, listen_pid);
        strcat(entry, text_decimal(digits, getpid()));
        *variable = entry;
        return;
    }
}

IN_CHILD static void write_own_pid(char **entries)
{
    char digits[DECIMAL_MAX];
    for (; entries != NULL && *entries != NULL; entries++)
        strcpy(strchr(*entries, '=') + 1, text_decimal(digits, getpid()));
}

IN_CHILD static char *const *environment_of(const struct program *program)
{
    return program->environment != NULL ? program->environment : environ;
}

/* True for a file that the shell is to run, because the kernel does not know its format: a text
 * without a #! line, as in execvp(3). Not a program for another machine, which would make the shell
 * print garbage, nor a script whose #! line the kernel refuses. Only a regular file is opened: a
 * FIFO or a device could block. */
IN_CHILD static bool is_shell_script(const char *path)
{
    enum { HEAD = 128 };
    char head[HEAD];
    struct stat file;
    if (stat(path, &file) == -1 || !S_ISREG(file.st_mode))
        return false;
    ssize_t length = file_head(path, head, sizeof head);
    return length >= 0 && strncmp(head, "#!", 2) != 0 && memchr(head, '\0', (size_t)length) == NULL;
}

/* Uses argv[-1]. Restores argv[0] if the shell cannot be run: the report of the fault names it. */
IN_CHILD static void exec_by_shell(const struct program *program, char *script)
{
    char **argv = program->argv, *name = argv[0];
    argv[-1] = shell;
    argv[0] = script;
    execve(shell, argv - 1, environment_of(program));
    argv[0] = name;
}

IN_CHILD static int exec_candidate(const struct program *program, char *candidate)
{
    execve(candidate, program->argv, environment_of(program));
    if (errno == ENOEXEC && is_shell_script(candidate)) {
        exec_by_shell(program, candidate);
        return ENOEXEC;
    }
    return errno;
}

/* True for errors after which the search goes on in the next directory, as in execvp(3). */
IN_CHILD static bool is_absent(int error)
{
    return error == ENOENT || error == ENOTDIR || error == EACCES || error == ENAMETOOLONG ||
           error == ELOOP || error == ESTALE || error == ENODEV || error == ETIMEDOUT;
}

/* Returns only if the program cannot be run: the error number. EACCES, a file that was found and
 * may not be run, is reported rather than a file that was not found. */
IN_CHILD static int exec_search(const struct program *program)
{
    char candidate[path_room(program->argv[0])];
    struct path_walk walk = {0};
    int result = ENOENT;
    while (path_next(&walk, program->argv[0], candidate)) {
        int error = exec_candidate(program, candidate);
        if (!is_absent(error))
            return error;
        if (result != EACCES)
            result = error;
    }
    return result;
}

/* If the mask cannot be set the program is not run: with its signals blocked it could not be
 * stopped. */
IN_CHILD static void set_mask(struct program *program)
{
    sigset_t none;
    sigemptyset(&none);
    int error = signals_set_mask(program->signals == NULL ? &none : &program->signals->mask, NULL);
    if (error == 0 || program->failed_step != NULL)
        return;
    program->error = error;
    program->failed_step = "set its signal mask";
}

/* Sends the failure to the parent of a fork; the message is printed here. No signal interrupts the
 * write, as all are blocked. If it fails the parent has the exit code alone. */
IN_CHILD static void report(const struct program *program)
{
    unsigned step =
        attributes_step_number(program->attributes, program->failed_step, program->failed_path);
    struct spawn_failure failure = {program->error, step};
    (void)!write(program->report, &failure, sizeof failure);
}

/* Reports that the program cannot be run, on foster's stderr, and ends the child. All signals are
 * blocked so that the message is written to its end: SIGPIPE would end the child before. */
IN_CHILD static _Noreturn void give_up(struct child *child)
{
    struct program *program = child->program;
    sigset_t all = signals_all();
    signals_set_mask(&all, NULL);
    program->pid = getpid();
    if (child->forked)
        report(program);
    if (program->own_stderr > 0)
        descriptor_put(program->own_stderr, STDERR_FILENO);
    _exit(program->failed != NULL ? program->failed(program) : EXIT_FAILURE);
}

IN_CHILD static int child_main(void *context)
{
    struct child *child = context;
    struct program *program = child->program;
    if (program->signals == NULL)
        signals_reset(); /* most of the cost of a start, beside fork and exec */
    else if (program->signals->ignores_sigchld)
        signal(SIGCHLD, SIG_IGN);
    set_group(program);
    set_attributes(program, child->forked);
    bind_to_parent(program->parent_death_signal, program->parent);
    if (program->environment == NULL)
        rewrite_listen_pid(child);
    else if (child->forked)
        environ = program->environment; /* its PATH is searched */
    write_own_pid(program->own_pid_entries);
    set_mask(program);
    if (program->failed_step == NULL)
        program->error = exec_search(program);
    give_up(child);
}

/* Returns when the child has exec'd or ended. Not inlined: its frame has to be the lowest of the
 * parent, as the child's stack begins below it. */
__attribute__((noinline)) static pid_t clone_below(struct child *child)
{
    char *stack = (char *)__builtin_frame_address(0) - CLONE_FRAME;
    return clone(child_main, stack, CLONE_VM | CLONE_VFORK | SIGCHLD, child);
}

static void clear_result(struct program *program)
{
    program->error = 0;
    program->failed_step = program->failed_path = program->failed_reason = NULL;
    program->own_stderr = 0;
    program->took_terminal = false;
    program->terminal_error = 0;
}

/* Restores what the child has written to the arguments and to the environment: messages name the
 * arguments, and there may be another start. */
pid_t spawn_vfork(void *context)
{
    struct program *program = context;
    char **argv = program->argv, *before = argv[-1], *name = argv[0];
    clear_result(program);
    struct child child = {.program = program};
    pid_t pid = clone_below(&child);
    argv[-1] = before;
    argv[0] = name;
    if (child.rewritten != NULL)
        *child.rewritten = child.original;
    if (pid == -1)
        return -errno;
    program->pid = pid;
    if (program->error == 0)
        return pid;
    while (waitpid(pid, NULL, 0) == -1 && errno == EINTR)
        ;
    return -program->error;
}

/* The terminal is asked for before the fork: after it the child may have taken it. */
pid_t spawn_fork(void *context)
{
    struct program *program = context;
    clear_result(program);
    struct child child = {.program = program, .forked = true};
    bool takes_terminal = program->placement == IN_OWN_GROUP && terminal_is_ours();
    pid_t pid = _Fork();
    if (pid == 0)
        child_main(&child);
    int error = errno;
    signals_block_again();
    if (pid == -1)
        return -error;
    program->took_terminal = takes_terminal;
    program->pid = pid;
    return pid;
}

/* The child may write anything to its end, so the numbers are checked. */
enum spawn_result spawn_result_read(int fd, struct spawn_failure *failure)
{
    struct spawn_failure told;
    ssize_t length = read(fd, &told, sizeof told);
    if (length == -1)
        return errno == EAGAIN || errno == EINTR ? SPAWN_PENDING : SPAWN_DONE;
    if (length == 0)
        return SPAWN_DONE;
    bool is_valid = length == sizeof told && told.error > 0;
    failure->error = is_valid ? told.error : EIO;
    failure->step = is_valid && attributes_step(told.step) != NULL ? told.step : 0;
    return SPAWN_FAILED;
}

bool spawn_error_is_transient(int error)
{
    static const int passing[] = {EAGAIN, ENOMEM, EMFILE, ENFILE, ETXTBSY,
                                  EIO,    EINTR,  ENOSPC, EDQUOT, ENXIO};
    for (size_t i = 0; i < sizeof passing / sizeof *passing; i++)
        if (error == passing[i])
            return true;
    return false;
}
