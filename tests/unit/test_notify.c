/*
 * test_notify.c - what the messages of a service do to it, and what happens while none can be read.
 */
#include "supervise/notify.h"

#include <errno.h>
#include <stdalign.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "supervise/event_loop.h"
#include "supervise/notify_socket.h"
#include "supervise/notify_state.h"
#include "supervise/shutdown.h"

#include "kit.h"
#include "thread_kit.h"

enum { GIVEN = 1000, LONG = 100000 };

static milliseconds end_of_all =
    NEVER; /* the time for the whole stop, 0: none; NEVER: it is not under way */

bool __wrap_shutdown_is_under_way(void);
bool __wrap_shutdown_is_under_way(void)
{
    return end_of_all != NEVER;
}

milliseconds __wrap_shutdown_deadline(void);
milliseconds __wrap_shutdown_deadline(void)
{
    return end_of_all;
}

/* Nobody bears it. */
unsigned __wrap_start_mark(const struct service *service);
unsigned __wrap_start_mark(const struct service *service)
{
    (void)service;
    return 1;
}

static const struct settings limits = {
    .ready = READY_BY_NOTIFY, .ready_timeout = GIVEN, .stop_grace_period = 2 * GIVEN};
static struct notify_state notify_state;
static struct extras extras = {.notify = &notify_state};
static struct service speaker = {.name = "web", .settings = &limits, .extras = &extras};
static int sender;

/* All that has come, in one go. */
static void hear(void)
{
    event_loop_wait(NEVER);
}

/* The service is the session that this test is in. */
static void begin_speaking(enum state state)
{
    static struct plan plan = {.services = &speaker, .count = 1};
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    speaker.process.pid = getsid(0);
    speaker.state = (unsigned char)state;
    speaker.since = clock_now();
    speaker.deadline = speaker.since + GIVEN;
    ck_assert(event_loop_open());
    ck_assert(notify_begin(&plan));
    const char *name = strchr(notify_socket_variable(), '@') + 1;
    memcpy(to.sun_path + 1, name, strlen(name));
    sender = socket(AF_UNIX, SOCK_DGRAM, 0);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name));
    ck_assert_int_eq(connect(sender, (struct sockaddr *)&to, size), 0);
}

static void speak(const char *message)
{
    ck_assert_int_ne(send(sender, message, strlen(message), 0), -1);
    hear();
}

/* How much later the deadline is, at most 10 ms less than it is to be. */
static void check_extension(milliseconds before, milliseconds wanted)
{
    ck_assert_int_le(speaker.deadline - before, wanted);
    ck_assert_int_ge(speaker.deadline - before, wanted > 0 ? wanted - 100 : 0);
}

START_TEST(more_time_is_given_up_to_a_bound)
{
    static const struct {
        enum state state;
        milliseconds most; /* from its beginning, if it asks for much */
    } states[] = {{FORKED, 10 * GIVEN}, {STARTING, 10 * GIVEN}, {STOP_SIGNAL, 20 * GIVEN},
                  {READY, GIVEN},       {CLEARING, GIVEN},      {BACKING_OFF, GIVEN}};
    for (size_t i = 0; i < COUNT(states); i++) {
        begin_speaking(states[i].state);
        speak("EXTEND_TIMEOUT_USEC=999999999999");
        ck_assert_int_eq(speaker.deadline - speaker.since, states[i].most);
    }
    begin_speaking(STARTING);
    speak("EXTEND_TIMEOUT_USEC=3000000");
    check_extension(speaker.since, 3100);
    speak("EXTEND_TIMEOUT_USEC=1"); /* takes nothing back */
    check_extension(speaker.since, 3100);
    speaker.deadline = NEVER;
    speak("EXTEND_TIMEOUT_USEC=1");
    ck_assert_int_eq(speaker.deadline, NEVER);
}
END_TEST

START_TEST(a_leftover_is_given_no_time_nor_heard)
{
    begin_speaking(STOP_CLEARING);
    speak("EXTEND_TIMEOUT_USEC=5000000\nSTATUS=here");
    check_extension(speaker.since, GIVEN);
    ck_assert_str_eq(notify_state.status, "");
    speaker.state = STOP_KILL;
    speak("EXTEND_TIMEOUT_USEC=5000000\nSTATUS=here");
    check_extension(speaker.since, GIVEN);
    ck_assert_str_eq(notify_state.status, "here");
}
END_TEST

/* Of a reload READY=1 tells, whatever `ready` is; a reload is awaited until then (143). */
START_TEST(a_reload_is_awaited_until_it_has_ended)
{
    begin_speaking(READY);
    ck_assert(!notify_awaits_reload(&speaker));
    ck_assert(notify_await_reload(&speaker));
    speak("READY=1");
    ck_assert(notify_awaits_reload(&speaker));
    speak("RELOADING=1\nMONOTONIC_USEC=1");
    ck_assert_int_eq(speaker.state, RELOADING);
    ck_assert(notify_awaits_reload(&speaker));
    speak("READY=1");
    ck_assert_int_eq(speaker.state, READY);
    ck_assert(!notify_awaits_reload(&speaker));
    speak("READY=1\nRELOADING=1");
    ck_assert_int_eq(speaker.state, READY);
    speak("STOPPING=1");
    ck_assert_int_eq(speaker.state, STOP_SIGNAL);
    struct service silent = {.name = "web"};
    ck_assert(!notify_await_reload(&silent));
    ck_assert(!notify_awaits_reload(&silent));
}
END_TEST

/* Neither of them has a session. */
START_TEST(a_dead_sender_does_not_speak_for_a_dead_main_process)
{
    begin_speaking(READY);
    pid_t dead = fork();
    if (dead == 0)
        _exit(send(sender, "STATUS=mine", sizeof "STATUS=mine" - 1, 0) == -1);
    ck_assert_int_eq(waitpid(dead, NULL, 0), dead);
    notify_state.main = (struct main_process){.pid = dead, .is_held = true};
    hear();
    ck_assert_str_eq(notify_state.status, "");
}
END_TEST

START_TEST(no_service_extends_the_stop_of_all)
{
    begin_speaking(STOP_SIGNAL);
    end_of_all = 0;
    speak("EXTEND_TIMEOUT_USEC=5000000");
    ck_assert_int_eq(speaker.deadline - speaker.since, GIVEN);
    end_of_all = speaker.since + 2 * GIVEN;
    speak("EXTEND_TIMEOUT_USEC=5000000");
    ck_assert_int_eq(speaker.deadline, end_of_all);
}
END_TEST

static void speak_with_descriptor(void)
{
    struct iovec text = {(char[]){"STATUS=here"}, sizeof "STATUS=here"};
    alignas(struct cmsghdr) char beside[CMSG_SPACE(sizeof(int))] = {0};
    struct msghdr message = {
        .msg_iov = &text, .msg_iovlen = 1, .msg_control = beside, .msg_controllen = sizeof beside};
    *CMSG_FIRSTHDR(&message) = (struct cmsghdr){
        .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    memcpy(CMSG_DATA(CMSG_FIRSTHDR(&message)), &(int){STDERR_FILENO}, sizeof(int));
    ck_assert_int_ne(sendmsg(sender, &message, 0), -1);
    hear();
}

START_TEST(while_messages_are_not_read_watchdogs_rest_and_then_have_their_time)
{
    begin_speaking(READY);
    hear_stderr();
    notify_state.watchdog = LONG;
    notify_state.watchdog_due = clock_now() + 1;
    ck_assert_int_eq(notify_look(clock_now()), NEVER);
    thread_error = EAGAIN;
    milliseconds before = clock_now();
    speak_with_descriptor();
    ck_assert(notify_is_suspended());
    ck_assert_str_eq(notify_state.status, "here");
    ck_assert_int_ge(notify_look(clock_now()), clock_now());
    ck_assert_str_eq(heard(), "");
    milliseconds later = clock_now() + LONG / 2;
    notify_look(later);
    notify_look(later);
    ck_assert_str_eq(
        heard(),
        "foster: sd_notify messages are not read until the descriptors that came with the last one "
        "are closed\n");
    thread_error = 0;
    while (notify_look(later) != NEVER)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    ck_assert(!notify_is_suspended());
    ck_assert_int_ge(notify_state.watchdog_due, later + LONG / 2);
    ck_assert_int_le(notify_state.watchdog_due, later + (later - before));
}
END_TEST

int main(void)
{
    return RUN_TESTS("notify", more_time_is_given_up_to_a_bound,
                     a_leftover_is_given_no_time_nor_heard, a_reload_is_awaited_until_it_has_ended,
                     a_dead_sender_does_not_speak_for_a_dead_main_process,
                     no_service_extends_the_stop_of_all,
                     while_messages_are_not_read_watchdogs_rest_and_then_have_their_time);
}
