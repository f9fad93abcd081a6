/* signals.c - see signals.h. */
#include "process/signals.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <strings.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/log.h"

enum {
    KERNEL_SIGSET_SIZE = SIGNAL_LAST / 8,
    LOOK_AGAIN_MS = 100, /* where no signal ends a wait */
};

static const char *const names[] = {
    [SIGHUP] = "HUP",       [SIGINT] = "INT",   [SIGQUIT] = "QUIT",   [SIGILL] = "ILL",
    [SIGTRAP] = "TRAP",     [SIGABRT] = "ABRT", [SIGBUS] = "BUS",     [SIGFPE] = "FPE",
    [SIGKILL] = "KILL",     [SIGUSR1] = "USR1", [SIGSEGV] = "SEGV",   [SIGUSR2] = "USR2",
    [SIGPIPE] = "PIPE",     [SIGALRM] = "ALRM", [SIGTERM] = "TERM",   [SIGCHLD] = "CHLD",
    [SIGCONT] = "CONT",     [SIGSTOP] = "STOP", [SIGTSTP] = "TSTP",   [SIGTTIN] = "TTIN",
    [SIGTTOU] = "TTOU",     [SIGURG] = "URG",   [SIGXCPU] = "XCPU",   [SIGXFSZ] = "XFSZ",
    [SIGVTALRM] = "VTALRM", [SIGPROF] = "PROF", [SIGWINCH] = "WINCH", [SIGIO] = "IO",
    [SIGPWR] = "PWR",       [SIGSYS] = "SYS",
#ifdef SIGSTKFLT
    [SIGSTKFLT] = "STKFLT",
#endif
};
enum { NAMES = sizeof names / sizeof names[0] };

/* The second names in signal(7). */
static const struct alias {
    const char *name;
    int signal;
} aliases[] = {{"IOT", SIGABRT}, {"CLD", SIGCHLD}, {"POLL", SIGIO}};
enum { ALIASES = sizeof aliases / sizeof aliases[0] };

sigset_t signals_all(void)
{
    sigset_t all;
    memset(&all, UINT8_MAX, sizeof all); /* sigfillset(3) leaves out 32 to 34: musl's own */
    return all;
}

int signals_set_mask(const sigset_t *mask, sigset_t *old)
{
    if (old != NULL)
        memset(old, 0, sizeof *old);
    return syscall(SYS_rt_sigprocmask, SIG_SETMASK, mask, old, KERNEL_SIGSET_SIZE) == 0 ? 0 : errno;
}

void signals_block_again(void)
{
    sigset_t all = signals_all();
    signals_set_mask(&all, NULL);
}

/* The signals that are waited for. One that is not blocked must not be among them: the wait would
 * take it before its action. */
static sigset_t waited;

/* The raw call: a libc refuses the signals that it reserves for itself. All zeroes are SIG_DFL
 * without flags on every architecture. */
void signals_reset(void)
{
    static const char default_action[sizeof(struct sigaction)];
    for (int signal = SIGNAL_FIRST; signal <= SIGNAL_LAST; signal++)
        if (signal != SIGKILL && signal != SIGSTOP)
            syscall(SYS_rt_sigaction, signal, default_action, NULL, KERNEL_SIGSET_SIZE);
}

void signals_let_through(uint64_t signals)
{
    for (int signal = SIGNAL_FIRST; signal <= SIGNAL_LAST; signal++)
        if ((signals & SIGNAL_BIT(signal)) != 0)
            sigdelset(&waited, signal);
    signals_set_mask(&waited, NULL);
}

int signals_block(struct signal_state *found)
{
    waited = signals_all();
    int error = signals_set_mask(&waited, &found->mask);
    found->ignores_sigchld = signal(SIGCHLD, SIG_DFL) == SIG_IGN;
    return error;
}

/* True for a signal that foster has caused. A failed write sends one whose sender is the writer
 * (send_sig() with priv 0); used-up CPU time one that only the kernel can send. SIGTTOU is not sent
 * to a process that blocks it (__tty_check_change() in drivers/tty/tty_jobctrl.c). */
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

/* sigtimedwait(2); time is seconds and nanoseconds, or NULL for no limit. The raw call: a libc
 * repeats it after EINTR, without end where a filter answers so. */
static int take_signal(const sigset_t *set, siginfo_t *info, const long time[2])
{
    return (int)syscall(SYS_rt_sigtimedwait, set, info, time, KERNEL_SIGSET_SIZE);
}

/* The next signal, or -1 and errno: EAGAIN when the deadline has passed; a seccomp filter may
 * answer that at any time. */
static int take_until(siginfo_t *info, milliseconds deadline)
{
    if (deadline == NEVER)
        return take_signal(&waited, info, NULL);
    struct timespec left = clock_until(deadline);
    return take_signal(&waited, info, (long[]){left.tv_sec, left.tv_nsec});
}

/* Makes the siginfo_t that sigtimedwait(2) would return. The value of a signal and the status of a
 * child share one place in it. */
static void translate_record(siginfo_t *info, const struct signalfd_siginfo *record)
{
    *info = (siginfo_t){.si_signo = (int)record->ssi_signo, .si_code = record->ssi_code};
    info->si_pid = (pid_t)record->ssi_pid;
    info->si_uid = record->ssi_uid;
    if (record->ssi_signo == SIGCHLD)
        info->si_status = record->ssi_status;
    else
        info->si_value.sival_ptr =
            (void *)(uintptr_t)record->ssi_ptr; /* NOLINT(performance-no-int-to-ptr) */
}

/* A pending signal, each once, or 0. None can be taken off, so a second one of a number is not
 * seen. */
static int next_pending(void)
{
    static uint64_t seen;
    sigset_t pending;
    if (sigpending(&pending) == -1)
        return 0;
    for (int signal = SIGNAL_FIRST; signal <= SIGNAL_LAST; signal++) {
        uint64_t bit = SIGNAL_BIT(signal);
        if (signal == SIGCHLD || (seen & bit) != 0 || sigismember(&pending, signal) != 1)
            continue;
        seen |= bit;
        return signal;
    }
    return 0;
}

/* The timeout of poll(2), rounded up; an hour at most, as it is an int. */
static int poll_timeout(milliseconds deadline)
{
    struct timespec left = clock_until(deadline);
    return left.tv_sec < MS_PER_HOUR / MS_PER_SECOND
               ? (int)(left.tv_sec * MS_PER_SECOND + left.tv_nsec / NS_PER_MS) + 1
               : MS_PER_HOUR;
}

/*
 * Waits where sigtimedwait(2) is refused. A signalfd gives the same signals with all their
 * information; it is closed after each. Without one sigpending(2) is asked at intervals: a pending
 * signal counts as one that came, and if there is none, a child may have ended: a SIGCHLD of pid 0.
 */
static int wait_without_sigtimedwait(siginfo_t *info, milliseconds deadline)
{
    struct signalfd_siginfo record;
    int fd = signalfd(-1, &waited, SFD_CLOEXEC | SFD_NONBLOCK);
    milliseconds again = fd == -1 ? clock_now() + LOOK_AGAIN_MS : NEVER;
    poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1,
         poll_timeout(deadline < again ? deadline : again));
    bool taken = fd != -1 && read(fd, &record, sizeof record) == sizeof record;
    if (fd != -1)
        close(fd);
    if (taken)
        translate_record(info, &record);
    else
        *info = (siginfo_t){.si_signo = fd == -1 ? next_pending() : 0};
    if (info->si_signo == 0 && (deadline == NEVER || clock_now() < deadline))
        info->si_signo = SIGCHLD;
    return info->si_signo;
}

static void say_wait_refused(int error)
{
    static bool said;
    if (!said && error != EINTR)
        log_line(
            LOG_WARNING,
            "the system call rt_sigtimedwait fails: %s; if a seccomp filter forbids it, allow it",
            strerror(error));
    said = said || error != EINTR;
}

int signals_wait(siginfo_t *info, milliseconds deadline)
{
    for (;;) {
        int signal = take_until(info, deadline);
        if (signal == -1 && errno == EAGAIN && clock_now() >= deadline)
            return 0;
        if (signal == -1) {
            say_wait_refused(errno);
            signal = wait_without_sigtimedwait(info, deadline);
        }
        if (signal == 0 || !is_our_own(info))
            return signal;
    }
}

bool signals_discard(int signal)
{
    sigset_t one;
    sigemptyset(&one);
    sigaddset(&one, signal);
    return take_signal(&one, NULL, (long[]){0, 0}) == signal;
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

void signal_append(struct text *text, int signal)
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

bool signal_is_stop_request(const struct signal_map *map, int came)
{
    return signal_asks_to_stop(came) && signal_map_apply(map, came) != 0;
}
