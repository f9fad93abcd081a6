/* signals.c - see signals.h. Nothing here allocates. */
#include "process/signals.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *const names[] = {
    [SIGHUP] = "HUP",       [SIGINT] = "INT",     [SIGQUIT] = "QUIT", [SIGILL] = "ILL",   [SIGTRAP] = "TRAP",
    [SIGABRT] = "ABRT",     [SIGBUS] = "BUS",     [SIGFPE] = "FPE",   [SIGKILL] = "KILL", [SIGUSR1] = "USR1",
    [SIGSEGV] = "SEGV",     [SIGUSR2] = "USR2",   [SIGPIPE] = "PIPE", [SIGALRM] = "ALRM", [SIGTERM] = "TERM",
    [SIGCHLD] = "CHLD",     [SIGCONT] = "CONT",   [SIGSTOP] = "STOP", [SIGTSTP] = "TSTP", [SIGTTIN] = "TTIN",
    [SIGTTOU] = "TTOU",     [SIGURG] = "URG",     [SIGXCPU] = "XCPU", [SIGXFSZ] = "XFSZ", [SIGVTALRM] = "VTALRM",
    [SIGPROF] = "PROF",     [SIGWINCH] = "WINCH", [SIGIO] = "IO",     [SIGPWR] = "PWR",   [SIGSYS] = "SYS",
#ifdef SIGSTKFLT
    [SIGSTKFLT] = "STKFLT",
#endif
};
enum { NAMES = sizeof names / sizeof names[0] };

/* Second names of signal(7). */
static const struct alias {
    const char *name;
    int signal;
} aliases[] = {{"IOT", SIGABRT}, {"CLD", SIGCHLD}, {"POLL", SIGIO}};
enum { ALIASES = sizeof aliases / sizeof aliases[0] };

sigset_t signals_all(void)
{
    sigset_t all;
    memset(&all, UINT8_MAX,
           sizeof all); /* sigfillset leaves out the libc's own, and 34 is SIGRTMIN to everybody else */
    return all;
}

void signals_set_mask(const sigset_t *mask, sigset_t *old)
{
    enum { KERNEL_SIGSET_SIZE = SIGNAL_LAST / 8 };
    if (old != NULL)
        memset(old, 0, sizeof *old);
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, mask, old, KERNEL_SIGSET_SIZE);
}

/* What is waited for: a signal that is not blocked must not be in it, or waiting takes it before it can act. */
static sigset_t waited;

/* The raw call: a zeroed struct is SIG_DFL without flags in every architecture's layout, and a libc refuses the signals
 * that it keeps for itself. */
void signals_reset(void)
{
    static const char default_action[sizeof(struct sigaction)];
    enum { KERNEL_SIGSET_SIZE = SIGNAL_LAST / 8 };
    for (int signal = SIGNAL_FIRST; signal <= SIGNAL_LAST; signal++)
        if (signal != SIGKILL && signal != SIGSTOP)
            syscall(SYS_rt_sigaction, signal, default_action, NULL, KERNEL_SIGSET_SIZE);
}

void signals_let_faults_through(void)
{
    static const int faults[] = {SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS};
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        sigaddset(&set, faults[i]);
        sigdelset(&waited, faults[i]);
    }
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}

void signals_block(struct signal_state *found)
{
    waited = signals_all();
    signals_set_mask(&waited, &found->mask);
    found->ignores_sigchld = signal(SIGCHLD, SIG_DFL) == SIG_IGN;
}

/* Sent for what we did ourselves. A write that fails brings a signal whose sender is the writer (send_sig() with priv 0
 * in the kernel); the time that we have used, one that only the kernel can send. No SIGTTOU: it is blocked, and so the
 * terminal takes our lines (__tty_check_change() in drivers/tty/tty_jobctrl.c). */
static bool is_our_own(const siginfo_t *info)
{
    switch (info->si_signo) {
    case SIGPIPE:
    case SIGXFSZ:
        return info->si_code == SI_USER && info->si_pid == getpid();
    case SIGXCPU:
        return info->si_code == SI_KERNEL;
    default:
        return false;
    }
}

int signals_wait(siginfo_t *info, milliseconds deadline)
{
    for (;;) {
        struct timespec left;
        if (deadline != NEVER)
            left = clock_until(deadline);
        int signal = sigtimedwait(&waited, info, deadline == NEVER ? NULL : &left);
        if (signal > 0 && !is_our_own(info))
            return signal;
        if (signal == -1 && errno == EAGAIN)
            return 0;
    }
}

bool signals_discard(int signal)
{
    sigset_t one;
    sigemptyset(&one);
    sigaddset(&one, signal);
    return sigtimedwait(&one, NULL, &(struct timespec){0}) == signal;
}

static int parse_offset(const char *string, int from, int to, int direction)
{
    long offset = 0;
    if (*string != '\0' && !text_to_number(string + 1, 0, to - from, &offset))
        return 0;
    if (*string != '\0' && *string != (direction > 0 ? '+' : '-'))
        return 0;
    return direction > 0 ? from + (int)offset : to - (int)offset;
}

static int parse_name(const char *name)
{
    for (int i = SIGNAL_FIRST; i < NAMES; i++)
        if (names[i] != NULL && strcasecmp(name, names[i]) == 0)
            return i;
    for (int i = 0; i < ALIASES; i++)
        if (strcasecmp(name, aliases[i].name) == 0)
            return aliases[i].signal;
    static const char rtmin[] = "RTMIN", rtmax[] = "RTMAX";
    if (strncasecmp(name, rtmin, sizeof rtmin - 1) == 0)
        return parse_offset(name + sizeof rtmin - 1, SIGNAL_RT_FIRST, SIGNAL_LAST, +1);
    if (strncasecmp(name, rtmax, sizeof rtmax - 1) == 0)
        return parse_offset(name + sizeof rtmax - 1, SIGNAL_RT_FIRST, SIGNAL_LAST, -1);
    return 0;
}

int signal_parse(const char *string)
{
    static const char prefix[] = "SIG";
    long number;
    if (text_to_number(string, SIGNAL_FIRST, SIGNAL_LAST, &number))
        return (int)number;
    if (strncasecmp(string, prefix, sizeof prefix - 1) == 0)
        string += sizeof prefix - 1;
    return parse_name(string);
}

void text_add_signal(struct text *text, int signal)
{
    if (signal < NAMES && names[signal] != NULL)
        text_add(text, "SIG%s", names[signal]);
    else if (signal == SIGNAL_RT_FIRST)
        text_add(text, "SIGRTMIN");
    else if (signal > SIGNAL_RT_FIRST)
        text_add(text, "SIGRTMIN+%d", signal - SIGNAL_RT_FIRST);
    else
        text_add(text, "signal %d", signal);
}

static bool parse_target(const char *string, uint8_t *target)
{
    if (strcmp(string, "0") == 0 || strcasecmp(string, "ignore") == 0) {
        *target = SIGNAL_DROPPED;
        return true;
    }
    *target = (uint8_t)signal_parse(string);
    return *target != 0;
}

bool signal_map_parse(const char *string, struct signal_map *map)
{
    enum { LONGEST_NAME = 16 };
    char from[LONGEST_NAME];
    size_t length = strcspn(string, ":");
    if (string[length] != ':' || length >= sizeof from)
        return false;
    memcpy(from, string, length);
    from[length] = '\0';
    int signal = signal_parse(from);
    return signal != 0 && parse_target(string + length + 1, &map->to[signal]);
}

int signal_map_apply(const struct signal_map *map, int signal)
{
    uint8_t to = map->to[signal];
    if (to == SIGNAL_DROPPED)
        return 0;
    return to == SIGNAL_UNCHANGED ? signal : to;
}

bool signal_asks_to_stop(int signal)
{
    return signal == SIGINT || signal == SIGQUIT || signal == SIGTERM;
}
