/*
 * options.c - see options.h.
 *
 * The forms are those of getopt_long(3): letters in a cluster, the last one with its argument in
 * the same word or in the next; long names, also abbreviated, with their argument after '=' or in
 * the next word; and "--". musl's getopt_long was tried and rejected: it prints its own messages,
 * and the stdio that it needs for them takes 6 KiB.
 */
#include "options.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "catalogue.h"
#include "config/config.h"

/* What is read, into which options, by which rules. */
struct reading {
    struct options *options;
    const struct grammar *grammar;
    char **next; /* the first word that has not been read; NULL ends them */
};

static bool is_done(const struct options *options)
{
    return options->task >= TASK_HELP;
}

/* Prints what is wrong, and the usage if the personality prints one. */
static void refuse(struct reading *reading, const struct message_values *values)
{
    bool unknown = values->message == UNKNOWN_LETTER || values->message == UNKNOWN_NAME ||
                   values->message == AMBIGUOUS_NAME;
    if (unknown && reading->grammar->ignores_unknown_options)
        return;
    catalogue_say_values(values);
    if (values->message != BAD_VALUE && values->message != BAD_VARIABLE)
        catalogue_print(STDERR_FILENO, reading->grammar->usage);
    reading->options->task = TASK_REFUSE;
}

/* Sets an option. A value that it needs and that is not in its own word is the next word; if there
 * is none, the message is printed: LETTER_NEEDS_ARGUMENT or NAME_NEEDS_ARGUMENT. */
static void set(struct reading *reading, const struct option_rule *rule, enum message missing,
                const char *value)
{
    const char letter[] = {'-', rule->letter, '\0'};
    struct message_values values = {.message = missing, .text = rule->argument};
    if (rule->argument != NULL && value == NULL && *reading->next != NULL)
        value = *reading->next++;
    if (rule->argument != NULL && value == NULL) {
        values.option = missing == LETTER_NEEDS_ARGUMENT ? letter + 1 : rule->name;
        values.value = rule->usage;
        refuse(reading, &values);
    } else if (!rule->set(reading->options, value)) {
        values.message = BAD_VALUE;
        values.option = rule->usage != NULL ? rule->usage : letter;
        values.value = value;
        refuse(reading, &values);
    }
}

/* The option of that name, or the only one whose name begins so. NULL if there is none; with
 * *ambiguous, if there are several. */
static const struct option_rule *rule_named(const struct grammar *grammar, const char *word,
                                            size_t length, bool *ambiguous)
{
    const struct option_rule *found = NULL;
    *ambiguous = false;
    for (size_t i = 0; i < grammar->rule_count && length > 0; i++) {
        const struct option_rule *rule = &grammar->rules[i];
        if (rule->name == NULL || strncmp(rule->name, word, length) != 0)
            continue;
        if (rule->name[length] == '\0')
            return rule;
        *ambiguous = found != NULL;
        if (*ambiguous)
            return NULL;
        found = rule;
    }
    return found;
}

/* --name, --name=value, --name value */
static void read_long(struct reading *reading, const char *word)
{
    const char *name = word + 2;
    size_t length = strcspn(name, "=");
    bool ambiguous;
    const struct option_rule *rule = rule_named(reading->grammar, name, length, &ambiguous);
    const char *value = name[length] == '=' ? name + length + 1 : NULL;
    if (rule == NULL)
        refuse(reading,
               &(struct message_values){ambiguous ? AMBIGUOUS_NAME : UNKNOWN_NAME, .option = word});
    else if (rule->argument == NULL && value != NULL)
        refuse(reading, &(struct message_values){NAME_TAKES_NO_ARGUMENT, .option = rule->name,
                                                 .value = value, .text = rule->usage});
    else
        set(reading, rule, NAME_NEEDS_ARGUMENT, value);
}

static const struct option_rule *rule_lettered(const struct grammar *grammar, char letter)
{
    for (size_t i = 0; i < grammar->rule_count; i++)
        if (grammar->rules[i].letter == letter)
            return &grammar->rules[i];
    return NULL;
}

/* -v, -vvg, -e3, -e 3 */
static void read_letters(struct reading *reading, const char *word)
{
    for (const char *letter = word + 1; *letter != '\0' && !is_done(reading->options); letter++) {
        const struct option_rule *rule = rule_lettered(reading->grammar, *letter);
        if (rule == NULL) {
            refuse(reading, &(struct message_values){UNKNOWN_LETTER,
                                                     .option = (const char[]){*letter, '\0'}});
        } else if (rule->argument == NULL) {
            set(reading, rule, LETTER_NEEDS_ARGUMENT, NULL);
        } else {
            set(reading, rule, LETTER_NEEDS_ARGUMENT, letter[1] != '\0' ? letter + 1 : NULL);
            return;
        }
    }
}

/* Reads up to "--", or to the first word that is not an option: the command begins there. "-" alone
 * is no option. */
static void read_words(struct reading *reading)
{
    const char *word;
    while ((word = *reading->next) != NULL && word[0] == '-' && word[1] != '\0' &&
           !is_done(reading->options)) {
        reading->next++;
        if (strcmp(word, "--") == 0)
            break;
        if (word[1] == '-')
            read_long(reading, word);
        else
            read_letters(reading, word);
    }
    reading->options->command = reading->next;
}

static void read_variables(struct reading *reading)
{
    for (size_t i = 0; i < reading->grammar->variable_count && !is_done(reading->options); i++) {
        const struct variable_rule *variable = &reading->grammar->variables[i];
        const char *value = getenv(variable->name);
        if (value != NULL && !variable->set(reading->options, value))
            refuse(reading, &(struct message_values){BAD_VARIABLE, .option = variable->name});
    }
}

/* True if there is a configuration, or a command that is restarted. */
static bool is_supervisor(const struct options *options)
{
    if (options->config_count > 0 || options->restart != RESTART_NO)
        return true;
    return *options->command == NULL &&
           (access(CONFIG_DEFAULT, F_OK) == 0 || access(CONFIG_DEFAULT_DIRECTORY, F_OK) == 0);
}

static void check_command(struct reading *reading)
{
    struct options *options = reading->options;
    if (options->task == TASK_RUN && reading->grammar->supervises && is_supervisor(options))
        options->task = TASK_SUPERVISE;
    if (options->task == TASK_RUN && *options->command == NULL)
        refuse(reading, &(struct message_values){.message = NO_COMMAND});
    else if (options->task == TASK_PAUSE && *options->command != NULL &&
             !reading->grammar->pause_ignores_command)
        refuse(reading, &(struct message_values){COMMAND_TO_PAUSE, .value = *options->command});
}

/* Makes the three stop signals of a terminal stop a session leader: they become SIGSTOP. The
 * process group of a session leader is orphaned, and there the kernel drops these three if their
 * action is the default one, but not SIGSTOP (get_signal() in kernel/signal.c). */
static void make_stoppable(struct signal_map *map)
{
    static const int stops[] = {SIGTSTP, SIGTTIN, SIGTTOU};
    for (size_t i = 0; i < sizeof stops / sizeof stops[0]; i++)
        if (map->to[stops[i]] == SIGNAL_UNCHANGED)
            map->to[stops[i]] = SIGSTOP;
}

void options_read(struct options *options, const struct grammar *grammar, char **argv)
{
    struct reading reading = {
        .options = options, .grammar = grammar, .next = *argv != NULL ? argv + 1 : argv};
    void *words = reading.next; /* a path is written over a word that has been read: there are
                                   never more of them */
    *options = grammar->defaults;
    options->configs = words;
    if (!grammar->variables_win)
        read_variables(&reading);
    read_words(&reading);
    if (!grammar->variables_win)
        log_set_level(options->verbosity);
    check_command(&reading);
    if (grammar->variables_win) {
        read_variables(&reading); /* after check_command(): without a command none is read */
        log_set_level(options->verbosity);
    }
    if (options->placement == IN_OWN_SESSION)
        make_stoppable(&options->map);
}
