/*
 * wait_status.h - how a process ended: as an exit code, and in words.
 */
#ifndef PROCESS_WAIT_STATUS_H
#define PROCESS_WAIT_STATUS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/text.h"

/* foster's own exit codes; beside them it passes on main's. */
enum {
    EXIT_USAGE = 2,           /* the command line or the configuration is wrong */
    EXIT_FOSTER_FAILED = 125, /* foster could not do its work: no fork, say */
    EXIT_NOT_RUNNABLE = 126,  /* the command was found and does not run */
    EXIT_NOT_FOUND = 127,     /* the command was not found */
    EXIT_BY_SIGNAL = 128,     /* plus the number of the signal that killed main */
};

enum { EXIT_CODES = 256 };

/* The exit code for a wait status, as shells count: the exit status, or 128 + the signal. */
int wait_status_code(int status);

/* True if an exit code of main is a success, which foster passes on as 0: 0 itself, or one that the
 * user counts as a success. `as_success` has a bit for each of EXIT_CODES; NULL: there is none. */
bool exit_code_is_success(int code, const uint8_t *as_success);

/* Appends "exited with status 3", "was killed by SIGSEGV (core dumped)". */
void text_add_wait_status(struct text *text, int status);

/* What a process is to us: a question of less than a microsecond. A dead child is one that is not
 * reaped. */
enum kinship { NO_CHILD, LIVING_CHILD, DEAD_CHILD };
enum kinship wait_status_kinship(pid_t pid);

/* True if a child of ours is stopped, as by SIGSTOP. The state is looked at, not collected: nobody
 * else waits for it.
 */
bool wait_status_is_stopped(pid_t child);

#endif
