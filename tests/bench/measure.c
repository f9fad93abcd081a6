/*
 * The harness: `measure DIRECTORY NAME=PATH...` runs every init as PID 1 over the mains in
 * DIRECTORY and writes one sample a line, `measure NAME value`, to standard output. Times are in
 * nanoseconds, memory in KiB, the rest counts.
 *
 * The machine may be busy and small, so all inits take turns within one run and whatever disturbs
 * it disturbs them alike; the medians are taken later. The order is shuffled for each round: who
 * comes after a big program finds the caches cold, and that must not always be the same. Harness,
 * init and main share one processor: a wake-up is then a context switch and not an interrupt to a
 * sleeping processor, which costs more than what is measured and varies.
 *
 * An init of the name floor_start or floor_signals can only start and wait, and is left out where
 * an init must forward and reap.
 */
#include "calls.h"
#include "crowd.h"
#include "launch.h"
#include "proc.h"
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
    RUN_ROUNDS = 1500,
    FULL_ROUNDS = 300,
    CROWD = 8000,
    SIGNAL_ROUNDS = 3000,
    ORPHAN_ROUNDS = 101,
    ORPHANS = 400,
    WARM_UP = 50,
    CALL_ROUNDS = 3,
    TRACED_ORPHANS = 100,
    MEMORY_ROUNDS = 51,
    IDLE_SECONDS = 10,
    MOST_INITS = 16,
    PATH_SIZE = 4096,
};

struct init {
    const char *name;
    const char *path;
    bool is_loop;
};

static struct init inits[MOST_INITS];
static const struct init *turns[MOST_INITS]; /* the inits in the order of this round */
static int init_count;
static const char *directory;

static void sample(const char *measure, const struct init *init, double value)
{
    printf("%s\t%s\t%.10g\n", measure, init->name, value);
}

/* A new order for a round; the same orders in every run of the harness. */
static void shuffle(void)
{
    for (int i = init_count - 1; i > 0; i--) {
        int other = rand() % (i + 1);
        const struct init *swap = turns[i];

        turns[i] = turns[other];
        turns[other] = swap;
    }
}

static struct run start_init(const struct init *init, const char *main_name, bool traced)
{
    char path[PATH_SIZE];

    snprintf(path, sizeof path, "%s/%s", directory, main_name);
    return launch(init->path, path, traced);
}

static int64_t next_stamp(const struct init *init, const struct run *run)
{
    int64_t stamp;

    if (!read_stamp(run, &stamp))
        fail(init->name, "no answer from main");
    return stamp;
}

/* Reaps the init, whose main ended with 0; returns the time. */
static int64_t end_of(const struct init *init, const struct run *run)
{
    int status = wait_for_end(run);
    int64_t ended = now();

    if (status != 0)
        fail(init->name, "exit code of main lost");
    return ended;
}

/* The work of an init after main has started (closing descriptors, for example) is no part of its
 * work at main's end. */
static void let_sleep(const struct run *run)
{
    while (!proc_mentions(run->init, "status", "State:\tS"))
        sched_yield();
}

/* With the name of the measure at main's end. */
static void start_and_exit_once(const struct init *init, const char *end, bool keep)
{
    struct run run = start_init(init, "main_stamp", false);
    int64_t main_started = next_stamp(init, &run), main_ended, ended;

    let_sleep(&run);
    end_input(&run);
    ended = end_of(init, &run);
    main_ended = next_stamp(init, &run);
    close_pipes(&run);
    if (keep) {
        if (strcmp(end, "exit") == 0)
            sample("start", init, (double)(main_started - *run.before_exec));
        sample(end, init, (double)(ended - main_ended));
    }
}

/* Nothing holds main up and nothing wakes the harness before the end. */
static void run_once(const struct init *init, bool keep)
{
    struct run run = start_init(init, "main_stamp", false);
    int64_t ended;

    end_input(&run);
    ended = end_of(init, &run);
    close_pipes(&run);
    if (keep)
        sample("run", init, (double)(ended - run.before_clone));
}

static void measure_runs(void)
{
    for (int round = -WARM_UP; round < RUN_ROUNDS; round++) {
        shuffle();
        for (int i = 0; i < init_count; i++) {
            start_and_exit_once(turns[i], "exit", round >= 0);
            run_once(turns[i], round >= 0);
        }
    }
}

/* Main's end again, on a full host. It is the last measure: a crowd is gone some time after it was
 * killed. */
static void measure_full_host(void)
{
    bool full = start_crowd(CROWD);

    for (int round = -WARM_UP; full && round < FULL_ROUNDS; round++) {
        shuffle();
        for (int i = 0; i < init_count; i++)
            start_and_exit_once(turns[i], "exit_full", round >= 0);
    }
    end_crowd();
    if (!full)
        fprintf(stderr,
                "measure: there may not be %d processes more: a full host is not measured\n",
                CROWD);
}

/* Starts main_answer under every init, and waits until each is ready. */
static void start_answering(struct run *runs)
{
    for (int i = 0; i < init_count; i++) {
        runs[i] = start_init(&inits[i], "main_answer", false);
        next_stamp(&inits[i], &runs[i]);
        let_sleep(&runs[i]);
    }
}

static void discard_all(struct run *runs)
{
    for (int i = 0; i < init_count; i++)
        discard(&runs[i]);
}

static void signal_once(const struct init *init, const struct run *run, bool keep)
{
    int64_t sent = now(), arrived;

    kill(run->init, SIGUSR1);
    arrived = next_stamp(init, run);
    if (keep)
        sample("signal", init, (double)(arrived - sent));
}

static void measure_signals(void)
{
    struct run runs[MOST_INITS];

    start_answering(runs);
    for (int round = -WARM_UP; round < SIGNAL_ROUNDS; round++) {
        shuffle();
        for (int i = 0; i < init_count; i++) {
            if (turns[i]->is_loop)
                signal_once(turns[i], &runs[turns[i] - inits], round >= 0);
        }
    }
    discard_all(runs);
}

static void make_orphans(const struct init *init, const struct run *run, long count)
{
    ask_for_orphans(run, count);
    next_stamp(init, run);
    let_sleep(run);
}

static long cpu_time(const struct init *init, const struct run *run)
{
    long time = proc_number(run->init, "schedstat", "");

    if (time < 0)
        fail(init->name, "no /proc/PID/schedstat");
    return time;
}

static void orphans_once(const struct init *init)
{
    struct run run = start_init(init, "main_orphans", false);
    long before;

    make_orphans(init, &run, WARM_UP);
    before = cpu_time(init, &run);
    make_orphans(init, &run, ORPHANS);
    sample("orphan_cpu", init, (double)(cpu_time(init, &run) - before) / ORPHANS);
    discard(&run);
}

static void measure_orphans(void)
{
    for (int round = 0; round < ORPHAN_ROUNDS; round++) {
        shuffle();
        for (int i = 0; i < init_count; i++) {
            if (turns[i]->is_loop)
                orphans_once(turns[i]);
        }
    }
}

/* The system calls of one life: over main_orphans with `orphans` of them to leave. */
static long calls_with_orphans(const struct init *init, long orphans)
{
    struct run run = start_init(init, "main_orphans", true);
    long calls;

    ask_for_orphans(&run, orphans);
    end_input(&run);
    calls = count_calls(run.init);
    close_pipes(&run);
    if (calls < 0)
        fail(init->name, "cannot count system calls");
    return calls;
}

static void measure_calls(void)
{
    for (int round = 0; round < CALL_ROUNDS; round++) {
        for (int i = 0; i < init_count; i++) {
            long plain = calls_with_orphans(&inits[i], 0);

            sample("calls", &inits[i], (double)plain);
            if (inits[i].is_loop)
                sample("orphan_calls", &inits[i],
                       (double)(calls_with_orphans(&inits[i], TRACED_ORPHANS) - plain) /
                           TRACED_ORPHANS);
        }
    }
}

static long switches(const struct run *run)
{
    return proc_number(run->init, "status", "voluntary_ctxt_switches:") +
           proc_number(run->init, "status", "nonvoluntary_ctxt_switches:");
}

static void sample_memory(const struct init *init, const struct run *run)
{
    static const struct {
        const char *measure, *file, *key;
    } figures[] = {
        {"rss", "smaps_rollup", "Rss:"},
        {"pss", "smaps_rollup", "Pss:"},
        {"private_dirty", "smaps_rollup", "Private_Dirty:"},
        {"page_tables", "status", "VmPTE:"},
        {"threads", "status", "Threads:"},
    };

    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
        sample(figures[i].measure, init,
               (double)proc_number(run->init, figures[i].file, figures[i].key));
    sample("heap", init, proc_mentions(run->init, "maps", "[heap]"));
}

/*
 * Memory of an idle init. A file that is not yet on the disk counts as dirty memory, so sync first.
 * Where the kernel puts the stack decides whether it touches one page more: hence the rounds.
 */
static void measure_memory(void)
{
    struct run runs[MOST_INITS];

    sync();
    for (int round = 0; round < MEMORY_ROUNDS; round++) {
        start_answering(runs);
        for (int i = 0; i < init_count; i++)
            sample_memory(&inits[i], &runs[i]);
        discard_all(runs);
    }
}

/* All inits idle at the same time. */
static void measure_wakeups(void)
{
    struct run runs[MOST_INITS];
    long before[MOST_INITS];

    start_answering(runs);
    for (int i = 0; i < init_count; i++)
        before[i] = switches(&runs[i]);
    nanosleep(&(struct timespec){.tv_sec = IDLE_SECONDS}, NULL);
    for (int i = 0; i < init_count; i++)
        sample("wakeups", &inits[i], (double)(switches(&runs[i]) - before[i]));
    discard_all(runs);
}

/* Harness and all that it starts stay on the last processor that we may use: the first takes most
 * interrupts. */
static void pin(void)
{
    cpu_set_t allowed, last;

    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0)
        fail_call("harness", "sched_getaffinity");
    for (int cpu = CPU_SETSIZE - 1; cpu >= 0; cpu--) {
        if (!CPU_ISSET(cpu, &allowed))
            continue;
        CPU_ZERO(&last);
        CPU_SET(cpu, &last);
        sched_setaffinity(0, sizeof last, &last);
        return;
    }
}

/* Other programs get the processor only when ours sleep, and ours run in the order in which they
 * wake up. Under the ordinary scheduler an init that gives main a session of its own would get a
 * second share (autogroup). */
static void take_precedence(void)
{
    const struct sched_param lowest = {.sched_priority = 1};

    if (syscall(SYS_sched_setscheduler, 0, SCHED_FIFO, &lowest) != 0)
        fprintf(stderr, "measure: no real-time scheduling, the figures will be noisier: %m\n");
}

static bool is_loop(const char *name)
{
    return strcmp(name, "floor_start") != 0 && strcmp(name, "floor_signals") != 0;
}

static void add_init(char *word)
{
    char *equals = strchr(word, '=');

    if (equals == NULL || init_count == MOST_INITS)
        fail(word, "not NAME=PATH, or too many");
    *equals = '\0';
    turns[init_count] = &inits[init_count];
    inits[init_count++] = (struct init){word, equals + 1, is_loop(word)};
}

int main(int argc, char **argv)
{
    static void (*const measures[])(void) = {measure_runs,     measure_signals, measure_orphans,
                                             measure_calls,    measure_memory,  measure_wakeups,
                                             measure_full_host};

    if (argc < 3) {
        fprintf(stderr, "usage: measure DIRECTORY NAME=PATH...\n");
        return EXIT_FAILURE;
    }
    directory = argv[1];
    for (int i = 2; i < argc; i++)
        add_init(argv[i]);
    pin();
    take_precedence();
    for (size_t i = 0; i < sizeof measures / sizeof *measures; i++)
        measures[i]();
    return EXIT_SUCCESS;
}
