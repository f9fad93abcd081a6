/*
 * keys.c - see keys.h. The keys of services and those of [foster] are in one table, so that a fault
 * can say where a key belongs that stands in the wrong section.
 */
#include "config/keys.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "config/diagnostics.h"
#include "config/value_expand.h"
#include "config/values.h"

enum scope { SERVICE, GLOBAL };

/* Name, kind of value, field in struct section, and other members of struct key. The names are kept
 * in one string: a pointer to each would be larger than all the rest of its row. */
#define KEYS(ROW)                                                                                  \
    ROW("command", COMMAND, command, .is_own = true)                                               \
    ROW("type", TYPE, settings.type)                                                               \
    ROW("essential", BOOL, settings.essential)                                                     \
    ROW("autostart", BOOL, settings.autostart)                                                     \
    ROW("enabled", BOOL, shape.enabled)                                                            \
    ROW("replicas", REPLICAS, shape.replicas, .is_own = true)                                      \
    ROW("depends_on", WORDS, depends_on, .repeatable = true)                                       \
    ROW("restart", RESTART, settings)                                                              \
    ROW("restart_delay", DELAYS, settings)                                                         \
    ROW("success_exit_codes", EXIT_CODES, settings)                                                \
    ROW("every", SPAN, settings.every)                                                             \
    ROW("ready", READY, settings)                                                                  \
    ROW("ready_timeout", SPAN, settings.ready_timeout)                                             \
    ROW("healthcheck", HEALTHCHECK, settings)                                                      \
    ROW("healthcheck_interval", SPAN, settings.healthcheck_interval)                               \
    ROW("healthcheck_timeout", SPAN, settings.healthcheck_timeout)                                 \
    ROW("healthcheck_retries", COUNT, settings.healthcheck_retries)                                \
    ROW("healthcheck_start_period", DURATION, settings.healthcheck_start_period)                   \
    ROW("watchdog", SPAN, settings.watchdog)                                                       \
    ROW("stop_signal", SIGNAL, settings.stop_signal)                                               \
    ROW("stop_as_group", BOOL, settings.stop_as_group)                                             \
    ROW("stop_grace_period", STOP_GRACE, settings)                                                 \
    ROW("stop_command", COMMAND, settings.stop_command)                                            \
    ROW("reload_signal", SIGNAL, settings.reload_signal)                                           \
    ROW("user", USER, settings)                                                                    \
    ROW("working_dir", PATH, settings.attributes.directory)                                        \
    ROW("umask", UMASK, settings.attributes)                                                       \
    ROW("environment", ENVIRONMENT, settings, .repeatable = true)                                  \
    ROW("env_file", ENV_FILE, settings, .repeatable = true)                                        \
    ROW("stdin", PATH, settings.input)                                                             \
    ROW("log", OUTPUT, settings, .detail = STDOUT_FILENO)                                          \
    ROW("log_stderr", OUTPUT, settings, .detail = STDERR_FILENO)                                   \
    ROW("listen", LISTEN, settings, .repeatable = true, .is_own = true)                            \
    ROW("listen_mode", MODE, settings.listen_mode)                                                 \
    ROW("nice", NICE, settings.attributes)                                                         \
    ROW("oom_score_adj", OOM_SCORE_ADJ, settings.attributes)                                       \
    ROW("no_new_privileges", BOOL, settings.attributes.no_new_privileges)                          \
    ROW("ulimit_as", LIMIT_OF_BYTES, settings.attributes, .detail = RLIMIT_AS)                     \
    ROW("ulimit_core", LIMIT_OF_BYTES, settings.attributes, .detail = RLIMIT_CORE)                 \
    ROW("ulimit_cpu", LIMIT, settings.attributes, .detail = RLIMIT_CPU)                            \
    ROW("ulimit_data", LIMIT_OF_BYTES, settings.attributes, .detail = RLIMIT_DATA)                 \
    ROW("ulimit_fsize", LIMIT_OF_BYTES, settings.attributes, .detail = RLIMIT_FSIZE)               \
    ROW("ulimit_memlock", LIMIT_OF_BYTES, settings.attributes, .detail = RLIMIT_MEMLOCK)           \
    ROW("ulimit_msgqueue", LIMIT_OF_BYTES, settings.attributes, .detail = RLIMIT_MSGQUEUE)         \
    ROW("ulimit_nice", LIMIT, settings.attributes, .detail = RLIMIT_NICE)                          \
    ROW("ulimit_nofile", LIMIT, settings.attributes, .detail = RLIMIT_NOFILE)                      \
    ROW("ulimit_nproc", LIMIT, settings.attributes, .detail = RLIMIT_NPROC)                        \
    ROW("ulimit_rss", LIMIT_OF_BYTES, settings.attributes, .detail = RLIMIT_RSS)                   \
    ROW("ulimit_rtprio", LIMIT, settings.attributes, .detail = RLIMIT_RTPRIO)                      \
    ROW("ulimit_rttime", LIMIT, settings.attributes, .detail = RLIMIT_RTTIME)                      \
    ROW("ulimit_sigpending", LIMIT, settings.attributes, .detail = RLIMIT_SIGPENDING)              \
    ROW("ulimit_stack", LIMIT_OF_BYTES, settings.attributes, .detail = RLIMIT_STACK)               \
    ROW("control", CONTROL, globals.control, .scope = GLOBAL)                                      \
    ROW("grace", GRACE, globals, .scope = GLOBAL)                                                  \
    ROW("termination_log", TERMINATION_LOG, globals.termination_log, .scope = GLOBAL)

struct key {
    uint16_t offset; /* of the field */
    uint8_t kind;    /* enum value_kind */
    uint8_t detail;  /* struct entry */
    uint8_t scope;   /* enum scope */
    bool repeatable; /* each line adds to the ones before */
    bool is_own;     /* no default for all services in [foster] */
};
#define KEY_NAME(name, ...) name "\0"
#define KEY_ROW(name, kind_, field, ...)                                                           \
    {.offset = offsetof(struct section, field), .kind = VALUE_##kind_, __VA_ARGS__},

static const char names[] = KEYS(KEY_NAME);
static const struct key keys[] = {KEYS(KEY_ROW)};
_Static_assert(sizeof keys / sizeof keys[0] <= KEYS_MOST, "struct section has a line for each key");

/* The row of the key of that name in that kind of section, else of one of that name in the other,
 * else -1. */
static int row_of(const char *name, enum scope scope)
{
    int found = -1, row = 0;
    for (const char *next = names; *next != '\0'; next += strlen(next) + 1, row++) {
        if (strcmp(next, name) != 0)
            continue;
        found = row;
        if (keys[row].scope == scope)
            break;
    }
    return found;
}

static const char *next_name(void *context)
{
    const char **next = context, *name = *next;
    *next += strlen(name) + 1;
    return *name != '\0' ? name : NULL;
}

/* False, reported, if a service has the key and can have it only once: in one file any key, and
 * `command` in all of them, because a service with two programs is two services of one name. */
static bool is_first(const struct section *section, const struct entry *entry,
                     const struct key *key)
{
    const struct file_line *first = &section->places[entry->row];
    if (first->line == 0 || key->repeatable)
        return true;
    if (first->file == entry->place.file)
        diagnostics_error(&entry->place, "'%s' is there already, in line %u", entry->key,
                          first->line);
    else if (key->offset == offsetof(struct section, command))
        diagnostics_error(&entry->place, "'%s' of [%s] is there already, in %s:%u", entry->key,
                          section->name, first->file, first->line);
    else
        return true;
    return false;
}

bool keys_find(struct section *section, struct entry *entry)
{
    enum scope scope = section->is_global ? GLOBAL : SERVICE;
    int row = row_of(entry->key, scope);
    if (row == -1) {
        const char *first = names;
        diagnostics_unknown(&entry->place, "unknown key", entry->key, next_name, &first);
        return false;
    }
    const struct key *key = &keys[row];
    if (scope == SERVICE ? key->scope == GLOBAL : key->is_own) {
        diagnostics_error(&entry->place, "'%s' belongs in the section %s", entry->key,
                          scope == SERVICE ? "[" GLOBAL_SECTION "]" : "of a service");
        return false;
    }
    entry->row = (unsigned char)row;
    if (!is_first(section, entry, key))
        return false;
    section->places[row] = entry->place;
    return true;
}

/* A key that can be repeated adds nothing if a variable leaves nothing of its value. A default is
 * read more than once, so its value stays as it is in the file. */
void keys_read(struct section *section, struct entry *entry)
{
    const struct key *key = &keys[entry->row];
    char *value = entry->value;
    entry->detail = key->detail;
    bool is_valid = value_expand(entry, key->kind, &section->settings);
    bool is_nothing = key->repeatable && *value != '\0' && *entry->value == '\0';
    if (is_valid && !is_nothing)
        value_read(key->kind, (char *)section + key->offset, entry);
    entry->value = value;
}

bool keys_is_repeatable(unsigned row)
{
    return keys[row].repeatable;
}

bool keys_is_list(unsigned row)
{
    unsigned kind = keys[row].kind;
    return kind == VALUE_ENVIRONMENT || kind == VALUE_ENV_FILE || kind == VALUE_LIMIT ||
           kind == VALUE_LIMIT_OF_BYTES;
}

bool keys_takes_nothing(unsigned row)
{
    return keys[row].kind == VALUE_BOOL;
}

bool keys_is_global(unsigned row)
{
    return keys[row].scope == GLOBAL;
}

bool keys_begins(const char *text)
{
    size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz_");
    if (length == 0 || text[length + strspn(text + length, BLANKS)] != '=')
        return false;
    for (const char *next = names; *next != '\0'; next += strlen(next) + 1)
        if (strncmp(next, text, length) == 0 && next[length] == '\0')
            return true;
    return false;
}

unsigned keys_row(const char *name)
{
    return (unsigned)row_of(name, SERVICE);
}

const struct file_line *keys_place(const struct section *section, const char *name)
{
    const struct file_line *place = &section->places[keys_row(name)];
    return place->line != 0 ? place : NULL;
}

const struct file_line *keys_place_or_head(const struct section *section, const char *name)
{
    const struct file_line *place = keys_place(section, name);
    return place != NULL ? place : &section->place;
}
