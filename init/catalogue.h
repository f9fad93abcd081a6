/*
 * catalogue.h - what foster says, in the words of the name it was called by.
 *
 * Every line that can be said is an event; a name has a table of its lines, with the stream and the
 * verbosity at which it is said. Scripts and test suites match on these lines, so they are written
 * out in full, one beside the other.
 *
 * In a line these stand for:
 *   %a  the name as it was called
 *   %b  the same without directories
 *   %c  the command
 *   %i  our pid
 *   %n  a number: of a signal, a status, an error
 *   %o  an option
 *   %p  the pid of a child
 *   %t  an explanation, in words
 *   %v  a value
 */
#ifndef INIT_CATALOGUE_H
#define INIT_CATALOGUE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/text.h"

enum message {
    /* the command line and the environment */
    UNKNOWN_LETTER,  /* %o */
    UNKNOWN_NAME,    /* %o */
    AMBIGUOUS_NAME,  /* %o */
    LETTER_WANTS,    /* %o, %v as the help shows it, %t what */
    NAME_WANTS,      /* the same */
    NAME_TAKES_NONE, /* %o, %t as the help shows it, %v what it was given */
    BAD_VALUE,       /* %o, %v, %t what it should be */
    BAD_VARIABLE,    /* %o */
    NO_COMMAND,
    COMMAND_TO_PAUSE, /* %v */
    DEBUG_MODE,
    NO_SESSION_MODE,
    /* before the start */
    ADOPTING,
    NOT_ADOPTING,
    CANNOT_ADOPT, /* %t */
    NOT_FIRST,
    TERMINAL_RELEASED,
    TERMINAL_NOT_LED,
    TERMINAL_NOT_RELEASED, /* %n, %t */
    /* the start */
    SPAWNED,              /* %p */
    TERMINAL_NOT_ADOPTED, /* %n, %t */
    SESSION_MADE,
    EXEC_FAILED, /* %p, %n, %t */
    FORK_FAILED, /* %n, %t */
    /* while main runs */
    SIGNAL_CAME, /* %n, %t */
    SIGCHLD_CAME,
    HAND_OFF_IGNORED, /* %n */
    TRANSLATED,       /* %n came, %p becomes */
    SENT,             /* %n, %t */
    DROPPED,          /* %n */
    NOT_SENT,         /* %n, %t */
    REFUSED,          /* %t who may not be signalled, and why */
    SUSPENDING,
    KILLING,       /* %t */
    ORPHAN_EXITED, /* %p, %n */
    ORPHAN_KILLED, /* %p, %n */
    ORPHAN_REAPED, /* %p, %t; asked for by -w */
    /* the end */
    REAPED_EXITED, /* main; %p, %n */
    REAPED_KILLED, /* main; %p, %n */
    MAIN_EXITED,   /* %p, %n the code, %t */
    MAIN_KILLED,   /* %p, %n the code, %t; as it was asked to */
    MAIN_DIED,     /* %p, %n the code, %t; by a signal we did not send */
    ABANDONED,     /* main, %p */
    PAUSE_ENDED,   /* %t */
    NONE_DEAD,     /* and children left */
    NONE_LEFT,
    LEAVING,
    EVENTS,
};

/* What is said of an event. */
struct catalogue_line {
    uint8_t event;
    uint8_t level; /* a log level */
    uint8_t fd;
    const char *text; /* without the last newline */
};

/* What has happened. */
struct message_values {
    enum message event;
    pid_t pid;
    int number;
    const char *option, *value, *text;
};

/* Who speaks: the lines there are, in any order. Called once, before anything is said; what it gets
 * is kept. */
void catalogue_use(const struct catalogue_line *table, size_t count, const char *called,
                   pid_t self);

/* What is run, for %c. Called once, before it is started. */
void catalogue_use_command(const char *command);

/* True if the event would be said at the level that was set: for facts that are not worth finding
 * out otherwise. Any thread and signal handlers. */
bool catalogue_has(enum message event);

/* Says an event, if it is to be said: catalogue_say(SPAWNED, .pid = pid). Any thread and signal
 * handlers; allocates nothing. */
#define catalogue_say(what, ...)                                                                   \
    do {                                                                                           \
        if (catalogue_has(what))                                                                   \
            catalogue_say_values(&(struct message_values){.event = (what), __VA_ARGS__});          \
    } while (0)
void catalogue_say_values(const struct message_values *facts);

/* Prints a text with the letters above in it, more than a line perhaps; NULL is none. Returns an
 * exit code. */
int catalogue_print(int fd, const char *pattern);

/* Appends an event's line, whether it would be said or not. The same callers. */
void text_add_message(struct text *text, const struct message_values *facts);

#endif
