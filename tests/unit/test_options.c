/* test_options.c - the command line and the environment: each option in each of its forms, and each
 * usage error. */
#include "compat/compat.h"

#include "base/log.h"
#include "process/exit_report.h"
#include "process/wait_status.h"

#include "kit.h"

static struct options options;

static void start_without_variables(void)
{
    static const char *const variables[] = {"TINI_SUBREAPER",          "TINI_VERBOSITY",
                                            "TINI_KILL_PROCESS_GROUP", "DUMB_INIT_SETSID",
                                            "DUMB_INIT_DEBUG",         "CATATONIT_DEBUG"};
    for (size_t i = 0; i < COUNT(variables); i++)
        unsetenv(variables[i]);
    hear_stderr();
}

static enum task read_list(const char *const *list)
{
    const struct personality *name = compat_personality("foster");
    catalogue_use(name->lines, name->line_count, "foster", getpid());
    options_read(&options, &name->grammar, make_arguments(list));
    return options.task;
}
#define READ(...) read_list((const char *const[]){"foster", __VA_ARGS__, NULL})

/* The bit alone: 0 is a success without one. */
static bool options_as_success(const struct options *given, int code)
{
    return (given->as_success[code / CHAR_BIT] >> code % CHAR_BIT & 1) != 0;
}

static void assert_reads(enum task task)
{
    ck_assert_str_eq(heard(), "");
    ck_assert_int_eq(options.task, task);
}

/* Each option is read three times: alone, and before and behind another. */
#define ASSERT_EACH(condition, ...)                                                                \
    do {                                                                                           \
        READ(__VA_ARGS__, "run");                                                                  \
        assert_reads(TASK_RUN);                                                                    \
        ck_assert(condition);                                                                      \
        READ(__VA_ARGS__, "-w", "run");                                                            \
        ck_assert(options.log_orphans && (condition));                                             \
        READ("-w", __VA_ARGS__, "run");                                                            \
        ck_assert(options.log_orphans && (condition));                                             \
        ck_assert_str_eq(*options.command, "run");                                                 \
        assert_reads(TASK_RUN);                                                                    \
    } while (0)

/* ---- right command lines ---- */

START_TEST(without_options)
{
    start_without_variables();
    READ("run", "it");
    assert_reads(TASK_RUN);
    ck_assert_str_eq(options.command[0], "run");
    ck_assert_str_eq(options.command[1], "it");
    ck_assert_ptr_null(options.command[2]);
    ck_assert_int_eq(options.parent_death_signal, 0);
    ck_assert_int_eq(options.verbosity, LOG_WARNING);
    ck_assert(!options.log_orphans && !options.to_group && options.placement == IN_OWN_GROUP &&
              !options.grace_is_given);
    ck_assert_int_eq(options.stop_timeout, NEVER);
    ck_assert_int_eq(options.grace, 5 * MS_PER_SECOND);
    ck_assert_str_eq(options.termination_log, TERMINATION_LOG);
    for (int signal = SIGNAL_FIRST; signal <= SIGNAL_LAST; signal++)
        ck_assert_int_eq(signal_map_apply(&options.map, signal), signal);
    for (int code = 0; code < EXIT_CODES; code++)
        ck_assert(!options_as_success(&options, code));
}
END_TEST

START_TEST(switches)
{
    start_without_variables();
    ASSERT_EACH(true, "-s");
    ASSERT_EACH(options.to_group, "-g");
    ASSERT_EACH(!options.to_group, "-g", "-c");
    ASSERT_EACH(!options.to_group, "-g", "--single-child");
    ASSERT_EACH(options.to_group, "--single-child", "-g");
    ASSERT_EACH(options.placement == IN_OWN_SESSION && !options.to_group, "--setsid");
    ASSERT_EACH(options.verbosity == LOG_INFO, "-v");
    ASSERT_EACH(options.verbosity == LOG_DEBUG, "-v", "--verbose");
    ASSERT_EACH(options.verbosity >= LOG_DEBUG, "-vvvv");
    ASSERT_EACH(options.placement == IN_OWN_SESSION && options.to_group &&
                    options.verbosity == LOG_DEBUG,
                "-vg", "--setsid", "-sv");
}
END_TEST

START_TEST(options_with_a_value)
{
    start_without_variables();
    ASSERT_EACH(options.parent_death_signal == SIGKILL, "-p", "SIGKILL");
    ASSERT_EACH(options.parent_death_signal == SIGHUP, "-pHUP");
    ASSERT_EACH(options.parent_death_signal == SIGUSR1, "-p", "TERM", "-p", "usr1");
    ASSERT_EACH(options_as_success(&options, 143) && !options_as_success(&options, 0), "-e", "143");
    ASSERT_EACH(options_as_success(&options, 0) && options_as_success(&options, 255) &&
                    options_as_success(&options, 3),
                "-e0", "-e", "255", "-e3");
    ASSERT_EACH(options.verbosity == LOG_DEBUG && options_as_success(&options, 3), "-vve3");
    ASSERT_EACH(options.verbosity == LOG_DEBUG && options_as_success(&options, 3), "-vve", "3");
    ASSERT_EACH(strcmp(options.termination_log, "last") == 0, "--termination-log", "last");
    ASSERT_EACH(strcmp(options.termination_log, "/a=b") == 0, "--termination-log=/a=b");
    ASSERT_EACH(strcmp(options.termination_log, "-w") == 0, "--termination-log", "-w");
}
END_TEST

START_TEST(signals_in_options)
{
    start_without_variables();
    ASSERT_EACH(signal_map_apply(&options.map, SIGTERM) == SIGQUIT, "-r", "TERM:QUIT");
    ASSERT_EACH(signal_map_apply(&options.map, SIGTERM) == SIGQUIT, "-r15:3");
    ASSERT_EACH(signal_map_apply(&options.map, SIGTERM) == SIGQUIT, "--rewrite", "15:3");
    ASSERT_EACH(signal_map_apply(&options.map, SIGUSR2) == 0, "--rewrite=USR2:0");
    ASSERT_EACH(signal_map_apply(&options.map, SIGHUP) == SIGINT &&
                    signal_map_apply(&options.map, SIGINT) == SIGHUP,
                "-r", "HUP:INT", "--rewrite=INT:HUP");
    ASSERT_EACH(signal_map_apply(&options.map, SIGTERM) == 37, "--stop-signal", "RTMIN+3");
    ASSERT_EACH(signal_map_apply(&options.map, SIGTERM) == SIGINT, "--stop-signal=INT");
    ASSERT_EACH(signal_map_apply(&options.map, SIGTERM) == SIGHUP, "--stop-signal=INT", "-r",
                "TERM:HUP");
}
END_TEST

START_TEST(durations_in_options)
{
    start_without_variables();
    ASSERT_EACH(options.grace == 0 && options.grace_is_given, "--grace", "0");
    ASSERT_EACH(options.grace == 500 && options.grace_is_given, "--grace=500ms");
    ASSERT_EACH(options.grace == 2 * MS_PER_SECOND, "--grace", "1h", "--grace", "2");
    ASSERT_EACH(options.stop_timeout == 120 * MS_PER_SECOND && !options.grace_is_given,
                "--stop-timeout", "2m");
    ASSERT_EACH(options.stop_timeout == 0, "--stop-timeout=0s");
}
END_TEST

START_TEST(the_first_word_that_is_no_option_ends_them)
{
    start_without_variables();
    READ("-v", "run", "-g", "--bogus");
    assert_reads(TASK_RUN);
    ck_assert_str_eq(options.command[0], "run");
    ck_assert_str_eq(options.command[1], "-g");
    ck_assert(!options.to_group);
    READ("-v", "--", "-g");
    assert_reads(TASK_RUN);
    ck_assert_str_eq(options.command[0], "-g");
    ck_assert(!options.to_group);
    READ("--", "--", "run");
    ck_assert_str_eq(options.command[0], "--");
    READ("-", "-v");
    assert_reads(TASK_RUN);
    ck_assert_str_eq(options.command[0], "-");
    READ("", "-v");
    assert_reads(TASK_RUN);
    ck_assert_str_eq(options.command[0], "");
}
END_TEST

/* struct program needs the slot before argv[0]. */
START_TEST(the_slot_before_the_command_is_there)
{
    start_without_variables();
    READ("run");
    ck_assert_str_eq(options.command[-1], "foster");
    READ("-v", "--", "run");
    ck_assert_str_eq(options.command[-1], "--");
}
END_TEST

START_TEST(tasks)
{
    static const struct {
        const char *word;
        enum task task;
    } cases[] = {
        {"-h", TASK_HELP},           {"--help", TASK_HELP}, {"-V", TASK_VERSION},
        {"--version", TASK_VERSION}, {"-l", TASK_LICENSE},  {"-L", TASK_LICENSE},
        {"--license", TASK_LICENSE}, {"-P", TASK_PAUSE},    {"--pause", TASK_PAUSE},
        {"-vP", TASK_PAUSE},         {"-vhx", TASK_HELP},   {"-Vh", TASK_VERSION},
    };
    start_without_variables();
    for (size_t i = 0; i < COUNT(cases); i++) {
        READ(cases[i].word);
        assert_reads(cases[i].task);
    }
    READ("-V", "--bogus");
    assert_reads(TASK_VERSION);
    READ("--help", "run");
    assert_reads(TASK_HELP);
    READ("-P", "-v", "--");
    assert_reads(TASK_PAUSE);
    ck_assert_int_eq(options.verbosity, LOG_INFO);
}
END_TEST

/* ---- usage errors ---- */

START_TEST(bad_words)
{
    static const struct {
        const char *words[4];
        const char *said; /* somewhere in the line */
    } cases[] = {
        {{"-x", "run"}, "unknown option -x;"},
        {{"-vx", "run"}, "unknown option -x;"},
        {{"--bogus", "run"}, "unknown option --bogus;"},
        {{"--bogus=1", "run"}, "unknown option --bogus=1;"},
        {{"--s", "1", "run"}, "option --s is ambiguous;"},
        {{"--graces", "1", "run"}, "unknown option --graces;"},
        {{"--=1", "run"}, "unknown option --=1;"},
        {{"---", "run"}, "unknown option ---;"},
        {{"-v-", "run"}, "unknown option --;"},
        {{"-\n", "run"}, "unknown option -?;"},
        {{"--verbose=2", "run"}, "option --verbose takes no argument, but got '2'"},
        {{"--help=", "run"}, "option --help takes no argument, but got ''"},
        {{"-p"}, "option -p SIGNAL needs a signal"},
        {{"-e"}, "option -e CODE needs an exit code from 0 to 255"},
        {{"--grace"}, "option --grace TIME needs a duration"},
        {{"--rewrite"}, "option -r, --rewrite FROM:TO needs FROM:TO"},
        {{"-p", "BOGUS", "run"}, "option -p SIGNAL needs a signal, not 'BOGUS'"},
        {{"-p", "0", "run"}, "not '0'"},
        {{"-pv", "run"}, "not 'v'"},
        {{"-e", "256", "run"}, "not '256'"},
        {{"-e", "-1", "run"}, "not '-1'"},
        {{"-e=3", "run"}, "not '=3'"},
        {{"-e", "", "run"}, "not ''"},
        {{"-r", "TERM", "run"}, "not 'TERM'"},
        {{"--rewrite=TERM:BOGUS", "run"}, "not 'TERM:BOGUS'"},
        {{"--stop-signal", "65", "run"}, "option --stop-signal SIGNAL needs a signal, not '65'"},
        {{"--stop-timeout", "5 s", "run"}, "option --stop-timeout TIME needs a duration"},
        {{"--grace=", "run"}, "not ''"},
        {{"--grace", "-1", "run"}, "not '-1'"},
        {{"--termination-log=", "run"},
         "option --termination-log PATH needs the path of a file, not ''"},
        {{"-v"}, "no command"},
        {{"--"}, "no command"},
        {{NULL}, "no command"},
        {{"-P", "run"}, "-P runs no command, but got one: run"},
    };
    start_without_variables();
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *const *words = cases[i].words;
        ck_assert_int_eq(READ(words[0], words[1], words[2], words[3]), TASK_REFUSE);
        const char *line = heard();
        ck_assert_msg(strncmp(line, "foster: ", strlen("foster: ")) == 0 &&
                          strstr(line, cases[i].said) != NULL,
                      "'%s' lacks '%s'", line, cases[i].said);
        ck_assert_msg(strchr(line, '\n') == line + strlen(line) - 1, "not one line: '%s'", line);
    }
}
END_TEST

START_TEST(not_even_a_name)
{
    start_without_variables();
    ck_assert_int_eq(read_list((const char *const[]){NULL}), TASK_REFUSE);
    ck_assert_ptr_nonnull(strstr(heard(), "no command"));
}
END_TEST

/* ---- the environment ---- */

START_TEST(variables)
{
    start_without_variables();
    setenv("TINI_VERBOSITY", "3", true);
    ASSERT_EACH(options.verbosity == LOG_DEBUG, "-s");
    ASSERT_EACH(options.verbosity == LOG_TRACE, "-v");
    setenv("TINI_VERBOSITY", "0", true);
    ASSERT_EACH(options.verbosity == LOG_ERROR, "-s");
    unsetenv("TINI_VERBOSITY");
    setenv("CATATONIT_DEBUG", "", true);
    ASSERT_EACH(options.verbosity == LOG_DEBUG, "-s");
    unsetenv("CATATONIT_DEBUG");
    setenv("DUMB_INIT_DEBUG", "1", true);
    ASSERT_EACH(options.verbosity == LOG_DEBUG, "-s");
    setenv("DUMB_INIT_DEBUG", "0", true);
    ASSERT_EACH(options.verbosity == LOG_WARNING, "-s");
    setenv("TINI_KILL_PROCESS_GROUP", "", true);
    ASSERT_EACH(options.to_group, "-s");
    ASSERT_EACH(!options.to_group, "-c");
    unsetenv("TINI_KILL_PROCESS_GROUP");
    setenv("TINI_SUBREAPER", "", true);
    ASSERT_EACH(!options.to_group && options.verbosity == LOG_WARNING, "-s");
    setenv("DUMB_INIT_SETSID", "0", true);
    ASSERT_EACH(options.placement == IN_OWN_GROUP, "-s");
    setenv("DUMB_INIT_SETSID", "1", true);
    ASSERT_EACH(options.placement == IN_OWN_SESSION && options.to_group, "-s");
}
END_TEST

/* As tini reads it: the number at the start, and 0 if there is none. */
START_TEST(a_bad_variable)
{
    static const struct {
        const char *value;
        int verbosity;
    } cases[] = {{"x", 0},  {"", 0},           {"-1", LOG_TRACE},
                 {"1 ", 1}, {"10", LOG_TRACE}, {"99999999999999999999", LOG_TRACE}};
    start_without_variables();
    for (size_t i = 0; i < COUNT(cases); i++) {
        setenv("TINI_VERBOSITY", cases[i].value, true);
        ck_assert_int_eq(READ("run"), TASK_RUN);
        ck_assert_int_eq(options.verbosity, cases[i].verbosity);
    }
}
END_TEST

/* ---- the help ---- */

/* 24 lines, less three before, two behind, and the prompt. */
START_TEST(the_help_fits_a_screen)
{
    enum { LINES_LEFT = 18, COLUMNS = 80, INDENT = 2, MEANING_AT = 26 };
    const struct personality *name = compat_personality("foster");
    size_t shown = 0;
    for (size_t i = 0; i < name->grammar.rule_count; i++) {
        const struct option_rule *rule = &name->grammar.rules[i];
        if (rule->usage == NULL)
            continue;
        shown++;
        ck_assert_msg(INDENT + strlen(rule->usage) < MEANING_AT, "%s", rule->usage);
        ck_assert_msg(MEANING_AT + strlen(rule->description) <= COLUMNS, "%s", rule->description);
    }
    ck_assert_uint_gt(shown, 0);
    ck_assert_uint_le(shown, LINES_LEFT);
}
END_TEST

/* ---- the names ---- */

START_TEST(by_its_name)
{
    static const struct {
        const char *called, *first;
    } cases[] = {
        {"foster", "foster"},
        {"/a/b/foster", "foster"},
        {"anything", "foster"},
        {"", "foster"},
        {"tini", "tini"},
        {"./tini-static", "tini"},
        {"/sbin/docker-init", "tini"},
        {"tini/", "foster"},
        {"dumb-init", "dumb-init"},
        {"/usr/bin/dumb-init", "dumb-init"},
        {"tini2", "foster"},
        {"catatonit", "catatonit"},
        {"/run/podman-init", "catatonit"},
        {"/pause", "pause"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        ck_assert_str_eq(compat_personality(cases[i].called)->names[0], cases[i].first);
}
END_TEST

int main(void)
{
    return RUN_TESTS("options", without_options, switches, options_with_a_value, signals_in_options,
                     durations_in_options, the_first_word_that_is_no_option_ends_them,
                     the_slot_before_the_command_is_there, tasks, bad_words, not_even_a_name,
                     variables, a_bad_variable, the_help_fits_a_screen, by_its_name);
}
