/* An init as a real PID 1: started in a pid namespace of its own, over a main of ours, with a pipe
 * to and from it. */
#ifndef BENCH_LAUNCH_H
#define BENCH_LAUNCH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct run {
    pid_t init;
    int to_main;
    int from_main;
    int64_t before_clone;
    volatile int64_t *before_exec; /* written by the child just before its execve */
};

/* Monotonic time in nanoseconds. */
int64_t now(void);

/* Starts `init -- main` as PID 1; traced: it stops at its first instruction for our ptrace. Ends
 * the program on error.
 */
struct run launch(const char *init, const char *main_program, bool traced);

/* Waits for the next stamp of main; false if main ended instead. */
bool read_stamp(const struct run *run, int64_t *stamp);

/* Tells main_orphans to make that many orphans; its stamp comes when all are reaped. */
void ask_for_orphans(const struct run *run, long count);

/* Ends main's input. */
void end_input(struct run *run);

/* Reaps the init; gives its wait status. */
int wait_for_end(const struct run *run);

/* Closes the descriptors of a run whose init is reaped. */
void close_pipes(struct run *run);

/* Kills the init, and the namespace with it, and closes all. */
void discard(struct run *run);

/* Prints what could not be measured, and ends the program; fail_call adds the kernel's error. */
_Noreturn void fail(const char *init, const char *what);
_Noreturn void fail_call(const char *init, const char *call);

#endif
