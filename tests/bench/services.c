/*
 * The harness of the services: `services DIRECTORY ROUNDS SIZES NAME=PATH...` runs every supervisor
 * as PID 1 over as many services as each of SIZES says (10,100) and writes one sample a line,
 * `measure services NAME value`, to standard output. DIRECTORY holds the services. Times are in
 * nanoseconds, memory in KiB, the rest counts.
 *
 * All take turns within one run, in a new order each round, so that whatever disturbs one disturbs
 * the others. While one starts or stops no other is alive, because the end of all processes looks
 * at the whole machine's; they are idle, and have a service killed, side by side. Nothing is bound
 * to a processor: many supervisors are many processes for the sake of this, and may show it.
 */
#include "launch.h"
#include "team.h"
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    MOST_CONTESTANTS = 12,
    MOST_SIZES = 8,
    MOST_CRASHING = 100, /* more services in a crash loop show nothing new */
    LARGE = 1000,        /* so many services take their time: a third of the rounds */
    LARGE_SHARE = 3,     /* that third */
    LEAST_STARTS =
        3, /* for a median that means something: the first round finds nothing in the caches */
    LEAST_KILLS = 15, /* the same */
    CALM_MS = 1200,   /* a service that has run for a second is up for every supervisor */
    REST_MS = 20,     /* after a successor's start, for the rest of its supervisor's work */
    CRASH_MS = 3000,  /* both lengths are named in services-results.jq */
    IDLE_MS = 10000,
    MILLISECONDS = 1000,
    NANOSECONDS_EACH = 1000000,
};

static struct contestant contestants[MOST_CONTESTANTS];
static struct team teams[MOST_CONTESTANTS];
static int turns[MOST_CONTESTANTS]; /* numbers of the contestants in the order of this round */
static int contestant_count;
static char stay[PATH_MAX], crash[PATH_MAX];

static void sample(const char *measure, const struct team *team, double value)
{
    printf("%s\t%d\t%s\t%.10g\n", measure, team->count, team->contestant->name, value);
}

/* A new order for a round; the same orders in every run of the harness. */
static void shuffle(void)
{
    for (int i = contestant_count - 1; i > 0; i--) {
        int other = rand() % (i + 1), swap = turns[i];

        turns[i] = turns[other];
        turns[other] = swap;
    }
}

static void rest(long milliseconds)
{
    nanosleep(&(struct timespec){.tv_sec = milliseconds / MILLISECONDS,
                                 .tv_nsec = milliseconds % MILLISECONDS * NANOSECONDS_EACH},
              NULL);
}

static double cpu_time(const struct team *team)
{
    return (double)sum_of_threads(&team->members, "schedstat", "");
}

/* The records of services that started, from number `first` on: the last of their times, and all of
 * their CPU. */
static struct record sum_of_records(const struct team *team, long first, long end)
{
    struct record sum = {0};

    for (long i = first; i < end; i++) {
        struct record record = record_at(team, i);

        if (record.time > sum.time)
            sum.time = record.time;
        sum.cpu += record.cpu;
    }
    return sum;
}

static long count_stopped(const struct team *team)
{
    long stopped = 0;

    for (long i = record_count(team) - 1; i > 0; i--)
        stopped += record_at(team, i).event == STOPPED;
    return stopped;
}

/* Every service runs, and has for long enough that its supervisor is at rest. */
static void start_calmly(struct team *team, const struct contestant *contestant, int count)
{
    start_team(team, contestant, stay, count);
    wait_for_records(team, count + 1);
    rest(CALM_MS);
    find_members(&team->members, team->init, stay);
    if (team->members.service_count != count)
        fail(contestant->name, "not every service stayed");
}

static void sample_memory(const struct team *team)
{
    static const struct {
        const char *measure, *file, *key;
    } figures[] = {
        {"rss", "smaps_rollup", "Rss:"},
        {"pss", "smaps_rollup", "Pss:"},
        {"private_dirty", "smaps_rollup", "Private_Dirty:"},
        {"threads", "status", "Threads:"},
    };

    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
        sample(figures[i].measure, team,
               (double)sum_of_processes(&team->members, figures[i].file, figures[i].key));
    sample("processes", team, team->members.supervisor_count);
}

static void start_and_stop_once(struct team *team, const struct contestant *contestant, int count)
{
    struct record started;

    rest(CALM_MS); /* the kernel may still be clearing up after the one before: a thousand processes
                      take a while */
    start_calmly(team, contestant, count);
    started = sum_of_records(team, 1, count + 1);
    sample("start", team, (double)(started.time - record_at(team, 0).time));
    sample("start_cpu", team, cpu_time(team) + (double)started.cpu);
    sample_memory(team);
    sample("stop", team, (double)stop_team(team));
    sample("stopped", team, (double)count_stopped(team));
    close(team->records);
}

static int rounds_of(int count, int rounds)
{
    if (count < LARGE)
        return rounds;
    return rounds / LARGE_SHARE > LEAST_STARTS ? rounds / LARGE_SHARE : LEAST_STARTS;
}

static void measure_starts(int count, int rounds)
{
    for (int round = 0; round < rounds; round++) {
        shuffle();
        for (int i = 0; i < contestant_count; i++)
            start_and_stop_once(&teams[turns[i]], &contestants[turns[i]], count);
    }
}

/* Each service that is killed has run for longer than a second: no supervisor has a reason to wait.
 * */
static void respawn_once(const struct team *team, int victim)
{
    long records = record_count(team);
    double cpu = cpu_time(team);
    int64_t killed = now();
    struct record successor;

    kill(team->members.services[victim], SIGKILL);
    wait_for_records(team, records + 1);
    successor = record_at(team, records);
    rest(REST_MS);
    cpu = cpu_time(team) - cpu;
    sample("respawn", team, (double)(successor.time - killed));
    sample("respawn_cpu", team, cpu);
    sample("respawn_cpu_all", team, cpu + (double)successor.cpu);
}

/* Each victim is another, and their number odd, for the median. */
static void measure_respawns(int count, int rounds)
{
    int kills = 2 * rounds - 1 > LEAST_KILLS ? 2 * rounds - 1 : LEAST_KILLS;

    for (int victim = 0; victim < count && victim < kills; victim++) {
        shuffle();
        for (int i = 0; i < contestant_count; i++)
            respawn_once(&teams[turns[i]], victim);
    }
}

static double switches(const struct team *team)
{
    return (double)sum_of_threads(&team->members, "status", "voluntary_ctxt_switches:");
}

static void measure_wakeups(void)
{
    double before[MOST_CONTESTANTS] = {0}, cpu[MOST_CONTESTANTS] = {0};

    for (int i = 0; i < contestant_count; i++) {
        before[i] = switches(&teams[i]);
        cpu[i] = cpu_time(&teams[i]);
    }
    rest(IDLE_MS);
    for (int i = 0; i < contestant_count; i++) {
        sample("wakeups", &teams[i], switches(&teams[i]) - before[i]);
        sample("idle_cpu", &teams[i], cpu_time(&teams[i]) - cpu[i]);
    }
}

static void measure_side_by_side(int count, int rounds)
{
    for (int i = 0; i < contestant_count; i++)
        start_calmly(&teams[i], &contestants[i], count);
    measure_wakeups();
    measure_respawns(count, rounds);
    for (int i = 0; i < contestant_count; i++) {
        discard_team(&teams[i]);
        close(teams[i].records);
    }
}

/* The first second, when a supervisor itself starts, is left out. */
static void crash_once(struct team *team, const struct contestant *contestant, int count)
{
    long first, end;
    double cpu;

    start_team(team, contestant, crash, count);
    wait_for_records(team, count + 1);
    rest(MILLISECONDS);
    find_members(&team->members, team->init, crash);
    first = record_count(team);
    cpu = cpu_time(team);
    rest(CRASH_MS);
    end = record_count(team);
    cpu = cpu_time(team) - cpu;
    sample("crash_starts", team, (double)(end - first));
    sample("crash_cpu", team, cpu);
    if (end > first)
        sample("crash_cpu_start", team,
               (cpu + (double)sum_of_records(team, first, end).cpu) / (double)(end - first));
    discard_team(team);
    close(team->records);
}

static void measure_crashes(int count)
{
    if (count > MOST_CRASHING)
        return;
    shuffle();
    for (int i = 0; i < contestant_count; i++)
        crash_once(&teams[turns[i]], &contestants[turns[i]], count);
}

static void add_contestant(char *word)
{
    char *equals = strchr(word, '=');
    struct contestant *contestant = &contestants[contestant_count];

    if (equals == NULL || contestant_count == MOST_CONTESTANTS)
        fail(word, "not NAME=PATH, or too many");
    *equals = '\0';
    *contestant = (struct contestant){word, equals + 1, kind_of(word)};
    if (contestant->kind == NULL)
        fail(word, "how it is configured is not known: see kinds.c");
    turns[contestant_count] = contestant_count;
    contestant_count++;
}

static int next_size(char **sizes)
{
    long size = strtol(*sizes, sizes, 10);

    if (size < 1 || size > MOST_MEMBERS / 2 || (**sizes != ',' && **sizes != '\0'))
        fail("sizes", "numbers from 1 to 1024, with commas between them");
    *sizes += **sizes == ',';
    return (int)size;
}

int main(int argc, char **argv)
{
    int rounds;

    if (argc < 5 || (rounds = atoi(argv[2])) < 1) {
        fprintf(stderr, "usage: services DIRECTORY ROUNDS SIZES NAME=PATH...\n");
        return EXIT_FAILURE;
    }
    snprintf(stay, sizeof stay, "%s/service_stay", argv[1]);
    snprintf(crash, sizeof crash, "%s/service_crash", argv[1]);
    for (int i = 4; i < argc; i++)
        add_contestant(argv[i]);
    setvbuf(stdout, NULL, _IOLBF,
            0); /* nothing is left in a buffer that a child could write again */
    make_room();
    sync(); /* a file that is not yet on the disk counts as dirty memory */
    for (char *sizes = argv[3]; *sizes != '\0';) {
        int count = next_size(&sizes);

        measure_starts(count, rounds_of(count, rounds));
        measure_side_by_side(count, rounds);
        measure_crashes(count);
    }
    return EXIT_SUCCESS;
}
