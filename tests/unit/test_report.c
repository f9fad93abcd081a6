/*
 * test_report.c - reports about services: the tables are compared as text, the documents are read
 * by the parsers of jq, python3 and python3-prometheus-client.
 */
#include "control/report.h"

#include "base/clock.h"
#include "control/metrics.h"

#include "supervise/notify_state.h"

#include "control_kit.h"

static struct settings vital = {.autostart = true, .essential = true};
static struct settings checked = {.autostart = true, .healthcheck = "/app/probe"};
static struct settings by_hand = {.healthcheck = "/app/probe"};

static struct writer told;
static struct notify_state notify_state;
static struct extras with_notify = {.notify = &notify_state};

/* The file that a parser is to read. */
static void put_into(const char *path)
{
    make_file(path, told.buffer.bytes, told.buffer.length, 0600);
}

static const char *as_string(void)
{
    ck_assert(buffer_add(&told.buffer, "", 1));
    return told.buffer.bytes;
}

static milliseconds ago(milliseconds span)
{
    return clock_now() - span;
}

/* One of each kind of life. */
static void set_the_scene(void)
{
    services[WEB].state = READY;
    services[WEB].since = ago(4 * MS_PER_MINUTE);
    services[WEB].started = ago(5 * MS_PER_MINUTE);
    services[WEB].process.pid = getpid();
    services[WEB].extras = &with_notify;
    services[DB].state = FAILED;
    services[DB].since = ago(5 * MS_PER_HOUR);
    services[DB].has_run = true;
    services[DB].last_status = KILLED_BY_SIGKILL;
    services[DB].restarts = 12;
    services[MIGRATE].state = DONE;
    services[MIGRATE].since = ago(3 * (milliseconds)MS_PER_DAY);
    services[MIGRATE].has_run = true;
}

/* ---- other programs' parsers ---- */

/* True if the program exits with 0; its output is then in the file "printed". */
static bool agrees(const char *command)
{
    char line[1024];
    signal(SIGCHLD, SIG_DFL);
    snprintf(line, sizeof line, "%s > printed", command);
    return system(line) == 0; /* NOLINT: a command of the test's own */
}

static const char *printed(void)
{
    static char bytes[4096];
    int fd = open("printed", O_RDONLY | O_CLOEXEC);
    ssize_t length = read(fd, bytes, sizeof bytes - 1);
    ck_assert_int_ge(length, 0);
    bytes[length] = '\0';
    close(fd);
    return bytes;
}

/* A stranger may be away, but not in CI. */
static bool is_here(const char *test, const char *package)
{
    if (agrees(test))
        return true;
    ck_assert_msg(getenv("CI") == NULL, "the package %s is missing", package);
    fprintf(stderr, "not tested: the package %s is missing\n", package);
    return false;
}

static bool jq_says(const char *filter, const char *expected)
{
    char command[1024];
    snprintf(command, sizeof command, "jq -c '%s' told", filter);
    if (!agrees(command) || strcmp(printed(), expected) != 0)
        ck_abort_msg("%s: %s", filter, printed());
    return true;
}

/* ---- the table ---- */

START_TEST(table_has_a_line_for_each_in_the_order_of_the_file)
{
    set_the_scene();
    services[WEB].state = STOPPED; /* without a pid and memory, which are this machine's */
    report_table(&told, &plan, "");
    ck_assert_str_eq(
        as_string(),
        "NAME     STATE    PID  SINCE   RESTARTS  LAST EXIT              HEALTH  MEMORY\n"
        "web      stopped  -    4 min   0         -                      -       -\n"
        "db       failed   -    5 h     12        was killed by SIGKILL  -       -\n"
        "migrate  done     -    3 days  0         exited with status 0   -       -\n");
}
END_TEST

START_TEST(table_shows_pid_and_memory_of_what_is_up)
{
    char pid[DECIMAL_MAX + 2];
    set_the_scene();
    snprintf(pid, sizeof pid, "  %d  ", getpid());
    report_table(&told, &plan, "web\0");
    ck_assert_ptr_nonnull(strstr(as_string(), pid));
    ck_assert_ptr_nonnull(strstr(told.buffer.bytes, " MiB\n"));
}
END_TEST

START_TEST(table_has_a_column_for_status_if_there_is_any)
{
    set_the_scene();
    strcpy(notify_state.status, "serving\t\n\"M\303\274nchen\"");
    services[DB].exec_code = 127;
    report_table(&told, &plan, "web\0migrate\0");
    ck_assert_ptr_nonnull(strstr(as_string(), "  STATUS\n"));
    ck_assert_ptr_nonnull(strstr(told.buffer.bytes, "  serving??\"M\303\274nchen\"\n"));
    ck_assert_ptr_null(strstr(told.buffer.bytes, "db"));
}
END_TEST

START_TEST(table_says_why_a_program_did_not_run)
{
    set_the_scene();
    services[DB].exec_code = 127;
    services[WEB].exec_code = 126;
    opinion = HEALTH_STARTING;
    report_table(&told, &plan, "");
    ck_assert_ptr_nonnull(strstr(as_string(), "program not found     "));
    ck_assert_ptr_nonnull(strstr(told.buffer.bytes, "program not runnable  starting"));
}
END_TEST

START_TEST(table_names_the_step_that_failed)
{
    static struct attributes attributes;
    set_the_scene();
    for (size_t i = 0; i < plan.count; i++)
        services[i].exec_code = 125;
    services[WEB].result = RESULT_STEPS;
    services[DB].result = RESULT_STEPS + STEP_LOG;
    plain.output_path = "/l";
    report_table(&told, &plan, "");
    ck_assert_ptr_nonnull(strstr(as_string(), "no process could be started  "));
    ck_assert_ptr_nonnull(strstr(told.buffer.bytes, "cannot open its log, /l  "));
    ck_assert_uint_eq(attributes_step_number(&attributes, "?", NULL), 0);
}
END_TEST

/* ---- JSON ---- */

START_TEST(json_has_the_members_that_are_documented)
{
    set_the_scene();
    report_json(&told, &plan, "");
    put_into("told");
    if (!is_here("jq --version", "jq"))
        return;
    jq_says("keys_unsorted", "[\"stopping\",\"services\"]\n");
    jq_says("[.services[].name]", "[\"web\",\"db\",\"migrate\"]\n");
    jq_says("[.services[0]|keys_unsorted[]]|join(\" \")",
            "\"name state kind essential pid since_seconds restarts failures last_exit health "
            "ready status "
            "memory_bytes\"\n");
    jq_says(
        ".services[0]|[.state,.kind,.essential,.since_seconds,.last_exit,.health,.ready,.status]",
        "[\"ready\",\"service\",false,240,null,null,true,null]\n");
    jq_says(".services[0]|.pid > 0 and .memory_bytes > 100000", "true\n");
    jq_says(".services[1]|[.pid,.restarts,.ready,.memory_bytes]", "[null,12,false,null]\n");
    jq_says(".services[1].last_exit",
            "{\"code\":null,\"signal\":\"SIGKILL\",\"text\":\"was killed by SIGKILL\"}\n");
    jq_says(".services[2]|[.kind,.last_exit.code,.last_exit.signal]", "[\"oneshot\",0,null]\n");
}
END_TEST

START_TEST(json_of_some_services_and_of_none)
{
    report_json(&told, &plan, "db\0");
    put_into("told");
    if (!is_here("jq --version", "jq"))
        return;
    jq_says("[.services[].name]", "[\"db\"]\n");
    buffer_drop(&told.buffer, told.buffer.length);
    plan.count = 0;
    shutting_down = true;
    report_json(&told, &plan, "");
    put_into("told");
    jq_says(".", "{\"stopping\":true,\"services\":[]}\n");
}
END_TEST

/* Each byte, and each beginning of a character, where a service may put it. Python's parser takes
 * no byte that is not UTF-8. */
START_TEST(json_is_valid_whatever_a_service_says)
{
    static const char *const hard[] = {
        "\"",
        "\\",
        "\\\"",
        "\x01\x1f\x7f",
        "\303\274",
        "\303",
        "\342\202\254",
        "\342\202",
        "\360\237\220\243",
        "\360\237\220",
        "\300\200",
        "\355\240\200",
        "\364\220\200\200",
        "\377\376",
        "\200x",
        "\340\200\200",
    };
    static char name[3000];
    if (!is_here("python3 --version", "python3"))
        return;
    memset(name, '"', sizeof name - 1);
    services[DB].name = name;
    services[WEB].extras = &with_notify;
    for (size_t i = 0; i < COUNT(hard); i++) {
        strcpy(notify_state.status, hard[i]);
        report_json(&told, &plan, "");
        put_into("told");
        buffer_drop(&told.buffer, told.buffer.length);
        ck_assert_msg(
            agrees("python3 -c 'import json; s = json.loads(open(\"told\", "
                   "\"rb\").read())[\"services\"];"
                   "assert s[1][\"name\"] == chr(34) * 2999; print(ascii(s[0][\"status\"]))'"),
            "%zu", i);
        if (i == 4)
            ck_assert_str_eq(printed(), "'\\xfc'\n");
        if (i == 5)
            ck_assert_str_eq(printed(), "'\\ufffd'\n");
    }
}
END_TEST

/* ---- health ---- */

static const char *health(bool expected)
{
    buffer_drop(&told.buffer, told.buffer.length);
    ck_assert_int_eq(report_health(&told, &plan, ""), expected);
    return as_string();
}

START_TEST(healthy_is_one_word)
{
    services[WEB].settings = &vital;
    services[WEB].state = RUNNING;
    services[DB].settings = &by_hand;
    services[DB].state = STOPPED;
    services[MIGRATE].state = DONE;
    opinion = HEALTH_HEALTHY;
    ck_assert_str_eq(health(true), "healthy\n");
    services[MIGRATE].state = WAITING; /* nothing was promised of it */
    opinion = HEALTH_STARTING;
    ck_assert_str_eq(health(true), "healthy\n");
}
END_TEST

START_TEST(what_is_not_as_it_should_be_has_a_line)
{
    services[WEB].settings = &vital;
    services[WEB].state = STARTING;
    services[DB].settings = &checked;
    services[DB].state = STOPPED;
    services[MIGRATE].state = FAILED;
    services[MIGRATE].has_run = true;
    services[MIGRATE].last_status = EXITED_WITH_3;
    ck_assert_str_eq(health(false),
                     "web: starting\ndb: stopped\nmigrate: failed, exited with status 3\n");
}
END_TEST

START_TEST(what_is_up_and_unwell_is_not_healthy)
{
    services[WEB].state = RUNNING;
    services[WEB].result = RESULT_UNHEALTHY;
    ck_assert_str_eq(health(false), "web: running, unhealthy\n");
    services[WEB].result = RESULT_STATUS;
    opinion = HEALTH_UNHEALTHY;
    services[DB].state = READY;
    plan.count = DB + 1;
    ck_assert_str_eq(health(false), "web: running, unhealthy\ndb: ready, unhealthy\n");
}
END_TEST

START_TEST(what_is_being_shut_down_is_not_healthy)
{
    shutting_down = true;
    ck_assert_str_eq(health(false), "foster: shutting down\n");
}
END_TEST

/* ---- metrics ---- */

START_TEST(metrics_are_openmetrics)
{
    set_the_scene();
    services[DB].name = "d\"b\\";
    metrics_write(&told, &plan, "");
    put_into("told");
    as_string();
    ck_assert_ptr_nonnull(strstr(told.buffer.bytes, "# TYPE foster_service_restarts counter\n"));
    ck_assert_ptr_nonnull(
        strstr(told.buffer.bytes, "\nfoster_service_restarts_total{service=\"d\\\"b\\\\\"} 12\n"));
    ck_assert_ptr_nonnull(
        strstr(told.buffer.bytes, "\nfoster_service_uptime_seconds{service=\"web\"} 300\n"));
    ck_assert_ptr_nonnull(strstr(told.buffer.bytes, "\nfoster_services{state=\"failed\"} 1\n"));
    ck_assert_ptr_nonnull(
        strstr(told.buffer.bytes, "\nfoster_service_last_exit_code{service=\"d\\\"b\\\\\"} 137\n"));
    ck_assert_ptr_null(strstr(told.buffer.bytes, "foster_service_last_exit_code{service=\"web\"}"));
    if (!is_here("/usr/bin/python3 -c 'import prometheus_client'", "python3-prometheus-client"))
        return;
    ck_assert(agrees(
        "/usr/bin/python3 -c 'from prometheus_client.openmetrics.parser import *; import sys;"
        "f = list(text_string_to_metric_families(open(\"told\").read()));"
        "print(len(f), sum(len(x.samples) for x in f),"
        "[int(s.value) for x in f if x.name == \"foster_service_up\" for s in x.samples])'"));
    /* 3 of up, ready and restarts; 1 of uptime and memory; 2 of last exits; 11 states */
    ck_assert_str_eq(printed(), "8 24 [1, 0, 0]\n");
}
END_TEST

/* ---- no memory ---- */

static int adds_until_none = INT_MAX;
bool __real_buffer_add(struct buffer *buffer, const char *bytes, size_t length);
bool __wrap_buffer_add(struct buffer *buffer, const char *bytes, size_t length);
bool __wrap_buffer_add(struct buffer *buffer, const char *bytes, size_t length)
{
    return adds_until_none-- != 0 && __real_buffer_add(buffer, bytes, length);
}

static void fails_at(int add, bool (*report)(struct writer *writer, const struct plan *plan,
                                             const char *names))
{
    struct writer writer = {.failed = false};
    adds_until_none = add;
    report(&writer, &plan, "");
    adds_until_none = INT_MAX;
    ck_assert(writer.failed);
    buffer_drop(&writer.buffer, writer.buffer.length);
}

/* One missing piece anywhere is remembered, and nothing else happens. */
START_TEST(a_report_without_memory_says_so)
{
    set_the_scene();
    fails_at(0, report_health);
    for (int i = 0; i < 8; i++) {
        fails_at(i, report_table);
        fails_at(i, report_json);
        fails_at(i, metrics_write);
    }
}
END_TEST

int main(void)
{
    return RUN_TESTS("report", table_has_a_line_for_each_in_the_order_of_the_file,
                     table_shows_pid_and_memory_of_what_is_up,
                     table_has_a_column_for_status_if_there_is_any,
                     table_says_why_a_program_did_not_run, table_names_the_step_that_failed,
                     json_has_the_members_that_are_documented, json_of_some_services_and_of_none,
                     json_is_valid_whatever_a_service_says, healthy_is_one_word,
                     what_is_not_as_it_should_be_has_a_line, what_is_up_and_unwell_is_not_healthy,
                     what_is_being_shut_down_is_not_healthy, metrics_are_openmetrics,
                     a_report_without_memory_says_so);
}
