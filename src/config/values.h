/*
 * values.h - the kinds of values that a key can have. Each kind is read by one function and refused
 * in one style: foster: /etc/foster.conf:12: restart needs no, always or on-failure[:N], not
 * 'allways'
 *
 * To add a kind is to add an enumerator here, a row in the table of values.c, and its function to
 * value_readers.h and to the value_*.c that it belongs to.
 */
#ifndef CONFIG_VALUES_H
#define CONFIG_VALUES_H

#include "config/entry.h"

/* In brackets: the type of the field that it is read into. */
enum value_kind {
    VALUE_WORDS,           /* (char *) anything, in the memory of the file */
    VALUE_COMMAND,         /* (const char *) words whose quotes are closed, argv_split.h */
    VALUE_PATH,            /* (const char *) */
    VALUE_CONTROL,         /* (const char *) "none" becomes "" */
    VALUE_TERMINATION_LOG, /* (const char *) "none" becomes NULL */
    VALUE_BOOL,            /* (bool) nothing at all is no */
    VALUE_DURATION,        /* (milliseconds) */
    VALUE_SPAN,            /* (milliseconds) a duration that is not 0 */
    VALUE_STOP_GRACE,      /* (struct settings) */
    VALUE_GRACE,           /* (struct globals) */
    VALUE_DELAYS,          /* (struct settings) */
    VALUE_COUNT,           /* (unsigned) from 1 */
    VALUE_REPLICAS,        /* (int) from 0 */
    VALUE_SIGNAL,          /* (int) */
    VALUE_EXIT_CODES,      /* (struct settings) */
    VALUE_TYPE,            /* (enum service_type) */
    VALUE_RESTART,         /* (struct settings) */
    VALUE_READY,           /* (struct settings) */
    VALUE_HEALTHCHECK,     /* (struct settings) */
    VALUE_OUTPUT, /* (struct settings) entry->detail is the stream, STDOUT_FILENO or STDERR_FILENO
                   */
    VALUE_USER,   /* (struct settings) */
    VALUE_UMASK,  /* (struct attributes) */
    VALUE_MODE,   /* (unsigned short) permissions, in octal */
    VALUE_NICE,   /* (struct attributes) */
    VALUE_OOM_SCORE_ADJ,  /* (struct attributes) */
    VALUE_LIMIT,          /* (struct attributes) entry->detail is the resource, getrlimit(2) */
    VALUE_LIMIT_OF_BYTES, /* (struct attributes) the same */
    VALUE_ENVIRONMENT,    /* (struct settings) */
    VALUE_ENV_FILE,       /* (struct settings) */
    VALUE_LISTEN,         /* (struct settings) */
};

/* Reads the entry's value into the field, or reports why it is refused. What is kept of it comes
 * from the arena. One thread, before the first start. */
void value_read(enum value_kind kind, void *field, struct entry *entry);

#endif
