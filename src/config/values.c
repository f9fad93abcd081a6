/*
 * values.c - see values.h. A function for each kind, and one table of them. A function returns true
 * as well when it has reported the error itself.
 */
#include "config/values.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>

#include "base/arena.h"
#include "config/argv_split.h"
#include "config/plan.h"
#include "process/environment.h"
#include "process/signals.h"
#include "process/trusted_path.h"
#include "process/user.h"

enum {
    READY_FD_FIRST = 3,
    READY_FD_LAST = 255,
    MODE_MOST = 0777,
    NICE_MOST = 19,
    NICE_LEAST = -20,
    OOM_SCORE_ADJ_MOST = 1000, /* proc(5) */
    OCTAL = 8,
    KIBI_BITS = 10,
    LISTEN_NAME_MOST = 255, /* sd_listen_fds(3) */
};

int value_choose(const char *words, const char *value, size_t length)
{
    for (int i = 0; *words != '\0'; i++, words += strlen(words) + 1)
        if (strlen(words) == length && memcmp(words, value, length) == 0)
            return i;
    return -1;
}

/* The same for "WORD" and "WORD:ARGUMENT", which is NULL if there is no colon. */
static int choose_with_argument(const char *words, const char *value, const char **argument)
{
    size_t length = strcspn(value, ":");
    *argument = value[length] == ':' ? value + length + 1 : NULL;
    return value_choose(words, value, length);
}

static bool choose_alone(const char *words, const char *value, unsigned *chosen)
{
    int choice = value_choose(words, value, strlen(value));
    *chosen = (unsigned)choice;
    return choice != -1;
}

/* ---- text ---- */

/* What stays of a value when its file is closed: a copy, or that of the last service which says the
 * same. So a thousand equal workers keep one command, and can share their settings. */
static char *keep(const struct entry *entry)
{
    if (*entry->kept == NULL || strcmp(*entry->kept, entry->value) != 0)
        *entry->kept = arena_copy(entry->value, strlen(entry->value));
    return *entry->kept;
}

static bool read_words(void *field, struct entry *entry)
{
    *(char **)field = entry->value;
    return true;
}

static bool read_path(void *field, struct entry *entry)
{
    *(const char **)field = keep(entry);
    return true;
}

static bool is_command(const char *value)
{
    size_t room;
    return argv_split_count(value, &room) > 0 && room <= ARGV_ROOM_MOST;
}

static bool read_command(void *field, struct entry *entry)
{
    return read_path(field, entry) && is_command(entry->value);
}

static bool read_path_or(const char *none, void *field, struct entry *entry)
{
    *(const char **)field = strcmp(entry->value, "none") == 0 ? none : keep(entry);
    return true;
}

static bool read_control(void *field, struct entry *entry)
{
    return read_path_or("", field, entry);
}

static bool read_termination_log(void *field, struct entry *entry)
{
    return read_path_or(NULL, field, entry);
}

/* ---- numbers ---- */

static bool read_bool(void *field, struct entry *entry)
{
    unsigned choice;
    bool known = choose_alone("no\0yes\0false\0true\0off\0on\0", entry->value, &choice);
    *(bool *)field = choice % 2 != 0;
    return known;
}

static bool read_duration(void *field, struct entry *entry)
{
    return duration_parse(entry->value, field);
}

static bool read_span(void *field, struct entry *entry)
{
    milliseconds *span = field;
    return duration_parse(entry->value, span) && *span > 0;
}

static bool read_stop_grace(void *field, struct entry *entry)
{
    struct settings *settings = field;
    settings->stop_grace_period_given = true;
    return duration_parse(entry->value, &settings->stop_grace_period);
}

static bool read_grace(void *field, struct entry *entry)
{
    struct globals *globals = field;
    globals->grace_given = true;
    return duration_parse(entry->value, &globals->grace);
}

/* "100ms..30s", or one for both. */
static bool read_delays(void *field, struct entry *entry)
{
    struct settings *settings = field;
    char *dots = strchr(entry->value, '.'), *most = entry->value;
    if (dots != NULL && dots[1] == '.') {
        *dots = '\0';
        most = dots + 2;
    }
    bool valid = duration_parse(entry->value, &settings->restart_first) &&
                 duration_parse(most, &settings->restart_most) && settings->restart_most > 0 &&
                 settings->restart_first <= settings->restart_most;
    if (dots != NULL)
        *dots = '.'; /* for what is said */
    return valid;
}

static bool parse_count(const char *string, unsigned *count)
{
    long number = 0;
    bool valid = text_to_number(string, 1, INT_MAX, &number);
    *count = (unsigned)number;
    return valid;
}

static bool read_count(void *field, struct entry *entry)
{
    return parse_count(entry->value, field);
}

static bool parse_signed(const char *string, long lowest, long highest, short *value)
{
    long number = 0;
    bool negative = *string == '-';
    bool valid = text_to_number(string + negative, 0, negative ? -lowest : highest, &number);
    *value = (short)(negative ? -number : number);
    return valid;
}

static bool read_mode(void *field, struct entry *entry)
{
    unsigned mode = 0;
    const char *digit = entry->value;
    for (; *digit >= '0' && *digit < '0' + OCTAL && mode <= MODE_MOST; digit++)
        mode = mode * OCTAL + (unsigned)(*digit - '0');
    *(unsigned short *)field = (unsigned short)mode;
    return *digit == '\0' && mode <= MODE_MOST;
}

static bool read_umask(void *field, struct entry *entry)
{
    struct attributes *attributes = field;
    attributes->given |= UMASK_GIVEN;
    return read_mode(&attributes->umask, entry);
}

static bool read_nice(void *field, struct entry *entry)
{
    struct attributes *attributes = field;
    attributes->given |= NICE_GIVEN;
    return parse_signed(entry->value, NICE_LEAST, NICE_MOST, &attributes->nice);
}

static bool read_oom_score_adj(void *field, struct entry *entry)
{
    struct attributes *attributes = field;
    attributes->given |= OOM_SCORE_ADJ_GIVEN;
    return parse_signed(entry->value, -OOM_SCORE_ADJ_MOST, OOM_SCORE_ADJ_MOST,
                        &attributes->oom_score_adj);
}

static bool read_signal(void *field, struct entry *entry)
{
    int *signal = field;
    *signal = signal_parse(entry->value);
    return *signal != 0;
}

/* Takes "unlimited" or a number off the front, with a suffix if the unit may have one. */
static bool take_amount(const char **string, const char *suffixes, rlim_t *amount)
{
    static const char unlimited[] = "unlimited";
    if (strncmp(*string, unlimited, strlen(unlimited)) == 0) {
        *string += strlen(unlimited);
        *amount = RLIM_INFINITY;
        return true;
    }
    const char *end;
    int64_t number = text_number(*string, &end);
    const char *suffix = *end != '\0' ? strchr(suffixes, *end) : NULL;
    int bits = suffix != NULL ? KIBI_BITS * (int)(suffix - suffixes + 1) : 0;
    if (end == *string || number > (INT64_MAX - 1) >> bits)
        return false;
    *string = end + (suffix != NULL);
    *amount = (rlim_t)number << bits;
    return true;
}

static bool read_amounts(struct attributes *attributes, const struct entry *entry,
                         const char *suffixes)
{
    struct limit limit = {.resource = entry->detail};
    const char *rest = entry->value;
    if (!take_amount(&rest, suffixes, &limit.value.rlim_cur))
        return false;
    limit.value.rlim_max = limit.value.rlim_cur;
    if (*rest == ':' && (rest++, !take_amount(&rest, suffixes, &limit.value.rlim_max)))
        return false;
    struct limit *limits = arena_grow(attributes->limits, attributes->limit_count, sizeof limit);
    limits[attributes->limit_count++] = limit;
    attributes->limits = limits;
    return *rest == '\0' && limit.value.rlim_cur <= limit.value.rlim_max;
}

static bool read_limit(void *field, struct entry *entry)
{
    return read_amounts(field, entry, "");
}

static bool read_limit_of_bytes(void *field, struct entry *entry)
{
    return read_amounts(field, entry, "KMG");
}

/* ---- choices ---- */

static bool read_type(void *field, struct entry *entry)
{
    return choose_alone("service\0oneshot\0", entry->value, field);
}

bool value_parse_restart(const char *value, enum restart *restart, unsigned *limit)
{
    const char *number;
    int choice = choose_with_argument("no\0on-failure\0always\0", value, &number);
    *restart = (enum restart)choice;
    return choice != -1 &&
           (number == NULL || (choice == RESTART_ON_FAILURE && parse_count(number, limit)));
}

static bool read_restart(void *field, struct entry *entry)
{
    struct settings *settings = field;
    return value_parse_restart(entry->value, &settings->restart, &settings->restart_limit);
}

static bool read_ready_address(struct settings *settings, const char *value)
{
    struct address *address = arena_take(sizeof *address);
    settings->ready_address = address;
    return address_parse(value, address);
}

static bool read_ready_argument(struct settings *settings, const char *value, const char *argument)
{
    long fd = 0;
    bool valid;
    switch (settings->ready) {
    case READY_BY_FD:
        valid = text_to_number(argument, READY_FD_FIRST, READY_FD_LAST, &fd);
        settings->ready_fd = (int)fd;
        return valid;
    case READY_BY_TCP:
    case READY_BY_UNIX:
        return read_ready_address(settings, value);
    case READY_BY_EXEC:
        settings->ready_argument = argument;
        return is_command(argument);
    default:
        settings->ready_argument = argument;
        return *argument != '\0';
    }
}

static bool read_ready(void *field, struct entry *entry)
{
    struct settings *settings = field;
    const char *argument, *value = keep(entry);
    int choice =
        choose_with_argument("none\0notify\0fd\0tcp\0unix\0file\0exec\0", value, &argument);
    settings->ready = (enum ready_by)choice;
    if (choice == -1 || (argument == NULL) != (choice <= READY_BY_NOTIFY))
        return false;
    return argument == NULL || read_ready_argument(settings, value, argument);
}

#define OUTPUTS "raw\0prefix\0json\0null\0"

static bool read_output(void *field, struct entry *entry)
{
    struct settings *settings = field;
    int choice = choose_with_argument(OUTPUTS "file\0", keep(entry), &settings->output_path);
    settings->output = (enum output)choice;
    return choice != -1 && (choice == OUTPUT_FILE) == (settings->output_path != NULL) &&
           (choice != OUTPUT_FILE || *settings->output_path != '\0');
}

static bool read_global_output(void *field, struct entry *entry)
{
    return choose_alone(OUTPUTS, entry->value, field);
}

/* ---- the rest ---- */

/* The user before is kept in mind: those of one user can share their settings, and its files are
 * read once. */
static bool read_user(void *field, struct entry *entry)
{
    static const char *name;
    static const struct user *same;
    struct settings *settings = field;
    const char *value = keep(entry);
    if (same == NULL || name != value) {
        struct user *user = arena_take(sizeof *user);
        if (!user_parse(value, user, &entry->culprit))
            return false;
        name = value;
        same = user;
    }
    settings->user = settings->attributes.user = same;
    return true;
}

static bool add_environment(struct settings *settings, char *variable)
{
    if (!environment_is_entry(variable))
        return false;
    char **list = arena_grow(settings->environment, settings->environment_count, sizeof *list);
    list[settings->environment_count++] = variable;
    settings->environment = list;
    return true;
}

static bool read_environment(void *field, struct entry *entry)
{
    return add_environment(field, keep(entry));
}

/* Takes a pair of quotes off that is around the whole string. */
static void unquote(char *string)
{
    size_t length = strlen(string);
    if (length < 2 || string[0] != string[length - 1] || (string[0] != '"' && string[0] != '\''))
        return;
    memmove(string, string + 1, length - 2);
    string[length - 2] = '\0';
}

/* Whose it is can be judged when the whole section is known: the user may stand below. */
static bool read_env_file(void *field, struct entry *entry)
{
    struct settings *settings = field;
    struct lines lines;
    char *line;
    const char *why =
        lines_open(&lines, entry->value, path_open_of_one(entry->value, &settings->env_owner));
    if (why != NULL && (errno == ELOOP || errno == EPERM))
        why = "others may write it, or a link that leads there";
    if (why != NULL) {
        diagnostics_error(&entry->place, "env_file needs a text that can be read, not '%s': %s",
                          entry->value, why);
        return true;
    }
    while ((line = lines_next(&lines)) != NULL) {
        line += strspn(line, BLANKS);
        if (*line == '\0' || *line == '#')
            continue;
        char *variable = arena_copy(line, strlen(line));
        if (add_environment(settings, variable))
            unquote(strchr(variable, '=') + 1);
        else
            diagnostics_error(&lines.place, "'%s' is not NAME=VALUE", line);
    }
    lines_close(&lines);
    return true;
}

/* "tcp:80", "web=tcp:80" */
static bool add_listen(struct settings *settings, struct entry *entry, char *word)
{
    struct listen *list = arena_grow(settings->listen, settings->listen_count, sizeof *list);
    struct listen *listen = &list[settings->listen_count++];
    size_t length = strcspn(word, "=:");
    settings->listen = list;
    listen->name = arena_copy(entry->section, strlen(entry->section));
    listen->file = entry->place.file;
    listen->line = entry->place.line;
    if (length > 0 && length <= LISTEN_NAME_MOST && word[length] == '=') {
        listen->name = word;
        word[length] = '\0';
        word += length + 1;
    }
    entry->culprit = word;
    return address_parse(word, &listen->address);
}

static bool read_listen(void *field, struct entry *entry)
{
    char *words = arena_copy(entry->value, strlen(entry->value)), *rest;
    for (char *word = strtok_r(words, BLANKS, &rest); word != NULL;
         word = strtok_r(NULL, BLANKS, &rest))
        if (!add_listen(field, entry, word))
            return false;
    return true;
}

/* ---- the table ---- */

static const struct kind_row {
    bool (*read)(void *field, struct entry *entry);
    const char *wants;
} kinds[] = {
    [VALUE_WORDS] = {read_words, "something"},
    [VALUE_COMMAND] = {read_command, "a command of at most 128K, with its quotes closed"},
    [VALUE_PATH] = {read_path, "a path"},
    [VALUE_CONTROL] = {read_control, "a path or none"},
    [VALUE_TERMINATION_LOG] = {read_termination_log, "a path or none"},
    [VALUE_BOOL] = {read_bool, "yes or no"},
    [VALUE_DURATION] = {read_duration, "a duration such as 500ms, 5s or 2m"},
    [VALUE_SPAN] = {read_span, "a duration above 0, such as 500ms, 5s or 2m"},
    [VALUE_STOP_GRACE] = {read_stop_grace, "a duration such as 500ms, 5s or 2m"},
    [VALUE_GRACE] = {read_grace, "a duration such as 500ms, 5s or 2m"},
    [VALUE_DELAYS] = {read_delays, "a duration above 0, or two such as 100ms..30s"},
    [VALUE_COUNT] = {read_count, "a number from 1"},
    [VALUE_SIGNAL] = {read_signal, "a signal such as SIGTERM or 15"},
    [VALUE_TYPE] = {read_type, "service or oneshot"},
    [VALUE_RESTART] = {read_restart, "no, always or on-failure[:N]"},
    [VALUE_READY] =
        {read_ready,
         "none, notify, fd:N from 3, tcp:HOST:PORT, unix:PATH, file:PATH or exec:COMMAND"},
    [VALUE_OUTPUT] = {read_output, "raw, prefix, json, null or file:PATH"},
    [VALUE_GLOBAL_OUTPUT] = {read_global_output, "raw, prefix, json or null"},
    [VALUE_USER] = {read_user,
                    "a user of /etc/passwd or a uid, with a group behind a colon if need be"},
    [VALUE_UMASK] = {read_umask, "an octal number up to 777"},
    [VALUE_MODE] = {read_mode, "an octal number up to 777"},
    [VALUE_NICE] = {read_nice, "a number from -20 to 19"},
    [VALUE_OOM_SCORE_ADJ] = {read_oom_score_adj, "a number from -1000 to 1000"},
    [VALUE_LIMIT] = {read_limit, "a number, SOFT:HARD or unlimited"},
    [VALUE_LIMIT_OF_BYTES] = {read_limit_of_bytes,
                              "a number of bytes such as 64M, SOFT:HARD or unlimited"},
    [VALUE_ENVIRONMENT] = {read_environment, "NAME=VALUE"},
    [VALUE_ENV_FILE] = {read_env_file, "a text that can be read"},
    [VALUE_LISTEN] = {read_listen, "addresses such as tcp:80, udp:127.0.0.1:53 or NAME=unix:PATH"},
};

void value_read(enum value_kind kind, void *field, struct entry *entry)
{
    entry->culprit = entry->value;
    if (*entry->value == '\0' || !kinds[kind].read(field, entry))
        diagnostics_error(&entry->place, "%s needs %s, not '%s'", entry->key, kinds[kind].wants,
                          entry->culprit);
}
