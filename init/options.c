/*
 * options.c - see options.h. One table says everything about an option: how it is written, what it does, its help.
 *
 * getopt_long was tried and left: in musl it brings stdio for the messages that we do not want, 6 KiB of 64.
 */
#include "options.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "process/death.h"

enum { DEFAULT_GRACE = 5 * MS_PER_SECOND };

/* ---- what each option does; false refuses the value ---- */

static bool set_subreaper(struct options *options, const char *value)
{
    (void)options, (void)value; /* it is one anyway, whenever it is not PID 1 */
    return true;
}

static bool set_parent_death_signal(struct options *options, const char *value)
{
    options->parent_death_signal = signal_parse(value);
    return options->parent_death_signal != 0;
}

static bool set_verbose(struct options *options, const char *value)
{
    (void)value;
    options->verbosity++;
    return true;
}

static bool set_say_orphans(struct options *options, const char *value)
{
    (void)value;
    options->say_orphans = true;
    return true;
}

static bool set_group(struct options *options, const char *value)
{
    (void)value;
    options->to_group = true;
    return true;
}

static bool set_single_child(struct options *options, const char *value)
{
    (void)value;
    options->to_group = false;
    return true;
}

static bool set_session(struct options *options, const char *value)
{
    (void)value;
    options->own_session = true;
    return true;
}

static bool set_as_success(struct options *options, const char *value)
{
    long code;
    if (!text_to_number(value, 0, EXIT_CODES - 1, &code))
        return false;
    options->as_success[code / CHAR_BIT] |= (uint8_t)(1U << code % CHAR_BIT);
    return true;
}

bool options_as_success(const struct options *options, int code)
{
    return (options->as_success[code / CHAR_BIT] >> code % CHAR_BIT & 1) != 0;
}

static bool set_rewrite(struct options *options, const char *value)
{
    return signal_map_parse(value, &options->map);
}

static bool set_stop_signal(struct options *options, const char *value)
{
    int signal = signal_parse(value);
    options->map.to[SIGTERM] = (uint8_t)signal;
    return signal != 0;
}

static bool set_stop_timeout(struct options *options, const char *value)
{
    return duration_parse(value, &options->stop_timeout);
}

static bool set_grace(struct options *options, const char *value)
{
    options->grace_is_given = true;
    return duration_parse(value, &options->grace);
}

static bool set_termination_log(struct options *options, const char *value)
{
    options->termination_log = value;
    return *value != '\0';
}

static bool set_pause(struct options *options, const char *value)
{
    (void)value;
    options->task = TASK_PAUSE;
    return true;
}

static bool ask_license(struct options *options, const char *value)
{
    (void)value;
    options->task = TASK_LICENSE;
    return true;
}

static bool ask_version(struct options *options, const char *value)
{
    (void)value;
    options->task = TASK_VERSION;
    return true;
}

static bool ask_help(struct options *options, const char *value)
{
    (void)value;
    options->task = TASK_HELP;
    return true;
}

static const struct rule {
    char letter;       /* 0: only the long form */
    const char *name;  /* NULL: only the letter */
    const char *usage; /* as the help shows it */
    const char *wants; /* its argument in words; NULL: it takes none */
    bool (*apply)(struct options *options, const char *value);
    const char *meaning;
} rules[] = {
    {'s', NULL, "-s", NULL, set_subreaper, "adopt orphans also when not PID 1 (always on)"},
    {'p', NULL, "-p SIGNAL", "a signal", set_parent_death_signal, "get SIGNAL when the parent dies; so does main"},
    {'g', NULL, "-g", NULL, set_group, "signal the process group of main, not main alone"},
    {'c', "single-child", "-c, --single-child", NULL, set_single_child, "signal main alone (the default)"},
    {0, "setsid", "--setsid", NULL, set_session, "run main in a session of its own"},
    {'r', "rewrite", "-r, --rewrite FROM:TO", "FROM:TO, two signals, or FROM:0 to drop one", set_rewrite,
     "pass signal FROM on as TO; 0 drops it"},
    {'e', NULL, "-e CODE", "an exit code from 0 to 255", set_as_success, "exit with 0 when main exits with CODE"},
    {0, "stop-signal", "--stop-signal SIGNAL", "a signal", set_stop_signal, "pass SIGTERM on as SIGNAL"},
    {0, "stop-timeout", "--stop-timeout TIME", "a duration such as 500ms, 5s or 2m", set_stop_timeout,
     "kill what runs TIME after INT, QUIT or TERM"},
    {0, "grace", "--grace TIME", "a duration such as 500ms, 5s or 2m", set_grace,
     "for what main leaves behind (5s; 0: none)"},
    {0, "termination-log", "--termination-log PATH", "the path of a file", set_termination_log,
     "last words (" TERMINATION_LOG ")"},
    {'w', NULL, "-w", NULL, set_say_orphans, "say each orphan that is reaped"},
    {'v', "verbose", "-v, --verbose", NULL, set_verbose, "say more; twice: say all"},
    {'P', "pause", "-P, --pause", NULL, set_pause, "run nothing, only reap, until INT, QUIT or TERM"},
    {'l', NULL, "-l", NULL, ask_license, "as --license"},
    {'L', "license", "-L, --license", NULL, ask_license, "print the license"},
    {'V', "version", "-V, --version", NULL, ask_version, "print the version"},
    {'h', "help", "-h, --help", NULL, ask_help, "print this"},
};
enum { RULES = sizeof rules / sizeof rules[0] };

void options_describe(void (*line)(const char *option, const char *meaning))
{
    for (int i = 0; i < RULES; i++)
        line(rules[i].usage, rules[i].meaning);
}

/* ---- what is wrong, in a line ---- */

#define SEE_HELP "; foster --help lists the options"

static void refuse(struct options *options)
{
    options->task = TASK_REFUSE;
}

static void refuse_unknown(struct options *options, const char *word)
{
    say(LOG_ERROR, "unknown option ", word, SEE_HELP);
    refuse(options);
}

/* ---- reading ---- */

static bool is_done(const struct options *options)
{
    return options->task != TASK_RUN && options->task != TASK_PAUSE;
}

/* Takes the value an option came with or, if it needs one and has none, the next word. */
static void apply(struct options *options, const struct rule *rule, const char *value, char ***next)
{
    if (rule->wants == NULL && value != NULL) {
        say(LOG_ERROR, "option ", rule->usage, " takes no argument, and here is '", value, "'");
        refuse(options);
        return;
    }
    if (rule->wants != NULL && value == NULL && **next != NULL)
        value = *(*next)++;
    if (rule->wants != NULL && value == NULL) {
        say(LOG_ERROR, "option ", rule->usage, " needs ", rule->wants);
        refuse(options);
    } else if (!rule->apply(options, value)) {
        say(LOG_ERROR, "option ", rule->usage, " needs ", rule->wants, ", not '", value, "'");
        refuse(options);
    }
}

/* --name, --name=value, --name value */
static void read_long(struct options *options, const char *word, char ***next)
{
    const char *name = word + 2;
    size_t length = strcspn(name, "=");
    for (int i = 0; i < RULES; i++)
        if (rules[i].name != NULL && strncmp(rules[i].name, name, length) == 0 && rules[i].name[length] == '\0') {
            apply(options, &rules[i], name[length] == '=' ? name + length + 1 : NULL, next);
            return;
        }
    refuse_unknown(options, word);
}

static const struct rule *rule_lettered(char letter)
{
    for (int i = 0; i < RULES; i++)
        if (rules[i].letter == letter)
            return &rules[i];
    return NULL;
}

/* -v, -vvg, -e3, -e 3 */
static void read_letters(struct options *options, const char *word, char ***next)
{
    for (const char *letter = word + 1; *letter != '\0' && !is_done(options); letter++) {
        const struct rule *rule = rule_lettered(*letter);
        if (rule == NULL) {
            refuse_unknown(options, (const char[]){'-', *letter, '\0'});
        } else if (rule->wants == NULL) {
            apply(options, rule, NULL, next);
        } else {
            apply(options, rule, letter[1] != '\0' ? letter + 1 : NULL, next);
            return;
        }
    }
}

/* Up to the first word that is not an option, or behind "--". */
static void read_words(struct options *options, char **words)
{
    while (*words != NULL && words[0][0] == '-' && words[0][1] != '\0' && !is_done(options)) {
        const char *word = *words++;
        if (strcmp(word, "--") == 0)
            break;
        if (word[1] == '-')
            read_long(options, word, &words);
        else
            read_letters(options, word, &words);
    }
    options->command = words;
}

/* The variables of the programs that foster replaces, as they read them: most count by being there. */
static void read_environment(struct options *options)
{
    const char *verbosity = getenv("TINI_VERBOSITY");
    if (verbosity != NULL) {
        int64_t level = text_number(verbosity, NULL);
        options->verbosity = level < LOG_DEBUG ? (int)level : LOG_DEBUG;
    }
    const char *debug = getenv("DUMB_INIT_DEBUG"), *session = getenv("DUMB_INIT_SETSID");
    if ((debug != NULL && strcmp(debug, "1") == 0) || getenv("CATATONIT_DEBUG") != NULL)
        options->verbosity = LOG_DEBUG;
    if (getenv("TINI_KILL_PROCESS_GROUP") != NULL)
        options->to_group = true;
    if (session != NULL && strcmp(session, "1") == 0)
        options->own_session = options->to_group = true;
}

/* A session has no stop from the terminal: its leader's group is orphaned as soon as it begins, and there the kernel
 * drops the default action of these three (setpgid(2)). STOP stops it all the same. */
static void make_stoppable(struct signal_map *map)
{
    static const int stops[] = {SIGTSTP, SIGTTIN, SIGTTOU};
    for (size_t i = 0; i < sizeof stops / sizeof stops[0]; i++)
        if (map->to[stops[i]] == SIGNAL_UNCHANGED)
            map->to[stops[i]] = SIGSTOP;
}

void options_read(struct options *options, char **argv)
{
    *options = (struct options){
        .verbosity = LOG_WARNING,
        .stop_timeout = NEVER,
        .grace = DEFAULT_GRACE,
        .termination_log = TERMINATION_LOG,
    };
    read_environment(options);
    read_words(options, *argv != NULL ? argv + 1 : argv);
    if (options->own_session)
        make_stoppable(&options->map);
    bool has_command = *options->command != NULL;
    if (options->task == TASK_RUN && !has_command) {
        say(LOG_ERROR, "no command: foster [options] [--] command [argument...]" SEE_HELP);
        refuse(options);
    } else if (options->task == TASK_PAUSE && has_command) {
        say(LOG_ERROR, "-P runs no command, and here is one: ", *options->command);
        refuse(options);
    }
}
