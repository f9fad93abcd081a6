/*
 * values.h - the kinds of values that a key can have: each is read in one place and refused in one
 * style: foster: /etc/foster.conf:12: restart needs no, always or on-failure[:N], not 'allways'
 */
#ifndef CONFIG_VALUES_H
#define CONFIG_VALUES_H

#include <stdbool.h>
#include <stddef.h>

#include "config/diagnostics.h"
#include "config/service.h"

/* What a line of a section says. */
struct entry {
    struct file_line place;
    const char *section; /* its name */
    char *key;
    char *value; /* in the file's own memory: it may be written to, and goes when the file is closed
                  */
    const char *culprit;  /* the part of a value that is refused */
    char **kept;          /* the last value of this key that was kept; NULL: none */
    unsigned char detail; /* of the key's row: what its kind wants to know besides */
};

/* Each has a row in the table of values.c. In brackets: the field that it is read into. */
enum value_kind {
    VALUE_WORDS,           /* (char *) anything, in the file's own memory */
    VALUE_COMMAND,         /* (const char *) with its quotes closed */
    VALUE_PATH,            /* (const char *) */
    VALUE_CONTROL,         /* (const char *) none is "" */
    VALUE_TERMINATION_LOG, /* (const char *) none is NULL */
    VALUE_BOOL,            /* (bool) */
    VALUE_DURATION,        /* (milliseconds) */
    VALUE_SPAN,            /* (milliseconds) a duration that is not 0 */
    VALUE_STOP_GRACE,      /* (struct settings) */
    VALUE_GRACE,           /* (struct globals) */
    VALUE_DELAYS,          /* (struct settings) */
    VALUE_COUNT,           /* (unsigned) from 1 */
    VALUE_SIGNAL,          /* (int) */
    VALUE_TYPE,            /* (enum kind) */
    VALUE_RESTART,         /* (struct settings) */
    VALUE_READY,           /* (struct settings) */
    VALUE_OUTPUT,          /* (struct settings) */
    VALUE_GLOBAL_OUTPUT,   /* (enum output) without a file */
    VALUE_USER,            /* (struct settings) */
    VALUE_UMASK,           /* (struct attributes) */
    VALUE_MODE,            /* (unsigned short) */
    VALUE_NICE,            /* (struct attributes) */
    VALUE_OOM_SCORE_ADJ,   /* (struct attributes) */
    VALUE_LIMIT,           /* (struct attributes) detail is the resource */
    VALUE_LIMIT_OF_BYTES,  /* (struct attributes) the same */
    VALUE_ENVIRONMENT,     /* (struct settings) */
    VALUE_ENV_FILE,        /* (struct settings) */
    VALUE_LISTEN,          /* (struct settings) */
};

/* Reads the entry's value into the field, or says why not. What it keeps it takes from the arena.
 */
void value_read(enum value_kind kind, void *field, struct entry *entry);

/* Reads "no", "always", "on-failure" or "on-failure:N", which the option --restart has in common
 * with the key. Allocates nothing. */
bool value_parse_restart(const char *value, enum restart *restart, unsigned *limit);

/* Which word of the list, each ended with NUL and the last with two, the first length bytes of a
 * value are: its number from 0, or -1. */
int value_choose(const char *words, const char *value, size_t length);

#endif
