/*
 * spawn.c - see spawn.h. What happens between clone and exec, in the child, in its order:
 *
 *   1. dispositions: an ignored signal would stay ignored through exec. Before the mask, so that
 * nothing can run here;
 *   2. group or session, terminal: before exec, so that whoever signals the group finds it;
 *   3. its descriptors in their places, before a limit says that there are too many; after a fork
 * all others are closed then. Then its attributes, while we have the rights to give them;
 *   4. the parent's death: a change of user forgets it (prctl(2), PR_SET_PDEATHSIG);
 *   5. the mask, as the last thing: a signal sent to the child before its exec is delivered with
 * its default action.
 *
 * With vfork semantics the child runs in its sleeping parent's memory and on its stack, further
 * down. Besides that it writes to nothing but struct program and its owner, struct birth, an entry
 * of the environment, argv[0] and argv[-1], of which the parent puts the last three back; and
 * errno, and what the log knows of its reader. (A stack of its own would be one more page that a
 * million containers carry, or one too small.)
 *
 * With fork semantics the process that forks has other threads, so the child may call
 * async-signal-safe functions only. _Fork(3) and not fork(3): nobody's handlers are run.
 *
 * Rejected: vfork(3), which musl 1.2.3 turns into a plain fork on arm64, so that the error would
 * get lost; posix_spawn(3), which knows no terminal and no PDEATHSIG; clone3 with
 * CLONE_CLEAR_SIGHAND, which container engines' seccomp profiles answer with ENOSYS.
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

/* Sanitizers keep books on calls and returns; a child that never returns would leave them open. */
#define IN_CHILD __attribute__((no_sanitize("thread"), no_sanitize("address")))

/* What clone() itself has on the stack when the child starts below it; the libcs need less than
 * half of that. */
enum { CLONE_FRAME = 512 };

static char shell[] = "/bin/sh";
static const char listen_pid[] = "LISTEN_PID=";

/* What parent and child share beside the program. */
struct birth {
    struct program *program;
    char *candidate;  /* path_room() bytes */
    bool forked;      /* nothing is shared */
    char **rewritten; /* the entry of the environment that the child has changed, or NULL */
    char *original;   /* what was there */
};

IN_CHILD static void place(struct program *program)
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

/* What a service is given; nothing that one program alone has. */
IN_CHILD static void equip(struct program *program, bool forked)
{
    program->error = forked ? arrange_descriptors(program) : 0;
    if (program->error != 0)
        program->failed_step = "pass its descriptors";
    if (program->attributes != NULL && program->error == 0)
        program->error =
            attributes_apply(program->attributes, &program->failed_step, &program->failed_path);
    if (program->mark != 0)
        run_mark_set(program->mark);
}

/* PR_SET_PDEATHSIG is sent by a death that comes later; if foster is gone already, the program must
 * not start. */
IN_CHILD static void bind_to_parent(int signal, pid_t parent)
{
    if (signal != 0 && prctl(PR_SET_PDEATHSIG, signal) == 0 && getppid() != parent)
        _exit(EXIT_FAILURE);
}

/* Socket activation: whoever set LISTEN_PID to foster's pid, or to 1, meant the program. */
IN_CHILD static bool is_listen_pid(const char *variable, pid_t parent)
{
    char digits[DECIMAL_MAX];
    const char *value = variable + sizeof listen_pid - 1;
    return strncmp(variable, listen_pid, sizeof listen_pid - 1) == 0 &&
           (strcmp(value, text_decimal(digits, parent)) == 0 || strcmp(value, "1") == 0);
}

/* The environment is the parent's too: spawn_vfork() puts the old entry back. */
IN_CHILD static void rewrite_listen_pid(struct birth *birth)
{
    static char entry[sizeof listen_pid + DECIMAL_MAX];
    char digits[DECIMAL_MAX];
    for (char **variable = environ; *variable != NULL; variable++) {
        if (!is_listen_pid(*variable, birth->program->parent))
            continue;
        birth->rewritten = variable;
        birth->original = *variable;
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

/* A file without #! that the kernel does not know is a script for the shell, as with execvp(3); but
 * not a program for another machine, of which the shell would print garbage, nor one whose #! line
 * the kernel does not take. Only a regular file is opened. */
IN_CHILD static bool is_script(const char *path)
{
    enum { HEAD = 128 };
    char head[HEAD];
    struct stat file;
    if (stat(path, &file) == -1 || !S_ISREG(file.st_mode))
        return false;
    ssize_t length = file_head(path, head, sizeof head);
    return length >= 0 && strncmp(head, "#!", 2) != 0 && memchr(head, '\0', (size_t)length) == NULL;
}

/* Uses the slot before argv[0], and puts argv[0] back if there is no shell: the parent reports by
 * it. */
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
    if (errno == ENOEXEC && is_script(candidate)) {
        exec_by_shell(program, candidate);
        return ENOEXEC;
    }
    return errno;
}

/* True for what means "not this one, look in the next directory", as execvp(3) has it. */
IN_CHILD static bool is_absent(int error)
{
    return error == ENOENT || error == ENOTDIR || error == EACCES || error == ENAMETOOLONG ||
           error == ELOOP || error == ESTALE || error == ENODEV || error == ETIMEDOUT;
}

/* Returns only if the program cannot be run, and why: a file that was found and refused weighs more
 * than those that are not there. */
IN_CHILD static int exec_search(const struct program *program, char *candidate)
{
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

/* With its signals blocked a program could not be stopped, and nobody would know why. */
IN_CHILD static void unblock(struct program *program)
{
    sigset_t none;
    sigemptyset(&none);
    int error = signals_set_mask(program->signals == NULL ? &none : &program->signals->mask, NULL);
    if (error == 0 || program->failed_step != NULL)
        return;
    program->error = error;
    program->failed_step = "set its signal mask";
}

/* The parent of a fork is told the number; the words are said here. Once: nothing interrupts it,
 * and where it fails the exit status is all that there is. */
IN_CHILD static void report(const struct program *program)
{
    (void)!write(program->report, &program->error, sizeof program->error);
}

/* Says why it cannot run; foster's stderr may be elsewhere by now. What is said is said to the end,
 * to a broken pipe as well. */
IN_CHILD static _Noreturn void give_up(struct birth *birth)
{
    struct program *program = birth->program;
    sigset_t all = signals_all();
    signals_set_mask(&all, NULL);
    program->pid = getpid();
    if (birth->forked)
        report(program);
    if (program->own_stderr > 0)
        descriptor_put(program->own_stderr, STDERR_FILENO);
    _exit(program->failed != NULL ? program->failed(program) : EXIT_FAILURE);
}

IN_CHILD static int child_main(void *context)
{
    struct birth *birth = context;
    struct program *program = birth->program;
    if (program->signals == NULL)
        signals_reset(); /* most of what a start costs beside fork and exec */
    else if (program->signals->ignores_sigchld)
        signal(SIGCHLD, SIG_IGN);
    place(program);
    equip(program, birth->forked);
    bind_to_parent(program->parent_death_signal, program->parent);
    if (program->environment == NULL)
        rewrite_listen_pid(birth);
    write_own_pid(program->own_pid_entries);
    unblock(program);
    if (program->failed_step == NULL)
        program->error = exec_search(program, birth->candidate);
    give_up(birth);
}

/* Returns when the child has exec'd or ended. Not inlined, so that its frame is the last above the
 * child's. */
__attribute__((noinline)) static pid_t clone_below(struct birth *birth)
{
    char *stack = (char *)__builtin_frame_address(0) - CLONE_FRAME;
    return clone(child_main, stack, CLONE_VM | CLONE_VFORK | SIGCHLD, birth);
}

static void begin(struct program *program)
{
    program->error = 0;
    program->failed_step = program->failed_path = NULL;
    program->own_stderr = 0;
    program->took_terminal = false;
    program->terminal_error = 0;
}

/* A start may come after this one, and the arguments are told of: what the child has written there
 * is put back. */
pid_t spawn_vfork(void *context)
{
    struct program *program = context;
    char candidate[path_room(program->argv[0])];
    char **argv = program->argv, *before = argv[-1], *name = argv[0];
    begin(program);
    struct birth birth = {.program = program, .candidate = candidate};
    pid_t pid = clone_below(&birth);
    argv[-1] = before;
    argv[0] = name;
    if (birth.rewritten != NULL)
        *birth.rewritten = birth.original;
    if (pid == -1)
        return -errno;
    program->pid = pid;
    if (program->error == 0)
        return pid;
    while (waitpid(pid, NULL, 0) == -1 && errno == EINTR)
        ;
    return -program->error;
}

/* The terminal is looked at before: afterwards it may be the child's already. */
pid_t spawn_fork(void *context)
{
    struct program *program = context;
    char candidate[path_room(program->argv[0])];
    begin(program);
    struct birth birth = {.program = program, .candidate = candidate, .forked = true};
    bool takes_terminal = program->placement == IN_OWN_GROUP && terminal_is_ours();
    pid_t pid = _Fork();
    if (pid == 0)
        child_main(&birth);
    int error = errno;
    signals_block_again();
    if (pid == -1)
        return -error;
    program->took_terminal = takes_terminal;
    program->pid = pid;
    return pid;
}

/* The other end is the child's: it may write what it likes. */
enum spawn_result spawn_result_read(int fd, int *error)
{
    int told;
    ssize_t length = read(fd, &told, sizeof told);
    if (length == -1)
        return errno == EAGAIN || errno == EINTR ? SPAWN_PENDING : SPAWN_DONE;
    if (length == 0)
        return SPAWN_DONE;
    *error = length == sizeof told && told > 0 ? told : EIO;
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
