/* test_relay.c - the output of services arrives: whole, in order and with its name; a slow reader
 * delays only the services that it reads. */
#include "logs/relay.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <termios.h>

#include "process/signals.h"

#include "kit.h"

enum {
    SERVICES = 4,
    LINES = 25000, /* each service */
    LONG = 200 * 1024,
    MUCH = 1 << 20,
    PATIENCE = 10 * MS_PER_SECOND,
    NOBODY = 65534,
};

/* ---- services ---- */

static struct settings settings[SERVICES];
static struct service services[SERVICES];
static struct plan plan = {.services = services};

static struct service *add_service(const char *name, enum output output)
{
    struct service *service = &services[plan.count];
    settings[plan.count].error_output = OUTPUT_SHARED;
    settings[plan.count++].output = output;
    *service = (struct service){.name = name, .settings = &settings[service - services]};
    return service;
}

static void begin(int to)
{
    sigset_t all = signals_all();
    signals_set_mask(&all, NULL);
    ck_assert(relay_begin(&plan, to));
}

static void end(void)
{
    milliseconds deadline = clock_now() + PATIENCE;
    relay_end(deadline);
    ck_assert_int_lt(clock_now(), deadline);
}

static int out_of(const struct service *service)
{
    int fd = relay_of(service, STDOUT_FILENO);
    ck_assert_int_ge(fd, 0);
    return fd;
}

static void print_bytes(const struct service *service, const char *bytes, size_t length)
{
    int fd = out_of(service);
    while (length > 0) {
        ssize_t written = write(fd, bytes, length);
        ck_assert_int_gt(written, 0);
        bytes += written;
        length -= (size_t)written;
    }
}

static void print(const struct service *service, const char *string)
{
    print_bytes(service, string, strlen(string));
}

static void print_many(const struct service *service, char byte, size_t count)
{
    char *bytes = malloc(count);
    memset(bytes, byte, count);
    print_bytes(service, bytes, count);
    free(bytes);
}

/* ---- readers ---- */

/* A file in memory, for output that is compared later. */
static int make_memory(void)
{
    int memory = memfd_create("stdout", MFD_CLOEXEC);
    ck_assert_int_ne(memory, -1);
    return memory;
}

static char *read_back(int memory)
{
    off_t length = lseek(memory, 0, SEEK_END);
    ck_assert_int_eq(ftruncate(memory, length + 1), 0);
    char *bytes = mmap(NULL, (size_t)length + 1, PROT_READ, MAP_PRIVATE, memory, 0);
    ck_assert_ptr_ne(bytes, MAP_FAILED);
    return bytes;
}

/* Waits until so many bytes are there. */
static void await_length(int memory, off_t length)
{
    milliseconds deadline = clock_now() + PATIENCE;
    struct stat status;
    do {
        ck_assert_int_lt(clock_now(), deadline);
        ck_assert_int_eq(fstat(memory, &status), 0);
    } while (status.st_size < length);
}

/* A thread that reads a pipe until a NUL comes. */
struct listener {
    pthread_t thread;
    int pipe[2];
    char *bytes;
};

static void *listen_on(void *context)
{
    enum { ROOM = 1 << 24 };
    struct listener *listener = context;
    char *bytes = mmap(NULL, ROOM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    size_t length = 0;
    ck_assert_ptr_ne(bytes, MAP_FAILED);
    while (length == 0 || bytes[length - 1] != '\0') {
        ssize_t got = read(listener->pipe[0], bytes + length, ROOM - length);
        ck_assert_int_gt(got, 0);
        length += (size_t)got;
    }
    listener->bytes = bytes;
    return NULL;
}

static void start_listening(struct listener *listener)
{
    ck_assert_int_eq(pthread_create(&listener->thread, NULL, listen_on, listener), 0);
}

static void stop_listening(struct listener *listener)
{
    fcntl(listener->pipe[1], F_SETFL, 0);
    ck_assert_int_eq(write(listener->pipe[1], "", 1), 1);
    ck_assert_int_eq(pthread_join(listener->thread, NULL), 0);
}

static void make_pipe(struct listener *listener)
{
    *listener = (struct listener){0};
    ck_assert_int_eq(pipe2(listener->pipe, O_CLOEXEC), 0);
}

static size_t count_of(const char *bytes, const char *what)
{
    size_t count = 0;
    for (; (bytes = strstr(bytes, what)) != NULL; bytes++)
        count++;
    return count;
}

static int count_threads(void)
{
    struct stat status;
    ck_assert_int_eq(stat("/proc/self/task", &status), 0);
    return (int)status.st_nlink - 2; /* proc(5): a directory for each */
}

/* ---- lines ---- */

START_TEST(a_thread_only_if_it_is_needed)
{
    int before = count_threads();
    add_service("raw", OUTPUT_RAW);
    add_service("null", OUTPUT_NULL);
    begin(STDOUT_FILENO);
    ck_assert_int_eq(count_threads(), before);
    end();
}
END_TEST

START_TEST(prefixes_are_as_wide_as_the_longest)
{
    int memory = make_memory();
    struct service *db = add_service("db", OUTPUT_PREFIX),
                   *migrate = add_service("migrate", OUTPUT_PREFIX);
    add_service("raw-and-wider", OUTPUT_RAW);
    add_service("json-and-wider", OUTPUT_JSON);
    begin(memory);
    print(db, "one\n\ntwo\r\n");
    await_length(memory, (off_t)strlen("db      | one\ndb      | \ndb      | two\r\n"));
    print(migrate, "three\n");
    end();
    ck_assert_str_eq(read_back(memory),
                     "db      | one\ndb      | \ndb      | two\r\nmigrate | three\n");
}
END_TEST

START_TEST(a_name_wider_than_a_write)
{
    enum { WIDE = 3 * PIPE_BUF };
    static char name[WIDE + 1], expected[2 * WIDE + 64];
    int memory = make_memory();
    memset(name, 'n', WIDE);
    struct service *wide = add_service(name, OUTPUT_PREFIX),
                   *slim = add_service("s", OUTPUT_PREFIX);
    begin(memory);
    print(wide, "1\n");
    await_length(memory, WIDE + 5);
    print(slim, "2\n");
    end();
    snprintf(expected, sizeof expected, "%s | 1\n%-*s | 2\n", name, WIDE, "s");
    ck_assert_str_eq(read_back(memory), expected);
}
END_TEST

START_TEST(a_last_line_without_its_newline)
{
    int memory = make_memory();
    struct service *web = add_service("web", OUTPUT_PREFIX), *db = add_service("db", OUTPUT_PREFIX);
    begin(memory);
    print(web, "bye\nlast wor");
    print(web, "ds");
    print(db, "half");
    end();
    ck_assert_str_eq(read_back(memory), "web | bye\nweb | last words\ndb  | half\n");
}
END_TEST

START_TEST(the_end_of_a_run_ends_its_line)
{
    static const char lines[] = "web | panic: oops\n";
    int memory = make_memory();
    struct service *web = add_service("web", OUTPUT_PREFIX);
    begin(memory);
    print(web, "panic: oops");
    relay_run_ended(web);
    await_length(memory, sizeof lines - 1);
    print(web, "next run\n");
    end();
    ck_assert_str_eq(read_back(memory), "web | panic: oops\nweb | next run\n");
}
END_TEST

START_TEST(partial_and_long_lines_at_once)
{
    int memory = make_memory();
    struct service *web = add_service("web", OUTPUT_PREFIX), *db = add_service("db", OUTPUT_PREFIX);
    begin(memory);
    for (int i = 0; i < 10; i++) {
        print(web, "par");
        print_many(db, 'x', LONG / 10);
        print(web, "tial.");
    }
    print(db, "\n");
    await_length(memory, LONG);
    print(web, "\n");
    end();
    char *bytes = read_back(memory), *line_end = strchr(bytes, '\n');
    ck_assert_int_eq(line_end - bytes, LONG + 6);
    ck_assert_int_eq(strspn(bytes + 6, "x"), LONG);
    ck_assert_int_eq(strncmp(bytes, "db  | ", 6), 0);
    ck_assert_int_eq(strncmp(line_end, "\nweb | partial.partial.", 22), 0);
    ck_assert_uint_eq(count_of(line_end, "partial."), 10);
}
END_TEST

START_TEST(the_longest_line_is_whole_and_a_longer_one_is_cut)
{
    int memory = make_memory();
    struct service *web = add_service("web", OUTPUT_PREFIX);
    begin(memory);
    print_many(web, 'a', RELAY_LINE_MAX);
    print(web, "\n");
    print_many(web, 'b', RELAY_LINE_MAX + 1);
    print(web, "\n");
    print_many(web, 'c', 2 * RELAY_LINE_MAX);
    print(web, "d");
    end();
    static const struct {
        char byte;
        size_t count;
    } lines[] = {{'a', RELAY_LINE_MAX}, {'b', RELAY_LINE_MAX}, {'b', 1},
                 {'c', RELAY_LINE_MAX}, {'c', RELAY_LINE_MAX}, {'d', 1}};
    const char *at = read_back(memory);
    for (size_t i = 0; i < COUNT(lines); i++) {
        ck_assert_int_eq(strncmp(at, "web | ", 6), 0);
        ck_assert_uint_eq(strspn(at += 6, (char[]){lines[i].byte, '\0'}), lines[i].count);
        ck_assert_int_eq(*(at += lines[i].count), '\n');
        at++;
    }
    ck_assert_str_eq(at, "");
}
END_TEST

/* ---- JSON ---- */

/* Checks {"time":"dddd-dd-ddTdd:dd:dd.dddZ", and that the time is now. Returns the rest. */
static const char *skip_time(const char *line)
{
    static const char form[] = "{\"time\":\"dddd-dd-ddTdd:dd:dd.dddZ\",";
    for (const char *each = form; *each != '\0'; each++, line++)
        ck_assert_msg(*each == 'd' ? strchr("0123456789", *line) != NULL : *each == *line, "at %s",
                      line);
    struct tm at = {0};
    ck_assert_ptr_nonnull(
        strptime(line - sizeof form + 1 + strlen("{\"time\":\""), "%Y-%m-%dT%H:%M:%S", &at));
    ck_assert_int_le(llabs((long long)(time(NULL) - timegm(&at))), PATIENCE / MS_PER_SECOND);
    return line;
}

START_TEST(objects)
{
    static const char printed[] = "say \"hi\"\r\n\0\xc3\xa9\xff\n\n\xe2\x82";
    int memory = make_memory();
    struct service *web = add_service("we\"b", OUTPUT_JSON);
    begin(memory);
    print_bytes(web, printed, sizeof printed - 1);
    end();
    const char *at = read_back(memory);
    static const char *const lines[] = {
        "\"service\":\"we\\\"b\",\"message\":\"say \\\"hi\\\"\\r\"}\n",
        "\"service\":\"we\\\"b\",\"message\":\"\\u0000\xc3\xa9\xef\xbf\xbd\"}\n",
        "\"service\":\"we\\\"b\",\"message\":\"\"}\n",
        "\"service\":\"we\\\"b\",\"message\":\"\xef\xbf\xbd\xef\xbf\xbd\"}\n",
    };
    for (size_t i = 0; i < COUNT(lines); i++) {
        at = skip_time(at);
        ck_assert_int_eq(strncmp(at, lines[i], strlen(lines[i])), 0);
        at += strlen(lines[i]);
    }
    ck_assert_str_eq(at, "");
}
END_TEST

/* A character of several bytes may come in two reads, and a line may be long. */
START_TEST(a_long_object_of_long_characters)
{
    enum { WIDTH = 3, PIECE = 1000 /* not a multiple of that */ };
    static char line[LONG / WIDTH * WIDTH + 1];
    int memory = make_memory();
    struct service *web = add_service("web", OUTPUT_JSON);
    begin(memory);
    for (size_t i = 0; i < sizeof line - 1; i += WIDTH)
        memcpy(line + i, "\xe2\x82\xac", WIDTH);
    for (size_t i = 0; i < sizeof line - 1; i += PIECE)
        print_bytes(web, line + i, sizeof line - 1 - i < PIECE ? sizeof line - 1 - i : PIECE);
    end();
    const char *bytes = read_back(memory);
    ck_assert_ptr_nonnull(strstr(bytes, line));
    ck_assert_int_eq(strcmp(strstr(bytes, line) + sizeof line - 1, "\"}\n"), 0);
    ck_assert_ptr_eq(strchr(bytes, '\n') + 1, bytes + strlen(bytes));
}
END_TEST

/* ---- a terminal ---- */

static const char *printed_on_a_terminal(void)
{
    static char bytes[256];
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    ck_assert(master != -1 && grantpt(master) == 0 && unlockpt(master) == 0);
    int terminal = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
    struct termios modes;
    ck_assert_int_eq(tcgetattr(terminal, &modes), 0);
    modes.c_oflag &= ~(tcflag_t)OPOST;
    tcsetattr(terminal, TCSANOW, &modes);
    struct service *web = add_service("web", OUTPUT_PREFIX), *db = add_service("db", OUTPUT_PREFIX);
    begin(terminal);
    print(web, "one");
    print(db, "two");
    end();
    ssize_t length = read(master, bytes, sizeof bytes - 1);
    ck_assert_int_gt(length, 0);
    bytes[length] = '\0';
    return bytes;
}

START_TEST(colours_on_a_terminal)
{
    unsetenv("NO_COLOR");
    ck_assert_str_eq(printed_on_a_terminal(),
                     "\033[36mweb | \033[0mone\n\033[33mdb  | \033[0mtwo\n");
}
END_TEST

START_TEST(no_colour_for_an_empty_wish)
{
    setenv("NO_COLOR", "", 1);
    ck_assert_uint_eq(count_of(printed_on_a_terminal(), "\033"), 4);
}
END_TEST

START_TEST(no_colours_if_they_are_not_wanted)
{
    setenv("NO_COLOR", "1", 1);
    ck_assert_str_eq(printed_on_a_terminal(), "web | one\ndb  | two\n");
}
END_TEST

/* ---- many writers ---- */

struct writer {
    pthread_t thread;
    int fd;
    const char *name;
    unsigned seed;
    bool line_by_line;
};

/* Line 7 of a service is "7" and as many dots as its seed says, up to the size of a write. */
static unsigned dots_of(unsigned *seed)
{
    *seed = *seed * 1103515245U + 12345U;
    unsigned number = *seed >> 16;
    return number % 97 == 0 ? number % PIPE_BUF / 2 : number % 61;
}

static void *write_lines(void *context)
{
    enum { PIECE = 777 }; /* no line's length */
    struct writer *writer = context;
    static _Thread_local char bytes[2 * PIPE_BUF];
    unsigned filled = 0;
    for (int i = 0; i < LINES; i++) {
        unsigned dots = dots_of(&writer->seed);
        filled += (unsigned)sprintf(bytes + filled, "%s%d %u ",
                                    writer->line_by_line ? "raw | " : "", i, dots);
        memset(bytes + filled, '.', dots);
        bytes[filled += dots] = '\n';
        filled++;
        unsigned done = 0;
        while (writer->line_by_line ? done < filled
                                    : filled - done >= PIECE || (i == LINES - 1 && done < filled)) {
            unsigned left = filled - done,
                     part = writer->line_by_line || left < PIECE ? left : PIECE;
            ck_assert_int_eq(write(writer->fd, bytes + done, part), part);
            done += part;
        }
        memmove(bytes, bytes + done, filled -= done);
    }
    return NULL;
}

/* Each line: "NAME | NUMBER DOTS ...", its number one more than that of the service's line before.
 */
static void assert_lines(char *bytes, const struct writer *writers, size_t count)
{
    int next[SERVICES + 1] = {0};
    for (char *line, *rest = bytes; (line = strsep(&rest, "\n")) != NULL && rest != NULL;) {
        size_t who = 0;
        while (who < count && strncmp(line, writers[who].name, 3) != 0)
            who++;
        ck_assert_msg(who < count, "torn: %s", line);
        int number = -1, start = -1;
        unsigned dots = 0;
        ck_assert_msg(sscanf(line + 3, " | %d %u %n", &number, &dots, &start) == 2, "torn: %s",
                      line);
        ck_assert_int_eq(number, next[who]++);
        ck_assert_uint_eq(strspn(line + 3 + start, "."), dots);
        ck_assert_uint_eq(strlen(line + 3 + start), dots);
    }
    for (size_t i = 0; i < count; i++)
        ck_assert_int_eq(next[i], LINES);
}

static void write_from_many(int flags, bool also_raw)
{
    static const char *const names[] = {"one", "two", "six", "ten"};
    struct writer writers[SERVICES + 1];
    struct listener listener;
    size_t count = SERVICES;
    make_pipe(&listener);
    fcntl(listener.pipe[1], F_SETFL, flags);
    start_listening(&listener);
    for (size_t i = 0; i < SERVICES; i++)
        add_service(names[i], OUTPUT_PREFIX);
    begin(listener.pipe[1]);
    for (size_t i = 0; i < SERVICES; i++)
        writers[i] =
            (struct writer){.fd = out_of(&services[i]), .name = names[i], .seed = (unsigned)i};
    if (also_raw)
        writers[count++] = (struct writer){
            .fd = listener.pipe[1], .name = "raw", .seed = SERVICES, .line_by_line = true};
    for (size_t i = 0; i < count; i++)
        ck_assert_int_eq(pthread_create(&writers[i].thread, NULL, write_lines, &writers[i]), 0);
    for (size_t i = 0; i < count; i++)
        pthread_join(writers[i].thread, NULL);
    end();
    stop_listening(&listener);
    assert_lines(listener.bytes, writers, count);
}

START_TEST(no_line_is_torn_or_lost)
{
    write_from_many(0, false);
}
END_TEST

/* Beside a service whose output is not relayed, and foster itself. */
START_TEST(no_line_is_torn_by_others)
{
    write_from_many(0, true);
}
END_TEST

START_TEST(a_destination_that_does_not_block)
{
    write_from_many(O_NONBLOCK, false);
}
END_TEST

/* ---- readers that do not read ---- */

/* Prints until nothing more is taken for a while: both pipes are full. Returns the number of lines.
 */
static size_t fill(const struct service *service)
{
    enum { STILL_MS = 200 };
    int fd = out_of(service);
    size_t lines = 0;
    fcntl(fd, F_SETFL, O_NONBLOCK);
    while (poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, STILL_MS) > 0)
        if (write(fd, "just one line\n", 14) == 14)
            lines++;
    return lines;
}

START_TEST(a_blocked_reader_does_not_hold_up_the_end)
{
    enum { GRACE = 300 };
    struct listener listener;
    make_pipe(&listener);
    struct service *web = add_service("web", OUTPUT_PREFIX);
    begin(listener.pipe[1]);
    size_t lines = fill(web);
    ck_assert_uint_gt(lines, 2 * 65536 / strlen("web | just one line\n"));
    milliseconds deadline = clock_now() + GRACE;
    relay_end(deadline);
    ck_assert_int_ge(clock_now(), deadline - 1);
    ck_assert_int_lt(clock_now(), deadline + PATIENCE / 2);
    start_listening(&listener); /* and nothing was lost, if it had been read on */
    end();
    stop_listening(&listener);
    ck_assert_uint_eq(count_of(listener.bytes, "web | just one line\n"), lines);
    ck_assert_uint_eq(count_of(listener.bytes, "\n"), lines);
}
END_TEST

/* It is not read yet: the thread will wait. */
static void make_full(int fd)
{
    fcntl(fd, F_SETFL, O_NONBLOCK);
    while (write(fd, "full\n", 5) > 0)
        continue;
    fcntl(fd, F_SETFL, 0);
}

/* One run after the other, each with a line that has no end, whatever the thread has come to. */
static void run_again_and_again(const struct service *web, int rounds)
{
    for (int i = 0; i < rounds; i++) {
        print(web, "start\nhalf");
        relay_run_ended(web);
    }
}

static void ck_apart(const char *bytes, size_t rounds)
{
    ck_assert_uint_eq(count_of(bytes, "web | start\n"), rounds);
    ck_assert_uint_eq(count_of(bytes, "web | half\n"), rounds);
}

START_TEST(no_run_continues_another_ones_line_when_the_reader_is_slow)
{
    enum { ROUNDS = 6000 }; /* fit into the pipe */
    struct listener listener;
    make_pipe(&listener);
    struct service *web = add_service("web", OUTPUT_PREFIX);
    make_full(listener.pipe[1]);
    begin(listener.pipe[1]);
    run_again_and_again(web, ROUNDS);
    start_listening(&listener);
    end();
    stop_listening(&listener);
    ck_apart(listener.bytes, ROUNDS);
}
END_TEST

START_TEST(no_run_continues_another_ones_line_when_the_reader_is_fast)
{
    enum { ROUNDS = 10000 };
    int memory = make_memory();
    struct service *web = add_service("web", OUTPUT_PREFIX);
    begin(memory);
    run_again_and_again(web, ROUNDS);
    end();
    ck_apart(read_back(memory), ROUNDS);
}
END_TEST

START_TEST(what_a_run_leaves_behind_writes_lines_of_its_own)
{
    static const char half[] = "web | half\n";
    int memory = make_memory();
    struct service *web = add_service("web", OUTPUT_PREFIX);
    begin(memory);
    int old = out_of(web);
    print(web, "half");
    relay_run_ended(web);
    await_length(memory, sizeof half - 1);
    ck_assert_int_eq(write(old, "left", 4), 4);
    for (int i = 0; i < 3; i++) { /* also runs that say nothing */
        out_of(web);
        relay_run_ended(web);
    }
    print(web, "start\n");
    end();
    ck_assert_str_eq(read_back(memory), "web | half\nweb | left\nweb | start\n");
}
END_TEST

START_TEST(a_process_that_reads_from_the_pipe_delays_nothing)
{
    char path[64], stolen[16];
    struct listener listener;
    make_pipe(&listener);
    struct service *web = add_service("web", OUTPUT_PREFIX), *db = add_service("db", OUTPUT_PREFIX);
    make_full(listener.pipe[1]);
    begin(listener.pipe[1]);
    print(db, "the thread waits\n");
    for (int left = 1; left > 0;)
        ck_assert_int_eq(ioctl(out_of(db), FIONREAD, &left), 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", out_of(web));
    int thief = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    print(web, "stolen");
    relay_run_ended(web);
    out_of(web);
    ck_assert_int_eq(read(thief, stolen, sizeof stolen), 6);
    start_listening(&listener);
    end();
    stop_listening(&listener);
    ck_assert_uint_eq(count_of(listener.bytes, "stolen"), 0);
}
END_TEST

START_TEST(a_reader_that_is_gone_blocks_nothing)
{
    struct listener listener;
    make_pipe(&listener);
    close(listener.pipe[0]);
    struct service *web = add_service("web", OUTPUT_PREFIX);
    begin(listener.pipe[1]);
    for (int i = 0; i < MUCH / LONG; i++) {
        print_many(web, 'x', LONG);
        print(web, "\n");
    }
    end();
}
END_TEST

/* A pipe gets the number of a stdout that is closed: nothing may go there, round and round. */
START_TEST(a_closed_destination_is_not_mistaken_for_a_pipe)
{
    int out, left;
    struct service *web = add_service("web", OUTPUT_PREFIX);
    pid_t pid = fork_bound(); /* which number it gets, a child finds out */
    if (pid == 0) {
        begin(STDOUT_FILENO);
        _exit(out_of(web));
    }
    ck_assert_int_eq(waitpid(pid, &out, 0), pid);
    out = WEXITSTATUS(out);
    ck_assert_int_eq(fcntl(out, F_GETFD), -1);
    begin(out);
    ck_assert_int_eq(out_of(web), out);
    print(web, "one\n");
    end();
    ck_assert_int_eq(ioctl(out, FIONREAD, &left), 0);
    ck_assert_int_eq(left, 0);
}
END_TEST

/* A thread that cannot stop: the bytes that are read from its pipe come again. */
static atomic_int refilled = -1;
ssize_t __real_read(int fd, void *bytes, size_t room);
ssize_t __wrap_read(int fd, void *bytes, size_t room);
ssize_t __wrap_read(int fd, void *bytes, size_t room)
{
    ssize_t got = __real_read(fd, bytes, room);
    if (refilled != -1 && got > 0)
        ck_assert_int_eq(write(refilled, bytes, (size_t)got), got);
    return got;
}

START_TEST(a_service_that_writes_on_does_not_delay_the_end)
{
    int memory = make_memory();
    struct service *web = add_service("web", OUTPUT_PREFIX), *db = add_service("db", OUTPUT_PREFIX);
    begin(memory);
    print(db, "one\ntwo");
    await_length(memory, (off_t)strlen("db  | one\n")); /* the rest of it was read with that */
    refilled = out_of(web);
    print(web, "on and on\n");
    await_length(memory, LONG);
    end();
    ck_assert_uint_eq(count_of(read_back(memory), "db  | two\n"), 1);
}
END_TEST

/* ---- the descriptors of a service ---- */

START_TEST(the_next_run_gets_a_blocking_pipe)
{
    struct service *web = add_service("web", OUTPUT_PREFIX);
    begin(STDOUT_FILENO);
    int first = out_of(web);
    fcntl(first, F_SETFL, O_NONBLOCK);
    ck_assert_int_eq(out_of(web), first);
    ck_assert_int_eq(fcntl(first, F_GETFL) & (O_NONBLOCK | O_ACCMODE), O_WRONLY);
    ck_assert_int_eq(fcntl(first, F_GETFD), FD_CLOEXEC);
    end();
}
END_TEST

START_TEST(raw_is_our_own)
{
    struct service *web = add_service("web", OUTPUT_RAW);
    begin(STDOUT_FILENO);
    ck_assert_int_eq(relay_of(web, STDOUT_FILENO), RELAY_KEPT);
}
END_TEST

START_TEST(stderr_has_its_own_form)
{
    struct service *a = add_service("a", OUTPUT_PREFIX), *b = add_service("b", OUTPUT_RAW),
                   *c = add_service("c", OUTPUT_PREFIX);
    settings[0].error_output = OUTPUT_JSON;
    settings[1].error_output = OUTPUT_PREFIX;
    settings[2].error_output = OUTPUT_PREFIX; /* the same pipe */
    int memory = make_memory();
    begin(memory);
    ck_assert_int_eq(relay_of(b, STDOUT_FILENO), RELAY_KEPT);
    ck_assert_int_ne(relay_of(a, STDOUT_FILENO), relay_of(a, STDERR_FILENO));
    print(c, "c\n");
    ck_assert_int_eq(write(relay_of(a, STDERR_FILENO), "half", 4), 4);
    ck_assert_int_eq(write(relay_of(a, STDOUT_FILENO), "a\n", 2), 2);
    ck_assert_int_eq(write(relay_of(b, STDERR_FILENO), "b\n", 2), 2);
    relay_run_ended(a);
    end();
    const char *lines = read_back(memory);
    ck_assert_ptr_nonnull(strstr(lines, "a | a\n"));
    ck_assert_ptr_nonnull(strstr(lines, "b | b\n"));
    ck_assert_ptr_nonnull(strstr(lines, "c | c\n"));
    ck_assert_ptr_nonnull(strstr(lines, "\"service\":\"a\",\"message\":\"half\"}\n"));
}
END_TEST

/* True if a process without privileges can open descriptor 1 by its name. */
static bool others_can_open_stdout(int fd)
{
    pid_t pid = fork_bound();
    if (pid == 0) {
        bool is_open = dup2(fd, STDOUT_FILENO) != -1 && setgid(NOBODY) == 0 &&
                       setuid(NOBODY) == 0 && open("/proc/self/fd/1", O_WRONLY | O_NOCTTY) != -1;
        _exit(is_open ? EXIT_SUCCESS : EXIT_FAILURE);
    }
    int status;
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    return status == 0;
}

START_TEST(another_user_can_open_dev_stdout)
{
    int ends[2];
    struct user user = {.uid = NOBODY, .gid = NOBODY};
    if (geteuid() != 0)
        return;
    struct service *web = add_service("web", OUTPUT_PREFIX), *raw = add_service("raw", OUTPUT_RAW);
    begin(STDOUT_FILENO);
    ck_assert(others_can_open_stdout(out_of(web)));

    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    int saved = dup(STDOUT_FILENO);
    dup2(ends[1], STDOUT_FILENO);
    relay_of(raw, STDOUT_FILENO);
    bool before = others_can_open_stdout(STDOUT_FILENO);
    settings[1].user = &user;
    relay_of(raw, STDOUT_FILENO);
    bool after = others_can_open_stdout(STDOUT_FILENO);
    dup2(saved, STDOUT_FILENO);
    ck_assert(!before);
    ck_assert(after);
    end();
}
END_TEST

START_TEST(without_descriptors_it_is_said)
{
    enum { FEW = 12 };
    struct rlimit limit;
    hear_stderr();
    for (int i = 0; i < SERVICES; i++)
        add_service("web", OUTPUT_PREFIX);
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    ck_assert_int_eq(
        setrlimit(RLIMIT_NOFILE, &(struct rlimit){.rlim_cur = FEW, .rlim_max = limit.rlim_max}), 0);
    ck_assert(!relay_begin(&plan, STDOUT_FILENO));
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0); /* the sanitizer wants some too */
    ck_assert_str_eq(
        heard(),
        "foster: cannot relay logs: Too many open files; each service needs two descriptors "
        "(ulimit -n), with 'log = raw' none\n");
}
END_TEST

int main(void)
{
    return RUN_TESTS(
        "output", a_thread_only_if_it_is_needed, prefixes_are_as_wide_as_the_longest,
        a_name_wider_than_a_write, a_last_line_without_its_newline, the_end_of_a_run_ends_its_line,
        partial_and_long_lines_at_once, the_longest_line_is_whole_and_a_longer_one_is_cut, objects,
        a_long_object_of_long_characters, colours_on_a_terminal, no_colour_for_an_empty_wish,
        no_colours_if_they_are_not_wanted, no_line_is_torn_or_lost, no_line_is_torn_by_others,
        a_destination_that_does_not_block, a_blocked_reader_does_not_hold_up_the_end,
        a_reader_that_is_gone_blocks_nothing,
        no_run_continues_another_ones_line_when_the_reader_is_slow,
        no_run_continues_another_ones_line_when_the_reader_is_fast,
        what_a_run_leaves_behind_writes_lines_of_its_own,
        a_process_that_reads_from_the_pipe_delays_nothing,
        a_closed_destination_is_not_mistaken_for_a_pipe,
        a_service_that_writes_on_does_not_delay_the_end, the_next_run_gets_a_blocking_pipe,
        raw_is_our_own, stderr_has_its_own_form, another_user_can_open_dev_stdout,
        without_descriptors_it_is_said);
}
