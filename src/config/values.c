/* values.c - see values.h. */
#include "config/values.h"

#include "config/diagnostics.h"
#include "config/habits.h"
#include "config/value_readers.h"

#define A_DURATION "a duration such as 500ms, 5s or 2m"
#define A_COMMAND  "a command of at most 128K, with its quotes closed"
#define AN_ADDRESS "tcp:[HOST:]PORT, unix:PATH, http:[HOST:]PORT/PATH"

static const struct {
    bool (*read)(void *field, struct entry *entry);
    const char *wanted; /* "KEY needs ..., not 'VALUE'" */
} kinds[] = {
    [VALUE_WORDS] = {value_read_words, "names of services"},
    [VALUE_COMMAND] = {value_read_command, A_COMMAND},
    [VALUE_PATH] = {value_read_path, "a path"},
    [VALUE_CONTROL] = {value_read_control, "a path or none"},
    [VALUE_TERMINATION_LOG] = {value_read_termination_log, "a path or none"},
    [VALUE_BOOL] = {value_read_bool, "yes or no"},
    [VALUE_DURATION] = {value_read_duration, A_DURATION},
    [VALUE_SPAN] = {value_read_span, "a duration above 0, such as 500ms, 5s or 2m"},
    [VALUE_STOP_GRACE] = {value_read_stop_grace, A_DURATION ", or unlimited"},
    [VALUE_GRACE] = {value_read_grace, A_DURATION},
    [VALUE_DELAYS] = {value_read_delays, "a duration above 0, or two such as 100ms..30s"},
    [VALUE_COUNT] = {value_read_count, "a number from 1"},
    [VALUE_REPLICAS] = {value_read_replicas, "a number from 0 to 1000"},
    [VALUE_SIGNAL] = {value_read_signal, "a signal such as SIGTERM or 15"},
    [VALUE_EXIT_CODES] = {value_read_exit_codes,
                          "numbers from 0 to 255 and signals, such as 3 143 SIGTERM"},
    [VALUE_TYPE] = {value_read_type, "service or oneshot"},
    [VALUE_RESTART] = {value_read_restart, "no, always or on-failure[:N]"},
    [VALUE_READY] = {value_read_ready, "none, notify, after:DURATION, fd:N (3 to 255), " AN_ADDRESS
                                       ", file:PATH or exec:COMMAND"},
    [VALUE_HEALTHCHECK] = {value_read_healthcheck, AN_ADDRESS ", or " A_COMMAND},
    [VALUE_OUTPUT] = {value_read_output, "raw, prefix, json, null or file:PATH"},
    [VALUE_USER] = {value_read_user, "USER or USER:GROUP, as names or as numbers"},
    [VALUE_UMASK] = {value_read_umask, "an octal number up to 777"},
    [VALUE_MODE] = {value_read_mode, "an octal number up to 777"},
    [VALUE_NICE] = {value_read_nice, "a number from -20 to 19"},
    [VALUE_OOM_SCORE_ADJ] = {value_read_oom_score_adj, "a number from -1000 to 1000"},
    [VALUE_LIMIT] = {value_read_limit, "a number, SOFT:HARD or unlimited"},
    [VALUE_LIMIT_OF_BYTES] = {value_read_limit_of_bytes,
                              "a number of bytes such as 64M, SOFT:HARD or unlimited"},
    [VALUE_ENVIRONMENT] = {value_read_environment, "NAME=VALUE"},
    [VALUE_ENV_FILE] = {value_read_env_file, "a path, or -PATH for a file that may be missing"},
    [VALUE_LISTEN] = {value_read_listen,
                      "addresses such as tcp:80, udp:127.0.0.1:53 or NAME=unix:PATH"},
};

/* A note on words of other programs' files. */
static void note_habits(enum value_kind kind, const struct entry *entry)
{
    struct text note;
    text_clear(&note);
    bool is_habit = kind == VALUE_COMMAND       ? habits_of_command(entry->value, &note)
                    : kind == VALUE_ENVIRONMENT ? habits_of_variable(entry->value, &note)
                                                : habits_of_value(entry->value, &note);
    if (is_habit)
        diagnostics_note(&entry->place, "%s: %s", entry->key, note.bytes);
}

void value_read(enum value_kind kind, void *field, struct entry *entry)
{
    note_habits(kind, entry);
    entry->culprit = entry->value;
    bool is_missing = *entry->value == '\0' && kind != VALUE_BOOL;
    if (is_missing || !kinds[kind].read(field, entry))
        diagnostics_error(&entry->place, "%s needs %s, not '%s'", entry->key, kinds[kind].wanted,
                          entry->culprit);
}
