/* test_probe.c - readiness and health checks: when they are made, and what their results do. The
 * test has a clock and an event loop of its own; the commands are children that do as their names
 * say. */
#include "supervise/messages.h"
#include "supervise/probe.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/resource.h>

#include "base/log.h"
#include "supervise/event_loop.h"
#include "supervise/start.h"

#include "kit.h"

enum {
    RUN_BEGAN = 1000000, /* on the test's clock */
    FIRST = 20,          /* the intervals between questions for readiness */
    MOST = 1000,
    CONNECTION_PATIENCE = 1000,
    COMMAND_PATIENCE = 10000,
    INTERVAL = 30000, /* of health checks */
    TIMEOUT = 5000,
    RETRIES = 3,
    POLL_MS = 10000,
};

static struct settings settings;
static struct service service;
static milliseconds now = RUN_BEGAN;

/* ---- the loop ---- */

static struct source *watched;
static uint32_t watched_events;
static bool loop_is_full;

bool __wrap_event_loop_watch(struct source *source, uint32_t events);
bool __wrap_event_loop_watch(struct source *source, uint32_t events)
{
    ck_assert(watched == NULL || watched == source);
    ck_assert_int_ne(fcntl(source->fd, F_GETFD) & FD_CLOEXEC, 0);
    if (loop_is_full)
        return false;
    watched = source;
    watched_events = events;
    return true;
}

void __wrap_event_loop_forget(struct source *source);
void __wrap_event_loop_forget(struct source *source)
{
    ck_assert_ptr_eq(watched, source);
    ck_assert_int_ne(fcntl(source->fd, F_GETFD), -1); /* before it is closed */
    watched = NULL;
}

/* Waits for an event of the watched descriptor; true if it came within the time. */
static bool turn(int timeout)
{
    ck_assert_ptr_nonnull(watched);
    struct pollfd source = {.fd = watched->fd, .events = (short)watched_events};
    if (poll(&source, 1, timeout) == 0)
        return false;
    watched->ready(watched, (uint32_t)source.revents);
    return true;
}

/* ---- commands ---- */

#define CANNOT_RUN "0 not"

static int commands_run;
static struct promise *last_command;
static int tell_begun[2];

/* Leads a group with another in it, and stays. */
static _Noreturn void hang(void)
{
    pid_t pid = fork(); /* outlives its parent, but not the test by much */
    alarm(TEST_SECONDS);
    if (pid != 0 && write(tell_begun[1], "", 1) != 1)
        _exit(EXIT_FAILURE);
    for (;;)
        pause();
}

static pid_t start_command(void *context)
{
    const char *command = context;
    pid_t pid = fork_bound();
    if (pid != 0)
        return pid;
    setpgid(0, 0);
    if (strcmp(command, "hang") == 0)
        hang();
    if (strcmp(command, "die") == 0)
        raise(SIGKILL);
    _exit((int)text_number(command, NULL));
}

/* The other end reports an error if the program cannot be run. */
static int open_report(bool cannot_run)
{
    int ends[2], error = ENOENT;
    ck_assert_int_eq(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
    if (cannot_run)
        ck_assert_int_eq(write(ends[1], &error, sizeof error), sizeof error);
    close(ends[1]);
    return ends[0];
}

/* A number is the command's exit status; "0 not" cannot be run; "missing" cannot be forked; "die"
 * and "hang" do so. */
int __wrap_start_side_command(struct service *whose, const char *command, struct promise *promise,
                              int *report);
int __wrap_start_side_command(struct service *whose, const char *command, struct promise *promise,
                              int *report)
{
    char byte;
    ck_assert_ptr_eq(whose, &service);
    commands_run++;
    if (strcmp(command, "missing") == 0)
        return ENOENT;
    last_command = promise;
    *report = open_report(strcmp(command, CANNOT_RUN) == 0);
    ck_assert_int_eq(pipe2(tell_begun, O_CLOEXEC), 0);
    ck_assert_int_eq(children_spawn(promise, start_command, (void *)(uintptr_t)command), 0);
    if (strcmp(command, "hang") == 0)
        ck_assert_int_eq(read(tell_begun[0], &byte, 1), 1);
    close(tell_begun[0]);
    close(tell_begun[1]);
    return 0;
}

/* Reaps the last command once it has ended. */
static void reap_command(void)
{
    siginfo_t info;
    waitid(P_PID, (id_t)last_command->pid, &info, WEXITED | WNOWAIT);
    children_sigchld();
    ck_assert(children_resolved(last_command, NULL));
}

/* Returns when all children have ended. */
static void reap_all(void)
{
    siginfo_t info;
    while (waitid(P_ALL, 0, &info, WEXITED | WNOWAIT) == 0)
        children_sigchld();
    ck_assert(is_childless());
}

/* ---- a service ---- */

static void prepare(void)
{
    hear_stderr();
    log_set_level(LOG_INFO);
    service = (struct service){.name = "web", .settings = &settings, .started = now};
    probe_prepare(&service);
}

static void set_healthcheck(const char *command)
{
    settings.healthcheck = settings.healthcheck_argument = command;
    settings.healthcheck_by = READY_BY_EXEC;
}

static void prepare_health(const char *command)
{
    set_healthcheck(command);
    settings.healthcheck_interval = INTERVAL;
    settings.healthcheck_timeout = TIMEOUT;
    settings.healthcheck_retries = RETRIES;
    prepare();
}

/* At the time at which it is due to be looked at. */
static enum probe_change look_when_due(void)
{
    ck_assert_int_ne(probe_due(&service), NEVER);
    ck_assert_int_ge(probe_due(&service), now);
    now = probe_due(&service);
    return probe_look(&service, now);
}

/* Nothing is found, and the next look is due so much later. */
static void assert_next_in(milliseconds span)
{
    ck_assert_int_eq(probe_due(&service), now + span);
    ck_assert_int_eq(probe_look(&service, now + span - 1), PROBE_UNCHANGED);
    ck_assert_int_eq(probe_due(&service), now + span);
}

static void assert_asks_nothing(void)
{
    ck_assert_int_eq(probe_due(&service), NEVER);
    ck_assert_int_eq(probe_look(&service, NEVER - 1), PROBE_UNCHANGED);
    ck_assert_ptr_null(watched);
}

/* ---- no probe ---- */

START_TEST(a_service_without_a_probe)
{
    prepare();
    ck_assert_ptr_null(service.extras);
    ck_assert_int_eq(probe_open_fd(&service), -1);
    probe_begin(&service, now);
    assert_asks_nothing();
    probe_begin_health(&service, now);
    assert_asks_nothing();
    ck_assert_int_eq(probe_health(&service), HEALTH_NONE);
    ck_assert(!probe_poll_stop_command(&service));
    probe_end(&service);
    settings.ready = READY_BY_NOTIFY;
    prepare();
    ck_assert_ptr_null(service.extras);
}
END_TEST

/* ---- readiness ---- */

/* A thread checks a path, and sends SIGCHLD to this process when it is done. */
static enum probe_change look_along_path(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, NULL);
    ck_assert_int_eq(look_when_due(), PROBE_UNCHANGED);
    ck_assert_int_eq(sigtimedwait(&set, NULL, &(struct timespec){.tv_sec = TEST_SECONDS}), SIGCHLD);
    return probe_look(&service, now);
}

START_TEST(a_file_is_looked_for_at_growing_intervals)
{
    settings.ready = READY_BY_FILE;
    settings.ready_argument = "ready";
    prepare();
    assert_asks_nothing();
    probe_begin(&service, now);
    ck_assert_int_eq(probe_due(&service), now);
    milliseconds interval = FIRST;
    for (int i = 0; i < 10; i++) {
        ck_assert_int_eq(look_along_path(), PROBE_UNCHANGED);
        assert_next_in(interval);
        interval = interval * 2 < MOST ? interval * 2 : MOST;
    }
    make_text_file("ready", "", 0);
    ck_assert_int_eq(look_along_path(), PROBE_READY);
    assert_asks_nothing();
    ck_assert_int_eq(unlink("ready"), 0);
    probe_begin(&service, now); /* the next run starts with short intervals again */
    ck_assert_int_eq(look_along_path(), PROBE_UNCHANGED);
    assert_next_in(FIRST);
}
END_TEST

/* A socket bound to a free port of the loopback, which the service is asked to be ready on. */
static int bind_tcp(struct address *address)
{
    *address = (struct address){
        .to.v4 = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)},
        .length = sizeof address->to.v4,
        .type = SOCK_STREAM};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(fd, &address->to.any, address->length), 0);
    ck_assert_int_eq(getsockname(fd, &address->to.any, &address->length), 0);
    settings.ready = READY_BY_TCP;
    settings.ready_address = address;
    return fd;
}

START_TEST(a_port_is_connected_to_until_a_program_listens)
{
    struct address address;
    int fd = bind_tcp(&address), open = count_descriptors();
    prepare();
    probe_begin(&service, now);
    ck_assert_int_eq(look_when_due(), PROBE_UNCHANGED);
    if (watched != NULL) { /* refused at once, or soon */
        ck_assert(turn(POLL_MS));
        ck_assert_int_eq(probe_look(&service, now), PROBE_UNCHANGED);
    }
    assert_next_in(FIRST);
    ck_assert_int_eq(count_descriptors(), open);
    ck_assert_int_eq(listen(fd, 1), 0);
    ck_assert_int_eq(look_when_due(), PROBE_UNCHANGED);
    ck_assert_int_eq(probe_look(&service, now),
                     PROBE_UNCHANGED); /* not before the loop reports it */
    ck_assert(turn(POLL_MS));
    ck_assert_int_eq(probe_look(&service, now), PROBE_READY);
    assert_asks_nothing();
    ck_assert_int_eq(count_descriptors(), open);
}
END_TEST

/* The queue is full and no connection is accepted: the kernel drops new ones. */
static void fill_queue(int fd, const struct address *address)
{
    ck_assert_int_eq(listen(fd, 0), 0);
    struct pollfd one = {.events = POLLOUT};
    do {
        one.fd = socket(address->to.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (connect(one.fd, &address->to.any, address->length) == -1 && errno != EINPROGRESS)
            return;
    } while (poll(&one, 1, FIRST) == 1);
}

/* A probe waits for a connection; returns the number of descriptors before it. */
static int begin_hanging_connection(void)
{
    struct address address;
    int fd = bind_tcp(&address);
    fill_queue(fd, &address);
    int open = count_descriptors();
    prepare();
    probe_begin(&service, now);
    ck_assert_int_eq(look_when_due(), PROBE_UNCHANGED);
    return open;
}

START_TEST(a_connection_that_hangs_is_given_up)
{
    int open = begin_hanging_connection();
    ck_assert(!turn(0));
    assert_next_in(CONNECTION_PATIENCE);
    ck_assert_int_eq(look_when_due(), PROBE_UNCHANGED);
    ck_assert_ptr_null(watched);
    ck_assert_int_eq(count_descriptors(), open);
    assert_next_in(FIRST);
}
END_TEST

static bool sockets_meet_themselves;
static struct address own_address;

int __real_socket(int domain, int type, int protocol);
int __wrap_socket(int domain, int type, int protocol);
int __wrap_socket(int domain, int type, int protocol)
{
    int fd = __real_socket(domain, type, protocol);
    if (sockets_meet_themselves)
        ck_assert_int_eq(bind(fd, &own_address.to.any, own_address.length), 0);
    return fd;
}

START_TEST(a_connection_to_itself_does_not_count)
{
    close(bind_tcp(&own_address));
    prepare();
    probe_begin(&service, now);
    sockets_meet_themselves = true;
    ck_assert_int_eq(look_when_due(), PROBE_UNCHANGED);
    if (watched != NULL) {
        ck_assert(turn(POLL_MS));
        ck_assert_int_eq(probe_look(&service, now), PROBE_UNCHANGED);
    }
    assert_next_in(FIRST);
}
END_TEST

START_TEST(a_full_loop_is_tried_again)
{
    struct address address;
    int fd = bind_tcp(&address);
    ck_assert_int_eq(listen(fd, 1), 0);
    fill_queue(fd, &address);
    int open = count_descriptors();
    prepare();
    probe_begin(&service, now);
    loop_is_full = true;
    ck_assert_int_eq(look_when_due(), PROBE_UNCHANGED);
    assert_next_in(FIRST);
    ck_assert_int_eq(count_descriptors(), open);
    loop_is_full = false;
    ck_assert_int_eq(look_when_due(), PROBE_UNCHANGED);
    assert_next_in(CONNECTION_PATIENCE);
}
END_TEST

START_TEST(a_unix_socket)
{
    struct address address = {.to.local = {.sun_family = AF_UNIX, .sun_path = "socket"},
                              .length = sizeof address.to.local,
                              .type = SOCK_STREAM};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    settings.ready = READY_BY_UNIX;
    settings.ready_address = &address;
    prepare();
    probe_begin(&service, now);
    ck_assert_int_eq(look_along_path(), PROBE_UNCHANGED); /* not there */
    ck_assert_int_eq(bind(fd, &address.to.any, address.length), 0);
    ck_assert_int_eq(look_along_path(), PROBE_UNCHANGED); /* refused */
    fill_queue(fd, &address);
    ck_assert_int_eq(look_along_path(), PROBE_UNCHANGED); /* full */
    assert_next_in(FIRST * 4);
    ck_assert_int_eq(listen(fd, SOMAXCONN), 0);
    ck_assert_int_eq(look_along_path(), PROBE_READY);
    assert_asks_nothing();
}
END_TEST

START_TEST(a_command_is_run_until_it_succeeds)
{
    settings.ready = READY_BY_EXEC;
    settings.ready_argument = "3";
    prepare();
    probe_begin(&service, now);
    ck_assert_int_eq(look_when_due(), PROBE_UNCHANGED);
    assert_next_in(COMMAND_PATIENCE);
    reap_command();
    ck_assert_int_eq(probe_look(&service, now), PROBE_UNCHANGED);
    assert_next_in(FIRST);
    settings.ready_argument = "missing";
    ck_assert_int_eq(look_when_due(), PROBE_UNCHANGED);
    assert_next_in(FIRST * 2);
    settings.ready_argument = "0";
    ck_assert_int_eq(look_when_due(), PROBE_UNCHANGED);
    ck_assert_int_eq(probe_look(&service, now), PROBE_UNCHANGED);
    reap_command();
    ck_assert_int_eq(probe_look(&service, now), PROBE_READY);
    assert_asks_nothing();
    ck_assert_int_eq(commands_run, 3);
    ck_assert_str_eq(heard(), "");
}
END_TEST

START_TEST(a_command_that_hangs_is_killed_with_its_group)
{
    settings.ready = READY_BY_EXEC;
    settings.ready_argument = "hang";
    prepare();
    probe_begin(&service, now);
    ck_assert_int_eq(look_when_due(), PROBE_UNCHANGED);
    ck_assert_int_eq(look_when_due(), PROBE_UNCHANGED);
    ck_assert_int_eq(look_when_due(), PROBE_UNCHANGED); /* not reaped: no other is run */
    ck_assert_int_eq(commands_run, 1);
    assert_next_in(FIRST * 2);
    reap_all();
    settings.ready_argument = "0";
    ck_assert_int_eq(look_when_due(), PROBE_UNCHANGED);
    ck_assert_int_eq(commands_run, 2);
    reap_command();
    ck_assert_int_eq(probe_look(&service, now), PROBE_READY);
}
END_TEST

/* ---- a line on a descriptor ---- */

static int begin_line(void)
{
    settings.ready = READY_BY_FD;
    prepare();
    int fd = probe_open_fd(&service);
    ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
    ck_assert_int_eq(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
    probe_begin(&service, now);
    ck_assert_int_eq(look_when_due(), PROBE_UNCHANGED);
    ck_assert_int_eq(probe_due(&service), NEVER);
    ck_assert(!turn(0));
    return fd;
}

static void put(int fd, const char *bytes)
{
    ck_assert_int_eq(write(fd, bytes, strlen(bytes)), (ssize_t)strlen(bytes));
    ck_assert(turn(POLL_MS));
}

START_TEST(a_newline_in_what_arrives)
{
    int before = count_descriptors(), fd = begin_line();
    put(fd, "not");
    ck_assert_int_eq(probe_look(&service, now), PROBE_UNCHANGED);
    ck_assert(!turn(0));              /* watched again */
    watched->ready(watched, EPOLLIN); /* for nothing */
    ck_assert_int_eq(probe_look(&service, now), PROBE_UNCHANGED);
    ck_assert(!turn(0));
    put(fd, "yet\nand more");
    ck_assert_int_eq(probe_look(&service, now), PROBE_READY);
    assert_asks_nothing();
    close(fd);
    ck_assert_int_eq(count_descriptors(), before);
}
END_TEST

START_TEST(an_end_without_a_newline)
{
    int before = count_descriptors(), fd = begin_line();
    log_set_level(LOG_DEBUG);
    put(fd, "no");
    ck_assert_int_eq(probe_look(&service, now), PROBE_UNCHANGED);
    close(fd);
    ck_assert(turn(POLL_MS));
    ck_assert_int_eq(probe_look(&service, now), PROBE_UNCHANGED);
    ck_assert_str_eq(heard(),
                     "foster: web has closed its readiness descriptor without a newline\n");
    assert_asks_nothing();
    ck_assert_int_eq(count_descriptors(), before);
    probe_begin_health(&service, now); /* another way of saying so */
    assert_asks_nothing();
}
END_TEST

START_TEST(a_pipe_is_not_left_behind)
{
    int before = count_descriptors();
    close(begin_line());
    close(probe_open_fd(&service)); /* the start failed, and the next run begins without an end */
    probe_end(&service);
    ck_assert_int_eq(count_descriptors(), before);
    probe_begin(&service, now);
    ck_assert_int_eq(look_when_due(), PROBE_UNCHANGED);
    assert_asks_nothing();
}
END_TEST

START_TEST(no_pipe_is_said)
{
    settings.ready = READY_BY_FD;
    prepare();
    struct rlimit old = forbid_descriptors();
    ck_assert_int_eq(probe_open_fd(&service), -1);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &old), 0);
    ck_assert_str_eq(
        heard(),
        "foster: web cannot report that it is ready: cannot open a pipe: Too many open files\n");
    probe_begin(&service, now);
    ck_assert_int_eq(look_when_due(), PROBE_UNCHANGED);
    assert_asks_nothing();
}
END_TEST

/* ---- health ---- */

/* A check begins when it is due, ends by itself, and is looked at. */
static enum probe_change check_once(const char *command)
{
    int before = commands_run;
    set_healthcheck(command);
    ck_assert_int_eq(look_when_due(), PROBE_UNCHANGED);
    ck_assert_int_eq(commands_run, before + 1);
    ck_assert_int_eq(probe_due(&service), now + TIMEOUT);
    reap_command();
    now += TIMEOUT - 1;
    return probe_look(&service, now);
}

START_TEST(healthy_unhealthy_and_healthy_again)
{
    prepare_health("0");
    ck_assert_int_eq(probe_health(&service), HEALTH_NONE);
    probe_begin(&service, now);
    ck_assert_int_eq(probe_health(&service), HEALTH_STARTING);
    assert_next_in(INTERVAL);
    ck_assert_int_eq(check_once("0"), PROBE_HEALTHY);
    ck_assert_int_eq(probe_health(&service), HEALTH_HEALTHY);
    assert_next_in(INTERVAL);
    ck_assert_int_eq(check_once("0"), PROBE_UNCHANGED);
    ck_assert_int_eq(check_once("1"), PROBE_UNCHANGED);
    ck_assert_int_eq(check_once("1"), PROBE_UNCHANGED);
    ck_assert_int_eq(check_once("0"), PROBE_UNCHANGED); /* the count begins again */
    ck_assert_int_eq(check_once("1"), PROBE_UNCHANGED);
    ck_assert_int_eq(check_once("1"), PROBE_UNCHANGED);
    ck_assert_int_eq(probe_health(&service), HEALTH_HEALTHY);
    ck_assert_str_eq(heard(), "");
    ck_assert_int_eq(check_once("2"), PROBE_UNHEALTHY);
    ck_assert_int_eq(probe_health(&service), HEALTH_UNHEALTHY);
    ck_assert_str_eq(heard(),
                     "foster: web is unhealthy: 2 exited with status 2, 3 times in a row\n");
    for (int i = 0; i <= RETRIES; i++)
        ck_assert_int_eq(check_once("1"), PROBE_UNCHANGED); /* once is enough */
    ck_assert_str_eq(heard(), "");
    ck_assert_int_eq(check_once("0"), PROBE_HEALTHY);
    ck_assert_int_eq(probe_health(&service), HEALTH_HEALTHY);
    ck_assert_str_eq(heard(), "foster: web is healthy again\n");
}
END_TEST

/* Docker: failures in the start period do not count, until a check has succeeded. */
START_TEST(failures_in_the_start_period)
{
    settings.healthcheck_start_period = 2 * INTERVAL + TIMEOUT;
    prepare_health("1");
    settings.healthcheck_retries = 1;
    probe_begin(&service, now);
    ck_assert_int_eq(check_once("1"), PROBE_UNCHANGED);
    ck_assert_int_eq(check_once("1"), PROBE_UNCHANGED); /* began within, ended after it */
    ck_assert_int_gt(now, RUN_BEGAN + settings.healthcheck_start_period);
    ck_assert_int_eq(probe_health(&service), HEALTH_STARTING);
    ck_assert_int_eq(check_once("1"), PROBE_UNHEALTHY);
    ck_assert_str_eq(heard(), "foster: web is unhealthy: 1 exited with status 1\n");
}
END_TEST

START_TEST(a_success_ends_the_start_period)
{
    settings.healthcheck_start_period = NEVER;
    prepare_health("0");
    settings.healthcheck_retries = 1;
    probe_begin(&service, now);
    ck_assert_int_eq(check_once("1"), PROBE_UNCHANGED);
    ck_assert_int_eq(check_once("0"), PROBE_HEALTHY);
    ck_assert_int_eq(check_once("die"), PROBE_UNHEALTHY);
    ck_assert_str_eq(heard(), "foster: web is unhealthy: die was killed by SIGKILL\n");
}
END_TEST

START_TEST(a_check_that_takes_too_long)
{
    prepare_health("hang");
    settings.healthcheck_retries = 2;
    probe_begin(&service, now);
    ck_assert_int_eq(look_when_due(), PROBE_UNCHANGED);
    assert_next_in(TIMEOUT);
    ck_assert_int_eq(look_when_due(), PROBE_UNCHANGED);
    assert_next_in(INTERVAL);
    ck_assert_int_eq(look_when_due(), PROBE_UNHEALTHY); /* not reaped, so it is late still */
    ck_assert_int_eq(commands_run, 1);
    ck_assert_str_eq(heard(),
                     "foster: web is unhealthy: hang took longer than 5.00 s, 2 times in a row\n");
    reap_all();
    ck_assert_int_eq(probe_look(&service, now), PROBE_UNCHANGED);
    ck_assert_int_eq(check_once("0"), PROBE_HEALTHY);
}
END_TEST

START_TEST(a_check_that_cannot_be_run)
{
    prepare_health("missing");
    probe_begin(&service, now);
    for (int i = 1; i < RETRIES; i++)
        ck_assert_int_eq(look_when_due(), PROBE_UNCHANGED);
    assert_next_in(INTERVAL);
    ck_assert_int_eq(look_when_due(), PROBE_UNHEALTHY);
    ck_assert_str_eq(heard(),
                     "foster: web is unhealthy: missing could not be run, 3 times in a row\n");
}
END_TEST

START_TEST(health_is_asked_for_once_it_is_ready)
{
    settings.ready = READY_BY_NOTIFY;
    prepare_health("0");
    probe_begin(&service, now);
    assert_asks_nothing();
    ck_assert_int_eq(probe_health(&service), HEALTH_STARTING);
    now += INTERVAL;
    probe_begin_health(&service, now);
    assert_next_in(INTERVAL);
    probe_begin_health(&service, now + INTERVAL / 2); /* a second message changes nothing */
    assert_next_in(INTERVAL);
    set_healthcheck("hang");
    ck_assert_int_eq(look_when_due(), PROBE_UNCHANGED);
    probe_begin_health(&service, now);
    assert_next_in(TIMEOUT);
    ck_assert(!children_resolved(last_command, NULL));
    probe_end(&service);
    reap_all();
}
END_TEST

START_TEST(health_checks_after_a_readiness_check)
{
    settings.ready = READY_BY_FILE;
    settings.ready_argument = ".";
    prepare_health("0");
    probe_begin(&service, now);
    ck_assert_int_eq(look_along_path(), PROBE_READY);
    probe_begin_health(&service, now);
    ck_assert_int_eq(probe_health(&service), HEALTH_STARTING);
    assert_next_in(INTERVAL);
    ck_assert_int_eq(check_once("0"), PROBE_HEALTHY);
}
END_TEST

START_TEST(the_end_of_a_run_ends_the_check)
{
    prepare_health("hang");
    probe_begin(&service, now);
    ck_assert_int_eq(look_when_due(), PROBE_UNCHANGED);
    probe_end(&service);
    assert_asks_nothing();
    ck_assert_int_eq(probe_health(&service), HEALTH_NONE);
    reap_all();
    assert_asks_nothing();
    probe_begin(&service, now);
    assert_next_in(INTERVAL);
    ck_assert_int_eq(check_once("1"), PROBE_UNCHANGED);
    ck_assert_int_eq(check_once("1"), PROBE_UNCHANGED);
    probe_end(&service);
    probe_begin(&service, now); /* failures are those of one run */
    ck_assert_int_eq(check_once("1"), PROBE_UNCHANGED);
    ck_assert_str_eq(heard(), "");
}
END_TEST

START_TEST(the_end_of_a_run_ends_a_connection)
{
    int open = begin_hanging_connection();
    ck_assert_ptr_nonnull(watched);
    probe_end(&service);
    assert_asks_nothing();
    ck_assert_int_eq(count_descriptors(), open);
}
END_TEST

/* ---- the stop command ---- */

START_TEST(a_stop_command)
{
    settings.stop_command = "0";
    prepare();
    probe_begin(&service, now);
    assert_asks_nothing();
    probe_end(&service);
    ck_assert(!probe_poll_stop_command(&service));
    ck_assert(probe_run_stop_command(&service, "0"));
    ck_assert(probe_poll_stop_command(&service));
    assert_asks_nothing();
    reap_command();
    ck_assert(!probe_poll_stop_command(&service));
    ck_assert(!probe_run_stop_command(&service, "missing"));
    ck_assert(!probe_poll_stop_command(&service));
    ck_assert(messages_was_logged(&service, ONCE_SIDE_COMMAND));
    ck_assert(probe_run_stop_command(&service, "0"));
    reap_command();
    ck_assert(!probe_poll_stop_command(&service));
    ck_assert(!messages_was_logged(&service, ONCE_SIDE_COMMAND));
    ck_assert(probe_run_stop_command(&service, CANNOT_RUN));
    reap_command();
    ck_assert(!probe_poll_stop_command(&service));
    ck_assert(messages_was_logged(&service, ONCE_SIDE_COMMAND));
}
END_TEST

START_TEST(a_stop_command_beside_a_check_that_is_dying)
{
    settings.stop_command = "hang";
    prepare_health("hang");
    probe_begin(&service, now);
    ck_assert_int_eq(look_when_due(), PROBE_UNCHANGED);
    probe_end(&service);
    ck_assert(probe_run_stop_command(&service, "hang"));
    ck_assert(probe_poll_stop_command(&service));
    probe_end(&service);
    ck_assert(probe_poll_stop_command(&service)); /* until it is reaped */
    ck_assert_str_eq(heard(), "");
    ck_assert(!probe_run_stop_command(&service, "hang"));
    ck_assert_str_eq(heard(),
                     "foster: web: cannot run hang: the last one was killed and has not ended\n");
    reap_all();
    ck_assert(!probe_poll_stop_command(&service));
}
END_TEST

int main(void)
{
    return RUN_TESTS(
        "probe", a_service_without_a_probe, a_file_is_looked_for_at_growing_intervals,
        a_port_is_connected_to_until_a_program_listens, a_connection_that_hangs_is_given_up,
        a_connection_to_itself_does_not_count, a_full_loop_is_tried_again, a_unix_socket,
        a_command_is_run_until_it_succeeds, a_command_that_hangs_is_killed_with_its_group,
        a_newline_in_what_arrives, an_end_without_a_newline, a_pipe_is_not_left_behind,
        no_pipe_is_said, healthy_unhealthy_and_healthy_again, failures_in_the_start_period,
        a_success_ends_the_start_period, a_check_that_takes_too_long, a_check_that_cannot_be_run,
        health_is_asked_for_once_it_is_ready, health_checks_after_a_readiness_check,
        the_end_of_a_run_ends_the_check, the_end_of_a_run_ends_a_connection, a_stop_command,
        a_stop_command_beside_a_check_that_is_dying);
}
