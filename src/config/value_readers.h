/*
 * value_readers.h - the functions that read a value, one for each kind; values.c has the table of
 * them, value_*.c the functions.
 *
 * Each reads entry->value into the field, whose type values.h says. False if the value is refused;
 * entry->culprit is then the part that is wrong, at first the whole value. A function that has
 * reported the fault itself, because it can say more, returns true. One thread, before the first
 * start; what is kept of a value comes from the arena.
 */
#ifndef CONFIG_VALUE_READERS_H
#define CONFIG_VALUE_READERS_H

#include <stdbool.h>

#include "config/entry.h"

/* value_text.c: words, commands and paths */
bool value_read_words(void *field, struct entry *entry);
bool value_read_command(void *field, struct entry *entry);
bool value_read_path(void *field, struct entry *entry);
bool value_read_control(void *field, struct entry *entry);
bool value_read_termination_log(void *field, struct entry *entry);
bool value_is_command(const char *value);

/* entry_keep() of a value in which a path stands, from `path` to its end: a relative one is made
 * absolute, from the directory that foster was started in. NULL: there is no path in it. Also for a
 * path of that value behind a prefix, which value_path_after() finds: NULL without the prefix. */
char *value_keep_path(const struct entry *entry, const char *path);
const char *value_path_after(const char *prefix, const char *value);

/* value_time.c: durations */
bool value_read_duration(void *field, struct entry *entry);
bool value_read_span(void *field, struct entry *entry);
bool value_read_stop_grace(void *field, struct entry *entry);
bool value_read_grace(void *field, struct entry *entry);
bool value_read_delays(void *field, struct entry *entry);

/* value_numbers.c: numbers, signals and exit codes */
bool value_read_count(void *field, struct entry *entry);
bool value_read_replicas(void *field, struct entry *entry);
bool value_read_mode(void *field, struct entry *entry);
bool value_read_signal(void *field, struct entry *entry);
bool value_read_exit_codes(void *field, struct entry *entry);

/* value_choices.c: one of a few words */
bool value_read_bool(void *field, struct entry *entry);
bool value_read_type(void *field, struct entry *entry);
bool value_read_restart(void *field, struct entry *entry);
bool value_read_output(void *field, struct entry *entry);

/* value_ready.c: how a service shows that it is ready, and healthy */
bool value_read_ready(void *field, struct entry *entry);
bool value_read_healthcheck(void *field, struct entry *entry);

/* True for each value of `healthcheck` that does not begin with a method and a colon. */
bool value_is_healthcheck_command(const char *value);

/* value_attributes.c: what becomes struct attributes */
bool value_read_user(void *field, struct entry *entry);
bool value_read_umask(void *field, struct entry *entry);
bool value_read_nice(void *field, struct entry *entry);
bool value_read_oom_score_adj(void *field, struct entry *entry);
bool value_read_limit(void *field, struct entry *entry);
bool value_read_limit_of_bytes(void *field, struct entry *entry);

/* value_environment.c: variables, and files of them */
bool value_read_environment(void *field, struct entry *entry);
bool value_read_env_file(void *field, struct entry *entry);

/* value_listen.c: sockets */
bool value_read_listen(void *field, struct entry *entry);

#endif
