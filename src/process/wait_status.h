/*
 * wait_status.h - what a wait status means: an exit code, a success or not, and in words. And what
 * waitid(2) reports of a child without reaping it: also of one that was made by clone(2) with
 * another signal than SIGCHLD (__WALL).
 *
 * For all of these: any thread and signal handlers; allocates nothing.
 */
#ifndef PROCESS_WAIT_STATUS_H
#define PROCESS_WAIT_STATUS_H

#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/text.h"

/* foster's own exit codes; else it exits with main's. */
enum {
    EXIT_USAGE = 2,           /* the command line or the configuration is wrong */
    EXIT_FOSTER_FAILED = 125, /* foster has failed, as at a fork */
    EXIT_NOT_RUNNABLE = 126,  /* the command was found and cannot be run */
    EXIT_NOT_FOUND = 127,     /* the command was not found */
    EXIT_BY_SIGNAL = 128,     /* plus the number of the signal that killed main */
};

enum { EXIT_CODES = 256 };

/* The exit code for a wait status, as shells count: the exit status, or 128 + the signal. */
int wait_status_code(int status);

/* True if an exit code of main or of a service is a success, which foster passes on as 0: 0 itself,
 * or one that the user counts as a success. `as_success` has a bit for each of EXIT_CODES; NULL:
 * there is none. */
bool wait_status_code_is_success(int code, const uint8_t *as_success);

/* Sets the bit of a code. */
static inline void wait_status_count_as_success(uint8_t *as_success, int code)
{
    as_success[code / CHAR_BIT] |= (uint8_t)(1U << code % CHAR_BIT);
}

/* Appends "exited with status 3", "was killed by SIGSEGV (core dumped)". */
void wait_status_append(struct text *text, int status);

/* What a process is to foster. Takes less than a microsecond. */
enum child_state { NO_CHILD, RUNNING_CHILD, ZOMBIE_CHILD };
enum child_state wait_status_child_state(pid_t pid);

/* The same; *end is the kernel's report if the child is a zombie. */
enum child_state wait_status_child_end(pid_t pid, siginfo_t *end);

/* True if foster has a child, running or a zombie. */
bool wait_status_has_children(void);

/* True if a child of foster is stopped, as by SIGSTOP; not as a tracee. The stop is left to be
 * reported again. */
bool wait_status_is_stopped(pid_t child);

#endif
