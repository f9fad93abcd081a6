/*
 * habits.h - words of a value that mean something to another program, and nothing here.
 *
 * A file is often written after supervisord's, a unit of systemd, a Compose file or a shell script.
 * What such a word would do there it does not do here, and nothing would say so: the program would
 * get it as an argument. So each is recognised, and a note says what it is here and what to write.
 * It is no fault: somebody may mean just that.
 */
#ifndef CONFIG_HABITS_H
#define CONFIG_HABITS_H

#include <stdbool.h>

#include "base/text.h"

/* Each appends a note on the first such word and returns true, or returns false. Ordinary context;
 * allocates nothing. */

/* Of a command. */
bool habits_of_command(const char *command, struct text *note);

/* Of a variable, "NAME=VALUE". */
bool habits_of_variable(const char *variable, struct text *note);

/* Of any other value. */
bool habits_of_value(const char *value, struct text *note);

#endif
