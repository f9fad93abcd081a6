/*
 * option_setters.h - what the options and variables do, each a function that the tables of
 * personality.c name. They return false for a value that makes no sense. Those that take no value
 * ignore it.
 */
#ifndef INIT_OPTION_SETTERS_H
#define INIT_OPTION_SETTERS_H

#include "options.h"

bool set_adopt(struct options *options, const char *value);
bool set_as_success(struct options *options, const char *code);
bool set_as_success_loosely(struct options *options, const char *code);
bool set_config(struct options *options, const char *path);
bool set_control(struct options *options, const char *path);
bool set_debug(struct options *options, const char *value);
bool set_debug_if_one(struct options *options, const char *value);
bool set_grace(struct options *options, const char *duration);
bool set_group(struct options *options, const char *value);
bool set_no_session_if_zero(struct options *options, const char *value);
bool set_parent_death_signal(struct options *options, const char *signal);
bool set_parent_death_signal_by_name(struct options *options, const char *signal);
bool set_pause(struct options *options, const char *value);
bool set_pause_through_quit(struct options *options, const char *value);
bool set_restart(struct options *options, const char *policy);
bool set_rewrite(struct options *options, const char *from_to);
bool set_rewrite_by_numbers(struct options *options, const char *from_to);
bool set_say_orphans(struct options *options, const char *value);
bool set_session(struct options *options, const char *value);
bool set_session_by_number(struct options *options, const char *value);
bool set_single_child(struct options *options, const char *value);
bool set_stop_signal(struct options *options, const char *signal);
bool set_stop_timeout(struct options *options, const char *duration);
bool set_termination_log(struct options *options, const char *path);
bool set_verbose(struct options *options, const char *value);
bool set_verbosity(struct options *options, const char *level);
bool stay_in_group(struct options *options, const char *value);
bool refuse_variable(struct options *options, const char *value);
bool ask_check(struct options *options, const char *value);
bool ask_help(struct options *options, const char *value);
bool ask_license(struct options *options, const char *value);
bool ask_version(struct options *options, const char *value);

#endif
