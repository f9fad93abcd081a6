/*
 * options.c - see options.h.
 *
 * getopt_long was tried and left: in musl it brings stdio for messages that are not ours, 6 KiB
 * of 64. What is read here is what it reads: letters that may be clustered and carry their value,
 * long names that may be abbreviated and carry theirs behind '=', and "--".
 */
#include "options.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "catalogue.h"
#include "config/config.h"

/* What is being read. */
struct reading {
    struct options *options;
    const struct grammar *grammar;
    char **next; /* the next word */
};

bool options_as_success(const struct options *options, int code)
{
    return (options->as_success[code / CHAR_BIT] >> code % CHAR_BIT & 1) != 0;
}

static bool is_done(const struct options *options)
{
    return options->task != TASK_RUN && options->task != TASK_PAUSE && options->task != TASK_CHECK;
}

/* Says what is wrong, and the usage where that is the custom. */
static void refuse(struct reading *reading, const struct message_values *facts)
{
    bool unknown = facts->event == UNKNOWN_LETTER || facts->event == UNKNOWN_NAME ||
                   facts->event == AMBIGUOUS_NAME;
    if (unknown && reading->grammar->any_option_will_do)
        return;
    catalogue_say_values(facts);
    if (facts->event != BAD_VALUE && facts->event != BAD_VARIABLE)
        catalogue_print(STDERR_FILENO, reading->grammar->usage);
    reading->options->task = TASK_REFUSE;
}

/* Takes the value an option came with or, if it needs one and has none, the next word. Without one,
 * wants is said. */
static void apply(struct reading *reading, const struct rule *rule, enum message wants,
                  const char *value)
{
    const char letter[] = {'-', rule->letter, '\0'};
    if (rule->wants != NULL && value == NULL && *reading->next != NULL)
        value = *reading->next++;
    if (rule->wants != NULL && value == NULL)
        refuse(reading,
               &(struct message_values){.event = wants,
                                        .option = wants == LETTER_WANTS ? letter + 1 : rule->name,
                                        .value = rule->usage,
                                        .text = rule->wants});
    else if (!rule->apply(reading->options, value))
        refuse(reading,
               &(struct message_values){.event = BAD_VALUE,
                                        .option = rule->usage != NULL ? rule->usage : letter,
                                        .value = value,
                                        .text = rule->wants});
}

/* The option that a name, or a beginning that only one name has, means. NULL if there is none, or
 * several. */
static const struct rule *rule_named(const struct grammar *grammar, const char *word, size_t length,
                                     bool *ambiguous)
{
    const struct rule *found = NULL;
    *ambiguous = false;
    for (size_t i = 0; i < grammar->rule_count && length > 0; i++) {
        const struct rule *rule = &grammar->rules[i];
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
    const struct rule *rule = rule_named(reading->grammar, name, length, &ambiguous);
    const char *value = name[length] == '=' ? name + length + 1 : NULL;
    if (rule == NULL)
        refuse(reading,
               &(struct message_values){ambiguous ? AMBIGUOUS_NAME : UNKNOWN_NAME, .option = word});
    else if (rule->wants == NULL && value != NULL)
        refuse(reading, &(struct message_values){NAME_TAKES_NONE, .option = rule->name,
                                                 .value = value, .text = rule->usage});
    else
        apply(reading, rule, NAME_WANTS, value);
}

static const struct rule *rule_lettered(const struct grammar *grammar, char letter)
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
        const struct rule *rule = rule_lettered(reading->grammar, *letter);
        if (rule == NULL) {
            refuse(reading, &(struct message_values){UNKNOWN_LETTER,
                                                     .option = (const char[]){*letter, '\0'}});
        } else if (rule->wants == NULL) {
            apply(reading, rule, LETTER_WANTS, NULL);
        } else {
            apply(reading, rule, LETTER_WANTS, letter[1] != '\0' ? letter + 1 : NULL);
            return;
        }
    }
}

/* Up to the first word that is not an option, or behind "--". */
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
        const struct variable *variable = &reading->grammar->variables[i];
        const char *value = getenv(variable->name);
        if (value != NULL && !variable->apply(reading->options, value))
            refuse(reading, &(struct message_values){BAD_VARIABLE, .option = variable->name});
    }
}

/* True if there are services, or a main service that is more than run once. */
static bool is_supervisor(const struct options *options)
{
    if (options->config_count > 0 || options->restart != RESTART_NO)
        return true;
    return *options->command == NULL && access(CONFIG_DEFAULT, F_OK) == 0;
}

static void check_command(struct reading *reading)
{
    struct options *options = reading->options;
    if (options->task == TASK_RUN && reading->grammar->supervises && is_supervisor(options))
        options->task = TASK_SUPERVISE;
    if (options->task == TASK_RUN && *options->command == NULL)
        refuse(reading, &(struct message_values){.event = NO_COMMAND});
    else if (options->task == TASK_PAUSE && *options->command != NULL &&
             !reading->grammar->any_command_pauses)
        refuse(reading, &(struct message_values){COMMAND_TO_PAUSE, .value = *options->command});
}

/* A session has no stop from the terminal: its leader's group is orphaned as soon as it begins, and
 * there the kernel drops the default action of these three (setpgid(2)). STOP stops it all the
 * same. */
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
    void *words = reading.next; /* those that have been read make room for what is kept of them */
    *options = grammar->defaults;
    options->configs = words;
    if (!grammar->variables_last)
        read_variables(&reading);
    read_words(&reading);
    if (!grammar->variables_last)
        log_set_level(options->verbosity);
    check_command(&reading);
    if (grammar->variables_last) {
        read_variables(&reading); /* not a word of them where there is no command */
        log_set_level(options->verbosity);
    }
    if (options->placement == IN_OWN_SESSION)
        make_stoppable(&options->map);
}
