/* test_wait_status.c - wait statuses as text and as exit codes; they are those of real children. */
#include "process/wait_status.h"

#include <sys/resource.h>

#include "kit.h"

static struct text text;

static const char *words_of(int status)
{
    text_clear(&text);
    wait_status_append(&text, status);
    return text.bytes;
}

static int exited(int code)
{
    int status;
    pid_t pid = fork_bound();
    if (pid == 0)
        _exit(code);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    return status;
}

static int killed_by(int signal_number)
{
    static const struct rlimit no_core = {0};
    int status;
    pid_t pid = fork_bound();
    if (pid == 0) {
        setrlimit(RLIMIT_CORE, &no_core);
        signal(signal_number, SIG_DFL);
        kill(getpid(), signal_number);
        _exit(EXIT_SUCCESS);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    return status;
}

START_TEST(exits)
{
    static const int codes[] = {0, 1, 2, 125, 126, 127, 128, 143, 255};
    for (size_t i = 0; i < COUNT(codes); i++) {
        char words[64];
        int status = exited(codes[i]);
        ck_assert_int_eq(wait_status_code(status), codes[i]);
        snprintf(words, sizeof words, "exited with status %d", codes[i]);
        ck_assert_str_eq(words_of(status), words);
    }
}
END_TEST

START_TEST(signals)
{
    static const struct {
        int signal;
        const char *words;
    } cases[] = {
        {SIGTERM, "was killed by SIGTERM"}, {SIGKILL, "was killed by SIGKILL"},
        {SIGHUP, "was killed by SIGHUP"},   {34, "was killed by SIGRTMIN"},
        {64, "was killed by SIGRTMIN+30"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        int status = killed_by(cases[i].signal);
        ck_assert_int_eq(wait_status_code(status), 128 + cases[i].signal);
        ck_assert_str_eq(words_of(status), cases[i].words);
    }
}
END_TEST

/* wait(2): the bit of a core in a status. A real core is a matter of the machine's settings. */
START_TEST(a_core)
{
    enum { CORE = 0x80 };
    ck_assert_int_eq(wait_status_code(SIGSEGV | CORE), 139);
    ck_assert_str_eq(words_of(SIGSEGV | CORE), "was killed by SIGSEGV (core dumped)");
    ck_assert_str_eq(words_of(SIGSEGV), "was killed by SIGSEGV");
}
END_TEST

START_TEST(zero_and_the_codes_of_the_user_are_successes)
{
    static const uint8_t as_success[EXIT_CODES / CHAR_BIT] = {[17] = 1 << 7, [31] = 1 << 7};
    for (int code = 0; code < EXIT_CODES; code++) {
        ck_assert_int_eq(wait_status_code_is_success(code, NULL), code == 0);
        ck_assert_int_eq(wait_status_code_is_success(code, as_success),
                         code == 0 || code == 128 + SIGTERM || code == 255);
    }
}
END_TEST

int main(void)
{
    return RUN_TESTS("wait_status", exits, signals, a_core,
                     zero_and_the_codes_of_the_user_are_successes);
}
