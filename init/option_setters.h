/*
 * option_setters.h - what an option or a variable sets: the functions that the tables in compat/
 * name.
 *
 * Each stores a value in the options and returns true, or false for a value that it cannot read. A
 * path is kept, not copied. One that needs no value ignores it. What only one of the programs
 * understands is in the file of that program. Main thread, before anything is started; allocates
 * nothing.
 */
#ifndef INIT_OPTION_SETTERS_H
#define INIT_OPTION_SETTERS_H

#include "options.h"

/* What foster does. */
bool option_set_check(struct options *options, const char *value);
bool option_set_help(struct options *options, const char *value);
bool option_set_license(struct options *options, const char *value);
bool option_set_pause(struct options *options, const char *value);
bool option_set_version(struct options *options, const char *value);
bool option_set_config(struct options *options, const char *path); /* adds one */
bool option_set_control(struct options *options, const char *path);
bool option_set_restart(struct options *options, const char *policy);

/* Where main stands, and what it gets. */
bool option_set_adopt(struct options *options, const char *value);
bool option_set_parent_death_signal(struct options *options, const char *signal);
bool option_set_session(struct options *options, const char *value);
bool option_set_group(struct options *options, const char *value);
bool option_set_single_child(struct options *options, const char *value); /* the opposite */
bool option_set_rewrite(struct options *options, const char *from_to);    /* adds one */
bool option_set_stop_signal(struct options *options, const char *signal);

/* The end. */
bool option_set_success_code(struct options *options, const char *code); /* adds one */
bool option_set_stop_timeout(struct options *options, const char *duration);
bool option_set_grace(struct options *options, const char *duration);
bool option_set_termination_log(struct options *options, const char *path);

/* What is logged. */
bool option_set_log_orphans(struct options *options, const char *value);
bool option_set_more_verbose(struct options *options, const char *value); /* one level more */
bool option_set_verbosity(struct options *options, const char *level);    /* as atoi(3) reads it */
bool option_set_debug(struct options *options, const char *value);
bool option_set_debug_if_one(struct options *options, const char *value);

#endif
