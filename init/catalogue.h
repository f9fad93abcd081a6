/*
 * catalogue.h - the lines that foster writes about its command line, main and orphans.
 *
 * Each occasion for a line is a message. A personality has a table of its lines: per message the
 * text, the stream and the log level. A message without a line is not written. Scripts and test
 * suites match on these lines, so each one is written out in full in its table, not put together
 * from parts.
 *
 * In a text a letter behind % stands for a value:
 *   %a  argv[0] of foster
 *   %b  its last part, behind the last slash
 *   %c  the command
 *   %i  the pid of foster
 *   %m  a second number: of a signal
 *   %n  a number: of a signal, an exit code, an error
 *   %o  an option or a variable
 *   %p  the pid of a child
 *   %t  a text: a reason or a description
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
    UNKNOWN_LETTER,         /* %o the letter */
    UNKNOWN_NAME,           /* %o the word */
    AMBIGUOUS_NAME,         /* %o the word */
    LETTER_NEEDS_ARGUMENT,  /* %o the letter, %v the usage, %t what it needs */
    NAME_NEEDS_ARGUMENT,    /* %o the name, %v the usage, %t what it needs */
    NAME_TAKES_NO_ARGUMENT, /* %o the name, %t the usage, %v the argument */
    BAD_VALUE,              /* %o the usage, %v the value, %t what it needs */
    BAD_VARIABLE,           /* %o the name */
    NO_COMMAND,
    COMMAND_TO_PAUSE, /* %v the command */
    DEBUG_MODE,
    NO_SESSION_MODE,
    /* before main is started */
    ADOPTING,     /* is a subreaper now */
    NOT_ADOPTING, /* is neither a subreaper nor PID 1 */
    CANNOT_ADOPT, /* %t the reason */
    NOT_FIRST,    /* pauses, and is not PID 1 */
    TERMINAL_RELEASED,
    TERMINAL_NOT_LED,      /* the terminal is not foster's own to release */
    TERMINAL_NOT_RELEASED, /* %n the error, %t its description */
    /* the start of main */
    SPAWNED,              /* %p main */
    TERMINAL_NOT_ADOPTED, /* %n the error, %t its description */
    SESSION_MADE,
    EXEC_FAILED, /* %p the child, %n the error, %t the reason */
    FORK_FAILED, /* %n the error, %t the reason */
    /* while main runs */
    SIGNAL_CAME, /* %n the signal, %t its description */
    SIGCHLD_CAME,
    HAND_OFF_IGNORED, /* %n the signal, which the kernel sent when the terminal was released */
    TRANSLATED,       /* %n the signal that came, %m the one that it becomes */
    SENT,             /* to main; %n the signal, %t its name */
    DROPPED,          /* %n the signal */
    NOT_SENT,         /* to main; %n the signal, %t its name */
    REFUSED,          /* %t which process foster may not signal, and why */
    SUSPENDING,
    KILLING,       /* main; %t after how long */
    ORPHAN_EXITED, /* %p the orphan, %n its exit status */
    ORPHAN_KILLED, /* %p the orphan, %n the signal */
    ORPHAN_REAPED, /* %p the orphan, %t how it ended; only with -w */
    /* the end */
    REAPED_EXITED, /* %p main, %n its exit status */
    REAPED_KILLED, /* %p main, %n the signal */
    MAIN_EXITED,   /* %p main, %n the exit code, %t how it ended */
    MAIN_KILLED,   /* the same, %v the signal: by one that foster sent or passed on */
    MAIN_DIED,     /* the same: by another signal */
    ABANDONED,     /* %p main, which could not be killed */
    PAUSE_ENDED,   /* %t the signal */
    NONE_DEAD,     /* no child has ended, and there are some */
    NONE_LEFT,     /* there is no child */
    LEAVING,
    MESSAGES,
};

/* The line of a message. */
struct catalogue_line {
    uint8_t message;
    uint8_t level;    /* a log level */
    uint8_t fd;       /* the stream */
    const char *text; /* without the last newline */
};

/* A message, and the values for the letters of its text. */
struct message_values {
    enum message message;
    pid_t pid;
    int number, second_number;
    const char *option, *value, *text;
};

/* Sets the table of lines, in any order, and what %a and %i stand for. Keeps the pointers. Called
 * once, before the first message; the main thread. */
void catalogue_use(const struct catalogue_line *table, size_t count, const char *called,
                   pid_t self);

/* Sets what %c stands for. Keeps the pointer. Called once, before the start; the main thread. */
void catalogue_use_command(const char *command);

/* True if the message has a line and its level is wanted: for a caller that would have to find out
 * the values first. Any thread. Async-signal-safe. Allocates nothing. */
bool catalogue_has(enum message message);

/* Writes the line of a message, if it has one and its level is wanted: catalogue_say(SPAWNED,
 * .pid = pid). Any thread. Async-signal-safe. Allocates nothing. A reader that does not read holds
 * it up for a moment only: log.h. */
#define catalogue_say(what, ...)                                                                   \
    do {                                                                                           \
        if (catalogue_has(what))                                                                   \
            catalogue_say_values(&(struct message_values){.message = (what), __VA_ARGS__});        \
    } while (0)
void catalogue_say_values(const struct message_values *values);

/* Writes a text with letters as above, of one or more lines; NULL is an empty one. Returns an exit
 * code: EXIT_FOSTER_FAILED if not all of it was written. May block. */
int catalogue_print(int fd, const char *text);

/* Appends the line of a message, whether its level is wanted or not. Any thread.
 * Async-signal-safe. Allocates nothing. */
void catalogue_add(struct text *line, const struct message_values *values);

#endif
