/*
 * test_children.c - the heart, one exact behaviour a test: promises, lock, reaper, spawn and
 * signal.
 *
 * Nothing here is left to luck; stress_children.c does the rest. A child that must end at a bad
 * moment is made to end then: a SIGCHLD handler that interrupts a function is simulated by a call
 * of children_sigchld() inside it. The linker's --wrap=syscall makes two such places, and a
 * simulated kernel where the test needs pids that a real one rarely gives. I1 to I6 are the
 * invariants in children.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "children_kit.h"
#include "foster.h"
#include "lock.h"
#include "pidfds.h"
#include "promise.h"
#include "tracees.h"

enum { PATIENCE_MS = 10 * 1000, TEST_LIMIT = 20, NAMES = 4 /* that a SIGCHLD may come with */ };

/* ---- A simulated kernel ---- */

struct event {
    pid_t pid; /* as waitpid(2) returns it */
    int status;
    int error; /* of errno, if pid is -1 */
};

static const struct event *script;        /* what wait4 returns; NULL: call the real one */
static size_t script_left;                /* after these wait4 returns 0: no child has ended */
static void (*when_none_has_ended)(void); /* called once, when the real wait4 returns 0 */

long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);

static pid_t play(int *status)
{
    if (script_left == 0)
        return 0;
    script_left--;
    *status = script->status;
    errno = script->error;
    return script++->pid;
}

/* wait4(2) by its number: the heart avoids waitpid(3), a cancellation point. */
long __wrap_syscall(long number, ...)
{
    long words[WORDS] = {0};
    va_list list;
    va_start(list, number);
    take_words(words, number, list);
    va_end(list);
    if (number == SYS_wait4 && script != NULL)
        return play((int *)words[1]);
    long answer =
        __real_syscall(number, words[0], words[1], words[2], words[3], words[4], words[5]);
    void (*call)(void) = when_none_has_ended;
    if (number == SYS_wait4 && answer == 0 && call != NULL) {
        when_none_has_ended = NULL;
        call();
    }
    return answer;
}

static void reap_as_scripted(const struct event *events, size_t count)
{
    script = events;
    script_left = count;
    children_sigchld();
    ck_assert_uint_eq(script_left, 0);
    script = NULL;
}

/* ---- Children ---- */

static pid_t start_killed(void *signal)
{
    pid_t pid = fork();
    if (pid == 0) {
        kill(getpid(), *(int *)signal);
        _exit(EXIT_SUCCESS);
    }
    return pid;
}

/* A group leader with a child in its group; both wait for a signal, or the end of the test. A byte
 * in the pipe says that both exist. */
static pid_t start_group(void *ready)
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    setpgid(0, 0);
    if (fork() == 0 && write(*(int *)ready, "", 1) != 1)
        _exit(EXIT_FAILURE);
    pass_gate();
    _exit(EXIT_SUCCESS);
}

static pid_t start_nothing(void *error)
{
    return -*(int *)error;
}

static pid_t start_given(void *pid)
{
    return *(pid_t *)pid;
}

static void spawn(struct promise *child, children_start *start, int value)
{
    ck_assert_int_eq(children_spawn(child, start, &value), 0);
}

static void reap(pid_t pid)
{
    wait_for_end(pid);
    children_sigchld();
}

static int wait_status_of(struct promise *child)
{
    int status;
    ck_assert(children_resolved(child, &status));
    return status;
}

/* ---- Orphans ---- */

static struct event orphan;
static int orphans;

static void watch(pid_t pid, int status)
{
    orphan = (struct event){.pid = pid, .status = status};
    orphans++;
}

/* ---- Threads ---- */

static struct promise shared;

struct waiter {
    pthread_t thread;
    _Atomic(pid_t) id;
    int status;
};

/* The state letter of a thread of any process, proc(5); 0 if it is gone. */
static char state_of(pid_t id)
{
    char path[64], state = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", id);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return state;
    ck_assert_int_eq(fscanf(file, "%*d (%*[^)]) %c", &state), 1);
    fclose(file);
    return state;
}

/* Waits until the thread sleeps. */
static void wait_for_sleep(struct waiter *waiter)
{
    for (struct timespec deadline = from_now(PATIENCE_MS); state_of(waiter->id) != 'S';
         look_again_soon(deadline))
        ;
}

static void start_waiters(struct waiter *waiters, int count, void *(*run)(void *))
{
    for (int i = 0; i < count; i++)
        pthread_create(&waiters[i].thread, NULL, run, &waiters[i]);
    for (int i = 0; i < count; i++)
        wait_for_sleep(&waiters[i]);
}

static void setup(void)
{
    die_with_parent();
    /* check's runner has handlers for these, which a child would inherit. */
    signal(SIGTERM, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
    ck_assert_int_eq(pipe(gate), 0);
}

/* ---- Statuses ---- */

static const int codes[] = {0, 1, 7, 127, 255};

START_TEST(exit_code_is_the_status)
{
    struct promise child;
    spawn(&child, start_exit, codes[_i]);
    reap(child.pid);
    ck_assert_int_eq(wait_status_of(&child), W_EXITCODE(codes[_i], 0));
    ck_assert(has_no_children());
}
END_TEST

static const int deadly[] = {SIGKILL, SIGTERM, SIGUSR1};

START_TEST(deadly_signal_is_the_status)
{
    struct promise child;
    spawn(&child, start_killed, deadly[_i]);
    reap(child.pid);
    ck_assert_int_eq(wait_status_of(&child), W_EXITCODE(0, deadly[_i]));
}
END_TEST

/* I2, step by step. */
START_TEST(unresolved_until_reaped)
{
    struct promise child;
    spawn(&child, start_held, 3);
    children_sigchld();
    ck_assert(!children_resolved(&child, NULL)); /* running */
    open_gate(1);
    wait_for_end(child.pid);
    ck_assert(!children_resolved(&child, NULL)); /* ended, not reaped */
    children_sigchld();
    ck_assert(children_resolved(&child, NULL)); /* reaped */
    ck_assert_int_eq(wait_status_of(&child), W_EXITCODE(3, 0));
    ck_assert(has_no_children());
}
END_TEST

START_TEST(one_sigchld_reaps_all)
{
    enum { COUNT = 300 };
    static struct promise children[COUNT];
    for (int i = 0; i < COUNT; i++)
        spawn(&children[i], start_held, i % 256);
    open_gate(COUNT);
    for (int i = 0; i < COUNT; i++)
        wait_for_end(children[i].pid);
    children_sigchld();
    for (int i = 0; i < COUNT; i++)
        ck_assert_int_eq(wait_status_of(&children[i]), W_EXITCODE(i % 256, 0));
    ck_assert(has_no_children());
}
END_TEST

/* Whatever pid SIGCHLD came with, the other child is reaped too. (With a list: test_pidfds.c.) */
START_TEST(sigchld_of_one_child_reaps_all)
{
    struct promise first, second;
    spawn(&first, start_exit, 3);
    spawn(&second, start_exit, 4);
    wait_for_end(first.pid);
    wait_for_end(second.pid);
    const pid_t known[NAMES] = {second.pid, getpid(), 0, -1};
    errno = EDOM;
    children_sigchld_of(known[_i]);
    ck_assert_int_eq(errno, EDOM);
    ck_assert_int_eq(wait_status_of(&first), W_EXITCODE(3, 0));
    ck_assert_int_eq(wait_status_of(&second), W_EXITCODE(4, 0));
    ck_assert(has_no_children());
}
END_TEST

/* A thousand pids in one chain, whatever the number of chains is (a power of two up to 4,096); the
 * children end in mixed order, the even ones first. */
START_TEST(long_chain)
{
    enum {
        COUNT = 1000,
        DISTANCE = 4096,
        FIRST = 7,
        STRIDE = 377 /* coprime with COUNT / 2 */,
        AT_A_TIME = 50
    };
    static struct promise children[COUNT];
    static struct event ends[COUNT];
    for (int i = 0; i < COUNT; i++)
        spawn(&children[i], start_given, FIRST + i * DISTANCE);
    for (int i = 0; i < COUNT; i++) {
        int odd = i >= COUNT / 2, child = i * STRIDE % (COUNT / 2) * 2 + odd;
        ends[i] = (struct event){.pid = FIRST + child * DISTANCE, .status = W_EXITCODE(child, 0)};
    }
    children_watch_orphans(watch);
    for (int i = 0; i < COUNT / 2; i += AT_A_TIME)
        reap_as_scripted(ends + i, AT_A_TIME);
    for (int i = 0; i < COUNT; i++)
        ck_assert_int_eq(children_resolved(&children[i], NULL), i % 2 == 0);
    for (int i = COUNT / 2; i < COUNT; i += AT_A_TIME)
        reap_as_scripted(ends + i, AT_A_TIME);
    for (int i = 0; i < COUNT; i++)
        ck_assert_int_eq(wait_status_of(&children[i]), W_EXITCODE(i, 0));
    ck_assert_int_eq(orphans, 0);
}
END_TEST

/* The kernel gives a pid again: its second end is not that of the first child. */
START_TEST(reaped_pid_is_forgotten)
{
    static const struct event ends[] = {{.pid = 7, .status = 1}, {.pid = 7, .status = 2}};
    struct promise child;
    spawn(&child, start_given, 7);
    children_watch_orphans(watch);
    reap_as_scripted(ends, 2);
    ck_assert_int_eq(wait_status_of(&child), 1);
    ck_assert_int_eq(orphans, 1);
    ck_assert_int_eq(orphan.status, 2);
}
END_TEST

static const int errors[] = {ECHILD, EINVAL, ENOSYS, EINTR, EPERM};

START_TEST(failed_waitpid_ends_the_reaping)
{
    const struct event events[] = {{.pid = -1, .error = errors[_i]}};
    reap_as_scripted(events, 1);
}
END_TEST

/* An error that wait4 cannot give while there is a child: waitid is asked. */
START_TEST(failed_waitpid_loses_no_child)
{
    const struct event failure = {.pid = -1, .error = errors[_i]}, failures[] = {failure, failure};
    struct promise exited, killed;
    spawn(&exited, start_exit, 42);
    spawn(&killed, start_killed, SIGTERM);
    wait_for_end(exited.pid);
    wait_for_end(killed.pid);
    reap_as_scripted(failures, 2);
    ck_assert_int_eq(wait_status_of(&exited), W_EXITCODE(42, 0));
    ck_assert_int_eq(wait_status_of(&killed), W_EXITCODE(0, SIGTERM));
}
END_TEST

/* ---- Orphans ---- */

START_TEST(orphan_is_watched)
{
    struct promise child;
    spawn(&child, start_held, 1);
    pid_t pid = make_orphan(42);
    children_watch_orphans(watch);
    kill(pid, SIGKILL);
    reap(pid);
    ck_assert_int_eq(orphans, 1);
    ck_assert_int_eq(orphan.pid, pid);
    ck_assert_int_eq(orphan.status, W_EXITCODE(0, SIGKILL));
    ck_assert(!children_resolved(&child, NULL));

    open_gate(1);
    reap(child.pid);
    ck_assert_int_eq(orphans, 1); /* a child is not an orphan */
    ck_assert_int_eq(wait_status_of(&child), W_EXITCODE(1, 0));

    pid = make_orphan(42);
    children_watch_orphans(NULL);
    open_gate(1);
    reap(pid);
    ck_assert_int_eq(orphans, 1); /* the watch has ended */
    ck_assert(has_no_children());
}
END_TEST

START_TEST(orphan_is_dropped_in_silence)
{
    int output[2];
    char byte;
    ck_assert_int_eq(pipe2(output, O_CLOEXEC), 0);
    pid_t pid = make_orphan(42);
    int out = dup(STDOUT_FILENO), err = dup(STDERR_FILENO);
    dup2(output[1], STDOUT_FILENO);
    dup2(output[1], STDERR_FILENO);
    open_gate(1);
    reap(pid);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    close(output[1]);
    ck_assert_int_eq(read(output[0], &byte, 1), 0);
    ck_assert(has_no_children());
}
END_TEST

/* ---- Adopted children ---- */

START_TEST(adopted_orphan_is_a_child)
{
    struct promise daemon;
    children_watch_orphans(watch);
    pid_t pid = make_orphan(42);
    ck_assert_int_eq(children_adopt(&daemon, pid), 0);
    ck_assert_int_eq(children_adopt(&daemon, pid), EEXIST);
    open_gate(1);
    reap(pid);
    ck_assert_int_eq(orphans, 0);
    ck_assert_int_eq(wait_status_of(&daemon), W_EXITCODE(42, 0));
    ck_assert_int_eq(children_signal(&daemon, SIGKILL, REACH_CHILD), ESRCH);
}
END_TEST

START_TEST(ended_orphan_can_be_adopted_and_a_reaped_one_cannot)
{
    struct promise daemon;
    pid_t pid = make_orphan(42);
    open_gate(1);
    wait_for_end(pid);
    ck_assert_int_eq(children_adopt(&daemon, pid), 0);
    reap(pid);
    ck_assert_int_eq(wait_status_of(&daemon), W_EXITCODE(42, 0));
    ck_assert_int_eq(children_adopt(&daemon, pid), ESRCH);
    ck_assert_int_eq(children_adopt(&daemon, getppid()), ESRCH); /* not a child at all */
    ck_assert(has_no_children());
}
END_TEST

/* ---- Tracees ---- */

enum { WENT_ON = 42 };

static void exit_by_handler(int signal)
{
    (void)signal;
    _exit(WENT_ON);
}

/* Makes its parent its tracer, has a handler for the signal, and sends it to itself. */
static pid_t start_tracee(void *signal_number)
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    die_with_parent();
    signal(*(int *)signal_number, exit_by_handler);
    ptrace(PTRACE_TRACEME);
    raise(*(int *)signal_number);
    _exit(EXIT_FAILURE);
}

static pid_t start_tracee_that_execs(void *unused)
{
    (void)unused;
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    ptrace(PTRACE_TRACEME);
    execl("/bin/sh", "sh", "-c", "exit 42", NULL);
    _exit(EXIT_FAILURE);
}

/* Stopped by the SIGCHLD of a child of its own. */
static pid_t start_tracee_with_child(void *unused)
{
    (void)unused;
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    ptrace(PTRACE_TRACEME);
    pid_t child = fork();
    if (child == 0)
        _exit(EXIT_SUCCESS);
    while (waitpid(child, NULL, 0) == -1)
        ;
    _exit(WENT_ON);
}

/* Each exits with WENT_ON only if it got its signal, or if no signal came with the exec. */
static const struct tracee {
    children_start *start;
    int signal;
} tracees[] = {{start_tracee, SIGUSR1}, {start_tracee, SIGTERM},
               {start_tracee, SIGTRAP}, {start_tracee_that_execs, 0},
               {start_tracee, 40},      {start_tracee_with_child, SIGCHLD}};

/* Waits until the kernel has a stop to report, and does not collect the report. */
static void wait_for_stop(pid_t pid)
{
    siginfo_t info = {0};
    while (waitid(P_PID, (id_t)pid, &info, WSTOPPED | WNOWAIT | __WALL) != 0 && errno == EINTR)
        ;
    ck_assert_int_eq(info.si_code, CLD_TRAPPED);
}

/* Reaps until the tracee has ended, with the right status. */
static void reap_tracee(struct promise *child)
{
    for (struct timespec deadline = from_now(PATIENCE_MS); !children_resolved(child, NULL);
         look_again_soon(deadline))
        children_sigchld();
    ck_assert_int_eq(wait_status_of(child), W_EXITCODE(WENT_ON, 0));
    ck_assert(has_no_children());
}

static void *call(void *function)
{
    (*(void (**)(void))function)();
    return NULL;
}

static void call_elsewhere(void (*function)(void))
{
    pthread_t thread;
    pthread_create(&thread, NULL, call, &function);
    pthread_join(thread, NULL);
}

/* Way 1 of foster.h: SIGCHLD is blocked in this thread. */
static void block_sigchld(sigset_t *sigchld)
{
    sigemptyset(sigchld);
    sigaddset(sigchld, SIGCHLD);
    pthread_sigmask(SIG_BLOCK, sigchld, NULL);
}

static void handle_sigchld(int signal)
{
    (void)signal;
    children_sigchld();
}

static bool sigchld_is_pending(void)
{
    sigset_t pending;
    sigpending(&pending);
    return sigismember(&pending, SIGCHLD);
}

/* I2. */
START_TEST(stop_is_no_end)
{
    struct promise child;
    int signal = tracees[_i].signal;
    ck_assert_int_eq(children_spawn(&child, tracees[_i].start, &signal), 0);
    wait_for_stop(child.pid);
    children_watch_orphans(watch);
    children_sigchld();
    reap_tracee(&child);
    ck_assert_int_eq(orphans, 0);
}
END_TEST

/* Each wait status of waitpid(2) that is not an end. */
START_TEST(only_an_end_is_an_end)
{
    enum { CONTINUED = 0xffff };
    const struct event events[] = {
        {.pid = 7, .status = W_STOPCODE(SIGSTOP)},
        {.pid = 7, .status = W_STOPCODE(SIGTRAP)},
        {.pid = 7, .status = W_STOPCODE(SIGTRAP) | PTRACE_EVENT_STOP << 16},
        {.pid = 8, .status = W_STOPCODE(SIGKILL)},
        {.pid = 7, .status = CONTINUED}};
    struct promise child;
    spawn(&child, start_given, 7);
    children_watch_orphans(watch);
    reap_as_scripted(events, sizeof events / sizeof *events);
    ck_assert(!children_resolved(&child, NULL));
    ck_assert_int_eq(orphans, 0);
    const struct event end = {.pid = 7, .status = W_EXITCODE(3, 0)};
    reap_as_scripted(&end, 1);
    ck_assert_int_eq(wait_status_of(&child), W_EXITCODE(3, 0));
}
END_TEST

/* A tracee in a group stop stays stopped when it is let go, as another process stopped it. */
START_TEST(let_go_child_stays_stopped_when_it_was_told_to)
{
    struct promise child;
    spawn(&child, start_tracee, SIGSTOP);
    wait_for_stop(child.pid);
    children_sigchld();
    siginfo_t info = {0};
    ck_assert_int_eq(waitid(P_PID, (id_t)child.pid, &info, WSTOPPED | WNOWAIT), 0);
    ck_assert_int_eq(info.si_code, CLD_STOPPED);
    children_sigchld();
    ck_assert(!children_resolved(&child, NULL));
    ck_assert_int_eq(children_signal(&child, SIGKILL, REACH_CHILD), 0);
    reap(child.pid);
    ck_assert_int_eq(wait_status_of(&child), W_EXITCODE(0, SIGKILL));
}
END_TEST

static void signal_no_child(void)
{
    struct promise none = {0};
    ck_assert_int_eq(children_signal(&none, 0, REACH_CHILD), ESRCH);
}

static void (*const calls[])(void) = {children_let_go, signal_no_child, children_sigchld};

/* ptrace(2): for another thread there is no tracee. */
START_TEST(only_the_thread_that_forked_lets_go)
{
    struct promise child;
    spawn(&child, start_tracee, SIGUSR1);
    wait_for_stop(child.pid);
    call_elsewhere(children_sigchld);
    call_elsewhere(calls[_i]);
    ck_assert(!children_resolved(&child, NULL));
    ck_assert_int_eq(state_of(child.pid), 't');
    calls[_i]();
    reap_tracee(&child);
}
END_TEST

START_TEST(noted_child_can_be_killed)
{
    struct promise child;
    spawn(&child, start_tracee, SIGUSR1);
    wait_for_stop(child.pid);
    call_elsewhere(children_sigchld);
    ck_assert_int_eq(children_signal(&child, SIGKILL, REACH_CHILD),
                     0); /* also lets it go: KILL comes first or last */
    reap(child.pid);
    int status = wait_status_of(&child);
    ck_assert(status == W_EXITCODE(0, SIGKILL) || status == W_EXITCODE(WENT_ON, 0));
    ck_assert(has_no_children());
}
END_TEST

static struct promise tracee;

/* Reaps as the signal loop would, until the tracee has ended. */
static void loop_until_tracee_ends(void)
{
    for (struct timespec deadline = from_now(PATIENCE_MS); !children_resolved(&tracee, NULL);
         look_again_soon(deadline))
        children_sigchld();
}

/* The thread that forked it sleeps, with SIGCHLD blocked. */
START_TEST(a_thread_that_awaits_a_promise_is_woken_to_let_go)
{
    sigset_t sigchld;
    pthread_t reaper;
    struct promise other;
    void (*function)(void) = loop_until_tracee_ends;
    block_sigchld(&sigchld);
    spawn(&other, start_held, 5);
    spawn(&tracee, start_tracee, SIGUSR1);
    wait_for_stop(tracee.pid);
    pthread_create(&reaper, NULL, call, &function);
    if (_i == 0) {
        ck_assert_int_eq(children_await(&tracee), W_EXITCODE(WENT_ON, 0));
    } else { /* whosever promise it is */
        struct timespec deadline = from_now(PATIENCE_MS);
        while (!children_resolved(&tracee, NULL) && !is_past(deadline)) {
            struct timespec soon = from_now(MS_PER_SECOND);
            children_await_until(&other, &soon, NULL);
        }
        ck_assert_int_eq(wait_status_of(&tracee), W_EXITCODE(WENT_ON, 0));
    }
    pthread_join(reaper, NULL);
    open_gate(1);
    reap(other.pid);
}
END_TEST

/* In the second way in it need not call anything. */
START_TEST(handler_of_the_thread_that_forked_lets_go)
{
    struct promise child;
    sigset_t sigchld;
    block_sigchld(&sigchld);
    signal(SIGCHLD, handle_sigchld);
    spawn(&child, start_tracee, SIGUSR1);
    wait_for_stop(child.pid);
    sigwaitinfo(&sigchld, NULL); /* the kernel's */
    ck_assert(!sigchld_is_pending());
    call_elsewhere(children_sigchld);
    ck_assert(sigchld_is_pending()); /* the heart's, for this thread */
    pthread_sigmask(SIG_UNBLOCK, &sigchld, NULL);
    reap_tracee(&child);
}
END_TEST

static pthread_barrier_t both;

/* Holds the lock while the other thread's handler comes in vain. */
static pid_t start_slowly(void *error)
{
    pthread_barrier_wait(&both);
    pthread_barrier_wait(&both);
    return -*(int *)error;
}

static void spawn_slowly(void)
{
    struct promise none;
    int error = EAGAIN;
    ck_assert_int_eq(children_spawn(&none, start_slowly, &error), EAGAIN);
}

/* I6: a handler cannot wait for the lock, so the holder tells its thread again. */
START_TEST(handler_that_found_the_lock_taken_is_told_again)
{
    struct promise child;
    sigset_t sigchld;
    pthread_t holder;
    void (*function)(void) = spawn_slowly;
    block_sigchld(&sigchld);
    pthread_barrier_init(&both, NULL, 2);
    spawn(&child, start_tracee, SIGUSR1);
    wait_for_stop(child.pid);
    call_elsewhere(children_sigchld);
    while (sigchld_is_pending())
        sigwaitinfo(&sigchld, NULL);
    pthread_create(&holder, NULL, call, &function);
    pthread_barrier_wait(&both);
    children_sigchld();
    ck_assert_int_eq(state_of(child.pid), 't');
    pthread_barrier_wait(&both);
    pthread_join(holder, NULL);
    ck_assert(sigchld_is_pending());
    reap_tracee(&child);
}
END_TEST

static pid_t orphaned;

static void *trace_oneself(void *unused)
{
    (void)unused;
    pid_t self = gettid();
    signal(SIGUSR1, SIG_IGN);
    ptrace(PTRACE_TRACEME);
    if (write(gate[1], &self, sizeof self) == sizeof self)
        pthread_kill(pthread_self(), SIGUSR1);
    return NULL;
}

/* Writes the id of the thread that stops into the gate. */
static pid_t start_traced_thread(void *unused)
{
    (void)unused;
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    pthread_t thread;
    pthread_create(&thread, NULL, trace_oneself, NULL);
    pthread_join(thread, NULL);
    _exit(WENT_ON);
}

/* __WALL reports the stop of a thread too, by a pid that is not registered. */
START_TEST(thread_that_traces_itself_is_let_go)
{
    struct promise child;
    pid_t thread;
    children_watch_orphans(watch);
    ck_assert_int_eq(children_spawn(&child, start_traced_thread, NULL), 0);
    ck_assert_int_eq(read(gate[0], &thread, sizeof thread), sizeof thread);
    wait_for_stop(thread);
    if (_i == 1)
        call_elsewhere(children_sigchld);
    ck_assert(_i == 0 || state_of(thread) == 't');
    if (_i == 1)
        children_let_go();
    reap_tracee(&child);
    ck_assert_int_eq(orphans, 0);
}
END_TEST

/* A grandchild that traces itself when the gate is opened. */
static pid_t start_grandchild(void *report)
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    pid_t child = fork();
    if (child == 0) {
        signal(SIGUSR1, exit_by_handler);
        pass_gate();
        ptrace(PTRACE_TRACEME);
        raise(SIGUSR1);
        _exit(EXIT_FAILURE);
    }
    _exit(write(*(int *)report, &child, sizeof child) == sizeof child ? EXIT_SUCCESS
                                                                      : EXIT_FAILURE);
}

static void watch_and_report(pid_t pid, int status)
{
    orphans += pid == orphaned;
    orphan = (struct event){.pid = pid, .status = status};
}

/* The tracer of an orphan is the first thread, whichever thread reaps. */
START_TEST(orphan_is_let_go)
{
    struct promise parent;
    int report[2];
    ck_assert_int_eq(pipe(report), 0);
    spawn(&parent, start_grandchild, report[1]);
    ck_assert_int_eq(read(report[0], &orphaned, sizeof orphaned), sizeof orphaned);
    reap(parent.pid);
    open_gate(1);
    children_watch_orphans(watch_and_report);
    wait_for_stop(orphaned);
    if (_i == 1) {
        call_elsewhere(children_sigchld);
        ck_assert_int_eq(state_of(orphaned), 't');
    }
    for (struct timespec deadline = from_now(PATIENCE_MS); orphans == 0; look_again_soon(deadline))
        children_sigchld();
    ck_assert_int_eq(orphan.status, W_EXITCODE(WENT_ON, 0));
    ck_assert(has_no_children());
}
END_TEST

/* A child that stops again and again: after so many reports the reaper returns, so that other
 * signals are handled, and asks to be called again. */
START_TEST(stops_without_end_do_not_keep_the_reaper)
{
    enum { STOPS = 250, AT_A_TIME = 100 /* children.c */ };
    static struct event stops[STOPS];
    sigset_t sigchld;
    block_sigchld(&sigchld);
    for (int i = 0; i < STOPS; i++)
        stops[i] = (struct event){.pid = 7, .status = W_STOPCODE(SIGUSR1)};
    script = stops;
    script_left = STOPS;
    for (int left = STOPS - AT_A_TIME; left > 0; left -= AT_A_TIME) {
        children_sigchld();
        ck_assert_uint_eq(script_left, left);
        ck_assert_int_eq(sigwaitinfo(&sigchld, NULL), SIGCHLD); /* sent by the reaper */
    }
    children_sigchld();
    ck_assert_uint_eq(script_left, 0);
}
END_TEST

/* ---- Promises ---- */

/* A promise of zeroes, and one whose start failed. */
START_TEST(promise_without_a_child_is_void)
{
    static struct promise never;
    struct promise failed;
    memset(&failed, _i, sizeof failed);
    int error = EAGAIN, status = 0;
    siginfo_t info = {.si_code = SI_QUEUE};
    ck_assert_int_eq(children_spawn(&failed, start_nothing, &error), EAGAIN);
    struct promise *promises[] = {&never, &failed};
    struct timespec deadline = from_now(PATIENCE_MS);
    setpgid(0, 0); /* a kill(0) would end this process alone */
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(children_signal(promises[i], SIGKILL, REACH_CHILD), ESRCH);
        ck_assert_int_eq(children_signal(promises[i], SIGKILL, REACH_GROUP), ESRCH);
        ck_assert_int_eq(children_queue(promises[i], SIGKILL, &info), ESRCH);
        ck_assert_int_eq(children_adopt(promises[i], promises[i]->pid), ESRCH);
        ck_assert(!children_resolved(promises[i], &status));
        ck_assert(!children_await_until(promises[i], &deadline, &status));
        ck_assert(!is_past(deadline));
        ck_assert_int_eq(children_await(promises[i]), CHILDREN_NONE);
    }
    ck_assert_int_eq(children_adopt(&failed, -1), ESRCH);
    ck_assert_int_eq(children_adopt(&failed, 0), ESRCH);
}
END_TEST

START_TEST(deadline_passes_first)
{
    enum { WAIT_MS = 50 };
    struct promise child;
    int status = -1;
    spawn(&child, start_held, 9);
    struct timespec past = from_now(0), soon = from_now(WAIT_MS);
    ck_assert(!children_await_until(&child, &past, &status));
    ck_assert(!is_past(soon));
    ck_assert(!children_await_until(&child, &soon, &status));
    ck_assert(is_past(soon));
    ck_assert_int_eq(status, -1);

    open_gate(1);
    reap(child.pid);
    ck_assert(children_await_until(&child, &past,
                                   &status)); /* it is resolved: the deadline does not matter */
    ck_assert_int_eq(status, W_EXITCODE(9, 0));
    ck_assert(children_await_until(&child, &past, NULL));
    ck_assert_int_eq(children_await(&child), W_EXITCODE(9, 0));
}
END_TEST

static const struct timespec impossible[] = {
    {.tv_sec = -1}, {.tv_nsec = -1}, {.tv_nsec = NS_PER_SECOND}};

START_TEST(impossible_deadline_is_no_endless_loop)
{
    struct promise child;
    spawn(&child, start_held, 0);
    ck_assert(!children_await_until(&child, &impossible[_i], NULL));
}
END_TEST

static void *await_shared(void *context)
{
    struct waiter *self = context;
    self->id = gettid();
    self->status = children_await(&shared);
    return NULL;
}

static void *await_shared_until(void *context)
{
    struct waiter *self = context;
    struct timespec deadline = from_now(PATIENCE_MS);
    self->id = gettid();
    ck_assert(children_await_until(&shared, &deadline, &self->status));
    return NULL;
}

static void *(*const awaiting[])(void *) = {await_shared, await_shared_until};

START_TEST(every_waiter_is_woken)
{
    enum { COUNT = 8 };
    struct waiter waiters[COUNT] = {0};
    spawn(&shared, start_held, 11);
    start_waiters(waiters, COUNT, awaiting[_i]);
    open_gate(1);
    reap(shared.pid);
    for (int i = 0; i < COUNT; i++) {
        pthread_join(waiters[i].thread, NULL);
        ck_assert_int_eq(waiters[i].status, W_EXITCODE(11, 0));
    }
}
END_TEST

/* SIGUSR1 ends the loop. */
static void *signal_loop(void *signals)
{
    int signal;
    while ((signal = sigwaitinfo(signals, NULL)) != SIGUSR1)
        if (signal == SIGCHLD)
            children_sigchld();
    return NULL;
}

/* Another thread reaps; the promise is overwritten as soon as it is resolved, and used again. */
START_TEST(promise_is_free_once_resolved)
{
    enum { TIMES = 1000, RUBBISH = -1 };
    pthread_t reaper;
    struct promise child;
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGCHLD);
    sigaddset(&signals, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    pthread_create(&reaper, NULL, signal_loop, &signals);
    for (int i = 0; i < TIMES; i++) {
        child.next = &child; /* not memset: ThreadSanitizer would not see it */
        child.status = child.pid = RUBBISH;
        spawn(&child, start_exit, i % 256);
        ck_assert_int_eq(children_await(&child), W_EXITCODE(i % 256, 0));
    }
    pthread_kill(reaper, SIGUSR1);
    pthread_join(reaper, NULL);
    ck_assert(has_no_children());
}
END_TEST

/* ---- Spawn ---- */

/* As after a failed exec: there was a child, and start has reaped it. */
static pid_t start_in_vain(void *error)
{
    int code = 127;
    pid_t pid = start_exit(&code);
    waitpid(pid, NULL, 0);
    return -*(int *)error;
}

static children_start *const failing[] = {start_nothing, start_in_vain};

START_TEST(pid_zero_is_refused)
{
    struct promise child;
    pid_t none = 0;
    ck_assert_int_eq(children_spawn(&child, start_given, &none), EINVAL);
    ck_assert(lock_try());
}
END_TEST

START_TEST(failed_start_leaves_nothing)
{
    struct promise child;
    int error = ENOENT;
    children_watch_orphans(watch);
    ck_assert_int_eq(children_spawn(&child, failing[_i], &error), ENOENT);
    ck_assert(has_no_children());
    children_sigchld();
    ck_assert_int_eq(orphans, 0);

    spawn(&child, start_exit, 5); /* the lock is free again */
    reap(child.pid);
    ck_assert_int_eq(wait_status_of(&child), W_EXITCODE(5, 0));
}
END_TEST

/* ---- Signals ---- */

START_TEST(signal_reaches_the_child)
{
    struct promise child;
    spawn(&child, start_held, 0);
    ck_assert_int_eq(children_signal(&child, 0, REACH_CHILD), 0);
    ck_assert_int_eq(children_signal(&child, -1, REACH_CHILD), EINVAL);
    ck_assert_int_eq(children_signal(&child, SIGUSR1, REACH_CHILD), 0);
    wait_for_end(child.pid);
    ck_assert_int_eq(children_signal(&child, SIGUSR1, REACH_CHILD), 0); /* a zombie keeps its pid */
    children_sigchld();
    ck_assert_int_eq(wait_status_of(&child), W_EXITCODE(0, SIGUSR1));
}
END_TEST

static int signal_child(struct promise *child)
{
    return children_signal(child, SIGKILL, REACH_CHILD);
}

static int signal_group(struct promise *child)
{
    return children_signal(child, SIGKILL, REACH_GROUP);
}

static int queue_to_child(struct promise *child)
{
    siginfo_t info = {.si_code = SI_QUEUE};
    return children_queue(child, SIGKILL, &info);
}

static int (*const signalling[])(struct promise *) = {signal_child, signal_group, queue_to_child};

/* I3: the child is reaped, and its pid is now that of another process, which also leads a group. */
START_TEST(recycled_pid_is_never_signalled)
{
    struct promise child;
    int code = 3;
    pid_t stranger = start_held(&code);
    setpgid(stranger, stranger);
    spawn(&child, start_given, stranger);
    const struct event death = {.pid = stranger};
    reap_as_scripted(&death, 1);

    ck_assert_int_eq(signalling[_i](&child), ESRCH);
    open_gate(1);
    int status;
    ck_assert_int_eq(waitpid(stranger, &status, 0), stranger);
    ck_assert_int_eq(status, W_EXITCODE(3, 0));
}
END_TEST

static const struct reach_case {
    enum children_reach reach;
    int orphans; /* ended by the same signal */
} reaches[] = {{REACH_CHILD, 0}, {REACH_GROUP, 1}};

START_TEST(group_is_reached_when_asked)
{
    struct promise leader;
    int ready[2];
    char byte;
    ck_assert_int_eq(pipe(ready), 0);
    spawn(&leader, start_group, ready[1]);
    ck_assert_int_eq(read(ready[0], &byte, 1), 1);
    pid_t group = leader.pid;
    children_watch_orphans(watch);

    ck_assert_int_eq(children_signal(&leader, SIGTERM, reaches[_i].reach), 0);
    reap(group);
    ck_assert_int_eq(wait_status_of(&leader), W_EXITCODE(0, SIGTERM));
    struct timespec deadline = from_now(PATIENCE_MS);
    for (; orphans < reaches[_i].orphans; children_sigchld())
        look_again_soon(deadline);
    ck_assert_int_eq(kill(-group, 0), reaches[_i].orphans ? -1 : 0); /* whether the other is left */
    ck_assert_int_eq(orphan.status, reaches[_i].orphans ? W_EXITCODE(0, SIGTERM) : 0);
    kill(-group, SIGKILL);
}
END_TEST

/* A child that has not made its process group yet, or never does. */
START_TEST(child_that_leads_no_group_is_reached_alone)
{
    struct promise child, other;
    spawn(&child, start_held, 0);
    spawn(&other, start_held, 0); /* in our group, too */
    ck_assert_int_eq(children_signal(&child, SIGKILL, REACH_GROUP), 0);
    reap(child.pid);
    ck_assert_int_eq(wait_status_of(&child), W_EXITCODE(0, SIGKILL));
    open_gate(1);
    reap(other.pid);
    ck_assert_int_eq(wait_status_of(&other), W_EXITCODE(0, 0));
}
END_TEST

static pid_t start_receiver(void *signal)
{
    sigset_t one, before;
    sigemptyset(&one);
    sigaddset(&one, *(int *)signal);
    sigprocmask(SIG_BLOCK, &one, &before);
    pid_t pid = fork();
    if (pid == 0) {
        siginfo_t info;
        sigwaitinfo(&one, &info);
        _exit(info.si_code == SI_QUEUE ? info.si_value.sival_int : EXIT_FAILURE);
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    return pid;
}

START_TEST(queued_signal_keeps_its_value)
{
    struct promise child;
    siginfo_t info = {.si_code = SI_QUEUE, .si_value.sival_int = 77};
    spawn(&child, start_receiver, SIGRTMIN + 3);
    ck_assert_int_eq(children_queue(&child, SIGRTMIN + 3, &info), 0);
    reap(child.pid);
    ck_assert_int_eq(wait_status_of(&child), W_EXITCODE(77, 0));
    ck_assert_int_eq(children_queue(&child, SIGRTMIN + 3, &info), ESRCH);
}
END_TEST

/* A child that can have no queued signals. */
static pid_t start_full(void *signal)
{
    pid_t pid = start_receiver(signal);
    ck_assert_int_eq(prlimit(pid, RLIMIT_SIGPENDING, &(struct rlimit){0, 0}, NULL), 0);
    return pid;
}

/* start_receiver() exits with EXIT_FAILURE for a signal without a value. */
START_TEST(signal_that_cannot_be_queued_comes_without_its_value)
{
    struct promise child;
    siginfo_t info = {.si_code = SI_QUEUE, .si_value.sival_int = 77};
    spawn(&child, start_full, SIGRTMIN + 3);
    ck_assert_int_eq(children_queue(&child, SIGRTMIN + 3, &info), 0);
    reap(child.pid);
    ck_assert_int_eq(wait_status_of(&child), W_EXITCODE(EXIT_FAILURE, 0));
}
END_TEST

/* ---- The lock, and what happens while it is held ---- */

START_TEST(lock_is_exclusive)
{
    ck_assert(lock_try());
    ck_assert(!lock_try());
    lock_drop();
    lock_take();
    ck_assert(!lock_try());
    lock_drop();
    ck_assert(lock_try());
}
END_TEST

static int counter; /* guarded by the lock */
enum { COUNTERS = 8, COUNTS = 20 * 1000 };

static void *count_under_lock(void *context)
{
    struct waiter *self = context;
    self->id = gettid();
    for (int i = 0; i < COUNTS; i++) {
        lock_take();
        counter++;
        lock_drop();
    }
    return NULL;
}

START_TEST(lock_counts_exactly_and_wakes_all)
{
    struct waiter waiters[COUNTERS] = {0};
    lock_take();
    start_waiters(waiters, COUNTERS, count_under_lock); /* all of them sleep on the lock */
    ck_assert_int_eq(counter, 0);
    lock_drop();
    for (int i = 0; i < COUNTERS; i++)
        pthread_join(waiters[i].thread, NULL);
    ck_assert_int_eq(counter, COUNTERS * COUNTS);
}
END_TEST

/* I5: the handler does not wait, nothing is reaped without the lock, and the next unlock reaps. */
START_TEST(unlock_reaps)
{
    struct promise child, other;
    spawn(&child, start_held, 4);
    spawn(&other, start_held, 0);
    open_gate(1);
    lock_take();
    siginfo_t dead;
    ck_assert_int_eq(waitid(P_ALL, 0, &dead, WEXITED | WNOWAIT), 0);
    if (_i == 0)
        children_sigchld();
    else
        children_sigchld_of(dead.si_pid);
    ck_assert(!children_resolved(&child, NULL) && !children_resolved(&other, NULL));
    lock_drop();
    struct promise *living = dead.si_pid == child.pid ? &other : &child;
    ck_assert_int_eq(children_signal(living, 0, REACH_CHILD), 0);
    ck_assert(children_resolved(dead.si_pid == child.pid ? &child : &other, NULL));
    ck_assert(!children_resolved(living, NULL));
}
END_TEST

/* The child has ended, and SIGCHLD is handled, before children_spawn() knows its pid. */
static pid_t start_dead(void *code)
{
    pid_t pid = start_exit(code);
    wait_for_end(pid);
    children_sigchld();
    return pid;
}

START_TEST(end_before_registration)
{
    struct promise child;
    children_watch_orphans(watch);
    spawn(&child, start_dead, 6);
    ck_assert_int_eq(wait_status_of(&child), W_EXITCODE(6, 0));
    ck_assert_int_eq(orphans, 0);
}
END_TEST

static void end_shared(void)
{
    open_gate(1);
    wait_for_end(shared.pid);
    children_sigchld();
}

/* I4: wait4 has returned 0; then a child ends and SIGCHLD is handled; only then the reaper
 * continues.
 */
START_TEST(end_after_the_last_waitpid)
{
    spawn(&shared, start_held, 8);
    when_none_has_ended = end_shared;
    children_sigchld();
    ck_assert_int_eq(wait_status_of(&shared), W_EXITCODE(8, 0));
}
END_TEST

/* ---- In signal context ---- */

START_TEST(sigchld_keeps_errno)
{
    enum { UNHEARD_OF = 4242 };
    struct waiter waiter = {0};
    errno = UNHEARD_OF;
    children_sigchld(); /* ECHILD inside */
    ck_assert_int_eq(errno, UNHEARD_OF);

    spawn(&shared, start_held, 0);
    start_waiters(&waiter, 1, await_shared);
    open_gate(1);
    wait_for_end(shared.pid);
    errno = UNHEARD_OF;
    children_sigchld(); /* reaps, wakes */
    ck_assert_int_eq(errno, UNHEARD_OF);
    pthread_join(waiter.thread, NULL);

    lock_take();
    errno = UNHEARD_OF;
    children_sigchld(); /* finds the lock taken */
    ck_assert_int_eq(errno, UNHEARD_OF);
    lock_drop();
}
END_TEST

static _Atomic(bool) came_back;

static void *reap_when_cancelled(void *context)
{
    pthread_cancel(pthread_self()); /* pending until a cancellation point */
    children_sigchld();
    came_back = true;
    return context;
}

/* Otherwise the lock would never be released. */
START_TEST(cancelled_thread_finishes_the_reaping)
{
    pthread_t thread;
    pthread_create(&thread, NULL, reap_when_cancelled, NULL);
    pthread_join(thread, NULL);
    ck_assert(came_back);
    ck_assert(lock_try());
}
END_TEST

/* ---- Assertions of the invariants ---- */

#ifndef NDEBUG
static void release_a_lock_that_is_not_held(void)
{
    lock_drop();
}

static void take_the_lock_twice(void)
{
    lock_take();
    lock_take();
}

static void signal_in_the_watch(pid_t pid, int status)
{
    (void)pid, (void)status;
    children_signal(&shared, 0, REACH_CHILD);
}

static void wait_for_the_lock_in_signal_context(void)
{
    static const struct event death = {.pid = 7};
    children_watch_orphans(signal_in_the_watch);
    reap_as_scripted(&death, 1);
}

static void register_a_pid_twice(void)
{
    static struct promise again;
    spawn(&shared, start_given, 7);
    spawn(&again, start_given, 7);
}

static void resolve_twice(void)
{
    lock_take();
    promise_make(&shared, 7, 0);
    promise_resolve(&shared, 0);
    promise_resolve(&shared, 0);
}

static void make_a_promise_without_the_lock(void)
{
    promise_make(&shared, 7, 0);
}

static void resolve_without_the_lock(void)
{
    promise_resolve(&shared, 0);
}

/* A promise that is pending, and is not the one that is registered for its pid. */
static void signal_by_a_copy(void)
{
    static struct promise copy;
    spawn(&shared, start_given, 7);
    copy = shared;
    children_signal(&copy, 0, REACH_CHILD);
}

static void queue_by_a_copy(void)
{
    static struct promise copy;
    siginfo_t info = {.si_code = SI_QUEUE};
    spawn(&shared, start_given, 7);
    copy = shared;
    children_queue(&copy, 0, &info);
}

static void pend_without_a_child(void)
{
    lock_take();
    promise_make(&shared, 7, 0);
    lock_drop();
    spawn(&shared, start_given, 8);
}

static void let_go_without_the_lock(void)
{
    tracees_let_go(7);
}

static void note_a_stray_without_the_lock(void)
{
    tracees_note_stray(7);
}

static void begin_a_list_without_the_lock(void)
{
    pidfds_begin();
}

static void note_for_the_list_without_the_lock(void)
{
    pidfds_note(7);
}

static void add_to_the_list_without_the_lock(void)
{
    pidfds_add(&shared);
}

static void reap_the_list_without_the_lock(void)
{
    pidfds_reap(NULL);
}

static const struct breach {
    const char *invariant;
    void (*commit)(void);
} breaches[] = {
    {"I1", release_a_lock_that_is_not_held},
    {"I1", make_a_promise_without_the_lock},
    {"I1", resolve_without_the_lock},
    {"I1", begin_a_list_without_the_lock},
    {"I1", note_for_the_list_without_the_lock},
    {"I1", add_to_the_list_without_the_lock},
    {"I1", reap_the_list_without_the_lock},
    {"I2", register_a_pid_twice},
    {"I2", resolve_twice},
    {"I2", pend_without_a_child},
    {"I3", signal_by_a_copy},
    {"I3", queue_by_a_copy},
    {"I5", take_the_lock_twice},
    {"I5", wait_for_the_lock_in_signal_context},
    {"I6", let_go_without_the_lock},
    {"I6", note_a_stray_without_the_lock},
};

/* The debug build says which invariant is broken, and aborts; I4 is a mutant of mutants.sh. */
START_TEST(broken_invariant_ends_the_process)
{
    static const char beginning[] = "foster: invariant I? is broken: ";
    char line[sizeof beginning], expected[sizeof beginning];
    int output[2], status;
    ck_assert_int_eq(pipe(output), 0);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(output[1], STDERR_FILENO);
        breaches[_i].commit();
        _exit(EXIT_SUCCESS);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(WTERMSIG(status), SIGABRT);
    ck_assert_int_eq(read(output[0], line, sizeof line - 1), sizeof line - 1);
    line[sizeof line - 1] = '\0';
    snprintf(expected, sizeof expected, "foster: invariant %s is broken: ", breaches[_i].invariant);
    ck_assert_str_eq(line, expected);
}
END_TEST
#endif

#define COUNT_OF(array) ((int)(sizeof(array) / sizeof *(array)))

static TCase *area(Suite *suite, const char *name)
{
    TCase *tcase = tcase_create(name);
    tcase_set_timeout(tcase, TEST_LIMIT);
    tcase_add_checked_fixture(tcase, setup, NULL);
    suite_add_tcase(suite, tcase);
    return tcase;
}

int main(void)
{
    Suite *suite = suite_create("children");

    TCase *reaper = area(suite, "reaper");
    tcase_add_loop_test(reaper, exit_code_is_the_status, 0, COUNT_OF(codes));
    tcase_add_loop_test(reaper, deadly_signal_is_the_status, 0, COUNT_OF(deadly));
    tcase_add_test(reaper, unresolved_until_reaped);
    tcase_add_test(reaper, one_sigchld_reaps_all);
    tcase_add_loop_test(reaper, sigchld_of_one_child_reaps_all, 0, NAMES);
    tcase_add_test(reaper, long_chain);
    tcase_add_test(reaper, reaped_pid_is_forgotten);
    tcase_add_loop_test(reaper, failed_waitpid_ends_the_reaping, 0, COUNT_OF(errors));
    tcase_add_loop_test(reaper, failed_waitpid_loses_no_child, 0, COUNT_OF(errors));
    tcase_add_test(reaper, orphan_is_watched);
    tcase_add_test(reaper, orphan_is_dropped_in_silence);
    tcase_add_test(reaper, adopted_orphan_is_a_child);
    tcase_add_test(reaper, ended_orphan_can_be_adopted_and_a_reaped_one_cannot);

    TCase *tracing = area(suite, "tracees");
    tcase_add_loop_test(tracing, stop_is_no_end, 0, COUNT_OF(tracees));
    tcase_add_test(tracing, only_an_end_is_an_end);
    tcase_add_test(tracing, let_go_child_stays_stopped_when_it_was_told_to);
    tcase_add_loop_test(tracing, only_the_thread_that_forked_lets_go, 0, COUNT_OF(calls));
    tcase_add_test(tracing, noted_child_can_be_killed);
    tcase_add_loop_test(tracing, a_thread_that_awaits_a_promise_is_woken_to_let_go, 0, 2);
    tcase_add_test(tracing, handler_of_the_thread_that_forked_lets_go);
    tcase_add_test(tracing, handler_that_found_the_lock_taken_is_told_again);
    tcase_add_loop_test(tracing, thread_that_traces_itself_is_let_go, 0, 2);
    tcase_add_loop_test(tracing, orphan_is_let_go, 0, 2);
    tcase_add_test(tracing, stops_without_end_do_not_keep_the_reaper);

    TCase *promise = area(suite, "promise");
    tcase_add_loop_test(promise, promise_without_a_child_is_void, 0, 3);
    tcase_add_test(promise, deadline_passes_first);
    tcase_add_loop_test(promise, impossible_deadline_is_no_endless_loop, 0, COUNT_OF(impossible));
    tcase_add_loop_test(promise, every_waiter_is_woken, 0, COUNT_OF(awaiting));
    tcase_add_test(promise, promise_is_free_once_resolved);

    TCase *spawning = area(suite, "spawn");
    tcase_add_loop_test(spawning, failed_start_leaves_nothing, 0, COUNT_OF(failing));
    tcase_add_test(spawning, pid_zero_is_refused);
    tcase_add_test(spawning, end_before_registration);

    TCase *signals = area(suite, "signal");
    tcase_add_test(signals, signal_reaches_the_child);
    tcase_add_loop_test(signals, recycled_pid_is_never_signalled, 0, COUNT_OF(signalling));
    tcase_add_loop_test(signals, group_is_reached_when_asked, 0, COUNT_OF(reaches));
    tcase_add_test(signals, child_that_leads_no_group_is_reached_alone);
    tcase_add_test(signals, queued_signal_keeps_its_value);
    tcase_add_test(signals, signal_that_cannot_be_queued_comes_without_its_value);

    TCase *lock = area(suite, "lock");
    tcase_add_test(lock, lock_is_exclusive);
    tcase_add_test(lock, lock_counts_exactly_and_wakes_all);
    tcase_add_loop_test(lock, unlock_reaps, 0, 2); /* without the pid, and with it */
    tcase_add_test(lock, end_after_the_last_waitpid);
    tcase_add_test(lock, sigchld_keeps_errno);
    tcase_add_test(lock, cancelled_thread_finishes_the_reaping);

#ifndef NDEBUG
    TCase *assertions = area(suite, "assertions");
    tcase_add_loop_test(assertions, broken_invariant_ends_the_process, 0, COUNT_OF(breaches));
#endif
    return run_suite(suite);
}
