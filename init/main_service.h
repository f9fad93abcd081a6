/*
 * main_service.h - main, the one command that foster runs without services: what its start, the
 * forwarding of signals and the end know of it. Private to this folder.
 *
 * With services there is no main: supervise_mode.c uses main_prepare(),
 * main_leave_directory() and main_leave() alone.
 *
 * For all of these: main thread, all signals blocked; nothing is allocated.
 */
#ifndef INIT_MAIN_SERVICE_H
#define INIT_MAIN_SERVICE_H

#include "children/foster.h"
#include "personality.h"
#include "process/procfs.h"

struct main_service {
    const struct options *options;
    const struct personality *personality;
    pid_t self; /* foster's own */
    struct program program;
    struct promise main;
    int exit_code; /* foster's, if main could not be started */
    milliseconds started;
    milliseconds stop_requested; /* when INT, QUIT or TERM first came, or NEVER */
    milliseconds continue_until; /* main is continued if it is stopped; 0: no stop was requested */
    milliseconds continue_again; /* no SIGCONT before that */
    milliseconds abandon_at; /* after SIGKILL: when foster no longer waits for main; else NEVER */
    bool is_refused; /* the last signal could not be sent, not even as the user who owns main */
    bool refusal_is_said;
    uint64_t sent; /* the signals that main got from foster, a bit each */
};

/* ---- launch.c: the start ---- */

/* Makes foster ready to adopt orphans; main is not started. */
void main_prepare(struct main_service *service, const struct options *options,
                  const struct personality *personality);

/* Starts main. False if that failed: the reason has been logged, and exit_code is foster's. May
 * block for as long as an exec takes. */
bool main_start(struct main_service *service, const struct signal_state *found);

/* Leaves the working directory for the root, when every start that needs it is done: its file
 * system could not be unmounted. */
void main_leave_directory(void);

/* ---- forward.c: while main runs ---- */

/* Forwards signals and reaps until main is reaped: *end is its wait status. False if main was
 * killed at its deadline and has not ended. */
bool main_serve(struct main_service *service, int *end);

/* ---- finish.c: the end ---- */

/* Logs that main was reaped, or a child that could not run it; number is its exit status or signal.
 */
void main_say_reaped(pid_t pid, bool exited, int number);

/* Logs why main has ended or could not be started, and writes that line to the termination log. */
void main_say_last(const struct main_service *service, const struct message_values *values);

/* Logs whether there are children left, under a personality that has a line for it. */
void main_say_children_left(void);

/* Logs how main ended, if there is a line for it, and returns foster's exit code. */
int main_report(const struct main_service *service, int status);

/* Gives up main, which could not be killed: logs that, and returns foster's exit code. */
int main_abandon(const struct main_service *service);

/* Ends the remaining processes, as the personality does it, and gives the terminal back. May block
 * for the grace period. */
void main_leave(const struct main_service *service);

#endif
