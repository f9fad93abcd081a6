/*
 * stress_children.c - the heart under load: 8 threads, 3,000 children each, and orphans; in both
 * ways of foster.h, and in way 1 also with a list of pidfds.
 *
 * Every child has an exit code that its neighbours do not have, so a promise with the wrong wait
 * status shows. Every orphan is counted by the watch, so one too many (a child taken for an orphan)
 * or too few shows. The threads meet after each round: then no child ends any more, so that a
 * SIGCHLD that the heart forgot is not made up for by the next one, and shows as a promise that is
 * never resolved. The memory of a promise is used again in the next round.
 *
 * The path that matters is the deferred one: children_sigchld() finds the lock taken. The linker's
 * --wrap=lock_try counts it here, so that the shipped source has no test code. DIES_UNDER_LOCK
 * provokes it.
 *
 * Children are started by clone(CLONE_VM | CLONE_VFORK) like foster's own: some 50 us each, also
 * under sanitizers, where fork copies the shadow memory's page tables (1 ms under ThreadSanitizer).
 * Only a child that waits for its signal is forked, since a vfork would hold up its parent.
 * ThreadSanitizer's clone() takes every clone for a fork; its build says -Dclone=__clone, glibc's
 * other name for the function.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "children_kit.h"
#include "foster.h"
#include "lock.h"
#include "pidfds.h"

enum {
    THREADS = 8,
    CHILDREN = 3000,  /* for each thread; STRESS_CHILDREN says otherwise */
    ROUND = 50,       /* children alive or unresolved at a time, for each thread */
    PATIENCE = 20,    /* seconds for one promise; STRESS_PATIENCE says otherwise */
    TEST_LIMIT = 240, /* seconds for one test */
    DEFERRED_SHARE =
        10, /* at least one child in so many must have met the deferred path: 2,400 of 24,000 */
    STACK = 16 * 1024,
    CODES = 256 /* exit codes there are */
};

/* ThreadSanitizer keeps a signal back until the thread's next call of a libc function that it
 * knows, and the futex's raw call is none: under it a thread looks up from its wait now and then.
 * Nowhere else, or that would hide a lost wake-up. */
#ifdef __SANITIZE_THREAD__
enum { TICK_MS = 2 };
#else
enum { TICK_MS = 0 };
#endif

/* These functions do not return, or run on a stack that the sanitizers do not know. */
#define IN_CHILD __attribute__((no_sanitize("address", "thread", "undefined")))

enum fate { EXITS, DIES_UNDER_LOCK, KILLS_ITSELF, LEAVES_ORPHAN, WAITS_FOR_SIGNAL };

/* The fates of ten children in a row. DIES_UNDER_LOCK comes last, before the calm at the end of a
 * round. */
static const enum fate fates[] = {LEAVES_ORPHAN, EXITS, EXITS, KILLS_ITSELF, DIES_UNDER_LOCK,
                                  LEAVES_ORPHAN, EXITS, EXITS, KILLS_ITSELF, DIES_UNDER_LOCK};
enum {
    FATES = sizeof fates / sizeof fates[0],
    WAITING = 0 /* this child of a round waits for a signal instead */
};

struct job {
    struct promise promise;
    enum fate fate;
    int code;
    struct spawner *spawner;
};

struct spawner {
    pthread_t thread;
    int number;
    struct job jobs[ROUND];
    _Alignas(16) char stack[STACK];
    _Alignas(16) char orphan_stack[STACK];
};

static struct spawner spawners[THREADS];
static pthread_barrier_t calm;
static int children_per_thread;
static int runs; /* of all spawners */
static long patience_ms;

/* Counts. The exit codes of orphans are summed too, so that a child in place of an orphan shows. */
static atomic_int resolved, orphans_made, orphan_codes_made, orphans_seen, orphan_codes_seen,
    deferred;

/* Set on the way into children_sigchld(); the first lock_try() from there takes it back. */
static _Thread_local volatile sig_atomic_t entering;

bool __real_lock_try(void);
bool __wrap_lock_try(void);

bool __wrap_lock_try(void)
{
    bool taken = __real_lock_try();
    if (!taken && entering)
        atomic_fetch_add(&deferred, 1);
    entering = false;
    return taken;
}

static atomic_int listed;

static bool (*reap_listed)(pid_t pid, int pidfd);

static bool reap_and_count(pid_t pid, int pidfd)
{
    atomic_fetch_add(&listed, 1);
    return reap_listed(pid, pidfd);
}

void __real_pidfds_reap(bool (*is_reaped)(pid_t pid, int pidfd));
void __wrap_pidfds_reap(bool (*is_reaped)(pid_t pid, int pidfd));

void __wrap_pidfds_reap(bool (*is_reaped)(pid_t pid, int pidfd))
{
    reap_listed = is_reaped;
    __real_pidfds_reap(reap_and_count);
}

static void on_end(void)
{
    entering = true;
    children_sigchld();
}

/* The spawner of this thread; NULL in the main thread, which has SIGCHLD blocked. */
static _Thread_local struct spawner *volatile self;
static atomic_uint handled_by; /* a bit for each spawner; its thread ran the handler */
static atomic_int handled_elsewhere;

static void on_sigchld(int signal)
{
    (void)signal;
    if (self != NULL)
        atomic_fetch_or(&handled_by, 1U << self->number);
    else
        atomic_fetch_add(&handled_elsewhere, 1);
    on_end();
}

/* Async-signal-safe. */
static void count_orphan(pid_t pid, int status)
{
    (void)pid;
    atomic_fetch_add(&orphan_codes_seen, WEXITSTATUS(status));
    atomic_fetch_add(&orphans_seen, 1);
}

IN_CHILD static int orphan_main(void *context)
{
    const struct job *job = context;
    return job->code;
}

/* The parent's SIGCHLD handler is ours as well, and its memory: the mask keeps us out of it when
 * the orphan dies. */
IN_CHILD static void leave_orphan(struct job *job)
{
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    clone(orphan_main, job->spawner->orphan_stack + STACK, CLONE_VM | CLONE_VFORK | SIGCHLD, job);
}

IN_CHILD static int child_main(void *context)
{
    struct job *job = context;
    if (job->fate == KILLS_ITSELF)
        kill(getpid(), SIGKILL);
    if (job->fate == LEAVES_ORPHAN)
        leave_orphan(job);
    return job->code;
}

static pid_t start(void *context)
{
    struct job *job = context;
    pid_t pid = job->fate == WAITS_FOR_SIGNAL ? start_living(NULL)
                                              : clone(child_main, job->spawner->stack + STACK,
                                                      CLONE_VM | CLONE_VFORK | SIGCHLD, job);
    if (pid < 0)
        return -errno;
    if (job->fate == DIES_UNDER_LOCK)
        wait_for_end(pid);
    return pid;
}

static int expected_status(const struct job *job)
{
    bool killed = job->fate == KILLS_ITSELF || job->fate == WAITS_FOR_SIGNAL;
    return killed ? W_EXITCODE(0, SIGKILL) : W_EXITCODE(job->code, 0);
}

static void spawn(struct spawner *spawner, int number)
{
    int place = number % ROUND;
    struct job *job = &spawner->jobs[place];
    job->spawner = spawner;
    job->fate = place == WAITING ? WAITS_FOR_SIGNAL : fates[place % FATES];
    job->code = (number * THREADS + spawner->number) % CODES;
    if (job->fate == LEAVES_ORPHAN) {
        atomic_fetch_add(&orphans_made, 1);
        atomic_fetch_add(&orphan_codes_made, job->code);
    }
    ck_assert_int_eq(children_spawn(&job->promise, start, job), 0);
    /* At once: later, its SIGCHLD would break the calm and make good what was forgotten. */
    if (job->fate == WAITS_FOR_SIGNAL)
        ck_assert_int_eq(children_signal(&job->promise, SIGKILL, REACH_CHILD), 0);
}

static int await(struct promise *promise)
{
    struct timespec deadline = from_now(patience_ms);
    int status;
    for (;;) {
        struct timespec tick = from_now(TICK_MS != 0 ? TICK_MS : patience_ms);
        if (children_await_until(promise, &tick, &status))
            return status;
        ck_assert_msg(!is_past(deadline), "a promise is never resolved: %d resolved before it",
                      resolved);
    }
}

static void check_job(struct job *job)
{
    ck_assert_int_eq(await(&job->promise), expected_status(job));
    ck_assert_int_eq(children_signal(&job->promise, SIGKILL, REACH_CHILD), ESRCH);
    atomic_fetch_add(&resolved, 1);
}

/* Waits for the other threads with SIGCHLD blocked. That moves the signal on to another thread (the
 * kernel stays with one that takes it), and ThreadSanitizer would not run a handler inside the
 * barrier. */
static void wait_for_others(void)
{
    sigset_t sigchld, before;
    sigemptyset(&sigchld);
    sigaddset(&sigchld, SIGCHLD);
    pthread_sigmask(SIG_BLOCK, &sigchld, &before);
    pthread_barrier_wait(&calm);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void wait_for_orphans(void)
{
    struct timespec deadline = from_now(patience_ms);
    while (orphans_seen < orphans_made)
        look_again_soon(deadline);
}

static void spawn_in_rounds(struct spawner *spawner)
{
    for (int done = 0; done < children_per_thread; done += ROUND) {
        wait_for_others();
        for (int i = 0; i < ROUND; i++)
            spawn(spawner, done + i);
        for (int i = 0; i < ROUND; i++)
            check_job(&spawner->jobs[i]);
    }
    wait_for_others();
    wait_for_orphans();
}

static void *spawner_in_handler_way(void *context)
{
    self = context;
    sigset_t sigchld;
    sigemptyset(&sigchld);
    sigaddset(&sigchld, SIGCHLD);
    pthread_sigmask(SIG_UNBLOCK, &sigchld, NULL);
    spawn_in_rounds(context);
    return NULL;
}

static void *spawner_in_loop_way(void *context)
{
    spawn_in_rounds(context);
    return NULL;
}

/* SIGUSR1 ends the loop. */
static void *signal_loop(void *context)
{
    const sigset_t *signals = context;
    int signal;
    while ((signal = sigwaitinfo(signals, NULL)) != SIGUSR1)
        if (signal == SIGCHLD)
            on_end();
    return NULL;
}

static void run_spawners(void *(*spawner_main)(void *))
{
    runs++;
    pthread_barrier_init(&calm, NULL, THREADS);
    for (int i = 0; i < THREADS; i++) {
        spawners[i].number = i;
        pthread_create(&spawners[i].thread, NULL, spawner_main, &spawners[i]);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(spawners[i].thread, NULL);
    pthread_barrier_destroy(&calm);
}

static void check_counts(const char *way)
{
    printf("# %s: %d children resolved, %d orphans seen, deferred %d times\n", way, resolved,
           orphans_seen, deferred);
    fflush(stdout);
    ck_assert_int_eq(resolved, runs * THREADS * children_per_thread);
    ck_assert_int_eq(orphans_seen, orphans_made);
    ck_assert_int_eq(orphan_codes_seen, orphan_codes_made);
    ck_assert(has_no_children());
}

static long setting(const char *name, long otherwise)
{
    const char *text = getenv(name);
    return text != NULL ? strtol(text, NULL, 10) : otherwise;
}

/* Blocks SIGCHLD and SIGUSR1 in this thread and all that it will create. */
static sigset_t signals;
static void setup(void)
{
    die_with_parent();
    children_per_thread = (int)setting("STRESS_CHILDREN", CHILDREN);
    patience_ms = setting("STRESS_PATIENCE", PATIENCE) * MS_PER_SECOND;
    ck_assert_int_eq(children_per_thread % ROUND, 0);
    ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
    children_watch_orphans(count_orphan);
    sigemptyset(&signals);
    sigaddset(&signals, SIGCHLD);
    sigaddset(&signals, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
}

START_TEST(from_a_signal_loop)
{
    pthread_t loop;
    pthread_create(&loop, NULL, signal_loop, &signals);
    run_spawners(spawner_in_loop_way);
    pthread_kill(loop, SIGUSR1);
    pthread_join(loop, NULL);
    check_counts("signal loop");
}
END_TEST

static pthread_t first_thread;

/* A child is found by its pidfd if the lock is free when it ends. On a busy machine that is seldom:
 * so the spawners run until it has been met. */
static void *beside_the_loop(void *context)
{
    enum { RUNS_MOST = 30 };
    while (runs < RUNS_MOST && listed < children_per_thread / ROUND)
        run_spawners(spawner_in_loop_way);
    pthread_kill(first_thread, SIGUSR1);
    return context;
}

/* The loop is in the first thread, and the children are other threads', as with foster. */
START_TEST(from_a_signal_loop_with_a_list)
{
    pthread_t other;
    siginfo_t info;
    first_thread = pthread_self();
    children_expect(THREADS * ROUND);
    children_use_pidfds();
    ck_assert(pidfds_are_used());
    pthread_create(&other, NULL, beside_the_loop, NULL);
    while (sigwaitinfo(&signals, &info) != SIGUSR1)
        if (info.si_signo == SIGCHLD) {
            entering = true;
            children_sigchld_of(info.si_pid);
        }
    pthread_join(other, NULL);
    check_counts("signal loop with a list");
    ck_assert(pidfds_are_used());
    ck_assert_int_ge(listed, children_per_thread / ROUND);
}
END_TEST

START_TEST(from_a_handler_in_any_thread)
{
    struct sigaction action = {.sa_handler = on_sigchld, .sa_flags = SA_RESTART};
    sigfillset(&action.sa_mask);
    sigaction(SIGCHLD, &action, NULL);
    run_spawners(spawner_in_handler_way);
    check_counts("handler");
    ck_assert_int_eq(handled_elsewhere, 0);
    ck_assert_uint_eq(handled_by, (1U << THREADS) - 1);
    ck_assert_int_ge(deferred, THREADS * children_per_thread / DEFERRED_SHARE);
}
END_TEST

int main(void)
{
    TCase *stress = tcase_create("stress");
    tcase_set_timeout(stress, TEST_LIMIT);
    tcase_add_checked_fixture(stress, setup, NULL);
    tcase_add_test(stress, from_a_signal_loop);
    tcase_add_test(stress, from_a_signal_loop_with_a_list);
    tcase_add_test(stress, from_a_handler_in_any_thread);

    Suite *suite = suite_create("stress_children");
    suite_add_tcase(suite, stress);
    return run_suite(suite);
}
