/*
 * settings.h - what a section of the file says about its service.
 *
 * There may be a thousand services in the memory of one small process, and most of them have the
 * settings of others: equal settings are kept once and shared. They are constant once the files are
 * read.
 */
#ifndef CONFIG_SETTINGS_H
#define CONFIG_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "base/clock.h"
#include "base/hash_table.h"
#include "process/attributes.h"
#include "process/user.h"

/* The most variables and sockets of one service. A start has them on its stack, and compares each
 * variable with each (process/environment.h). */
enum { ENVIRONMENT_MOST = 8192, LISTEN_MOST = 1024 };

enum service_type { TYPE_SERVICE, TYPE_ONESHOT };

enum restart { RESTART_NO, RESTART_ON_FAILURE, RESTART_ALWAYS };

/* How a service shows that it is ready. */
enum ready_by {
    READY_AT_ONCE,   /* not at all: it is ready as soon as it runs */
    READY_BY_NOTIFY, /* READY=1, sd_notify(3) */
    READY_AFTER,     /* it has run for a while */
    READY_BY_FD,     /* a newline on a descriptor, as s6 services do */
    READY_BY_TCP,    /* it accepts connections there */
    READY_BY_UNIX,   /* the same */
    READY_BY_HTTP,   /* its answer has a status of 2xx or 3xx */
    READY_BY_FILE,   /* the file exists */
    READY_BY_EXEC,   /* a command exits with 0 */
};

/* Where stdout or stderr of a service goes, or both. */
enum output {
    OUTPUT_RAW,    /* to foster's own: inherited, nothing is copied */
    OUTPUT_PREFIX, /* there as well, line by line with the service's name before each */
    OUTPUT_JSON,   /* there as well, each line as an object */
    OUTPUT_NULL,   /* to /dev/null */
    OUTPUT_FILE,   /* to the end of a file */
    OUTPUT_SHARED, /* of stderr: where stdout goes, in one order with it */
};

struct settings {
    enum service_type type;
    bool essential;
    bool autostart;

    enum restart restart;
    unsigned restart_limit;     /* failed starts in a row after which it is given up; 0: never */
    milliseconds restart_first; /* the delay before the first new start; each delay is twice ... */
    milliseconds restart_most;  /* ... the one before, up to this one. A run of this length is a
                                   success: the delay is the first one again */
    const uint8_t *as_success;  /* exit codes, wait_status_code_is_success(); NULL: 0 alone */

    milliseconds every; /* a oneshot is started again so long after its last start; 0: it is not */

    enum ready_by ready;
    int ready_fd;
    milliseconds ready_after; /* from the exec */
    const struct address *ready_address;
    const char *ready_argument; /* the path, of a file or of HTTP, or the command */
    milliseconds ready_timeout; /* NEVER: no limit */

    const char *healthcheck;      /* as the file has it; NULL: none */
    enum ready_by healthcheck_by; /* READY_BY_TCP, _UNIX, _HTTP or _EXEC */
    const struct address *healthcheck_address;
    const char *healthcheck_argument; /* as ready_argument */
    milliseconds healthcheck_interval, healthcheck_timeout, healthcheck_start_period;
    unsigned healthcheck_retries;
    milliseconds watchdog; /* the longest time between two WATCHDOG=1; 0: none is expected */

    int stop_signal;
    bool stop_as_group;             /* the stop signal is sent to the process group */
    milliseconds stop_grace_period; /* NEVER: no limit */
    bool stop_grace_period_given;
    const char *stop_command; /* or NULL */
    int reload_signal;

    enum output output;       /* of stdout */
    enum output error_output; /* of stderr; settings_output() */
    const char *output_path;  /* of OUTPUT_FILE */
    const char *error_path;   /* the same of stderr */
    const char *input;        /* the path of its stdin; NULL: /dev/null, and foster's own stdin for
                                 the command of the command line */

    struct attributes attributes; /* attributes.user is the next member, or NULL */
    const struct user *user;
    const struct environment_source *environment; /* additions to foster's, in order */
    unsigned environment_count;
    bool needs_lookup; /* a file of variables or a ${NAME} is in it, beside its commands */
    const struct listen *listen; /* in the order of the descriptors; NULL: none */
    unsigned listen_count;
    unsigned short listen_mode; /* the permissions of those that are files */
};

/* A line of `environment`, "NAME=value", or of `env_file`, a path. Both are as in the file: what
 * they refer to is looked up at each start. */
struct environment_source {
    char *text;
    bool is_file;
    bool is_optional; /* the file need not be there */
};

/* A socket that foster opens for a service. */
struct listen {
    const char *name; /* for LISTEN_FDNAMES */
    struct address address;
    const char *file; /* file and line of its key, for the report of a fault */
    unsigned line;
};

/* The settings of a section that has no key but `command`. */
extern const struct settings settings_default;

/* Where that stream goes, STDOUT_FILENO or STDERR_FILENO. OUTPUT_SHARED also if the file says the
 * same of both, by whatever keys. Any thread. */
enum output settings_output(const struct settings *settings, int stream);

/* All settings that the services have, each once. The zero value is not open. */
struct shared_settings {
    struct hash_table table;
};

/* For the settings of so many services at most. One thread, while the files are read; so are the
 * other functions. */
void settings_open(struct shared_settings *shared, size_t most);

/* The settings that are equal to these: those of a service before, or a copy in the arena. They are
 * compared byte for byte, also the padding: begin with a memcpy() of settings_default. */
const struct settings *settings_share(struct shared_settings *shared,
                                      const struct settings *settings);

/* Gives back the memory of the table. */
void settings_close(struct shared_settings *shared);

#endif
