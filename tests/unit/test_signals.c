/*
 * test_signals.c - signals by name, rewritten, and waited for.
 *
 * A signal that a test sends to itself is blocked and stays pending until it is taken. glibc does
 * not block the signals 32 and 33, which it uses itself, so the tests block them by the system
 * call; musl's sigprocmask blocks them.
 */
#include "process/signals.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <strings.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "kit.h"

enum { LIBC_FIRST = 32, LIBC_LAST = 33, KERNEL_SIGSET = SIGNAL_LAST / 8, SOON_MS = 30 };

static const struct {
    const char *name;
    int number;
} known[] = {
    {"HUP", SIGHUP},       {"INT", SIGINT},     {"QUIT", SIGQUIT},     {"ILL", SIGILL},
    {"TRAP", SIGTRAP},     {"ABRT", SIGABRT},   {"BUS", SIGBUS},       {"FPE", SIGFPE},
    {"KILL", SIGKILL},     {"USR1", SIGUSR1},   {"SEGV", SIGSEGV},     {"USR2", SIGUSR2},
    {"PIPE", SIGPIPE},     {"ALRM", SIGALRM},   {"TERM", SIGTERM},     {"CHLD", SIGCHLD},
    {"CONT", SIGCONT},     {"STOP", SIGSTOP},   {"TSTP", SIGTSTP},     {"TTIN", SIGTTIN},
    {"TTOU", SIGTTOU},     {"URG", SIGURG},     {"XCPU", SIGXCPU},     {"XFSZ", SIGXFSZ},
    {"PROF", SIGPROF},     {"IO", SIGIO},       {"VTALRM", SIGVTALRM}, {"PWR", SIGPWR},
    {"SYS", SIGSYS},       {"WINCH", SIGWINCH},
#ifdef SIGSTKFLT
    {"STKFLT", SIGSTKFLT},
#endif
};

static bool is_libc_own(int signal)
{
    return signal == LIBC_FIRST || signal == LIBC_LAST;
}

static const char *name_of(int signal)
{
    static struct text text;
    text_clear(&text);
    signal_append(&text, signal);
    return text.bytes;
}

static void assert_means(const char *string, int signal)
{
    ck_assert_msg(signal_parse(string) == signal, "'%s' is %d, not %d", string,
                  signal_parse(string), signal);
}

/* ---- names ---- */

START_TEST(every_name_in_every_form)
{
    for (size_t i = 0; i < COUNT(known); i++) {
        static const char *const forms[] = {"%s", "SIG%s", "sig%s", "Sig%s"};
        for (size_t form = 0; form < COUNT(forms); form++) {
            char string[32], lower[32];
            snprintf(string, sizeof string, forms[form], known[i].name);
            assert_means(string, known[i].number);
            for (size_t at = 0; at <= strlen(string); at++)
                lower[at] =
                    (char)(string[at] >= 'A' && string[at] <= 'Z' ? string[at] | 0x20 : string[at]);
            assert_means(lower, known[i].number);
        }
    }
}
END_TEST

START_TEST(second_names)
{
    assert_means("IOT", SIGABRT);
    assert_means("SIGCLD", SIGCHLD);
    assert_means("sigpoll", SIGIO);
}
END_TEST

START_TEST(every_number)
{
    for (int signal = SIGNAL_FIRST; signal <= SIGNAL_LAST; signal++) {
        char digits[DECIMAL_MAX];
        assert_means(text_decimal(digits, signal), signal);
    }
    assert_means("015", SIGTERM);
}
END_TEST

START_TEST(real_time_signals)
{
    assert_means("RTMIN", 34);
    assert_means("sigrtmin", 34);
    assert_means("SIGRTMIN+0", 34);
    assert_means("RTMIN+3", 37);
    assert_means("SIGRTMIN+30", 64);
    assert_means("RTMAX", 64);
    assert_means("SIGRTMAX-0", 64);
    assert_means("rtmax-1", 63);
    assert_means("SIGRTMAX-30", 34);
}
END_TEST

START_TEST(what_is_no_signal)
{
    static const char *const strings[] = {
        "",
        "SIG",
        "0",
        "65",
        "-1",
        "+9",
        "9 ",
        " 9",
        "TERM ",
        " TERM",
        "SIG TERM",
        "SIG9",
        "SIG15",
        "TER",
        "TERMS",
        "SIGSIGTERM",
        "0x0f",
        "15x",
        "EXIT",
        "NULL",
        "RT",
        "RTMI",
        "RTMINX",
        "RTMIN1",
        "RTMIN+",
        "RTMIN-1",
        "RTMIN+31",
        "RTMIN+x",
        "RTMIN+1x",
        "RTMIN++1",
        "RTMIN +1",
        "RTMAX-",
        "RTMAX+1",
        "RTMAX-31",
        "RTMAX-1-1",
        "TERM,INT",
        "99999999999999999999",
        "18446744073709551631",
    };
    for (size_t i = 0; i < COUNT(strings); i++)
        assert_means(strings[i], 0);
}
END_TEST

START_TEST(a_number_and_its_name_mean_the_same)
{
    for (int signal = SIGNAL_FIRST; signal <= SIGNAL_LAST; signal++)
        if (!is_libc_own(signal))
            assert_means(name_of(signal), signal);
    for (size_t i = 0; i < COUNT(known); i++) {
        ck_assert_int_eq(strncmp(name_of(known[i].number), "SIG", 3), 0);
        ck_assert_str_eq(name_of(known[i].number) + 3, known[i].name);
    }
    ck_assert_str_eq(name_of(34), "SIGRTMIN");
    ck_assert_str_eq(name_of(37), "SIGRTMIN+3");
    ck_assert_str_eq(name_of(32), "signal 32");
    ck_assert_str_eq(name_of(0), "signal 0");
}
END_TEST

/* ---- the map ---- */

START_TEST(what_a_map_is_made_of)
{
    static const struct {
        const char *string;
        int from, to; /* 0: dropped */
    } cases[] = {
        {"TERM:QUIT", SIGTERM, SIGQUIT},       {"15:3", SIGTERM, SIGQUIT},
        {"sigterm:SigQuit", SIGTERM, SIGQUIT}, {"TERM:0", SIGTERM, 0},
        {"TERM:ignore", SIGTERM, 0},           {"USR2:IGNORE", SIGUSR2, 0},
        {"SIGRTMIN+30:TERM", 64, SIGTERM},     {"HUP:SIGRTMAX-30", SIGHUP, 34},
        {"TERM:TERM", SIGTERM, SIGTERM},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct signal_map map = {0};
        ck_assert_msg(signal_map_parse(cases[i].string, &map), "%s", cases[i].string);
        for (int signal = SIGNAL_FIRST; signal <= SIGNAL_LAST; signal++)
            ck_assert_int_eq(signal_map_apply(&map, signal),
                             signal == cases[i].from ? cases[i].to : signal);
    }
}
END_TEST

START_TEST(a_map_takes_several_and_the_last_counts)
{
    struct signal_map map = {0};
    ck_assert(signal_map_parse("TERM:QUIT", &map));
    ck_assert(signal_map_parse("QUIT:TERM", &map));
    ck_assert(signal_map_parse("USR1:0", &map));
    ck_assert(signal_map_parse("USR1:HUP", &map));
    ck_assert_int_eq(signal_map_apply(&map, SIGTERM), SIGQUIT);
    ck_assert_int_eq(signal_map_apply(&map, SIGQUIT), SIGTERM);
    ck_assert_int_eq(signal_map_apply(&map, SIGUSR1), SIGHUP);
}
END_TEST

START_TEST(what_is_no_map)
{
    static const char *const strings[] = {
        "",
        ":",
        "TERM",
        "TERM:",
        ":TERM",
        "TERM:QUIT:INT",
        "TERM:QUIT ",
        "x:TERM",
        "TERM:x",
        "0:TERM",
        "ignore:15",
        "TERM:65",
        "TERM:-1",
        "TERM::QUIT",
        "TERM=QUIT",
        "TERM:00",
        "SIGRTMIN+000000000000000000003:TERM",
    };
    for (size_t i = 0; i < COUNT(strings); i++) {
        struct signal_map map = {0};
        ck_assert_msg(!signal_map_parse(strings[i], &map), "'%s'", strings[i]);
    }
}
END_TEST

START_TEST(three_signals_ask_to_stop)
{
    for (int signal = SIGNAL_FIRST; signal <= SIGNAL_LAST; signal++)
        ck_assert_int_eq(signal_asks_to_stop(signal),
                         signal == SIGINT || signal == SIGQUIT || signal == SIGTERM);
}
END_TEST

START_TEST(a_stop_request_is_one_whatever_it_becomes_but_not_if_it_is_dropped)
{
    struct signal_map map = {
        .to = {[SIGTERM] = SIGNAL_DROPPED, [SIGINT] = SIGHUP, [SIGUSR1] = SIGTERM}};
    ck_assert(!signal_is_stop_request(&map, SIGTERM));
    ck_assert(signal_is_stop_request(&map, SIGINT));
    ck_assert(signal_is_stop_request(&map, SIGQUIT));
    ck_assert(!signal_is_stop_request(&map, SIGUSR1));
    ck_assert(!signal_is_stop_request(&map, 0));
}
END_TEST

/* ---- blocking and waiting ---- */

static void block_all_really(void)
{
    sigset_t all = signals_all();
    signals_block(&(struct signal_state){0});
    ck_assert_int_eq(syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, NULL, KERNEL_SIGSET), 0);
}

static int wait_a_moment(siginfo_t *info)
{
    return signals_wait(info, clock_now() + SOON_MS);
}

START_TEST(all_are_blocked)
{
    sigset_t mask;
    signals_block(&(struct signal_state){0});
    ck_assert_int_eq(sigprocmask(SIG_BLOCK, NULL, &mask), 0);
    for (int signal = SIGNAL_FIRST; signal <= SIGNAL_LAST; signal++)
        if (signal != SIGKILL && signal != SIGSTOP && !is_libc_own(signal))
            ck_assert_msg(sigismember(&mask, signal) == 1, "%d is not blocked", signal);
}
END_TEST

START_TEST(all_means_the_libcs_own_too)
{
    sigset_t all = signals_all();
    uint64_t bits;
    memcpy(&bits, &all, sizeof bits);
    ck_assert(bits == UINT64_MAX);
}
END_TEST

START_TEST(an_ignored_sigchld_is_taken_back)
{
    signal(SIGCHLD, SIG_IGN);
    signals_block(&(struct signal_state){0});
    pid_t pid = fork_bound();
    if (pid == 0)
        _exit(7);
    int status;
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(WEXITSTATUS(status), 7);
}
END_TEST

START_TEST(each_signal_arrives)
{
    block_all_really();
    for (int signal = SIGNAL_FIRST; signal <= SIGNAL_LAST; signal++) {
        siginfo_t info;
        if (signal == SIGKILL || signal == SIGSTOP || signal == SIGPIPE || signal == SIGXFSZ)
            continue;
        /* To this thread: a sanitizer has one of its own, which the libc's own signals would end.
         */
        ck_assert_int_eq(syscall(SYS_tgkill, getpid(), gettid(), signal), 0);
        ck_assert_int_eq(signals_wait(&info, NEVER), signal);
        ck_assert_int_eq(info.si_signo, signal);
    }
}
END_TEST

START_TEST(a_value_arrives)
{
    siginfo_t info;
    signals_block(&(struct signal_state){0});
    ck_assert_int_eq(sigqueue(getpid(), 34, (union sigval){.sival_int = 42}), 0);
    ck_assert_int_eq(signals_wait(&info, NEVER), 34);
    ck_assert_int_eq(info.si_code, SI_QUEUE);
    ck_assert_int_eq(info.si_value.sival_int, 42);
}
END_TEST

START_TEST(a_deadline_passes)
{
    siginfo_t info;
    signals_block(&(struct signal_state){0});
    ck_assert_int_eq(signals_wait(&info, clock_now() - MS_PER_SECOND), 0);
    milliseconds deadline = clock_now() + SOON_MS;
    ck_assert_int_eq(signals_wait(&info, deadline), 0);
    ck_assert_int_ge(clock_now() + 1, deadline); /* a millisecond is the clock's grain */
}
END_TEST

START_TEST(a_signal_beats_a_deadline_that_has_passed)
{
    siginfo_t info;
    signals_block(&(struct signal_state){0});
    raise(SIGUSR1);
    ck_assert_int_eq(signals_wait(&info, clock_now() - 1), SIGUSR1);
}
END_TEST

START_TEST(a_sigpipe_of_our_own_is_swallowed)
{
    int ends[2];
    siginfo_t info;
    signals_block(&(struct signal_state){0});
    ck_assert_int_eq(pipe(ends), 0);
    close(ends[0]);
    ck_assert_int_eq(write(ends[1], "", 1), -1);
    ck_assert_int_eq(errno, EPIPE);
    ck_assert_int_eq(wait_a_moment(&info), 0);
    ck_assert_int_eq(write(ends[1], "", 1), -1);
    raise(SIGTERM);
    ck_assert_int_eq(signals_wait(&info, NEVER), SIGTERM);
    ck_assert_int_eq(wait_a_moment(&info), 0);
}
END_TEST

/* A file at its limit: each write brings a SIGXFSZ. */
START_TEST(a_sigxfsz_of_our_own_is_swallowed)
{
    siginfo_t info;
    signals_block(&(struct signal_state){0});
    int file = memfd_create("full", MFD_CLOEXEC);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &(struct rlimit){0, 0}), 0);
    ck_assert_int_eq(write(file, "", 1), -1);
    ck_assert_int_eq(errno, EFBIG);
    sigset_t pending;
    sigpending(&pending);
    ck_assert_int_eq(sigismember(&pending, SIGXFSZ), 1);
    ck_assert_int_eq(wait_a_moment(&info), 0);
    ck_assert_int_eq(write(file, "", 1), -1);
    raise(SIGTERM);
    ck_assert_int_eq(signals_wait(&info, NEVER), SIGTERM);
    ck_assert_int_eq(wait_a_moment(&info), 0);
}
END_TEST

/* The kernel sends SIGXCPU when the CPU time is used up. */
START_TEST(a_sigxcpu_of_our_own_is_swallowed)
{
    siginfo_t info;
    sigset_t pending;
    signals_block(&(struct signal_state){0});
    ck_assert_int_eq(setrlimit(RLIMIT_CPU, &(struct rlimit){1, RLIM_INFINITY}), 0);
    do
        sigpending(&pending);
    while (sigismember(&pending, SIGXCPU) != 1);
    ck_assert_int_eq(setrlimit(RLIMIT_CPU, &(struct rlimit){RLIM_INFINITY, RLIM_INFINITY}), 0);
    ck_assert_int_eq(wait_a_moment(&info), 0);
}
END_TEST

static const int often_our_own[] = {SIGPIPE, SIGXFSZ, SIGXCPU, SIGTTOU};

START_TEST(one_of_others_is_not)
{
    siginfo_t info;
    signals_block(&(struct signal_state){0});
    for (size_t i = 0; i < COUNT(often_our_own); i++) {
        pid_t pid = fork_bound();
        if (pid == 0)
            _exit(kill(getppid(), often_our_own[i]));
        ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
        while (signals_wait(&info, NEVER) == SIGCHLD)
            ;
        ck_assert_int_eq(info.si_signo, often_our_own[i]);
        ck_assert_int_eq(info.si_pid, pid);
    }
}
END_TEST

/* ---- the kernel refuses to wait ---- */

/* By a filter, seccomp(2): these calls fail with that error. */
static void refuse(int error, const uint32_t *calls, size_t count)
{
    enum { MOST = 4 };
    struct sock_filter filter[2 * MOST + 2] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))};
    unsigned short length = 1;
    for (size_t i = 0; i < count; i++) {
        filter[length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, calls[i], 0, 1);
        filter[length++] =
            (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (uint32_t)error);
    }
    filter[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    struct sock_fprog program = {length, filter};
    ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
    ck_assert_int_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
}

static const int refusals[] = {EPERM, EINVAL, ENOSYS, EINTR};
static const uint32_t waiting[] = {SYS_rt_sigtimedwait, SYS_signalfd4};

static void refuse_to_wait(int error)
{
    hear_stderr();
    signals_block(&(struct signal_state){0});
    refuse(error, waiting, 1);
}

/* Each as often as it came, with all that is known of it. */
START_TEST(signals_come_another_way)
{
    siginfo_t info;
    for (size_t i = 0; i < COUNT(refusals); i++) {
        pid_t pid = fork_bound();
        if (pid != 0) {
            int status;
            ck_assert_int_eq(waitpid(pid, &status, 0), pid);
            ck_assert_int_eq(status, 0);
            continue;
        }
        refuse_to_wait(refusals[i]);
        for (int value = 0; value < 2; value++) {
            ck_assert_int_eq(sigqueue(getpid(), 34, (union sigval){.sival_int = value}), 0);
            ck_assert_int_eq(signals_wait(&info, NEVER), 34);
            ck_assert_int_eq(info.si_signo, 34);
            ck_assert_int_eq(info.si_code, SI_QUEUE);
            ck_assert_int_eq(info.si_value.sival_int, value);
            ck_assert_int_eq(info.si_pid, getpid());
        }
        ck_assert_int_eq(wait_a_moment(&info), 0);
        _exit(EXIT_SUCCESS);
    }
}
END_TEST

START_TEST(a_refusal_is_said_once)
{
    siginfo_t info;
    refuse_to_wait(EPERM);
    ck_assert_int_eq(wait_a_moment(&info), 0);
    ck_assert_ptr_nonnull(strstr(heard(), "rt_sigtimedwait fails: Operation not permitted"));
    ck_assert_int_eq(wait_a_moment(&info), 0);
    ck_assert_str_eq(heard(), "");
}
END_TEST

START_TEST(a_death_is_told_of_by_a_refused_wait)
{
    siginfo_t info;
    refuse_to_wait(ENOSYS);
    pid_t pid = fork_bound();
    if (pid == 0)
        _exit(7);
    ck_assert_int_eq(signals_wait(&info, NEVER), SIGCHLD);
    ck_assert_int_eq(info.si_pid, pid);
    ck_assert_int_eq(info.si_status, 7);
}
END_TEST

/* Without a call that reports signals foster looks after a while. Pending signals stay pending, and
 * each is reported once. */
START_TEST(nothing_wakes_us)
{
    siginfo_t info;
    int seen = 0;
    hear_stderr();
    signals_block(&(struct signal_state){0});
    refuse(EPERM, waiting, 2);
    milliseconds before = clock_now();
    ck_assert_int_eq(signals_wait(&info, NEVER), SIGCHLD);
    ck_assert_int_eq(info.si_pid, 0);
    ck_assert_int_ge(clock_now() - before, SOON_MS); /* it did not spin */
    raise(SIGTERM);
    raise(SIGUSR1);
    for (int i = 0; i < 4; i++) {
        int signal = signals_wait(&info, NEVER);
        seen += signal == SIGTERM || signal == SIGUSR1 ? signal : 0;
    }
    ck_assert_int_eq(seen, SIGTERM + SIGUSR1);
    ck_assert_int_eq(wait_a_moment(&info), 0);
}
END_TEST

START_TEST(a_pending_signal_is_discarded)
{
    siginfo_t info;
    signals_block(&(struct signal_state){0});
    raise(SIGHUP);
    raise(SIGUSR2);
    signals_discard(SIGHUP);
    signals_discard(SIGHUP); /* nothing is pending: it does not wait */
    ck_assert_int_eq(signals_wait(&info, NEVER), SIGUSR2);
    ck_assert_int_eq(wait_a_moment(&info), 0);
}
END_TEST

int main(void)
{
    return RUN_TESTS(
        "signals", every_name_in_every_form, second_names, every_number, real_time_signals,
        what_is_no_signal, a_number_and_its_name_mean_the_same, what_a_map_is_made_of,
        a_map_takes_several_and_the_last_counts, what_is_no_map, three_signals_ask_to_stop,
        a_stop_request_is_one_whatever_it_becomes_but_not_if_it_is_dropped, all_are_blocked,
        all_means_the_libcs_own_too, an_ignored_sigchld_is_taken_back, each_signal_arrives,
        a_value_arrives, a_deadline_passes, a_signal_beats_a_deadline_that_has_passed,
        a_sigpipe_of_our_own_is_swallowed, a_sigxfsz_of_our_own_is_swallowed,
        a_sigxcpu_of_our_own_is_swallowed, one_of_others_is_not, signals_come_another_way,
        a_refusal_is_said_once, a_death_is_told_of_by_a_refused_wait, nothing_wakes_us,
        a_pending_signal_is_discarded);
}
