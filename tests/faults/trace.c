/*
 * trace.c - one run under ptrace(2).
 *
 * Foster is seized before its exec, so its threads and children are traced from their start. A
 * child is detached at its exec, because the rest of it is not foster. Only main stays attached
 * until its end, without a stop at its calls: foster's exit code is compared with its wait status.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "faults.h"

enum {
    SOFT_MS = 3000,     /* in which a run ends by itself, or its scenario has asked it to */
    MOST_CALLS = 20000, /* more is a loop without a rest, and not worth the time */
    TICK_US = 20000,
    FOLLOW = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK |
             PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL,
    SYSCALL_STOP = SIGTRAP | 0x80,
};

enum part { NOBODY, NAMESPACE_INIT, LEADER, THREAD, CHILD, MAIN, PLAYER };

/* All that is ours, by pid. */
struct task {
    pid_t pid;
    enum part part;
    bool injecting;
};
enum { TASKS = 64 };

static struct task tasks[TASKS];
static struct seen seen;
static const struct fault *fault;
static pid_t leader;   /* foster */
static bool has_begun; /* it has exec'd */
static bool has_ended;
static struct shared {
    volatile long asked_at;
} * shared; /* with the player */

static long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void ask_to_stop(pid_t foster)
{
    if (shared->asked_at == 0)
        shared->asked_at = now_ms();
    kill(foster, SIGTERM);
}

/* ---- tasks ---- */

static struct task *task_find(pid_t pid)
{
    for (struct task *task = tasks; task < tasks + TASKS; task++)
        if (task->part != NOBODY && task->pid == pid)
            return task;
    return NULL;
}

static struct task *task_add(pid_t pid, enum part part)
{
    for (struct task *task = tasks; task < tasks + TASKS; task++)
        if (task->part == NOBODY) {
            *task = (struct task){.pid = pid, .part = part};
            return task;
        }
    fprintf(stderr, "more tasks than expected\n");
    exit(1);
}

static pid_t group_of(pid_t pid)
{
    char path[64], line[128];
    int group = 0;
    snprintf(path, sizeof path, "/proc/%d/status", pid);
    FILE *file = fopen(path, "r");
    while (file != NULL && group == 0 && fgets(line, sizeof line, file) != NULL)
        sscanf(line, "Tgid: %d", &group);
    if (file != NULL)
        fclose(file);
    return group;
}

/* A new tracee that has come by itself: a thread or child of foster, or, at first, foster. */
static struct task *task_new(pid_t pid)
{
    if (leader == 0) {
        leader = pid;
        return task_add(pid, LEADER);
    }
    return task_add(pid, group_of(pid) == leader ? THREAD : CHILD);
}

/* ---- the calls ---- */

static bool is_due(const struct fault *what, unsigned count)
{
    return what->lasting ? count >= what->when : count == what->when;
}

/* exit and execve of foster's children are counted too; calls that cannot fail are not made to
 * fail. */
static void enter(struct task *task, long call)
{
    enum who who = task->part == CHILD ? START : FOSTER;
    if (call < 0 || call >= CALLS)
        return;
    seen.all_calls++;
    seen.own_calls += who == FOSTER;
    unsigned count = ++seen.calls[who][call];
    if (fault->call != call || fault->who != who || !is_due(fault, count))
        return;
    if (seen.faults++ == 0)
        seen.child_before = seen.main_ran || seen.child_before;
    ptrace(PTRACE_POKEUSER, task->pid, offsetof(struct user, regs.orig_rax), -1L);
    task->injecting = true;
}

static void leave(struct task *task)
{
    if (task->injecting)
        ptrace(PTRACE_POKEUSER, task->pid, offsetof(struct user, regs.rax), -(long)fault->error);
    task->injecting = false;
}

static void stopped_at_call(struct task *task)
{
    struct __ptrace_syscall_info info;
    if (ptrace(PTRACE_GET_SYSCALL_INFO, task->pid, sizeof info, &info) <= 0)
        return;
    if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
        enter(task, (long)info.entry.nr);
    else if (info.op == PTRACE_SYSCALL_INFO_EXIT)
        leave(task);
}

/* ---- events ---- */

static void continue_task(const struct task *task, int signal)
{
    bool is_watched = has_begun && task->part != MAIN && task->part != NAMESPACE_INIT;
    ptrace(is_watched ? PTRACE_SYSCALL : PTRACE_CONT, task->pid, 0, (long)signal);
}

static void let_go(struct task *task)
{
    ptrace(PTRACE_DETACH, task->pid, 0, 0);
    task->part = NOBODY;
}

static bool is_main(pid_t pid)
{
    char path[64], words[256] = "";
    snprintf(path, sizeof path, "/proc/%d/cmdline", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = read(fd, words, sizeof words - 1);
    close(fd);
    return length > 0 && strcmp(words + strlen(words) + 1, "main") == 0;
}

static void has_execed(struct task *task)
{
    if (task->part == LEADER && !has_begun) {
        has_begun = true;
    } else if (task->part == CHILD) {
        if (seen.faults == 0)
            seen.child_before = true;
        if (!is_main(task->pid)) {
            let_go(task);
            return;
        }
        task->part = MAIN;
        seen.main_ran = true;
        seen.main_ended = false;
        ptrace(PTRACE_SETOPTIONS, task->pid, 0, (long)(PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL));
    }
    continue_task(task, 0);
}

static void main_has_ended(int status)
{
    seen.main_ended = true;
    seen.main_status = status;
}

static void handle_exit(struct task *task)
{
    unsigned long status = 0;
    ptrace(PTRACE_GETEVENTMSG, task->pid, 0, &status);
    main_has_ended((int)status);
    let_go(task);
}

static bool stops(int signal)
{
    return signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

static void has_stopped(struct task *task, int status)
{
    int signal = WSTOPSIG(status), event = status >> 16;
    if (signal == SYSCALL_STOP) {
        stopped_at_call(task);
        continue_task(task, 0);
    } else if (event == PTRACE_EVENT_EXEC) {
        has_execed(task);
    } else if (event == PTRACE_EVENT_EXIT) {
        handle_exit(task);
    } else if (event == PTRACE_EVENT_FORK && task->part == NAMESPACE_INIT) {
        let_go(task);
    } else if (event == PTRACE_EVENT_STOP && stops(signal)) {
        ptrace(PTRACE_LISTEN, task->pid, 0, 0);
    } else {
        continue_task(task, event == 0 ? signal : 0);
    }
}

/* Else it got TERM while it was starting. */
static bool is_crash(int signal)
{
    return signal != SIGKILL && signal != SIGTERM && signal != SIGHUP;
}

static void has_gone(struct task *task, int status, const struct rusage *usage)
{
    if (task->part == LEADER) {
        has_ended = true;
        seen.status = status;
        seen.cpu = (usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * 1000 +
                   (usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) / 1000;
    } else if (task->part == MAIN) {
        main_has_ended(status);
    } else if (task->part == CHILD && WIFSIGNALED(status) && is_crash(WTERMSIG(status))) {
        seen.start_crashed = WTERMSIG(status);
    }
    task->part = NOBODY;
}

/* ---- the run ---- */

static void become(const char *foster, char **words, int out, int err)
{
    struct rlimit none = {0, 0};
    int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
    setrlimit(RLIMIT_CORE, &none);
    if (dup2(in, STDIN_FILENO) == -1 || dup2(out, STDOUT_FILENO) == -1 ||
        dup2(err, STDERR_FILENO) == -1)
        _exit(1);
    close_range(STDERR_FILENO + 1, ~0U, 0);
    char path[] = "PATH=/usr/bin:/bin", *environment[] = {path, NULL};
    execve(foster, words, environment);
    _exit(1);
}

static void be_init(const char *foster, char **words, int out, int err)
{
    pid_t pid = fork();
    if (pid == 0)
        become(foster, words, out, err);
    while (waitpid(-1, NULL, 0) != pid)
        ;
    _exit(0);
}

static void expect(bool done, const char *what)
{
    if (done)
        return;
    perror(what);
    exit(1);
}

/* The tracer has it before it does anything. */
static pid_t launch(const char *foster, char **words, bool first, int out, int err)
{
    int gate[2];
    char byte;
    expect(pipe2(gate, O_CLOEXEC) == 0, "pipe");
    pid_t pid =
        (pid_t)syscall(SYS_clone, CLONE_NEWPID | CLONE_NEWNS | SIGCHLD, NULL, NULL, NULL, NULL);
    expect(pid != -1, "a pid namespace (this needs root)");
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(gate[1]);
        if (read(gate[0], &byte, 1) != 1 ||
            mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1 ||
            mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) == -1)
            _exit(1);
        (first ? become : be_init)(foster, words, out, err);
    }
    leader = first ? pid : 0;
    task_add(pid, first ? LEADER : NAMESPACE_INIT);
    expect(ptrace(PTRACE_SEIZE, pid, 0, (long)FOLLOW) == 0, "ptrace");
    expect(write(gate[1], "", 1) == 1, "write");
    close(gate[0]);
    close(gate[1]);
    return pid;
}

static void start_player(const struct scenario *scenario)
{
    if (scenario->play == NULL)
        return;
    pid_t foster = leader, pid = fork();
    if (pid == 0) {
        setpgid(0, 0);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        scenario->play(foster);
        _exit(0);
    }
    setpgid(pid, pid);
    task_add(pid, PLAYER);
}

static void stop_player(void)
{
    for (struct task *task = tasks; task < tasks + TASKS; task++)
        if (task->part == PLAYER)
            kill(-task->pid, SIGKILL);
}

/* Its time is over. */
static void look_at_clock(const struct scenario *scenario, long started, pid_t all)
{
    long now = now_ms();
    if (has_ended || seen.killed)
        return;
    if (shared->asked_at == 0 && now > started + SOFT_MS) {
        seen.asked = true;
        ask_to_stop(leader);
    }
    bool late = shared->asked_at != 0 && now > shared->asked_at + scenario->most_ms;
    if (!late && seen.all_calls < MOST_CALLS)
        return;
    seen.killed = true;
    kill(leader, SIGKILL);
    kill(all, SIGKILL);
}

static void follow(const struct scenario *scenario, pid_t all)
{
    long started = now_ms();
    bool had_begun = false;
    for (;;) {
        int status;
        struct rusage usage;
        pid_t pid = wait4(-1, &status, __WALL, &usage);
        if (pid == -1 && errno == ECHILD)
            return;
        look_at_clock(scenario, started, all);
        if (pid == -1)
            continue;
        struct task *task = task_find(pid);
        if (task == NULL && WIFSTOPPED(status))
            task = task_new(pid);
        if (task == NULL)
            continue;
        if (WIFSTOPPED(status)) {
            has_stopped(task, status);
        } else {
            has_gone(task, status, &usage);
        }
        if (has_begun && !had_begun)
            start_player(scenario);
        had_begun = has_begun;
        if (has_ended && seen.took == 0) {
            seen.took = now_ms() - started + 1;
            seen.stop_took = shared->asked_at == 0 ? 0 : now_ms() - shared->asked_at + 1;
            stop_player();
        }
    }
}

static void read_said(int fd)
{
    ssize_t length = pread(fd, seen.said, sizeof seen.said - 1, 0);
    seen.said[length > 0 ? length : 0] = '\0';
    for (const char *byte = seen.said; *byte != '\0'; byte++)
        seen.lines += *byte == '\n';
}

static void ignore(int signal)
{
    (void)signal;
}

static void tick(void)
{
    struct sigaction action = {.sa_handler = ignore};
    struct itimerval interval = {{0, TICK_US}, {0, TICK_US}};
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &interval, NULL);
}

const struct seen *trace(const char *foster, const struct scenario *scenario, bool first,
                         const struct fault *which)
{
    if (shared == NULL)
        shared =
            mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int out = memfd_create("out", MFD_CLOEXEC), err = memfd_create("err", MFD_CLOEXEC);
    expect(out != -1 && err != -1, "memfd_create");
    memset(&seen, 0, sizeof seen);
    memset(tasks, 0, sizeof tasks);
    fault = which;
    has_begun = has_ended = false;
    shared->asked_at = 0;
    scenario_prepare(scenario);
    tick();
    follow(scenario, launch(foster, scenario_command(scenario), first, out, err));
    read_said(err);
    scenario_amiss(seen.amiss, sizeof seen.amiss);
    close(out);
    close(err);
    return &seen;
}
