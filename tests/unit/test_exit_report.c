/* test_exit_report.c - the line about the end of main, and where it is written. The wrapped
 * functions play the cgroup. */
#include "process/exit_report.h"

#include "base/file.h"
#include "process/cgroup.h"

#include "kit.h"

static long kills;
static const char *limit; /* NULL: there is none */

long __wrap_cgroup_oom_kills(void);
long __wrap_cgroup_oom_kills(void)
{
    return kills;
}

bool __wrap_cgroup_add_memory_limit(struct text *text);
bool __wrap_cgroup_add_memory_limit(struct text *text)
{
    if (limit != NULL)
        text_add(text, "%s", limit);
    return limit != NULL;
}

static void assert_told(int status, bool expected, const char *words)
{
    struct text text;
    text_clear(&text);
    exit_report_append(&text, status, 12100, expected);
    ck_assert_str_eq(text.bytes, words);
}

START_TEST(ends_of_all_kinds)
{
    enum { EXIT_3 = 3 << 8, CORE = 0x80 };
    kills = 1;
    assert_told(0, true, "exited with status 0 after 12.1 s");
    assert_told(EXIT_3, false, "exited with status 3 after 12.1 s");
    assert_told(SIGSEGV | CORE, false, "was killed by SIGSEGV (core dumped) after 12.1 s");
    assert_told(SIGKILL, true, "was killed by SIGKILL after 12.1 s");
}
END_TEST

#define KILLED        "was killed by SIGKILL after 12.1 s"
#define OUT_OF_MEMORY KILLED "; out of memory: the kernel's OOM killer has ended "

START_TEST(killed_by_whom)
{
    assert_told(SIGKILL, false, KILLED);
    kills = 1;
    assert_told(SIGKILL, false,
                OUT_OF_MEMORY "1 process here, memory limit unknown; raise it or use less");
    kills = 12;
    limit = "16 MiB";
    assert_told(SIGKILL, false,
                OUT_OF_MEMORY "11 processes here, memory limit 16 MiB; raise it or use less");
    assert_told(SIGKILL, false,
                KILLED); /* by another process: all other kills were counted before */
}
END_TEST

START_TEST(an_end_is_expected_by_the_signals_that_are)
{
    enum { CORE = 0x80, EXIT_15 = SIGTERM << 8 };
    uint64_t expected = SIGNAL_BIT(SIGTERM) | SIGNAL_BIT(SIGNAL_LAST) | TERMINAL_SIGNALS;
    ck_assert(exit_report_is_expected(SIGTERM, expected));
    ck_assert(exit_report_is_expected(SIGNAL_LAST, expected));
    ck_assert(exit_report_is_expected(SIGQUIT | CORE, expected));
    ck_assert(exit_report_is_expected(SIGINT, expected) &&
              exit_report_is_expected(SIGHUP, expected));
    ck_assert(!exit_report_is_expected(SIGKILL, expected));
    ck_assert(!exit_report_is_expected(SIGHUP, SIGNAL_BIT(SIGTERM)));
    ck_assert(!exit_report_is_expected(EXIT_15, expected));
    ck_assert(!exit_report_is_expected(0, expected));
}
END_TEST

/* ---- the termination log ---- */

static const char *logged(const char *path)
{
    static char content[PATH_MAX];
    ck_assert_int_ne(file_head(path, content, sizeof content), -1);
    return content;
}

static void write_words(const char *path)
{
    struct text line;
    text_clear(&line);
    text_add(&line, "last words");
    exit_report_write(path, &line);
}

START_TEST(an_empty_log_is_written)
{
    make_text_file("log", "", 0600);
    write_words("log");
    ck_assert_str_eq(logged("log"), "last words");
}
END_TEST

START_TEST(what_main_wrote_is_kept)
{
    make_text_file("log", "main's own", 0600);
    write_words("log");
    ck_assert_str_eq(logged("log"), "main's own");
}
END_TEST

START_TEST(no_log_is_made)
{
    write_words("absent");
    ck_assert_int_eq(access("absent", F_OK), -1);
    write_words(".");
    write_words("");
}
END_TEST

/* With a reader, so that it can be opened. */
START_TEST(a_fifo_is_no_log)
{
    char byte;
    ck_assert_int_eq(mkfifo("fifo", 0600), 0);
    write_words("fifo");
    int fd = open("fifo", O_RDONLY | O_NONBLOCK);
    write_words("fifo");
    ck_assert_int_eq(read(fd, &byte, 1), 0);
}
END_TEST

int main(void)
{
    return RUN_TESTS("exit_report", ends_of_all_kinds, killed_by_whom,
                     an_end_is_expected_by_the_signals_that_are, an_empty_log_is_written,
                     what_main_wrote_is_kept, no_log_is_made, a_fifo_is_no_log);
}
