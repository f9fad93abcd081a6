/*
 * config.h - the configuration files are read, and become a plan.
 *
 * An INI file: sections in brackets, keys and values separated by '=', comments on lines whose
 * first character is '#' or ';'. A value is taken as it stands, up to the end of its line, without
 * the blanks around it; a line that is indented further than its key continues it, with one blank
 * between; an empty line ends it. Later files add services; a name twice is a fault. (No known
 * parser was taken: inih, the smallest, wants stdio or a callback per line and knows no places for
 * messages.)
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "config/plan.h"

#define CONFIG_DEFAULT "/etc/foster.conf"

/* What is to be read. */
struct config_request {
    const char *const
        *paths; /* files, or directories, whose *.conf are meant, in the order of their names */
    size_t path_count; /* 0: CONFIG_DEFAULT, but nothing if there is a command */
    char **
        command; /* the essential service's argv, named COMMAND_NAME; NULL: none. argv[-1] exists */
    const struct settings *command_settings; /* of that; the caller's */
};

/* The name of the service that the command line's command is. */
#define COMMAND_NAME "main"

/* Reads everything, says every fault, and makes the plan. False if there was any fault; nothing may
 * be started then. Takes memory from the arena. */
bool config_read(struct plan *plan, const struct config_request *request);

#endif
