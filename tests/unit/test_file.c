/* test_file.c - small files are read whole, and directories without the heap. */
#include "base/directory.h"
#include "base/file.h"

#include "kit.h"

enum { ROOM = 16 };

START_TEST(a_file_is_read_as_far_as_there_is_room)
{
    static const struct {
        size_t size;
        ssize_t length;
        const char *content;
    } cases[] = {
        {1, 0, ""}, {2, 1, "h"}, {ROOM, 5, "hello"}, {6, 5, "hello"}, {5, 4, "hell"},
    };
    make_text_file("file", "hello", 0600);
    for (size_t i = 0; i < COUNT(cases); i++) {
        char *buffer = malloc(cases[i].size); /* exactly: the address sanitizer watches its end */
        ck_assert_int_eq(file_head("file", buffer, cases[i].size), cases[i].length);
        ck_assert_str_eq(buffer, cases[i].content);
        free(buffer);
    }
    make_text_file("file", "", 0600);
    char buffer[ROOM] = "before";
    ck_assert_int_eq(file_head("file", buffer, sizeof buffer), 0);
    ck_assert_str_eq(buffer, "");
}
END_TEST

START_TEST(bytes_of_any_kind)
{
    char buffer[ROOM];
    make_file("file", "a\0b\n", 4, 0600);
    ck_assert_int_eq(file_head("file", buffer, sizeof buffer), 4);
    ck_assert_int_eq(memcmp(buffer, "a\0b\n", 5), 0);
}
END_TEST

START_TEST(what_cannot_be_read)
{
    char buffer[ROOM] = "before";
    ck_assert_int_eq(file_head("absent", buffer, sizeof buffer), -1);
    ck_assert_int_eq(errno, ENOENT);
    ck_assert_int_eq(file_head("", buffer, sizeof buffer), -1);
    ck_assert_int_eq(mkdir("directory", 0700), 0);
    ck_assert_int_eq(file_head("directory", buffer, sizeof buffer), -1);
    ck_assert_int_eq(errno, EISDIR);
}
END_TEST

/* The file that was opened first is read, whatever the path names by now, with its present content.
 * */
START_TEST(a_file_is_read_again)
{
    char buffer[ROOM];
    int fd = -1;
    ck_assert_int_eq(file_head_again(&fd, "absent", buffer, sizeof buffer), -1);
    ck_assert_int_eq(fd, -1);
    make_text_file("file", "one", 0600);
    ck_assert_int_eq(file_head_again(&fd, "file", buffer, sizeof buffer), 3);
    ck_assert_int_ne(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
    make_text_file("file", "three", 0600);
    ck_assert_int_eq(file_head_again(&fd, "absent", buffer, sizeof buffer), 5);
    ck_assert_str_eq(buffer, "three");
}
END_TEST

START_TEST(a_whole_file)
{
    size_t length = 0;
    char *bytes;
    make_file("file", "a\0b\n", 4, 0600);
    ck_assert_ptr_nonnull(bytes = file_read("file", &length));
    ck_assert_uint_eq(length, 4);
    ck_assert_int_eq(memcmp(bytes, "a\0b\n", 5), 0);
    file_free(bytes, length);
    make_text_file("file", "", 0600);
    ck_assert_ptr_nonnull(bytes = file_read("file", &length));
    ck_assert_uint_eq(length, 0);
    ck_assert_str_eq(bytes, "");
    file_free(bytes, length);
    ck_assert_ptr_null(file_read("absent", &length));
    ck_assert_int_eq(errno, ENOENT);
    ck_assert_ptr_null(file_read(".", &length));
    ck_assert_int_eq(errno, 0);
}
END_TEST

/* No process writes to it: a blocking read would last for ever. */
START_TEST(a_fifo_does_not_block)
{
    char buffer[ROOM];
    ck_assert_int_eq(mkfifo("fifo", 0600), 0);
    ck_assert_int_eq(file_head("fifo", buffer, sizeof buffer), 0);
}
END_TEST

START_TEST(a_file_of_proc)
{
    char buffer[PATH_MAX], expected[ROOM];
    ck_assert_int_gt(file_head("/proc/self/stat", buffer, sizeof buffer), 0);
    snprintf(expected, sizeof expected, "%d (", (int)getpid());
    ck_assert_int_eq(strncmp(buffer, expected, strlen(expected)), 0);
    ck_assert_int_eq(file_head("/proc/self/stat", buffer, 4), 3);
}
END_TEST

static int next_descriptor(void)
{
    int fd = dup(STDIN_FILENO);
    close(fd);
    return fd;
}

START_TEST(no_descriptor_is_left)
{
    char buffer[ROOM];
    struct directory directory;
    int before = next_descriptor();
    file_head("/proc/self/stat", buffer, sizeof buffer);
    file_head("/", buffer, sizeof buffer);
    file_head("absent", buffer, sizeof buffer);
    ck_assert(directory_open(&directory, "."));
    directory_close(&directory);
    ck_assert_int_eq(next_descriptor(), before);
}
END_TEST

/* ---- directories ---- */

enum { MANY = 700 }; /* entries of many buffers */

static void make_many(void)
{
    char name[NAME_MAX];
    ck_assert_int_eq(mkdir("many", 0700), 0);
    for (int i = 0; i < MANY; i++) {
        snprintf(name, sizeof name, "many/%0*d", i % 200 + 4, i);
        make_text_file(name, "", 0600);
    }
}

/* Each name must come once. */
static void assert_all_are_there(struct directory *directory)
{
    bool seen[MANY] = {false};
    int dots = 0, count = 0;
    const char *name;
    while ((name = directory_next(directory)) != NULL) {
        if (name[0] == '.') {
            dots++;
            continue;
        }
        int number = atoi(name);
        ck_assert_int_lt(number, MANY);
        ck_assert_msg(!seen[number], "%s came twice", name);
        seen[number] = true;
        count++;
    }
    ck_assert_int_eq(dots, 2);
    ck_assert_int_eq(count, MANY);
    ck_assert_ptr_null(directory_next(directory));
}

START_TEST(every_name_comes_once)
{
    struct directory directory;
    make_many();
    ck_assert(directory_open(&directory, "many"));
    assert_all_are_there(&directory);
    directory_seek(&directory, 0);
    assert_all_are_there(&directory);
    directory_seek(&directory, 0);
    ck_assert_ptr_nonnull(directory_next(&directory));
    directory_seek(&directory, 0); /* in the middle of a buffer */
    assert_all_are_there(&directory);
    directory_close(&directory);
}
END_TEST

START_TEST(what_is_no_directory)
{
    struct directory directory;
    make_text_file("file", "", 0600);
    ck_assert(!directory_open(&directory, "file"));
    ck_assert_int_eq(errno, ENOTDIR);
    ck_assert(!directory_open(&directory, "absent"));
    ck_assert_int_eq(errno, ENOENT);
}
END_TEST

START_TEST(it_is_closed_on_exec)
{
    struct directory directory;
    ck_assert(directory_open(&directory, "."));
    ck_assert_int_eq(fcntl(directory.fd, F_GETFD), FD_CLOEXEC);
    directory_close(&directory);
}
END_TEST

/* More than a pipe takes, to a non-blocking one: the reader comes late, and reads little by little.
 */
START_TEST(all_is_written_though_there_is_no_room)
{
    enum { SIZE = 1 << 18 };
    static char bytes[SIZE], read_back[SIZE];
    int ends[2];
    for (size_t i = 0; i < SIZE; i++)
        bytes[i] = (char)(i * 7);
    ck_assert_int_eq(pipe2(ends, O_NONBLOCK), 0);
    pid_t writer = fork_bound();
    if (writer == 0)
        _exit(!file_write_all(ends[1], bytes, SIZE));
    close(ends[1]);
    ck_assert_int_eq(fcntl(ends[0], F_SETFL, 0), 0);
    for (size_t got = 0; got < SIZE;) {
        ssize_t piece = read(ends[0], read_back + got, SIZE - got);
        ck_assert_int_gt(piece, 0);
        got += (size_t)piece;
    }
    ck_assert_int_eq(memcmp(bytes, read_back, SIZE), 0);
    int status;
    ck_assert_int_eq(waitpid(writer, &status, 0), writer);
    ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(a_pipe_without_a_reader_is_an_error)
{
    int ends[2], full = open("/dev/full", O_WRONLY);
    signal(SIGPIPE, SIG_IGN);
    ck_assert_int_eq(pipe(ends), 0);
    close(ends[0]);
    ck_assert(!file_write_all(ends[1], "a", 1));
    ck_assert_int_eq(errno, EPIPE);
    ck_assert(!file_write_all(full, "a", 1));
    ck_assert_int_eq(errno, ENOSPC);
    ck_assert(file_write_all(-1, "", 0));
}
END_TEST

int main(void)
{
    return RUN_TESTS("file", a_file_is_read_as_far_as_there_is_room, bytes_of_any_kind,
                     what_cannot_be_read, a_file_is_read_again, a_whole_file, a_fifo_does_not_block,
                     a_file_of_proc, no_descriptor_is_left, every_name_comes_once,
                     what_is_no_directory, it_is_closed_on_exec,
                     all_is_written_though_there_is_no_room, a_pipe_without_a_reader_is_an_error);
}
