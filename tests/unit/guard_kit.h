/*
 * guard_kit.h - for tests of code that signals many processes.
 *
 * A fault in such code would end the processes of the machine that the test runs on. So a signal is
 * sent only to a member of the test; a signal to any other process fails and is counted. Members
 * are processes, or process groups by a negative number. They report on a pipe that they are ready,
 * and which signals they get, a letter for each.
 */
#ifndef UNIT_GUARD_KIT_H
#define UNIT_GUARD_KIT_H

#include <poll.h>
#include <stdatomic.h>

#include "base/clock.h"

#include "kit.h"
#include "syscall_kit.h"

enum {
    MEMBERS_MOST = 16,
    DESCRIPTORS = 1024,
    REPORT_MS = 10 * MS_PER_SECOND /* a report that has not come by then does not come */
};

/* Shared by the processes of the test. */
static struct guard {
    _Atomic(int) count;
    pid_t members[MEMBERS_MOST];
    _Atomic(int) strays; /* signals to other processes */
} * guard;

static bool probes_may_stray; /* signal 0, which only checks, may go to any process */
static bool no_pidfds;        /* the kernel has none */
static int refusals;          /* pidfds that it has refused */
static pid_t held_by[DESCRIPTORS];
static int reports[2];

static inline void guard_begin(void)
{
    guard = mmap(NULL, sizeof *guard, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(guard, MAP_FAILED);
    ck_assert_int_eq(pipe2(reports, O_CLOEXEC), 0);
}

static inline void add_member(pid_t pid)
{
    guard->members[atomic_fetch_add(&guard->count, 1)] = pid;
}

/* ---- signals ---- */

static inline bool may_be_signalled(pid_t pid, int signal)
{
    if (signal == 0 && probes_may_stray)
        return true;
    for (int i = 0; i < guard->count; i++)
        if (guard->members[i] == pid)
            return true;
    guard->strays++;
    errno = EPERM;
    return false;
}

int __real_kill(pid_t pid, int signal);
int __wrap_kill(pid_t pid, int signal);
int __wrap_kill(pid_t pid, int signal)
{
    return may_be_signalled(pid, signal) ? __real_kill(pid, signal) : -1;
}

static long play_call(long number, const long words[CALL_WORDS])
{
    if (no_pidfds && number == SYS_pidfd_open) {
        refusals++;
        return missing_call();
    }
    if (number == SYS_pidfd_send_signal && !may_be_signalled(held_by[words[0]], (int)words[1]))
        return -1;
    long result = real_call(number, words);
    if (number == SYS_pidfd_open && result >= 0)
        held_by[result] = (pid_t)words[0];
    return result;
}

/* ---- reports ---- */

static inline void report(char letter)
{
    if (write(reports[1], &letter, 1) != 1)
        _exit(EXIT_FAILURE);
}

static inline bool has_report(int ms)
{
    struct pollfd report = {.fd = reports[0], .events = POLLIN};
    return poll(&report, 1, ms) == 1;
}

/* Waits for the next letter; '\0' when no process is left that could report. */
static inline char next_report(void)
{
    char letter = '\0';
    ck_assert_msg(has_report(REPORT_MS), "no report");
    ck_assert_int_ne(read(reports[0], &letter, 1), -1);
    return letter;
}

/* A member is ready. */
static inline void join(void)
{
    add_member(getpid());
    report('r');
}

#endif
