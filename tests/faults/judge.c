/*
 * judge.c - the outcome of a run, a letter:
 *
 * - . no failure can be seen.
 * - s a signal did not reach main, because the call that sends it failed; all else is as it should
 * be.
 * - r foster refused to start: it ended with a reason before its first child.
 * - f the start of main failed, and foster logged the reason.
 * - l foster left at its deadline, with a line, because it could not end a process or be told of
 * its end.
 * - w foster waits for a process, or for a message of a service, and ends when it is told to.
 * - X none of these: a fault.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "faults.h"

enum {
    TIMES_CALLS = 3, /* more calls than without a fault, and so many more each second, are a loop
                        without a rest */
    CALLS_EACH_S = 500,
    MORE_CPU_MS = 300,
    MORE_LINES = 30,
    STARTS_EACH_S = 40, /* three services that cannot start and are started again, by their
                           settings, after 0.1 s */
    CALLS_EACH_START = 60,
    LINES_EACH_START = 2,
    DEADLY = 128,
};

#define is_one_of(number, ...)                                                                     \
    is_in((number), (const long[]){__VA_ARGS__}, sizeof(long[]){__VA_ARGS__} / sizeof(long))

static bool is_in(long number, const long *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (list[i] == number)
            return true;
    return false;
}

static bool sends(const struct fault *fault)
{
    return is_one_of(fault->call, SYS_kill, SYS_tgkill, SYS_rt_sigqueueinfo, SYS_pidfd_send_signal,
                     SYS_rt_sigtimedwait);
}

static bool waits(const struct fault *fault)
{
    return is_one_of(fault->call, SYS_wait4, SYS_waitid);
}

static bool passes(const struct fault *fault)
{
    return is_one_of(fault->error, EAGAIN, ENOMEM, EMFILE, ENFILE, ETXTBSY, EIO, EINTR, ENOSPC,
                     EDQUOT);
}

/* Of a child, or on the way to one. */
static bool is_of_start(const struct fault *fault)
{
    return fault->who == START || is_one_of(fault->call, SYS_fork, SYS_clone, SYS_pipe2);
}

/* A lack may pass, and foster cannot know better when a read says that there is nothing. */
static bool may_yet_come(const struct fault *fault)
{
    bool is_silent =
        is_one_of(fault->call, SYS_read, SYS_recvfrom, SYS_recvmsg) && fault->error == EAGAIN;
    return fault->lasting && ((is_of_start(fault) && passes(fault)) || is_silent);
}

/* A process that cannot write cannot log a reason. */
static bool has_said(const struct fault *fault, const struct seen *seen)
{
    return strstr(seen->said, "foster") != NULL || is_one_of(fault->call, SYS_write, SYS_writev);
}

static int code_of(int status)
{
    return WIFEXITED(status) ? WEXITSTATUS(status) : DEADLY + WTERMSIG(status);
}

#define verdict_wrong(verdict, ...)                                                                \
    do {                                                                                           \
        (verdict)->letter = 'X';                                                                   \
        snprintf((verdict)->wrong, sizeof(verdict)->wrong, __VA_ARGS__);                           \
    } while (0)

static unsigned starts_again(const struct scenario *scenario, const struct fault *fault,
                             const struct seen *seen)
{
    bool again = scenario->restarts && fault->lasting && is_of_start(fault);
    return again ? (unsigned)(seen->took * STARTS_EACH_S / 1000) : 0;
}

static void judge_end(struct verdict *verdict, const struct scenario *scenario,
                      const struct fault *fault, const struct seen *plain, const struct seen *seen)
{
    unsigned starts = starts_again(scenario, fault, seen);
    unsigned calls = plain->own_calls * TIMES_CALLS + (unsigned)(seen->took * CALLS_EACH_S / 1000);
    if (seen->own_calls > calls + starts * CALLS_EACH_START)
        verdict_wrong(verdict, "spins: %u calls in %ld ms", seen->own_calls, seen->took);
    else if (seen->killed)
        verdict_wrong(verdict, "does not end, also not at TERM (%u calls in %ld ms)",
                      seen->all_calls, seen->took);
    else if (WIFSIGNALED(seen->status))
        verdict_wrong(verdict, "is killed by signal %d", WTERMSIG(seen->status));
    else if (seen->cpu > plain->cpu + MORE_CPU_MS)
        verdict_wrong(verdict, "spins: %ld ms of CPU", seen->cpu);
    else if (seen->lines > plain->lines + MORE_LINES + starts * LINES_EACH_START)
        verdict_wrong(verdict, "says %u lines", seen->lines);
    else if (seen->start_crashed != 0)
        verdict_wrong(verdict, "a child was killed before its exec by signal %d",
                      seen->start_crashed);
    else if (seen->amiss[0] != '\0')
        verdict_wrong(verdict, "started with the wrong %.64s", seen->amiss);
    else if (seen->asked && !may_yet_come(fault))
        verdict_wrong(verdict, "ends only when it is asked to");
}

static void judge_unstarted(struct verdict *verdict, const struct scenario *scenario,
                            const struct fault *fault, const struct seen *seen)
{
    int code = code_of(seen->status);
    bool waited = may_yet_come(fault) && seen->stop_took != 0;
    verdict->letter = waited ? 'w' : seen->child_before || fault->who == START ? 'f' : 'r';
    if (code == 0 && !waited)
        verdict_wrong(verdict, "main was not run, and the code is 0");
    else if (!has_said(fault, seen) && fault->call != SYS_recvmsg)
        verdict_wrong(verdict, "main was not run, code %d, and nothing is said", code);
    else if (scenario->restarts && seen->child_before && passes(fault) && !fault->lasting)
        verdict_wrong(verdict, "a start is not tried again, code %d", code);
}

static void judge_code(struct verdict *verdict, const struct scenario *scenario,
                       const struct fault *fault, const struct seen *seen)
{
    int code = code_of(seen->status), of_main = code_of(seen->main_status);
    bool left = fault->lasting && code == EXIT_REFUSED && has_said(fault, seen);
    if (!seen->main_ended && left && (sends(fault) || waits(fault)))
        verdict->letter = 'l';
    else if (!seen->main_ended)
        verdict_wrong(verdict, "leaves with %d while main runs", code);
    else if (code != of_main && left && (sends(fault) || waits(fault)))
        verdict->letter = 'l';
    else if (code != of_main)
        verdict_wrong(verdict, "code %d, main's is %d", code, of_main);
    else if (seen->main_status != scenario->ends[0] && sends(fault))
        verdict->letter = 's';
    else if (seen->main_status != scenario->ends[0])
        verdict_wrong(verdict, "main has ended with %d, not %d", of_main,
                      code_of(scenario->ends[0]));
}

struct verdict judge(const struct scenario *scenario, const struct fault *fault,
                     const struct seen *plain, const struct seen *seen)
{
    struct verdict verdict = {'.', ""};
    judge_end(&verdict, scenario, fault, plain, seen);
    if (verdict.letter == 'X')
        return verdict;
    if (seen->main_ran)
        judge_code(&verdict, scenario, fault, seen);
    else
        judge_unstarted(&verdict, scenario, fault, seen);
    return verdict;
}
