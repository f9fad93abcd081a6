/* play.h - what the files of stage.c share: the options, the results, and how to wait. */
#ifndef NAMES_PLAY_H
#define NAMES_PLAY_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

enum {
    SIGNALS = 64,
    STEP_MS = 2000, /* the longest time of a step */
    END_MS = 2500,  /* the end of the init, after the last step */
    LEFT_MS = 400,  /* until the processes that it leaves have ended */
    IDLE_MS = 1300, /* longer than the second at which one of the peers wakes up */
    POLL_MS = 2,
    TEXT_SIZE = 1 << 16,
    MOST_FDS = 16,
    HANDS = 2, /* out and err */
    CANNOT_PLAY = 99,
};

/* The command line. */
extern struct play {
    bool as_pid1, terminal, foreground, subreaper;
    unsigned long long blocked;
    bool ignored[SIGNALS + 1];
    int opened[MOST_FDS], closed[MOST_FDS], opens, closes;
    char *mount_from, *mount_to, *directory, *notes, *steps;
    char **command;
} play;

/* The output on out and on err. */
extern struct hand {
    int fd; /* -1: at its end */
    size_t length, seen;
    char text[TEXT_SIZE];
} hands[HANDS];

extern pid_t namespace_pid; /* PID 1 of the namespace, as seen from outside */

/* Messages of the PID 1 that only waits, about the init below it. */
struct verdict {
    int status;
    bool left;
};

/* stage.c */
void fail(const char *what);
long now(void);
void pause_ms(long ms);
__attribute__((format(printf, 2, 3))) void note(const char *name, const char *format, ...);

/* namespace.c: does not return. */
void live_in_namespace(const char *terminal, int out, int err, int report);

/* witness.c */
bool listen_a_moment(void);            /* reads the output; false when no more can come */
bool is_printed_now(const char *text); /* once each: a later step expects text after it */
bool has_been_printed(const char *text);
bool wait_for_text(bool (*is_there)(const char *text), const char *text);
pid_t pid_of(const char *name); /* of "main...", "init..." */
bool wait_for_state(pid_t pid, char state);
bool wait_until_asleep(void);
long wake_ups(pid_t pid);

/* steps.c */
void do_steps(void);

#endif
