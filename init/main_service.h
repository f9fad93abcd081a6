/*
 * main_service.h - the one main service, as those who launch it, relay to it and see it off share
 * it. Internal to this room.
 *
 * For all of these: the caller has all signals blocked, and there is one thread.
 */
#ifndef INIT_MAIN_SERVICE_H
#define INIT_MAIN_SERVICE_H

#include "children/foster.h"
#include "personality.h"
#include "process/terminate_all.h"

struct main_service {
    const struct options *options;
    const struct personality *name;
    pid_t self;
    struct program program;
    struct promise main;
    int exit_code; /* for a main that could not be started */
    milliseconds started;
    milliseconds asked_to_stop;  /* when INT, QUIT or TERM first came, or NEVER */
    milliseconds continue_until; /* while it is meant to stop, main is continued if it is stopped;
                                    0: no longer */
    milliseconds continue_at;    /* not before that moment once more */
    milliseconds
        leave_at; /* main had its time, and was killed for it: until then it may die; else NEVER */
    bool refused; /* main may not be signalled, not even as the user that it belongs to */
    bool refusal_said;
    uint64_t sent; /* the signals that main got from us, a bit each */
};

/* launch.c: while we may still fail. */

/* Makes foster ready for orphans; the service is not started. */
void main_prepare(struct main_service *service, const struct options *options,
                  const struct personality *name);

/* Starts main. False if that failed; it has been said, and exit_code is what to leave with. */
bool main_start(struct main_service *service, const struct signal_state *found);

/* Lets go of what was meant for main: open files, a directory that somebody will want to unmount.
 */
void main_settle(void);

/* forward.c: while main runs. */

/* Forwards signals and reaps until main is reaped: *end is its wait status. False if main, whose
 * time was over, could not be killed. */
bool main_serve(struct main_service *service, int *end);

/* finish.c: the end. */

/* Says that main, or a main that could not be run, was reaped. */
void main_say_reaped(pid_t pid, bool exited, int number);

/* Says why there is no main any more, to the termination log as well. */
void main_say_last(const struct main_service *service, const struct message_values *facts);

/* Says whether there are children left, for those whose custom that is. */
void main_say_rest(void);

/* Says how main ended, if that is worth saying, and returns foster's exit code. */
int main_report(const struct main_service *service, int status);

/* Leaves without a main that could not be killed: says so, and returns foster's exit code. */
int main_abandon(const struct main_service *service);

/* Ends what is left, as the name does it, and gives the terminal back. */
void main_leave(const struct main_service *service);

#endif
