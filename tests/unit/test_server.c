/*
 * test_server.c - the control socket, from the first byte of a request to the last of its answer,
 * and foster ctl.
 *
 * One thread plays both ends. The server never waits, so the test sends as a client, turns the
 * event loop, an epoll of its own, and reads the answer. The supervisor is played, and time passes
 * when the test says so. Only foster ctl, which waits, is a process of its own.
 */
#include "control/server.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/buffer.h"
#include "control/client.h"
#include "control/connections.h"
#include "control/request.h"
#include "supervise/event_loop.h"

#include "control_kit.h"

#define NO_REQUEST "2\nfoster: the request was incomplete or came too late\n"
#define TOO_MUCH   "125\nfoster: too many clients, or no memory; try again later\n"

enum { NEWS_MS = 10 * MS_PER_SECOND, DESCRIPTORS = 1024 };

/* ---- time ---- */

static milliseconds skew;
milliseconds __real_clock_now(void);
milliseconds __wrap_clock_now(void);
milliseconds __wrap_clock_now(void)
{
    return __real_clock_now() + skew;
}

/* ---- the loop ---- */

static int epoll = -1;
static bool is_watched[DESCRIPTORS];
static bool no_watching;

bool __wrap_event_loop_watch(struct source *source, uint32_t events);
bool __wrap_event_loop_watch(struct source *source, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = source};
    if (no_watching)
        return false;
    ck_assert_int_eq(epoll_ctl(epoll, is_watched[source->fd] ? EPOLL_CTL_MOD : EPOLL_CTL_ADD,
                               source->fd, &event),
                     0);
    return is_watched[source->fd] = true;
}

void __wrap_event_loop_forget(struct source *source);
void __wrap_event_loop_forget(struct source *source)
{
    if (is_watched[source->fd])
        ck_assert_int_eq(epoll_ctl(epoll, EPOLL_CTL_DEL, source->fd, NULL), 0);
    is_watched[source->fd] = false;
}

/* One turn: true if anything was ready. */
static bool turn(int patience_ms)
{
    struct epoll_event event;
    int ready = epoll_wait(epoll, &event, 1, patience_ms);
    if (ready == 1) {
        struct source *source = event.data.ptr;
        source->ready(source, event.events);
    }
    server_look();
    return ready == 1;
}

static void turn_until_quiet(void)
{
    while (turn(0))
        continue;
}

/* ---- the supervisor ---- */

static char heard_of[1 << 12]; /* the calls that it got */
static int send_error;

static void note(const char *what, const char *name)
{
    strcat(strcat(strcat(heard_of, what), name), ";");
}

void __wrap_supervisor_start(struct service *service);
void __wrap_supervisor_start(struct service *service)
{
    note("start ", service->name);
    service->state = STARTING;
}

void __wrap_supervisor_stop(struct service *service);
void __wrap_supervisor_stop(struct service *service)
{
    note("stop ", service->name);
    service->state = STOP_SIGNAL;
}

void __wrap_supervisor_restart(struct service *service);
void __wrap_supervisor_restart(struct service *service)
{
    note("restart ", service->name);
    service->state = STOP_SIGNAL;
}

int __wrap_supervisor_send(struct service *service, int signal);
int __wrap_supervisor_send(struct service *service, int signal)
{
    char what[32];
    snprintf(what, sizeof what, "signal %d ", signal);
    note(what, service->name);
    return send_error;
}

void __wrap_supervisor_shut_down(void);
void __wrap_supervisor_shut_down(void)
{
    note("shut down", "");
}

/* ---- calls that fail ---- */

static int accept_error;
int __real_accept4(int fd, struct sockaddr *address, socklen_t *length, int flags);
int __wrap_accept4(int fd, struct sockaddr *address, socklen_t *length, int flags);
int __wrap_accept4(int fd, struct sockaddr *address, socklen_t *length, int flags)
{
    errno = accept_error;
    return accept_error != 0 ? -1 : __real_accept4(fd, address, length, flags);
}

static bool is_another_user;
int __real_getsockopt(int fd, int level, int option, void *value, socklen_t *length);
int __wrap_getsockopt(int fd, int level, int option, void *value, socklen_t *length);
int __wrap_getsockopt(int fd, int level, int option, void *value, socklen_t *length)
{
    int result = __real_getsockopt(fd, level, option, value, length);
    if (is_another_user && option == SO_PEERCRED)
        ((struct ucred *)value)->uid = geteuid() + 1;
    return result;
}

static int adds_until_none = INT_MAX;
bool __real_buffer_add(struct buffer *buffer, const char *bytes, size_t length);
bool __wrap_buffer_add(struct buffer *buffer, const char *bytes, size_t length);
bool __wrap_buffer_add(struct buffer *buffer, const char *bytes, size_t length)
{
    return adds_until_none-- != 0 && __real_buffer_add(buffer, bytes, length);
}

/* ---- clients ---- */

static void serve(void)
{
    static char absolute[PATH_MAX];
    ck_assert_ptr_nonnull(getcwd(absolute, sizeof absolute - sizeof "/ctl"));
    strcat(absolute, "/ctl");
    epoll = epoll_create1(EPOLL_CLOEXEC);
    ck_assert_msg(server_open(absolute, &plan), "%s: %s", absolute, strerror(errno));
    setenv("FOSTER_CONTROL", absolute, 1);
}

static int connect_to(const char *name, size_t length)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    memcpy(address.sun_path, name, length);
    ck_assert_int_eq(
        connect(fd, (struct sockaddr *)&address, (socklen_t)(sizeof(sa_family_t) + length)), 0);
    return fd;
}

static int come(void)
{
    return connect_to("ctl", sizeof "ctl");
}

static void say_to(int fd, const char *bytes, size_t length)
{
    ck_assert_int_eq(send(fd, bytes, length, MSG_NOSIGNAL), (ssize_t)length);
}

/* The server's answer; the stream must have ended as well. */
static const char *answer(int fd)
{
    static char bytes[1 << 20];
    size_t length = 0;
    ssize_t got;
    milliseconds deadline = __real_clock_now() + NEWS_MS;
    while ((got = recv(fd, bytes + length, sizeof bytes - 1 - length, 0)) != 0) {
        if (got == -1 && errno == ECONNRESET) /* it did not read all that was sent */
            break;
        ck_assert(got > 0 || errno == EAGAIN);
        ck_assert_msg(__real_clock_now() < deadline, "no end of the answer after: %.*s",
                      (int)length, bytes);
        length += got > 0 ? (size_t)got : 0;
        turn(1);
    }
    bytes[length] = '\0';
    close(fd);
    return bytes;
}

/* True if it has answered nothing yet, and has not closed either. */
static bool waits(int fd)
{
    char byte;
    turn_until_quiet();
    return recv(fd, &byte, 1, 0) == -1 && errno == EAGAIN;
}

#define ASK(words) ask(words "\0", sizeof words + 1)
static int ask(const char *words, size_t length)
{
    int fd = come();
    say_to(fd, words, length);
    return fd;
}

#define ck_answers(fd, expected) ck_assert_str_eq(answer(fd), expected)

/* ---- requests and answers ---- */

START_TEST(status_is_a_table)
{
    serve();
    const char *told = answer(ASK("status"));
    ck_assert_msg(strncmp(told, "0\nNAME ", strlen("0\nNAME ")) == 0, "%s", told);
    ck_assert_ptr_nonnull(strstr(told, "migrate"));
    told = answer(ASK("status\0web"));
    ck_assert_ptr_null(strstr(told, "migrate"));
    told = answer(ASK("status\0web\0--json"));
    ck_assert_msg(strncmp(told, "3\n{", strlen("3\n{")) == 0, "%s", told); /* it is not up */
}
END_TEST

START_TEST(request_may_come_in_pieces)
{
    static const char words[] = "status\0--json\0web\0";
    serve();
    int fd = come();
    for (size_t i = 0; i < sizeof words; i++) {
        ck_assert(waits(fd));
        say_to(fd, &words[i], 1);
    }
    ck_assert_ptr_nonnull(strstr(answer(fd), "\"web\""));
}
END_TEST

#define WAIT_USAGE                                                                                 \
    " usage: foster ctl wait [--timeout D] NAME[:ready|:started|:completed|:stopped]...\n"
START_TEST(words_that_make_no_sense_are_refused)
{
    serve();
    ck_answers(ASK("stauts"), "2\nfoster: unknown verb 'stauts'; did you mean 'status'?\n");
    ck_answers(ASK("GET / HTTP/1.1\n"), "2\nfoster: unknown verb 'GET / HTTP/1.1?'\n");
    ck_answers(ask("\0", 2), "2\nfoster: unknown verb ''\n");
    ck_answers(
        ASK("start"),
        "2\nfoster: an argument is missing; usage: foster ctl start [--timeout D] all|NAME...\n");
    ck_answers(ASK("health\0web"), "2\nfoster: invalid argument 'web'; usage: foster ctl health\n");
    ck_answers(ASK("signal\0TERM"),
               "2\nfoster: an argument is missing; usage: foster ctl signal SIGNAL NAME...\n");
    ck_answers(ASK("signal\0TREM\0web"),
               "2\nfoster: invalid argument 'TREM'; usage: foster ctl signal SIGNAL NAME...\n");
    ck_answers(ASK("wait\0web:redy"), "2\nfoster: invalid argument 'web:redy';" WAIT_USAGE);
    ck_answers(ASK("wait\0web:"), "2\nfoster: invalid argument 'web:';" WAIT_USAGE);
    ck_answers(ASK("wait\0web\0--timeout"), "2\nfoster: invalid argument '--timeout';" WAIT_USAGE);
    ck_answers(ASK("wait\0--timeout\0005x\0web"),
               "2\nfoster: invalid argument '--timeout';" WAIT_USAGE);
    ck_answers(ASK("wait\0--timeouts\0005s\0web"),
               "2\nfoster: invalid argument '--timeouts';" WAIT_USAGE);
    ck_answers(ASK("wait\0--json\0web"), "2\nfoster: invalid argument '--json';" WAIT_USAGE);
    ck_assert_str_eq(heard_of, "");
}
END_TEST

START_TEST(wrong_name_is_found_before_anything_is_done)
{
    serve();
    ck_answers(ASK("stop\0web\0dv\0migrat"), "1\nfoster: unknown service 'dv'\nfoster: unknown "
                                             "service 'migrat'; did you mean 'migrate'?\n");
    ck_answers(ASK("wait\0migrat:ready"),
               "1\nfoster: unknown service 'migrat'; did you mean 'migrate'?\n");
    ck_answers(ASK("status\0weeb"), "1\nfoster: unknown service 'weeb'; did you mean 'web'?\n");
    ck_assert_str_eq(heard_of, "");
}
END_TEST

START_TEST(start_answers_when_they_are_up)
{
    serve();
    int fd = ASK("start\0web\0migrate");
    ck_assert(waits(fd));
    ck_assert_str_eq(heard_of, "start web;start migrate;");
    services[WEB].state = RUNNING;
    services[MIGRATE].state = RUNNING; /* a oneshot is seen through */
    ck_assert(waits(fd));
    services[MIGRATE].state = DONE;
    ck_answers(fd, "0\n");
}
END_TEST

START_TEST(start_says_why_it_failed)
{
    serve();
    int fd = ASK("start\0web\0db\0migrate");
    ck_assert(waits(fd));
    services[WEB].state = services[DB].state = services[MIGRATE].state = FAILED;
    services[WEB].has_run = true;
    services[WEB].last_status = EXITED_WITH_3;
    services[DB].exec_code = 127;
    ck_answers(fd,
               "1\nfoster: web: failed, exited with status 3\n"
               "foster: db: failed, program not found\nfoster: migrate: failed, never started\n");
}
END_TEST

static struct dependency web_on_db = {&services[DB], CONDITION_STARTED};
static struct extras needs_db = {.depends_on = &web_on_db, .depends_count = 1};

START_TEST(several_are_stopped_in_the_reverse_order_of_their_dependencies)
{
    serve();
    services[WEB].extras = &needs_db;
    services[WEB].state = services[DB].state = RUNNING;
    int fd = ASK("stop\0db\0web");
    ck_assert(waits(fd));
    ck_assert_str_eq(heard_of, "stop web;");
    services[WEB].state = STOPPED;
    ck_assert(waits(fd));
    ck_assert_str_eq(heard_of, "stop web;stop db;");
    services[DB].state = STOPPED;
    ck_answers(fd, "0\n");
}
END_TEST

START_TEST(restart_of_all_stops_all_before_it_starts_them)
{
    serve();
    services[WEB].extras = &needs_db;
    services[WEB].state = services[DB].state = RUNNING;
    services[MIGRATE].state = DONE;
    int fd = ASK("restart\0all");
    ck_assert(waits(fd));
    ck_assert_str_eq(heard_of, "stop web;stop migrate;");
    services[WEB].state = services[MIGRATE].state = STOPPED;
    ck_assert(waits(fd));
    services[DB].state = STOPPED;
    ck_assert(waits(fd));
    ck_assert_str_eq(heard_of, "stop web;stop migrate;stop db;start web;start db;start migrate;");
    services[WEB].state = services[DB].state = RUNNING;
    services[MIGRATE].state = DONE;
    ck_answers(fd, "0\n");
}
END_TEST

START_TEST(start_of_all_leaves_out_what_is_done_or_started_by_name_only)
{
    static struct settings by_name;
    serve();
    services[DB].settings = &by_name;
    services[MIGRATE].state = DONE;
    int fd = ASK("start\0all");
    ck_assert(waits(fd));
    ck_assert_str_eq(heard_of, "start web;");
    services[WEB].state = RUNNING;
    ck_answers(fd, "0\n");
}
END_TEST

START_TEST(order_goes_on_without_the_client_and_ends_with_a_later_request)
{
    serve();
    services[WEB].extras = &needs_db;
    services[WEB].state = services[DB].state = RUNNING;
    close(ASK("stop\0all"));
    turn_until_quiet();
    ck_assert_str_eq(heard_of, "stop web;stop migrate;");
    ck_assert(waits(ASK("start\0db\0web")));
    services[WEB].state = STOPPED;
    turn_until_quiet();
    ck_assert_str_eq(heard_of, "stop web;stop migrate;start db;start web;");
}
END_TEST

START_TEST(stop_names_the_services_that_need_it)
{
    serve();
    services[WEB].extras = &needs_db;
    services[WEB].state = services[DB].state = RUNNING;
    int fd = ASK("stop\0db");
    ck_assert(waits(fd));
    services[DB].state = STOPPED;
    ck_answers(fd, "0\nfoster: db is stopped while these need it: web\n");
}
END_TEST

START_TEST(stop_and_restart_answer_at_rest)
{
    serve();
    int stop = ASK("stop\0web"), restart = ASK("restart\0db");
    ck_assert(waits(stop) && waits(restart));
    ck_assert_str_eq(heard_of, "stop web;restart db;");
    services[WEB].state = STOPPED;
    ck_answers(stop, "0\n");
    ck_assert(waits(restart));
    services[DB].state = BACKING_OFF;
    ck_assert(waits(restart));
    services[DB].state = STOPPED; /* another client has stopped it */
    ck_answers(restart, "1\nfoster: db: stopped\n");
    stop = ASK("stop\0web");
    ck_assert(waits(stop));
    services[WEB].state = CLEARING;
    ck_assert(waits(stop));
    services[WEB].state = WAITING; /* another client has started it again */
    ck_answers(stop, "1\nfoster: web: waiting\n");
}
END_TEST

/* A service that waits for it, also through another, does not start by itself. The client that only
 * waits goes on waiting. */
START_TEST(start_does_not_wait_for_what_is_stopped)
{
    static struct dependency on_db = {&services[DB], CONDITION_READY},
                             on_migrate = {&services[MIGRATE], CONDITION_COMPLETED};
    static struct extras of_web = {.depends_on = &on_db, .depends_count = 1},
                         of_db = {.depends_on = &on_migrate, .depends_count = 1};
    serve();
    services[WEB].extras = &of_web;
    services[DB].extras = &of_db;
    int start = ASK("start\0web"), wait = ASK("wait\0web");
    ck_assert(waits(start) && waits(wait));
    services[WEB].state = services[DB].state = WAITING;
    services[MIGRATE].state = STARTING;
    ck_assert(waits(start) && waits(wait));
    services[MIGRATE].state = STOPPED;
    ck_answers(start, "1\nfoster: web: waiting; migrate is stopped\n");
    ck_assert(waits(wait));
    start = ASK("start\0web");
    ck_assert(waits(start));
    services[WEB].state = WAITING;
    services[DB].state = STOPPED;
    ck_answers(start, "1\nfoster: web: waiting; db is stopped\n");
    ck_assert(waits(wait));
    services[WEB].state = RUNNING;
    ck_answers(wait, "0\n");
}
END_TEST

START_TEST(requests_end_when_foster_shuts_down)
{
    serve();
    services[WEB].state = services[DB].state = RUNNING;
    int restart = ASK("restart\0web"), wait = ASK("wait\0db:completed"),
        stop = ASK("stop\0migrate");
    shutting_down = true;
    ck_assert(waits(restart) && waits(wait) && waits(stop));
    services[WEB].state = services[DB].state = services[MIGRATE].state = STOPPED;
    ck_answers(restart, "1\nfoster: web: stopped; foster is shutting down\n");
    ck_answers(wait, "1\nfoster: db: stopped; foster is shutting down\n");
    ck_answers(stop, "0\n");
}
END_TEST

/* For each goal a letter for each state, in the order of the enum: '.' not yet, '+' reached, '-'
 * never. */
START_TEST(wait_knows_when_it_is_over)
{
    static const struct {
        const char *words;
        size_t length;
        const char *service, *oneshot;
    } goals[] = {
#define GOAL(word, service, oneshot)                                                               \
    {"wait\0" word "\0", sizeof "wait\0" word "\0", service, oneshot}
        GOAL("web", ".....+++.....--", ".............+-"),
        GOAL("web:ready", ".....+++.....--", ".............+-"),
        GOAL("web:started", "....++++.....+-", "....++++.....+-"),
        GOAL("web:completed", ".............+-", ".............+-"),
        GOAL("web:stopped", "+............++", "+............++"),
    };
    serve();
    for (size_t i = 0; i < COUNT(goals) * 2 * STATES; i++) {
        size_t state = i % STATES, kind = i / STATES % 2, goal = i / STATES / 2;
        char expected = (kind == 0 ? goals[goal].service : goals[goal].oneshot)[state];
        services[WEB].settings = kind == 0 ? &plain : &once;
        services[WEB].state = (unsigned char)state;
        int fd = ask(goals[goal].words, goals[goal].length);
        if (expected == '.') {
            ck_assert_msg(waits(fd), "goal %zu, state %zu", goal, state);
            close(fd);
        } else {
            ck_assert_msg(answer(fd)[0] == (expected == '+' ? '0' : '1'), "goal %zu, state %zu",
                          goal, state);
        }
        turn_until_quiet();
    }
}
END_TEST

START_TEST(wait_ends_with_its_time)
{
    serve();
    services[WEB].state = STARTING;
    services[DB].state = READY;
    int one = ASK("wait\0--timeout\0"
                  "5s\0web\0db"),
        two = ASK("wait\0web:completed\0--timeout=60s");
    ck_assert(waits(one) && waits(two));
    milliseconds left = server_due() - __wrap_clock_now();
    ck_assert(left > 4 * MS_PER_SECOND && left <= 5 * MS_PER_SECOND);
    skew += 5 * MS_PER_SECOND;
    ck_answers(one, "1\nfoster: web: starting; the timeout has passed\n");
    ck_assert(waits(two));
    skew += 60 * MS_PER_SECOND;
    ck_answers(two, "1\nfoster: web: starting; the timeout has passed\n");
    ck_assert_int_eq(server_due(), NEVER);
}
END_TEST

START_TEST(wait_without_a_time_has_none)
{
    serve();
    int fd = ASK("wait\0web");
    ck_assert(waits(fd));
    ck_assert_int_eq(server_due(), NEVER);
    skew += MS_PER_DAY;
    ck_assert(waits(fd));
    services[WEB].state = READY;
    ck_answers(fd, "0\n");
}
END_TEST

START_TEST(signals_are_sent)
{
    serve();
    ck_answers(ASK("signal\0USR1\0web\0db"), "0\n");
    ck_answers(ASK("reload\0web"), "0\n");
    ck_answers(ASK("reload\0--wait\0web"),
               "1\nfoster: web: it cannot tell when it has reloaded: it needs ready = notify or "
               "watchdog; no signal was sent\n");
    ck_answers(ASK("reload\0--timeout\0001s\0web"),
               "2\nfoster: invalid argument '--timeout'; usage: foster ctl reload [--wait "
               "[--timeout D]] NAME...\n");
    ck_assert_str_eq(heard_of, "signal 10 web;signal 10 db;signal 1 web;");
    send_error = ESRCH;
    ck_answers(ASK("signal\0SIGRTMIN+1\0db"),
               "1\nfoster: db: stopped; no signal was sent: No such process\n");
}
END_TEST

START_TEST(health_is_an_exit_status_too)
{
    serve();
    services[WEB].state = RUNNING;
    ck_answers(ASK("health"), "0\nhealthy\n");
    services[WEB].result = RESULT_UNHEALTHY;
    ck_answers(ASK("health"), "3\nweb: running, unhealthy\n");
}
END_TEST

START_TEST(metrics_end_as_they_should)
{
    serve();
    const char *told = answer(ASK("metrics"));
    ck_assert_str_eq(told + strlen(told) - strlen("\n# EOF\n"), "\n# EOF\n");
}
END_TEST

START_TEST(shutdown_answers_and_shuts_down)
{
    serve();
    ck_answers(ASK("shutdown"), "0\n");
    ck_assert_str_eq(heard_of, "shut down;");
}
END_TEST

/* ---- clients that misbehave ---- */

START_TEST(half_a_request_is_refused)
{
    serve();
    int fd = come();
    say_to(fd, "status\0--js", sizeof "status\0--js" - 1);
    shutdown(fd, SHUT_WR);
    ck_answers(fd, NO_REQUEST);
}
END_TEST

START_TEST(a_whole_request_may_be_followed_by_the_end)
{
    serve();
    int fd = ASK("start\0web");
    shutdown(fd, SHUT_WR);
    ck_assert(waits(fd));
    services[WEB].state = RUNNING;
    ck_answers(fd, "0\n");
}
END_TEST

START_TEST(a_megabyte_is_refused)
{
    static char megabyte[1 << 20];
    serve();
    memset(megabyte, 'x', sizeof megabyte);
    milliseconds start = __real_clock_now();
    int fd = come();
    ck_assert_int_gt(send(fd, megabyte, sizeof megabyte, MSG_NOSIGNAL), REQUEST_MAX);
    ck_answers(fd, NO_REQUEST);
    ck_assert_msg(__real_clock_now() < start + REQUEST_TIME_MS,
                  "it was not refused for its length");
    ck_answers(ASK("shutdown"), "0\n");
}
END_TEST

START_TEST(a_slow_client_has_its_time)
{
    serve();
    int silent = come(), slow = come();
    ck_assert(waits(silent) && waits(slow));
    skew += REQUEST_TIME_MS - MS_PER_SECOND;
    say_to(slow, "status", strlen("status"));
    ck_assert(waits(silent) && waits(slow));
    skew += MS_PER_SECOND;
    ck_answers(silent, NO_REQUEST);
    ck_answers(slow, NO_REQUEST);
}
END_TEST

static long pages_mapped(void)
{
    char line[64] = "";
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    ck_assert_int_gt(read(fd, line, sizeof line - 1), 0);
    close(fd);
    return strtol(line, NULL, 10);
}

START_TEST(a_client_that_leaves_is_forgotten)
{
    enum { WARM = 4 };
    serve();
    long before = 0;
    for (int i = 0; i < 2 * CONNECTIONS_MAX; i++) {
        if (i == WARM)
            before = pages_mapped();
        int fd = ASK("start\0web");
        ck_assert(waits(fd));
        close(fd);
        turn_until_quiet();
    }
    ck_assert_int_lt(pages_mapped(),
                     before + CONNECTIONS_MAX); /* none of their buffers has stayed */
    services[WEB].state = RUNNING;
    ck_answers(ASK("wait\0web"), "0\n");
}
END_TEST

/* An answer of more than a socket takes at once. */
static void make_many(void)
{
    enum { MANY = 4000 };
    static struct service many[MANY];
    for (size_t i = 0; i < MANY; i++)
        many[i] = (struct service){.name = "a-name-of-some-length", .settings = &plain};
    plan = (struct plan){.services = many, .count = MANY};
}

START_TEST(the_client_that_has_waited_longest_makes_room)
{
    int crowd[WAITING_MAX];
    serve();
    for (int i = 0; i < WAITING_MAX; i++) {
        crowd[i] = ASK("start\0web");
        turn_until_quiet();
    }
    ck_answers(ASK("health"), "0\nhealthy\n");
    ck_assert(waits(crowd[0]));
    int last = ASK("wait\0web");
    turn_until_quiet();
    ck_answers(crowd[0], TOO_MUCH);
    services[WEB].state = RUNNING;
    for (int i = 1; i < WAITING_MAX; i++)
        ck_answers(crowd[i], "0\n");
    ck_answers(last, "0\n");
}
END_TEST

START_TEST(the_client_that_has_been_silent_longest_makes_room)
{
    int waiting[WAITING_MAX], silent[CONNECTIONS_MAX];
    serve();
    for (int i = 0; i < WAITING_MAX; i++) {
        waiting[i] = ASK("wait\0web");
        turn_until_quiet();
    }
    for (int i = 0; i < CONNECTIONS_MAX; i++) {
        silent[i] = come();
        turn_until_quiet();
    }
    ck_answers(ASK("shutdown"), "0\n");
    for (int i = 0; i <= WAITING_MAX; i++)
        ck_answers(silent[i], TOO_MUCH);
    ck_assert(waits(silent[WAITING_MAX + 1]) && waits(silent[CONNECTIONS_MAX - 1]));
    services[WEB].state = RUNNING;
    for (int i = 0; i < WAITING_MAX; i++)
        ck_answers(waiting[i], "0\n");
}
END_TEST

START_TEST(a_client_that_does_not_read_makes_room)
{
    int slow[CONNECTIONS_MAX];
    serve();
    make_many();
    for (int i = 0; i < CONNECTIONS_MAX; i++) {
        slow[i] = ASK("status\0--json");
        turn_until_quiet();
    }
    ck_answers(ASK("shutdown"), "0\n");
    const char *told = answer(slow[0]);
    ck_assert_str_ne(told + strlen(told) - strlen("]}\n"), "]}\n");
    told = answer(slow[CONNECTIONS_MAX - 1]);
    ck_assert_str_eq(told + strlen(told) - strlen("]}\n"), "]}\n");
}
END_TEST

START_TEST(a_long_answer_arrives_whole)
{
    serve();
    make_many();
    const char *told = answer(ASK("status\0--json"));
    ck_assert_uint_gt(strlen(told), 1 << 19);
    ck_assert_str_eq(told + strlen(told) - strlen("}\n]}\n"), "}\n]}\n");
}
END_TEST

START_TEST(a_client_that_does_not_read_is_dropped)
{
    serve();
    make_many();
    int fd = ASK("status\0--json");
    turn_until_quiet();
    ck_assert_int_ne(server_due(), NEVER);
    skew += REQUEST_TIME_MS;
    turn_until_quiet();
    ck_assert_int_eq(server_due(), NEVER);
    const char *told = answer(fd);
    ck_assert_str_ne(told + strlen(told) - strlen("]}\n"), "]}\n");
}
END_TEST

START_TEST(another_user_is_refused)
{
    hear_stderr();
    serve();
    is_another_user = true;
    ck_answers(come(),
               "125\nfoster: only root and the user that foster runs as may use foster ctl\n");
    ck_assert_str_eq(heard(), "");
}
END_TEST

START_TEST(without_memory_there_is_an_answer_all_the_same)
{
    static const char words[] = "status\0\0";
    serve();
    for (int i = 0; i < 6; i++) {
        int fd = come();
        turn_until_quiet();
        adds_until_none = i;
        say_to(fd, words, sizeof words - 1);
        const char *told = answer(fd);
        adds_until_none = INT_MAX;
        ck_assert_str_eq(told, TOO_MUCH);
    }
    int fd = come();
    struct epoll_event event;
    ck_assert_int_eq(epoll_wait(epoll, &event, 1, NEWS_MS), 1);
    no_watching = true;
    ((struct source *)event.data.ptr)->ready(event.data.ptr, event.events);
    no_watching = false;
    ck_answers(fd, TOO_MUCH);
    ck_answers(ASK("shutdown"), "0\n");
}
END_TEST

/* A socket that is ready and cannot be accepted from would keep the loop turning. */
START_TEST(without_descriptors_the_server_rests)
{
    serve();
    accept_error = EMFILE;
    int fd = ASK("shutdown");
    ck_assert(turn(NEWS_MS));
    ck_assert(!turn(0));
    accept_error = 0;
    ck_assert_int_le(server_due(), __wrap_clock_now() + MS_PER_SECOND);
    skew += MS_PER_SECOND;
    ck_answers(fd, "0\n");
    ck_assert_int_eq(server_due(), NEVER);
}
END_TEST

START_TEST(without_descriptors_a_client_makes_room)
{
    serve();
    int waiting = ASK("wait\0web"), silent = come();
    turn_until_quiet();
    accept_error = EMFILE;
    int fd = ASK("shutdown");
    ck_assert(turn(NEWS_MS));
    accept_error = 0;
    ck_answers(silent, TOO_MUCH);
    ck_answers(fd, "0\n");
    ck_assert(waits(waiting));
    accept_error = EMFILE;
    fd = ASK("health");
    ck_assert(turn(NEWS_MS));
    accept_error = 0;
    ck_answers(waiting, TOO_MUCH);
    ck_answers(fd, "0\nhealthy\n");
}
END_TEST

/* ---- the socket ---- */

START_TEST(another_ones_socket_is_left)
{
    struct stat status;
    serve();
    ck_assert_int_eq(unlink("ctl"), 0);
    make_text_file("ctl", "", 0600);
    server_close();
    ck_assert_int_eq(stat("ctl", &status), 0);
    ck_assert_int_eq(unlink("ctl"), 0);
}
END_TEST

START_TEST(the_socket_is_the_owners_alone)
{
    struct stat status;
    mode_t mask = umask(0);
    serve();
    ck_assert_int_eq(stat("ctl", &status), 0);
    ck_assert_uint_eq(status.st_mode & 0777, 0600);
    ck_assert_uint_eq(umask(mask), 0);
    server_close();
    ck_assert_int_eq(stat("ctl", &status), -1);
}
END_TEST

START_TEST(a_socket_that_cannot_be_opened)
{
    char absolute[PATH_MAX];
    epoll = epoll_create1(EPOLL_CLOEXEC);
    ck_assert(!server_open("relative", &plan));
    ck_assert_int_eq(errno, EINVAL);
    snprintf(absolute, sizeof absolute, "%s/none/ctl", getcwd((char[PATH_MAX]){0}, PATH_MAX));
    ck_assert(!server_open(absolute, &plan));
    ck_assert_int_eq(errno, ENOENT);
    server_close();
}
END_TEST

START_TEST(the_socket_may_be_abstract)
{
    char name[64];
    epoll = epoll_create1(EPOLL_CLOEXEC);
    snprintf(name, sizeof name, "@foster-unit-%d", getpid());
    ck_assert(server_open(name, &plan));
    name[0] = '\0';
    int fd = connect_to(name, 1 + strlen(name + 1));
    say_to(fd, "shutdown\0", sizeof "shutdown\0");
    ck_answers(fd, "0\n");
    server_close();
}
END_TEST

/* ---- foster ctl ---- */

/* Runs it as a process of its own, while the server serves: returns its exit status; the files have
 * its output. */
#define CTL(...) ctl((const char *const[]){__VA_ARGS__, NULL})
static int ctl(const char *const *words)
{
    int status = 0;
    milliseconds deadline = __real_clock_now() + NEWS_MS;
    char **argv = make_arguments(words);
    pid_t pid = fork_bound();
    if (pid == 0) {
        dup2(open("out", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), STDOUT_FILENO);
        dup2(open("err", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), STDERR_FILENO);
        _exit(client_run(argv));
    }
    while (waitpid(pid, &status, WNOHANG) == 0) {
        ck_assert(__real_clock_now() < deadline);
        if (epoll != -1)
            turn(1);
    }
    ck_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static const char *content(const char *file)
{
    static char bytes[1 << 20];
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    ssize_t length = read(fd, bytes, sizeof bytes - 1);
    ck_assert_int_ne(length, -1);
    bytes[length] = '\0';
    close(fd);
    return bytes;
}

START_TEST(ctl_prints_the_answer)
{
    serve();
    make_many();
    ck_assert_int_eq(CTL("status", "--json"), 0);
    ck_assert_uint_gt(strlen(content("out")), 1 << 19);
    ck_assert_str_eq(content("err"), "");
}
END_TEST

START_TEST(ctl_puts_a_no_on_stderr_but_for_reports)
{
    serve();
    ck_assert_int_eq(CTL("stop", "weeb"), 1);
    ck_assert_str_eq(content("out"), "");
    ck_assert_str_eq(content("err"), "foster: unknown service 'weeb'; did you mean 'web'?\n");
    services[WEB].state = FAILED;
    ck_assert_int_eq(CTL("health"), 1);
    ck_assert_str_eq(content("out"), "web: failed, never started\n");
    ck_assert_str_eq(content("err"), "");
}
END_TEST

START_TEST(status_of_a_service_that_is_not_up_is_a_no)
{
    serve();
    services[WEB].state = RUNNING;
    services[MIGRATE].state = DONE;
    services[DB].state = STARTING;
    ck_assert_int_eq(CTL("status", "web", "migrate"), 0);
    ck_assert_int_eq(CTL("status"), 0);
    ck_assert_int_eq(CTL("status", "web", "db"), 1);
    ck_assert_str_eq(content("err"), "");
    ck_assert_int_eq(CTL("status", "--json", "db"), 1);
    ck_assert_str_eq(content("err"), "");
}
END_TEST

START_TEST(ctl_finds_the_socket)
{
    serve();
    char *absolute = getenv("FOSTER_CONTROL"), option[PATH_MAX];
    snprintf(option, sizeof option, "--control=%s", absolute);
    ck_assert_int_eq(CTL("shutdown"), 0);
    setenv("FOSTER_CONTROL", "/nowhere", 1);
    ck_assert_int_eq(CTL("--control", absolute, "shutdown"), 0);
    ck_assert_int_eq(CTL(option, "shutdown"), 0);
    ck_assert_int_eq(CTL("shutdown"), 125);
    ck_assert_str_eq(
        content("err"),
        "foster: cannot reach foster at /nowhere: No such file or directory; is it running "
        "with services, and as this user?\n");
    ck_assert_int_eq(CTL("--control", "relative", "shutdown"), 125);
    ck_assert_ptr_nonnull(strstr(content("err"), "Invalid argument"));
}
END_TEST

START_TEST(ctl_refuses_wrong_words_without_asking)
{
    static char many[REQUEST_MAX + 1];
    setenv("FOSTER_CONTROL", "/nowhere", 1);
    ck_assert_int_eq(CTL("--help"), 0);
    ck_assert_ptr_nonnull(strstr(content("out"), "\n  shutdown "));
    char usage[1 << 13];
    strcpy(usage, content("out"));
    ck_assert_int_eq(ctl((const char *const[]){NULL}), 2);
    ck_assert_str_eq(content("err"), usage);
    ck_assert_int_eq(CTL("starrt", "web"), 2);
    const char *told = content("err"), *rest = strchr(told, '\n') + 1;
    ck_assert_str_eq(rest, usage);
    ck_assert(strncmp(told, "foster: unknown verb 'starrt'; did you mean 'start'?",
                      (size_t)(rest - told - 1)) == 0);
    ck_assert_int_eq(CTL("start"), 2);
    ck_assert_str_eq(
        content("err"),
        "foster: an argument is missing; usage: foster ctl start [--timeout D] all|NAME...\n");
    ck_assert_int_eq(CTL("start", ""), 2);
    ck_assert_str_eq(content("err"), "foster: ctl: an argument is empty, or they are too long\n");
    memset(many, 'x', sizeof many - 1);
    ck_assert_int_eq(CTL("start", many), 2);
    ck_assert_str_eq(content("err"), "foster: ctl: an argument is empty, or they are too long\n");
    for (const char *line = usage; *line != '\0'; line = strchr(line, '\n') + 1)
        ck_assert_uint_le(strcspn(line, "\n"), 80);
}
END_TEST

START_TEST(ctl_believes_no_other_user)
{
    serve();
    is_another_user = true;
    ck_assert_int_eq(CTL("status"), 125);
    ck_assert_str_eq(content("out"), "");
    ck_assert_ptr_nonnull(strstr(content("err"), "is not trusted"));
}
END_TEST

START_TEST(ctl_says_when_there_is_no_answer)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "mute"};
    char absolute[PATH_MAX];
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(listen(fd, 1), 0);
    pid_t mute = fork_bound();
    if (mute == 0) {
        close(accept(fd, NULL, NULL));
        _exit(EXIT_SUCCESS);
    }
    snprintf(absolute, sizeof absolute, "%s/mute", getcwd((char[PATH_MAX]){0}, PATH_MAX));
    setenv("FOSTER_CONTROL", absolute, 1);
    ck_assert_int_eq(CTL("shutdown"), 125);
    ck_assert_str_eq(content("err"),
                     "foster: the server closed the connection without an answer\n");
}
END_TEST

int main(void)
{
    return RUN_TESTS(
        "server", status_is_a_table, request_may_come_in_pieces,
        words_that_make_no_sense_are_refused, wrong_name_is_found_before_anything_is_done,
        start_answers_when_they_are_up, start_says_why_it_failed,
        several_are_stopped_in_the_reverse_order_of_their_dependencies,
        restart_of_all_stops_all_before_it_starts_them,
        start_of_all_leaves_out_what_is_done_or_started_by_name_only,
        order_goes_on_without_the_client_and_ends_with_a_later_request,
        stop_names_the_services_that_need_it, stop_and_restart_answer_at_rest,
        wait_knows_when_it_is_over, start_does_not_wait_for_what_is_stopped,
        requests_end_when_foster_shuts_down, wait_ends_with_its_time, wait_without_a_time_has_none,
        signals_are_sent, health_is_an_exit_status_too, metrics_end_as_they_should,
        shutdown_answers_and_shuts_down, half_a_request_is_refused,
        a_whole_request_may_be_followed_by_the_end, a_megabyte_is_refused,
        a_slow_client_has_its_time, a_client_that_leaves_is_forgotten,
        the_client_that_has_waited_longest_makes_room,
        the_client_that_has_been_silent_longest_makes_room, a_client_that_does_not_read_makes_room,
        without_descriptors_a_client_makes_room, another_ones_socket_is_left,
        ctl_believes_no_other_user, a_long_answer_arrives_whole,
        a_client_that_does_not_read_is_dropped, another_user_is_refused,
        without_memory_there_is_an_answer_all_the_same, without_descriptors_the_server_rests,
        the_socket_is_the_owners_alone, a_socket_that_cannot_be_opened, the_socket_may_be_abstract,
        ctl_prints_the_answer, ctl_puts_a_no_on_stderr_but_for_reports,
        status_of_a_service_that_is_not_up_is_a_no, ctl_finds_the_socket,
        ctl_refuses_wrong_words_without_asking, ctl_says_when_there_is_no_answer);
}
