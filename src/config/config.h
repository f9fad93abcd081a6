/*
 * config.h - the configuration files are read, and become a plan.
 *
 * An INI file: sections in brackets, keys and values separated by '=', comments on lines that begin
 * with '#' or ';', blanks before it or not. A value is taken as it stands, up to the end of its
 * line, without the blanks around it. A line that is indented further than the line of its key
 * continues the value, with one blank between; an empty line ends it. Later files add services, and
 * change those of earlier ones; the same name twice in one file is a fault, and so are two commands
 * for one name.
 *
 * Rejected: the known parsers. The smallest of them, inih, wants stdio or a callback for each line,
 * and does not tell at which line a fault is.
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "config/plan.h"

#define CONFIG_DEFAULT           "/etc/foster.conf"
#define CONFIG_DEFAULT_DIRECTORY "/etc/foster.d"

/* What is to be read. */
struct config_request {
    const char *const *paths; /* files, and directories whose *.conf are read in their order */
    size_t path_count;        /* 0: the defaults, of which either may be missing; no file if there
                                 is a command */
    bool is_check;            /* the plan is printed, and not run */
    char **command; /* the argv of the command line's service, NULL: none; argv[-1] exists */
    const struct settings *command_settings; /* of that service; the caller's */
};

/* Reads everything, reports each fault, and fills the plan. False if there was a fault: nothing may
 * be started then. The plan's memory comes from the arena. One thread, before the first start. */
bool config_read(struct plan *plan, const struct config_request *request);

#endif
