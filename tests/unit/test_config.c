/* test_config.c - configurations: right ones give the values that they state, and each fault in
 * wrong ones is reported. */
#include "config/config.h"

#include <sys/resource.h>

#include "base/nearest.h"
#include "config/argv_split.h"
#include "config/plan_print.h"
#include "config/settings.h"
#include "kit.h"
#include "process/exit_report.h"
#include "process/wait_status.h"

static struct plan plan;

static bool read_paths(const char *const *paths, size_t count)
{
    struct config_request request = {.paths = paths, .path_count = count};
    return config_read(&plan, &request);
}

static bool read_text(const char *text)
{
    static const char *const path[] = {"c"};
    make_text_file(path[0], text, 0600);
    return read_paths(path, 1);
}

/* The service of that name in a text that is right. */
static const struct service *service_of(const char *text, const char *name)
{
    ck_assert(read_text(text));
    const struct service *service = plan_find(&plan, name, strlen(name));
    ck_assert_ptr_nonnull(service);
    return service;
}

/* The settings of a section with these lines. */
static const struct settings *settings_of(const char *lines)
{
    char text[1 << 12];
    snprintf(text, sizeof text, "[a]\ncommand = a\n%s", lines);
    return service_of(text, "a")->settings;
}

/* The faults of a text, a line each, without "foster: ". */
static const char *faults_of(const char *text)
{
    static char faults[1 << 14];
    hear_stderr();
    ck_assert(!read_text(text));
    char *end = faults;
    for (const char *line = heard(), *next; *line != '\0'; line = next + 1) {
        next = strchr(line, '\n');
        ck_assert_ptr_nonnull(next);
        ck_assert(strncmp(line, "foster: ", 8) == 0);
        end += sprintf(end, "%.*s\n", (int)(next - line - 8), line + 8);
    }
    *end = '\0';
    return faults;
}

/* ---- right configurations ---- */

START_TEST(defaults)
{
    const struct settings *settings = settings_of("");
    ck_assert_int_eq(settings->type, TYPE_SERVICE);
    ck_assert(!settings->essential && settings->autostart);
    ck_assert_int_eq(settings->restart, RESTART_NO);
    ck_assert_int_eq(settings->restart_first, 0);
    ck_assert_int_eq(settings->restart_most, 30000);
    ck_assert_int_eq(settings->ready, READY_AT_ONCE);
    ck_assert_int_eq(settings->ready_timeout, NEVER);
    ck_assert_ptr_null(settings->healthcheck);
    ck_assert_int_eq(settings->healthcheck_interval, 30000);
    ck_assert_int_eq(settings->healthcheck_timeout, 30000);
    ck_assert_int_eq(settings->healthcheck_retries, 3);
    ck_assert_int_eq(settings->healthcheck_start_period, 0);
    ck_assert_int_eq(settings->watchdog, 0);
    ck_assert_int_eq(settings->stop_signal, SIGTERM);
    ck_assert(!settings->stop_as_group);
    ck_assert_int_eq(settings->stop_grace_period, 5000);
    ck_assert(!settings->stop_grace_period_given);
    ck_assert_int_eq(settings->reload_signal, SIGHUP);
    ck_assert_int_eq(settings->output, OUTPUT_RAW);
    ck_assert_ptr_null(settings->input);
    ck_assert_int_eq(settings->attributes.given, 0);
    ck_assert_ptr_null(plan.globals.control);
    ck_assert_int_eq(plan.globals.grace, 5000);
    ck_assert(!plan.globals.grace_given);
    ck_assert_str_eq(plan.globals.termination_log, TERMINATION_LOG);
    ck_assert_ptr_null(plan.command);
}
END_TEST

START_TEST(every_key)
{
    const struct settings *s =
        settings_of("essential = yes\nautostart = off\nrestart = on-failure:5\nrestart_delay = "
                    "200ms..1m\nready_timeout = 10s\n"
                    "healthcheck = check 'a b'\nhealthcheck_interval = 1s\nhealthcheck_timeout = "
                    "2s\nhealthcheck_retries = 4\nstop_as_group = yes\n"
                    "healthcheck_start_period = 3s\nwatchdog = 6s\nstop_signal = "
                    "SIGQUIT\nstop_grace_period = 8s\n"
                    "stop_command = halt\nreload_signal = usr1\nuser = 12:34\nworking_dir = "
                    "/w\numask = 027\nlisten_mode = 0606\n"
                    "environment = A=b  c\nenvironment = D=\nstdin = /i\nlog = file:/l\nnice = "
                    "-5\noom_score_adj = -1000\n"
                    "no_new_privileges = true\nulimit_nofile = 10:20\nulimit_stack = "
                    "8M\nulimit_core=unlimited\n");
    ck_assert(s->essential && !s->autostart);
    ck_assert_int_eq(s->restart, RESTART_ON_FAILURE);
    ck_assert_uint_eq(s->restart_limit, 5);
    ck_assert_int_eq(s->restart_first, 200);
    ck_assert_int_eq(s->restart_most, 60000);
    ck_assert_int_eq(s->ready_timeout, 10000);
    ck_assert_str_eq(s->healthcheck, "check 'a b'");
    ck_assert_int_eq(s->healthcheck_interval, 1000);
    ck_assert_int_eq(s->healthcheck_timeout, 2000);
    ck_assert_uint_eq(s->healthcheck_retries, 4);
    ck_assert_int_eq(s->healthcheck_start_period, 3000);
    ck_assert_int_eq(s->watchdog, 6000);
    ck_assert_int_eq(s->stop_signal, SIGQUIT);
    ck_assert(s->stop_as_group);
    ck_assert_int_eq(s->stop_grace_period, 8000);
    ck_assert(s->stop_grace_period_given);
    ck_assert_str_eq(s->stop_command, "halt");
    ck_assert_int_eq(s->reload_signal, SIGUSR1);
    ck_assert_uint_eq(s->user->uid, 12);
    ck_assert_uint_eq(s->user->gid, 34);
    ck_assert_ptr_eq(s->attributes.user, s->user);
    ck_assert_str_eq(s->attributes.directory, "/w");
    ck_assert_uint_eq(s->attributes.umask, 027);
    ck_assert_uint_eq(s->listen_mode, 0606);
    ck_assert_uint_eq(s->environment_count, 2);
    ck_assert_str_eq(s->environment[0].text, "A=b  c");
    ck_assert_str_eq(s->environment[1].text, "D=");
    ck_assert_str_eq(s->input, "/i");
    ck_assert_int_eq(s->output, OUTPUT_FILE);
    ck_assert_str_eq(s->output_path, "/l");
    ck_assert_int_eq(s->attributes.nice, -5);
    ck_assert_int_eq(s->attributes.oom_score_adj, -1000);
    ck_assert_uint_eq(s->attributes.given, UMASK_GIVEN | NICE_GIVEN | OOM_SCORE_ADJ_GIVEN);
    ck_assert(s->attributes.no_new_privileges);
    ck_assert_uint_eq(s->attributes.limit_count, 3);
    ck_assert_int_eq(s->attributes.limits[0].resource, RLIMIT_NOFILE);
    ck_assert_uint_eq(s->attributes.limits[0].value.rlim_cur, 10);
    ck_assert_uint_eq(s->attributes.limits[0].value.rlim_max, 20);
    ck_assert_uint_eq(s->attributes.limits[1].value.rlim_max, 8 << 20);
    ck_assert_uint_eq(s->attributes.limits[2].value.rlim_cur, RLIM_INFINITY);
}
END_TEST

START_TEST(ways_to_be_ready)
{
    ck_assert_int_eq(settings_of("ready = none")->ready, READY_AT_ONCE);
    ck_assert_int_eq(settings_of("ready = notify")->ready, READY_BY_NOTIFY);
    const struct settings *settings = settings_of("ready = after:1m1.5s");
    ck_assert_int_eq(settings->ready, READY_AFTER);
    ck_assert_int_eq(settings->ready_after, 61500);
    settings = settings_of("ready = fd:7");
    ck_assert_int_eq(settings->ready, READY_BY_FD);
    ck_assert_int_eq(settings->ready_fd, 7);
    settings = settings_of("ready = tcp:127.0.0.1:80");
    ck_assert_int_eq(settings->ready, READY_BY_TCP);
    ck_assert_int_eq(settings->ready_address->to.v4.sin_port, htons(80));
    settings = settings_of("ready = unix:/run/x");
    ck_assert_int_eq(settings->ready, READY_BY_UNIX);
    ck_assert_int_eq(settings->ready_address->to.any.sa_family, AF_UNIX);
    settings = settings_of("ready = http:[::1]:80/a:b?c=/");
    ck_assert_int_eq(settings->ready, READY_BY_HTTP);
    ck_assert_int_eq(settings->ready_address->to.v6.sin6_port, htons(80));
    ck_assert_str_eq(settings->ready_argument, "/a:b?c=/");
    settings = settings_of("ready = file:/run/a:b");
    ck_assert_int_eq(settings->ready, READY_BY_FILE);
    ck_assert_str_eq(settings->ready_argument, "/run/a:b");
    settings = settings_of("ready = exec:test -e x");
    ck_assert_int_eq(settings->ready, READY_BY_EXEC);
    ck_assert_str_eq(settings->ready_argument, "test -e x");
}
END_TEST

START_TEST(ways_to_be_healthy)
{
    const struct settings *settings = settings_of("healthcheck = http:80/a");
    ck_assert_int_eq(settings->healthcheck_by, READY_BY_HTTP);
    ck_assert_int_eq(settings->healthcheck_address->to.v4.sin_port, htons(80));
    ck_assert_str_eq(settings->healthcheck_argument, "/a");
    settings = settings_of("healthcheck = tcp:localhost:80");
    ck_assert_int_eq(settings->healthcheck_by, READY_BY_TCP);
    ck_assert_int_eq(settings->healthcheck_address->to.any.sa_family, AF_INET);
    settings = settings_of("healthcheck = unix:@x");
    ck_assert_int_eq(settings->healthcheck_by, READY_BY_UNIX);
    ck_assert_int_eq(settings->healthcheck_address->to.any.sa_family, AF_UNIX);
    settings = settings_of("healthcheck = tcp:${NO_SUCH:-80}");
    ck_assert_int_eq(settings->healthcheck_by, READY_BY_TCP);
    ck_assert_int_eq(settings->healthcheck_address->to.v4.sin_port, htons(80));
    settings = settings_of("healthcheck = a '${' ${NO_SUCH}");
    ck_assert_int_eq(settings->healthcheck_by, READY_BY_EXEC);
    ck_assert_str_eq(settings->healthcheck_argument, "a '${' ${NO_SUCH}");
    settings = settings_of("healthcheck = http 80");
    ck_assert_int_eq(settings->healthcheck_by, READY_BY_EXEC);
    ck_assert_str_eq(settings->healthcheck_argument, "http 80");
}
END_TEST

START_TEST(sockets)
{
    const struct settings *settings =
        settings_of("listen = tcp:80  ctl=unix:/a=b\nlisten = udp:53");
    ck_assert_uint_eq(settings->listen_count, 3);
    ck_assert_str_eq(settings->listen[0].name, "a");
    ck_assert_str_eq(settings->listen[1].name, "ctl");
    ck_assert_str_eq(settings->listen[1].address.to.local.sun_path, "/a=b");
    ck_assert_uint_eq(settings->listen[1].line, 3);
    ck_assert_str_eq(settings->listen[1].file, "c");
    ck_assert_int_eq(settings->listen[2].address.type, SOCK_DGRAM);
    ck_assert_uint_eq(settings->listen[2].line, 4);
}
END_TEST

/* What they refer to is looked up at each start. */
START_TEST(variables_and_files_of_them)
{
    const struct settings *settings =
        settings_of("environment = Z=1\nenv_file = /env\nenvironment = Y=${Z}\nenv_file = -/x");
    static const struct {
        const char *text;
        bool is_file, is_optional;
    } wanted[] = {
        {"Z=1", false, false}, {"/env", true, false}, {"Y=${Z}", false, false}, {"/x", true, true}};
    ck_assert_uint_eq(settings->environment_count, COUNT(wanted));
    for (size_t i = 0; i < COUNT(wanted); i++) {
        ck_assert_str_eq(settings->environment[i].text, wanted[i].text);
        ck_assert_int_eq(settings->environment[i].is_file, wanted[i].is_file);
        ck_assert_int_eq(settings->environment[i].is_optional, wanted[i].is_optional);
    }
    ck_assert(settings->needs_lookup);
    ck_assert(!settings_of("environment = Z=1")->needs_lookup);
    ck_assert(settings_of("environment = Z=$${")->needs_lookup);
}
END_TEST

/* What foster itself goes by is expanded when the file is read. */
START_TEST(variables_in_other_values)
{
    ck_assert_int_eq(setenv("MASK", "27", 1), 0);
    ck_assert_uint_eq(settings_of("umask = 0${MASK}")->attributes.umask, 027);
    ck_assert_uint_eq(settings_of("environment = MASK=7\numask = ${MASK}")->attributes.umask, 7);
    ck_assert_int_eq(settings_of("nice = ${NO_SUCH:-3}")->attributes.nice, 3);
    ck_assert_str_eq(settings_of("working_dir = /${MASK}")->attributes.directory, "/${MASK}");
    ck_assert_str_eq(settings_of("log = file:/${MASK}")->output_path, "/${MASK}");
    ck_assert_int_eq(settings_of("log = ${NO_SUCH:-null}")->output, OUTPUT_NULL);
}
END_TEST

START_TEST(lines)
{
    ck_assert_str_eq(service_of("\xef\xbb\xbf[a]\r\ncommand=x  y \t\r\n", "a")->command, "x  y");
    ck_assert_str_eq(service_of("[a]\ncommand =\n\t  x\n# c\n  ;c\n  y=\n z", "a")->command,
                     "x y= z");
    ck_assert_str_eq(service_of("\n ; c\n[a]\n  command = x\n   y\n  type = oneshot", "a")->command,
                     "x y");
    ck_assert_int_eq(plan.services->settings->type, TYPE_ONESHOT);
    ck_assert_str_eq(service_of("[a]\ncommand = x\n\n  type = oneshot", "a")->command, "x");
    ck_assert_int_eq(plan.services->settings->type, TYPE_ONESHOT);
    ck_assert_str_eq(service_of("[a]\ncommand = x \\\n y \\\n# c\nz\\\n\n", "a")->command, "x y z");
    ck_assert_str_eq(service_of("[a]\ncommand = x\\\\\ntype = oneshot", "a")->command, "x\\\\");
    ck_assert_str_eq(service_of("[a]\n    command = x\n\ty\n", "a")->command, "x y");
    ck_assert_str_eq(service_of("[A-1_b.c@d]\ncommand = [ -e x ]\n  [ y", "A-1_b.c@d")->command,
                     "[ -e x ] [ y");
}
END_TEST

static void ck_from_here(const char *path, const char *relative)
{
    char here[PATH_MAX], whole[2 * PATH_MAX];
    ck_assert_ptr_nonnull(getcwd(here, sizeof here));
    snprintf(whole, sizeof whole, "%s/%s", here, relative);
    ck_assert_str_eq(path, whole);
}

START_TEST(relative_paths_are_meant_from_here)
{
    const struct settings *settings = settings_of(
        "working_dir = sub\nstdin = ./in\nlog = file:a:b\nlog_stderr = file:@e\nready = file:r\n"
        "env_file = -vars");
    ck_from_here(settings->environment[0].text, "vars");
    ck_from_here(settings->attributes.directory, "sub");
    ck_from_here(settings->input, "./in");
    ck_from_here(settings->output_path, "a:b");
    ck_from_here(settings->error_path, "@e");
    ck_from_here(settings->ready_argument, "r");
    settings = settings_of("ready = unix:s");
    ck_from_here(settings->ready_address->to.local.sun_path, "s");
    settings = settings_of("healthcheck = unix:s");
    ck_from_here(settings->healthcheck_address->to.local.sun_path, "s");
    settings = settings_of("ready = unix:@s\nworking_dir = ${DIR}/sub\nstop_command = a/b");
    ck_assert_str_eq(settings->ready_address->to.local.sun_path + 1, "s");
    ck_assert_str_eq(settings->attributes.directory, "${DIR}/sub");
    ck_assert_str_eq(settings->stop_command, "a/b");
    ck_assert_str_eq(
        service_of("[foster]\ncontrol = s\ntermination_log = t\n[a]\ncommand = b/c", "a")->command,
        "b/c");
    ck_from_here(plan.globals.control, "s");
    ck_from_here(plan.globals.termination_log, "t");
    service_of("[foster]\ncontrol = @s\n[a]\ncommand = b", "a");
    ck_assert_str_eq(plan.globals.control, "@s");
}
END_TEST

START_TEST(relative_paths_that_are_equal_are_kept_once)
{
    service_of("[a]\ncommand = x\nworking_dir = d\nlog = file:l\n"
               "[b]\ncommand = x\nworking_dir = d\nlog = file:l",
               "a");
    ck_assert_ptr_eq(plan.services[0].settings, plan.services[1].settings);
}
END_TEST

START_TEST(stderr_goes_where_log_stderr_says)
{
    const struct settings *settings =
        service_of("[foster]\nlog = json\n[a]\ncommand = a\nlog_stderr = file:/e", "a")->settings;
    ck_assert_int_eq(settings_output(settings, STDOUT_FILENO), OUTPUT_JSON);
    ck_assert_int_eq(settings_output(settings, STDERR_FILENO), OUTPUT_FILE);
    ck_assert_str_eq(settings->error_path, "/e");
    ck_assert_ptr_null(settings->output_path);
    settings = service_of("[a]\ncommand = a\nlog = file:/e\nlog_stderr = file:/e", "a")->settings;
    ck_assert_int_eq(settings_output(settings, STDERR_FILENO), OUTPUT_SHARED);
    settings = service_of("[a]\ncommand = a", "a")->settings;
    ck_assert_int_eq(settings_output(settings, STDERR_FILENO), OUTPUT_SHARED);
    settings = service_of("[a]\ncommand = a\nlog_stderr = raw", "a")->settings;
    ck_assert_int_eq(settings_output(settings, STDERR_FILENO), OUTPUT_SHARED);
}
END_TEST

START_TEST(global_keys_hold_wherever_they_stand)
{
    const struct service *a =
        service_of("[a]\ncommand = a\n[foster]\nlog = json\ncontrol = none\ngrace = "
                   "2s\ntermination_log = none\n"
                   "[b]\ncommand = b\nlog = raw\n[d]\ncommand = d\nlog = null",
                   "a");
    ck_assert_int_eq(a->settings->output, OUTPUT_JSON);
    ck_assert_int_eq(plan_find(&plan, "b", 1)->settings->output, OUTPUT_RAW);
    ck_assert_int_eq(plan_find(&plan, "dx", 1)->settings->output, OUTPUT_NULL);
    ck_assert_str_eq(plan.globals.control, "");
    ck_assert_ptr_null(plan.globals.termination_log);
    ck_assert_int_eq(plan.globals.grace, 2000);
    ck_assert(plan.globals.grace_given);
}
END_TEST

START_TEST(equal_settings_are_shared)
{
    const struct service *a = service_of(
        "[a]\ncommand = a\nuser = 5\n[b]\ncommand = b\nnice = 1\n[c]\ncommand = c\nuser = 5", "a");
    ck_assert_ptr_eq(a[0].settings, a[2].settings);
    ck_assert_ptr_ne(a[0].settings, a[1].settings);
}
END_TEST

START_TEST(equal_values_are_kept_once)
{
    ck_assert(
        read_text("[a]\ncommand = run it\nstop_command = stop it\n"
                  "[b]\ncommand = run it\nstop_command = stop it\n[c]\ncommand = run that\n"));
    const struct service *a = plan.services;
    ck_assert_str_eq(a[0].command, "run it");
    ck_assert_ptr_eq(a[0].command, a[1].command);
    ck_assert_ptr_eq(a[0].settings, a[1].settings);
    ck_assert_str_eq(a[1].settings->stop_command, "stop it");
    ck_assert_str_eq(a[2].command, "run that");
}
END_TEST

/* The values stay when the file's bytes have been overwritten, and their memory given back. */
START_TEST(nothing_stays_in_the_file)
{
    const struct service *a =
        service_of("[a]\ncommand = one two\nready = unix:/s\nlisten = tcp:1 b=unix:/x\n"
                   "environment = A=b\nworking_dir = /w\n[foster]\ncontrol = /c",
                   "a");
    ck_assert(read_text("[z]\ncommand = other\nenvironment = C=d"));
    ck_assert_str_eq(a->name, "a");
    ck_assert_str_eq(a->command, "one two");
    ck_assert_str_eq(a->settings->listen[0].name, "a");
    ck_assert_str_eq(a->settings->listen[1].name, "b");
    ck_assert_str_eq(a->settings->environment[0].text, "A=b");
    ck_assert_str_eq(a->settings->attributes.directory, "/w");
}
END_TEST

START_TEST(dependencies)
{
    const struct service *web = service_of(
        "[web]\ncommand = w\ndepends_on = db, once ,\n  x:started\ndepends_on = y:completed\n"
        "[db]\ncommand = d\n[once]\ncommand = o\ntype = oneshot\n"
        "[x]\ncommand=x\n[y]\ncommand=y",
        "web");
    static const enum condition conditions[] = {CONDITION_READY, CONDITION_COMPLETED,
                                                CONDITION_STARTED, CONDITION_COMPLETED};
    const struct extras *extras = service_extras(web);
    ck_assert_uint_eq(extras->depends_count, COUNT(conditions));
    for (size_t i = 0; i < COUNT(conditions); i++) {
        ck_assert_ptr_eq(extras->depends_on[i].on, web + i + 1);
        ck_assert_int_eq(extras->depends_on[i].condition, conditions[i]);
    }
    ck_assert_ptr_null(web[1].extras);
    ck_assert_uint_eq(service_extras(&web[1])->depends_count, 0);
}
END_TEST

/* A number is a code, a signal the code of an end by it (147). */
START_TEST(exit_codes_that_are_a_success)
{
    ck_assert_ptr_null(settings_of("")->as_success);
    const struct settings *settings = settings_of("success_exit_codes = 3, 15 255\tINT sigkill");
    static const int successes[] = {0, 3, 15, 255, 128 + SIGINT, 128 + SIGKILL};
    size_t count = 0;
    for (int code = 0; code < EXIT_CODES; code++)
        count += wait_status_code_is_success(code, settings->as_success);
    ck_assert_uint_eq(count, COUNT(successes));
    for (size_t i = 0; i < COUNT(successes); i++)
        ck_assert(wait_status_code_is_success(successes[i], settings->as_success));
    const struct service *a = service_of("[a]\ncommand=x\nsuccess_exit_codes=3\n[b]\ncommand=x\n"
                                         "success_exit_codes=3\n[c]\ncommand=x\n"
                                         "success_exit_codes=4",
                                         "a");
    ck_assert_ptr_eq(a[0].settings, a[1].settings);
    ck_assert_ptr_ne(a[1].settings, a[2].settings);
    ck_assert(wait_status_code_is_success(4, a[2].settings->as_success));
    ck_assert(!wait_status_code_is_success(3, a[2].settings->as_success));
}
END_TEST

/* Without a health check a service is healthy when it is ready (153). */
START_TEST(conditions_in_the_words_of_compose)
{
    const struct service *web =
        service_of("[web]\ncommand=w\ndepends_on=a:service_started "
                   "b:service_completed_successfully c:service_healthy d:service_healthy e:ended\n"
                   "[a]\ncommand=a\n[b]\ncommand=b\n[c]\ncommand=c\nhealthcheck=c\n"
                   "[d]\ncommand=d\n[e]\ncommand=e",
                   "web");
    static const enum condition conditions[] = {CONDITION_STARTED, CONDITION_COMPLETED,
                                                CONDITION_HEALTHY, CONDITION_READY,
                                                CONDITION_ENDED};
    ck_assert_uint_eq(service_extras(web)->depends_count, COUNT(conditions));
    for (size_t i = 0; i < COUNT(conditions); i++)
        ck_assert_int_eq(service_extras(web)->depends_on[i].condition, conditions[i]);
    const struct settings *settings =
        settings_of("restart = unless-stopped\nrestart_delay = 1.5s..1m30s");
    ck_assert_int_eq(settings->restart, RESTART_ALWAYS);
    ck_assert_int_eq(settings->restart_first, 1500);
    ck_assert_int_eq(settings->restart_most, 90000);
}
END_TEST

START_TEST(the_command_line_has_a_service)
{
    struct settings settings = settings_default;
    char *words[] = {NULL, (char[]){"x"}, NULL};
    static const char *const path[] = {"c"};
    struct config_request request = {
        .paths = path, .path_count = 1, .command = words + 1, .command_settings = &settings};
    make_text_file("c", "[a]\ncommand = a\ndepends_on = main", 0600);
    ck_assert(config_read(&plan, &request));
    ck_assert_uint_eq(plan.count, 2);
    ck_assert_str_eq(plan.command->name, COMMAND_NAME);
    ck_assert_ptr_eq(plan.command->settings, &settings);
    ck_assert_ptr_null(plan.command->command);
    ck_assert_ptr_eq(plan_find(&plan, "a", 1)->extras->depends_on->on, plan.command);

    hear_stderr();
    make_text_file("c", "[main]\ncommand = a", 0600);
    ck_assert(!config_read(&plan, &request));
    ck_assert_str_eq(
        heard(),
        "foster: c:1: [main] is the name of the command of the command line; use another\n");

    make_text_file("c", "", 0600);
    ck_assert(config_read(&plan, &request));
    ck_assert_uint_eq(plan.count, 1);
}
END_TEST

START_TEST(files_and_directories)
{
    static const char *const paths[] = {"last", "d", "none.conf"};
    ck_assert_int_eq(mkdir("d", 0700), 0);
    make_text_file("d/c.conf", "[c]\ncommand=c", 0600);
    make_text_file("d/a.conf", "[a]\ncommand=a", 0600);
    make_text_file("d/b.conf", "", 0600);
    make_text_file("d/.x.conf", "[x]\ncommand=x", 0600);
    make_text_file("d/y.conf~", "[y]\ncommand=y", 0600);
    make_text_file("last", "[l]\ncommand=l", 0600);
    ck_assert(read_paths(paths, 2));
    ck_assert_uint_eq(plan.count, 3);
    ck_assert_str_eq(plan.services[0].name, "l");
    ck_assert_str_eq(plan.services[1].name, "a");
    ck_assert_str_eq(plan.services[2].name, "c");
    hear_stderr();
    ck_assert(!read_paths(paths, 3));
    ck_assert_str_eq(heard(), "foster: none.conf: No such file or directory\n");
    ck_assert_int_eq(mkdir("d/z.conf", 0700), 0);
    ck_assert(!read_paths(paths, 2));
    ck_assert_str_eq(heard(), "foster: d/z.conf: not a regular file\n");
}
END_TEST

START_TEST(a_thousand_services_are_small)
{
    enum { SERVICES = 1000, ROOM = 64 };
    static char text[SERVICES * ROOM];
    char *end = text;
    for (int i = 0; i < SERVICES; i++)
        end += sprintf(end, "[s%d]\ncommand = sleep 1\nuser = 1\ndepends_on = s%d\n", i, i + 1);
    sprintf(end, "[s%d]\ncommand = x\nuser = 1", SERVICES);
    ck_assert(read_text(text));
    ck_assert_uint_eq(plan.count, SERVICES + 1);
    ck_assert_ptr_eq(plan.services[0].settings, plan.services[SERVICES].settings);
    ck_assert_uint_le(sizeof(struct service), 112);
}
END_TEST

/* ---- faults ---- */

#define HEALTHCHECK_NEEDS                                                                          \
    "healthcheck needs tcp:[HOST:]PORT, unix:PATH, http:[HOST:]PORT/PATH, or a command of at "     \
    "most 128K, with its quotes closed, "

START_TEST(faults)
{
    static const struct {
        const char *lines, *fault;
    } cases[] = {
        {"type = job", "type needs service or oneshot, not 'job'"},
        {"essential = maybe", "essential needs yes or no, not 'maybe'"},
        {"restart = allways", "restart needs no, always or on-failure[:N], not 'allways'"},
        {"restart = on-failure:0",
         "restart needs no, always or on-failure[:N], not 'on-failure:0'"},
        {"restart = always:3", "restart needs no, always or on-failure[:N], not 'always:3'"},
        {"restart_delay = 0",
         "restart_delay needs a duration above 0, or two such as 100ms..30s, not '0'"},
        {"restart_delay = 2s..1s",
         "restart_delay needs a duration above 0, or two such as 100ms..30s, not '2s..1s'"},
        {"every = 5m", "every is for a oneshot alone: it starts a job again"},
        {"success_exit_codes = 1 256 3", "success_exit_codes needs numbers from 0 to 255 and "
                                         "signals, such as 3 143 SIGTERM, not '256'"},
        {"success_exit_codes = SIGFOO", "success_exit_codes needs numbers from 0 to 255 and "
                                        "signals, such as 3 143 SIGTERM, not 'SIGFOO'"},
        {"restart = unless-stopped:3",
         "restart needs no, always or on-failure[:N], not 'unless-stopped:3'"},
        {"restart_delay = 1...3s",
         "restart_delay needs a duration above 0, or two such as 100ms..30s, not '1...3s'"},
        {"restart_delay = 1s..",
         "restart_delay needs a duration above 0, or two such as 100ms..30s, not '1s..'"},
        {"ready_timeout = 0s",
         "ready_timeout needs a duration above 0, such as 500ms, 5s or 2m, not '0s'"},
        {"stop_grace_period = 5 s",
         "stop_grace_period needs a duration such as 500ms, 5s or 2m, or unlimited, not '5 s'"},
        {"healthcheck = 'x", HEALTHCHECK_NEEDS "not ''x'"},
        {"healthcheck = tcp:x", HEALTHCHECK_NEEDS "not 'tcp:x'"},
        {"healthcheck = unix:", HEALTHCHECK_NEEDS "not 'unix:'"},
        {"healthcheck = http:80", HEALTHCHECK_NEEDS "not 'http:80'"},
        {"healthcheck = http://localhost:80/", HEALTHCHECK_NEEDS "not 'http://localhost:80/'"},
        {"healthcheck = http:80/a b", HEALTHCHECK_NEEDS "not 'http:80/a b'"},
        {"healthcheck_retries = 0", "healthcheck_retries needs a number from 1, not '0'"},
        {"stop_signal = SIGFOO", "stop_signal needs a signal such as SIGTERM or 15, not 'SIGFOO'"},
        {"umask = 8", "umask needs an octal number up to 777, not '8'"},
        {"umask = 1000", "umask needs an octal number up to 777, not '1000'"},
        {"listen_mode = 0668", "listen_mode needs an octal number up to 777, not '0668'"},
        {"nice = 20", "nice needs a number from -20 to 19, not '20'"},
        {"nice = -21", "nice needs a number from -20 to 19, not '-21'"},
        {"nice = -", "nice needs a number from -20 to 19, not '-'"},
        {"oom_score_adj = 1001", "oom_score_adj needs a number from -1000 to 1000, not '1001'"},
        {"log = file:", "log needs raw, prefix, json, null or file:PATH, not 'file:'"},
        {"log = raw:x", "log needs raw, prefix, json, null or file:PATH, not 'raw:x'"},
        {"log = file", "log needs raw, prefix, json, null or file:PATH, not 'file'"},
        {"ulimit_nofile = 1K", "ulimit_nofile needs a number, SOFT:HARD or unlimited, not '1K'"},
        {"ulimit_nofile = 2:1", "ulimit_nofile needs a number, SOFT:HARD or unlimited, not '2:1'"},
        {"ulimit_nofile = :1", "ulimit_nofile needs a number, SOFT:HARD or unlimited, not ':1'"},
        {"ulimit_as = 9999999999G", "ulimit_as needs a number of bytes such as 64M, SOFT:HARD or "
                                    "unlimited, not '9999999999G'"},
        {"environment = =b", "environment needs NAME=VALUE, not '=b'"},
        {"environment = A", "environment needs NAME=VALUE, not 'A'"},
        {"env_file = -", "env_file needs a path, or -PATH for a file that may be missing, not '-'"},
        {"umask = ${NO_SUCH}", "umask needs ${NO_SUCH}, which is not set and has no default"},
        {"umask = ${NO_SUCH:?x y}", "umask needs ${NO_SUCH}: x y"},
        {"stdin = ${", "stdin needs ${NAME}, ${NAME:-word}, ${NAME:?word} or $${, not '${'"},
        {"healthcheck = a ${}", HEALTHCHECK_NEEDS "not 'a ${}'"},
        {"healthcheck = tcp:${NO_SUCH}",
         "healthcheck needs ${NO_SUCH}, which is not set and has no default"},
        {"working_dir =", "working_dir needs a path, not ''"},
        {"listen = tcp:80 x=foo:1",
         "listen needs addresses such as tcp:80, udp:127.0.0.1:53 or NAME=unix:PATH, not 'foo:1'"},
        {"listen = =tcp:80", "listen needs addresses such as tcp:80, udp:127.0.0.1:53 or "
                             "NAME=unix:PATH, not '=tcp:80'"},
        {"user = nobody:", "user needs USER or USER:GROUP, as names or as numbers, not ''"},
        {"user = a b", "user needs USER or USER:GROUP, as names or as numbers, not 'a b'"},
        {"user = nosuch\nlisten = tcp:1",
         "listen needs a user that is there when foster starts, not 'nosuch'"},
        {"retsart = no", "unknown key 'retsart'; did you mean 'restart'?"},
        {"ulimit_nofiles = 1", "unknown key 'ulimit_nofiles'; did you mean 'ulimit_nofile'?"},
        {"something = else", "unknown key 'something'"},
        {"grace = 5s", "'grace' belongs in the section [foster]"},
        {"command = b", "'command' is there already, in line 2"},
        {"gibberish", "'gibberish' is neither [SECTION] nor KEY = VALUE"},
        {"= x", "'= x' is neither [SECTION] nor KEY = VALUE"},
        {"[b c]\ncommand = x",
         "'[b c]' is not [NAME], with a name of at most 64 letters, digits and _.@-"},
        {"[b] # x\ncommand = x",
         "'[b] # x' is not [NAME], with a name of at most 64 letters, digits and _.@-"},
        {"replicas = 1001", "replicas needs a number from 0 to 1000, not '1001'"},
        {"enabled = perhaps", "enabled needs yes or no, not 'perhaps'"},
        {"enabled = ${NO_SUCH}", "enabled needs ${NO_SUCH}, which is not set and has no default"},
        {"type = ${NO_SUCH:?x y}", "type needs ${NO_SUCH}: x y"},
        {"depends_on = ${",
         "depends_on needs ${NAME}, ${NAME:-word}, ${NAME:?word} or $${, not '${'"},
        {"[a]\ncommand = x", "[a] is there already, in c:1"},
        {"[b]", "the section needs a command"},
        {"[foster]\ncommand = x", NULL},
        {"depends_on = aa", "depends_on names an unknown service 'aa'"},
        {"depends_on = a", "[a] depends on itself"},
        {"depends_on = [x]", "depends_on names an unknown service '[x]'"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[256], fault[256];
        snprintf(text, sizeof text, "[a]\ncommand = a\n%s\n", cases[i].lines);
        snprintf(fault, sizeof fault, "c:3: %s\n", cases[i].fault);
        const char *said = faults_of(text);
        if (cases[i].fault != NULL)
            ck_assert_str_eq(said, fault);
    }
}
END_TEST

/* "ready needs ..." is too long to repeat. */
START_TEST(invalid_kinds_of_readiness)
{
    static const char *const values[] = {
        "no",    "none:",  "notify:x", "fd",    "fd:2",  "fd:256", "fd:x",    "tcp:x",   "tcp",
        "after", "after:", "after:x",  "unix:", "file:", "exec:",  "exec:\"", "http://x"};
    for (size_t i = 0; i < COUNT(values); i++) {
        char text[64], end[64];
        snprintf(text, sizeof text, "[a]\ncommand = a\nready = %s", values[i]);
        snprintf(end, sizeof end, ", not '%s'\n", values[i]);
        const char *said = faults_of(text);
        ck_assert_msg(strstr(said, end) != NULL &&
                          strncmp(said, "c:3: ready needs none, notify, ", 31) == 0,
                      "%s", said);
    }
}
END_TEST

START_TEST(all_faults_are_said_in_one_run)
{
    ck_assert_str_eq(
        faults_of("x = 1\n[db]\nready = foo\n[wob]\ncommand = a 'b\ndepends_on = wbo dd:ready "
                  "db:redy db db\n"
                  "[foster]\nrestart = x\ncontroll = x\n[j]\ncommand = j\ntype = oneshot\nrestart "
                  "= always\n"
                  "ready = notify\n"),
        "c:9: unknown key 'controll'; did you mean 'control'?\n"
        "c:8: restart needs no, always or on-failure[:N], not 'x'\n"
        "c:1: 'x' stands before the first [SECTION]\n"
        "c:3: ready needs none, notify, after:DURATION, fd:N (3 to 255), tcp:[HOST:]PORT, "
        "unix:PATH, http:[HOST:]PORT/PATH, file:PATH or "
        "exec:COMMAND, "
        "not 'foo'\n"
        "c:2: the section needs a command\n"
        "c:5: command needs a command of at most 128K, with its quotes closed, not 'a 'b'\n"
        "c:6: depends_on names an unknown service 'wbo'\n"
        "c:6: depends_on names an unknown service 'dd'\n"
        "c:6: depends_on needs NAME, or NAME and one of :started, :ready, :completed and :ended, "
        "not 'db:redy'\n"
        "c:6: depends_on names 'db' twice\n"
        "c:6: depends_on names 'db' twice\n"
        "c:13: restart = always is not for a oneshot, which is to end; use on-failure\n"
        "c:14: ready is not for a oneshot, which is done when it has ended\n");
    ck_assert_str_eq(faults_of("[a]\ncommand = a\n  log = x\n  user = 1\n [b]\n"),
                     "c:3: 'log = x' continues the value of 'command' in line 2, because it is "
                     "indented; is it a key of its own?\n"
                     "c:5: '[b]' is neither [SECTION] nor KEY = VALUE\n"
                     "c:3: log needs raw, prefix, json, null or file:PATH, not 'x'\n");
    ck_assert_str_eq(faults_of("[a]\ncommand = a \\\nlog = raw\n\tnice = 1\n"),
                     "c:3: 'log = raw' continues the value of 'command' in line 2, because the "
                     "line before ends in a backslash; is it a key of its own?\n"
                     "c:4: 'nice = 1' continues the value of 'log' in line 3, because it is "
                     "indented; is it a key of its own?\n");
    ck_assert_str_eq(faults_of("[a]\ncommand = a\n\n [b]\n"),
                     "c:4: '[b]' is neither [SECTION] nor KEY = VALUE\n");
}
END_TEST

START_TEST(files_that_are_none)
{
    ck_assert_str_eq(faults_of(""), "c: no service is defined\n");
    ck_assert_str_eq(faults_of("[foster]\nlog = raw"), "c: no service is defined\n");
    hear_stderr();
    make_file("c", "[a]\ncommand\0= x", 14, 0600);
    ck_assert(!read_paths((const char *const[]){"c"}, 1));
    ck_assert_str_eq(heard(), "foster: c: not a text file: it contains a NUL byte\n");
    ck_assert(!read_paths((const char *const[]){"/dev/null"}, 1));
    ck_assert_str_eq(heard(), "foster: /dev/null: not a regular file\n");
}
END_TEST

/* A command that is one word, of so many bytes with its NUL. */
static const char *section_with_room(size_t room)
{
    static char text[ARGV_ROOM_MOST + 64];
    char *end = stpcpy(text, "[a]\ncommand = ");
    memset(end, 'x', room - 1);
    end[room - 1] = '\0';
    return text;
}

/* A section with that many sockets, whose names have that length. */
static const char *section_with_sockets(int count, int length)
{
    static char text[1 << 20];
    char *end = stpcpy(text, "[a]\ncommand = a\n");
    while (count-- > 0)
        end += sprintf(end, "listen = %0*d=unix:/%d\n", length, count, count);
    return text;
}

/* A section with that many variables. */
static const char *section_with_variables(int count)
{
    static char text[(ENVIRONMENT_MOST + 2) * (sizeof "environment = A=\n" - 1)];
    char *end = stpcpy(text, "[a]\ncommand = a\n");
    while (count-- > 0)
        end = stpcpy(end, "environment = A=\n");
    return text;
}

START_TEST(more_than_a_start_has_room_for)
{
    enum { NAME_MOST = 255 };
    static const char bad_name[] = "c:3: listen needs addresses such as";
    static const char too_long[] =
        "c:2: command needs a command of at most 128K, with its quotes closed, not 'xxx";
    ck_assert(read_text(section_with_room(ARGV_ROOM_MOST)));
    ck_assert(strncmp(faults_of(section_with_room(ARGV_ROOM_MOST + 1)), too_long,
                      sizeof too_long - 1) == 0);
    ck_assert(read_text(section_with_variables(ENVIRONMENT_MOST)));
    ck_assert_str_eq(faults_of(section_with_variables(ENVIRONMENT_MOST + 1)),
                     "c:1: the section has more than 8192 environment variables\n");
    ck_assert(read_text(section_with_sockets(LISTEN_MOST, NAME_MOST)));
    ck_assert(strncmp(faults_of(section_with_sockets(1, NAME_MOST + 1)), bad_name,
                      sizeof bad_name - 1) == 0);
    ck_assert_str_eq(faults_of(section_with_sockets(LISTEN_MOST + 1, 1)),
                     "c:1: the section has more than 1024 sockets\n");
}
END_TEST

START_TEST(circles)
{
    ck_assert_str_eq(
        faults_of(
            "[a]\ncommand=a\ndepends_on=b\n[b]\ncommand=b\ndepends_on=a x\n[x]\ncommand=x\n"
            "[behind]\ncommand=c\ndepends_on=b\n[p]\ncommand=p\ndepends_on=q\n[q]\ncommand=q\n"
            "depends_on=r\n[r]\ncommand=r\ndepends_on=p"),
        "c:6: depends_on makes a cycle: b -> a -> b\n"
        "c:20: depends_on makes a cycle: r -> p -> q -> r\n");
}
END_TEST

/* ---- the nearest word ---- */

static const char *next_of(void *context)
{
    const char *const **list = context;
    return **list != NULL ? *(*list)++ : NULL;
}

START_TEST(the_nearest_word_is_near)
{
    static const char *const words[] = {"db", "web", "migrate", "worker", "work", NULL};
    static const char *const cases[][2] = {
        {"wbe", NULL},
        {"wep", "web"},
        {"we", "web"},
        {"d", NULL},
        {"migrat", "migrate"},
        {"imgrate", "migrate"},
        {"worke", "worker"},
        {"orker", "worker"},
        {"unheard-of", NULL},
        {"", NULL},
        {"0123456789012345678901234567890123456789012345678901234567890123456789", NULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *const *list = words;
        ck_assert_pstr_eq(nearest_word(cases[i][0], next_of, &list), cases[i][1]);
    }
}
END_TEST

/* ---- the tree ---- */

/* The output of plan_print() for a text. */
static const char *tree_of(const char *text)
{
    static char bytes[1 << 16];
    int memory = memfd_create("stdout", MFD_CLOEXEC), saved = dup(STDOUT_FILENO);
    ck_assert(read_text(text));
    ck_assert_int_ne(dup2(memory, STDOUT_FILENO), -1);
    plan_print(&plan);
    ck_assert_int_ne(dup2(saved, STDOUT_FILENO), -1);
    ssize_t length = pread(memory, bytes, sizeof bytes - 1, 0);
    ck_assert_int_ge(length, 0);
    bytes[length] = '\0';
    close(memory);
    close(saved);
    return bytes;
}

START_TEST(the_tree_shows_which_service_waits_for_which)
{
    ck_assert_str_eq(
        tree_of("[web]\ncommand=x\nessential=yes\ndepends_on=db migrate\n[db]\ncommand=x\n"
                "[migrate]\ncommand=x\ntype=oneshot\nautostart=no\ndepends_on=db\n"
                "[cron]\ncommand=x\nautostart=no\n[tail]\ncommand=x\ndepends_on=cron:started db"),
        "db\n"
        "└─ migrate (oneshot, autostart = no), once db is ready\n"
        "   └─ web (essential), once db is ready and migrate has completed\n"
        "cron (autostart = no)\n"
        "└─ tail, once cron has started and db is ready\n"
        "5 services, no faults\n");
    for (size_t i = 0; i < plan.count; i++)
        ck_assert_uint_eq(plan.services[i].rank, 0);
    ck_assert_str_eq(
        tree_of("[a]\ncommand=x\n[b]\ncommand=x\ndepends_on=a\n[c]\ncommand=x\ndepends_on=b\n"
                "[d]\ncommand=x\ndepends_on=a"),
        "a\n"
        "├─ b, once a is ready\n"
        "│  └─ c, once b is ready\n"
        "└─ d, once a is ready\n"
        "4 services, no faults\n");
    ck_assert_str_eq(tree_of("[a]\ncommand=x"), "a\n1 service, no faults\n");
}
END_TEST

int main(void)
{
    return RUN_TESTS(
        "config", defaults, every_key, ways_to_be_ready, ways_to_be_healthy, sockets,
        variables_and_files_of_them, variables_in_other_values, lines,
        relative_paths_are_meant_from_here, relative_paths_that_are_equal_are_kept_once,
        stderr_goes_where_log_stderr_says, global_keys_hold_wherever_they_stand,
        equal_settings_are_shared, equal_values_are_kept_once, nothing_stays_in_the_file,
        dependencies, exit_codes_that_are_a_success, conditions_in_the_words_of_compose,
        the_command_line_has_a_service, files_and_directories, a_thousand_services_are_small,
        faults, invalid_kinds_of_readiness, all_faults_are_said_in_one_run, files_that_are_none,
        more_than_a_start_has_room_for, circles, the_nearest_word_is_near,
        the_tree_shows_which_service_waits_for_which);
}
