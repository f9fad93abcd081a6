/*
 * start.c - see start.h.
 *
 * All that a start needs is put together on the stack, from the words of the command to the
 * environment, and is gone after it: a thousand services keep nothing of it. The program's own pid,
 * which LISTEN_PID and WATCHDOG_PID name, is known to the child alone; it completes these two
 * itself.
 */
#include "supervise/start.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/log.h"
#include "config/argv_split.h"
#include "config/diagnostics.h"
#include "logs/relay.h"
#include "process/descriptors.h"
#include "process/environment.h"
#include "process/exec_error.h"
#include "process/exit_report.h"
#include "process/fd_map.h"
#include "process/fork_error.h"
#include "process/listening.h"
#include "process/signals.h"
#include "process/stream_file.h"
#include "process/wait_status.h"
#include "supervise/main_process.h"
#include "supervise/notify.h"

enum {
    MARK_MASK = 0x7fffffff, /* of the mark of the first service, which is random */
    USER_VARIABLES = 3,     /* HOME, USER, LOGNAME */
    NOTIFY_VARIABLES =
        3, /* NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID; a command beside has MAINPID alone */
    LISTEN_VARIABLES = 3, /* LISTEN_FDS, LISTEN_FDNAMES, LISTEN_PID */
    OWN_VARIABLES_MAX = USER_VARIABLES + NOTIFY_VARIABLES + LISTEN_VARIABLES,
    MICROSECONDS_PER_MS = 1000, /* WATCHDOG_USEC, sd_watchdog_enabled(3) */
    STANDARD_STREAMS = 3,
    STREAM_FILES = 2, /* stdin, and one for the output */

    /* Of addresses; what is not touched costs nothing. In twelfths, the most of each: 5 the words
     * of a command, with the address of each; 1 the additions to the environment, twice the address
     * of each; somewhat more than 2 the sockets' names; 2 what looks the program up along PATH, to
     * run it and to say why not. */
    STACK_SIZE = 12 * ARGV_ROOM_MOST,
    STACK_UNIT = 4096, /* a stack is a whole number of them */
};

static const struct plan *plan;
static struct command_manner manner;
static const char *start_directory; /* NULL: the root, or none that is in sight; foster itself is in
                                       the root by then */
static int null_fd = -1;
static pid_t self;
static bool took_terminal;
static bool uses_pidfds;
static atomic_bool sockets_are_doubled; /* the signal thread has copies of them */

/* Those that foster was started with beside the standard streams. They are the command's; foster
 * keeps them for its next run, and nobody else gets them. */
static int *inherited;
static size_t inherited_count;

/* Every service starts with an empty mask and default dispositions. foster handles no signals, so
 * it can have the dispositions itself, once, and no child need set them. */
static const struct signal_state clean_signals;

/* Chance keeps the marks of a foster below us, or above, apart from ours. */
static unsigned first_mark;

/* ---- before the first start ---- */

static bool open_socket(const struct service *service, unsigned number)
{
    const struct settings *settings = service->settings;
    const struct listen *listen = &settings->listen[number];
    int fd = listening_open(&listen->address, settings->user, settings->listen_mode);
    struct text address;
    service->extras->sockets[number] = fd;
    if (fd >= 0)
        return true;
    text_clear(&address);
    address_append(&address, &listen->address);
    diagnostics_error(&((struct file_line){listen->file, listen->line}),
                      "%s: cannot listen on %s: %s", service->name, address.bytes, strerror(-fd));
    return false;
}

static bool open_sockets(struct service *service)
{
    unsigned count = service->settings->listen_count, opened = 0;
    if (count != 0)
        service_give_extras(service)->sockets = arena_alloc(count * sizeof(int));
    while (opened < count && open_socket(service, opened))
        opened++;
    return opened == count;
}

static void move(int fd, int to)
{
    if (syscall(SYS_dup3, fd, to, O_CLOEXEC) != -1)
        close(fd);
}

/* It has the number of the one before, by which the signal thread closes its copy. Until there is
 * another that one stands for the number, so that nobody else has it; and is not whole, as it is
 * connected to nothing. */
static bool replace_socket(const struct service *service, unsigned number)
{
    int *fd = &service->extras->sockets[number], before = *fd;
    move(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), before); /* its address is free now */
    bool opened = open_socket(service, number);
    move(*fd, before);
    *fd = before;
    return opened;
}

/* A run may have ended one for all that come after it, or made it non-blocking. False, and it has
 * been said, if there is none to be had. */
static bool mend_sockets(const struct service *service)
{
    for (unsigned i = 0; i < service->settings->listen_count; i++) {
        int fd = service->extras->sockets[i];
        descriptor_set_flags(fd, 0);
        if (listening_is_intact(fd, &service->settings->listen[i].address, service->settings->user))
            continue;
        say(LOG_WARNING, "%s: its socket is of no use, opening another: descriptor %d",
            service->name, LISTEN_FDS_START + (int)i);
        if (!replace_socket(service, i))
            return false;
    }
    return true;
}

static void remember_directory(void)
{
    char path[PATH_MAX]; /* the raw call: the libc's brings a heap along, for who has no memory */
    long length = syscall(SYS_getcwd, path, sizeof path);
    if (length > (long)sizeof "/" && path[0] == '/')
        start_directory = arena_copy(path, (size_t)length);
}

bool start_prepare(const struct plan *all, const struct command_manner *command_manner)
{
    bool opened = true;
    plan = all;
    manner = *command_manner;
    self = getpid();
    signals_reset();
    environment_remove_own();
    uses_pidfds = children_expect((unsigned)plan->count);
    if (plan->command != NULL)
        inherited = descriptors_close_on_exec_from(STDERR_FILENO + 1, &inherited_count);
    null_fd = open("/dev/null", O_RDWR | O_CLOEXEC | O_NOCTTY);
    remember_directory();
    memcpy(&first_mark, (const void *)getauxval(AT_RANDOM), sizeof first_mark);
    first_mark = (first_mark & MARK_MASK) + 1;
    for (size_t i = 0; i < plan->count; i++)
        opened &= open_sockets(&plan->services[i]);
    return opened;
}

/* foster's own environment comes on top: who runs many things in a cluster has thousands of
 * variables. */
size_t start_stack_size(void)
{
    size_t environment = environment_room(0) * sizeof(char *);
    return STACK_SIZE + environment / STACK_UNIT * STACK_UNIT + STACK_UNIT;
}

unsigned start_mark(const struct service *service)
{
    return first_mark + (unsigned)(service - plan->services);
}

pid_t start_own_pid(void)
{
    return self;
}

bool start_with_own_descriptors(void)
{
    bool own = uses_pidfds && descriptors_unshare();
    atomic_store(&sockets_are_doubled, own);
    return own;
}

void start_close_doubles(void)
{
    if (!atomic_exchange(&sockets_are_doubled, false))
        return;
    for (const struct service *service = plan->services; service < plan->services + plan->count;
         service++)
        for (unsigned i = 0; i < service->settings->listen_count; i++)
            close(service->extras->sockets[i]);
}

bool start_took_terminal(void)
{
    return took_terminal;
}

/* ---- the start of a program ---- */

/* What is started: the service's own program, or a command beside it. */
struct start {
    struct service *service;
    const char *command;
    struct promise *promise;
    int ready_fd; /* -1: none */
    struct program program;
    int report; /* what spawn_result_read() reads */
};

static bool is_beside(const struct start *start)
{
    return start->promise != &start->service->process;
}

/* A probe that cannot be run is asked again and again: that is said once, until it could be run. */
static enum log_level level_of(const struct start *start)
{
    return is_beside(start) && start->service->side_command_failed ? LOG_DEBUG : LOG_ERROR;
}

/* What is said of an essential service that cannot be run is the container's last word, too. */
static void say_fault(const struct start *start, struct text *line)
{
    log_end(level_of(start), line);
    if (!is_beside(start) && start->service->settings->essential)
        termination_log_write(plan->globals.termination_log, line);
}

/* Says why the program of a service cannot be run; the exit code for that. In the child. */
static int say_cannot_run(struct program *program)
{
    const struct start *start = program->owner;
    int code = EXIT_FOSTER_FAILED;
    struct text line;
    log_begin(&line);
    text_add(&line, "%s: cannot ", start->service->name);
    if (program->failed_step == NULL) {
        text_add(&line, "run ");
        code = exec_error_explain(&line, program->argv[0], program->error);
    } else if (program->failed_path != NULL) {
        text_add(&line, "%s %s: %s", program->failed_step, program->failed_path,
                 strerror(program->error));
    } else {
        text_add(&line, "run %s: cannot %s: %s", program->argv[0], program->failed_step,
                 strerror(program->error));
    }
    say_fault(start, &line);
    return code;
}

/* Additions to the environment. Each is written once, so one buffer for all their values is enough.
 */
struct variables {
    char **entries;
    size_t count;
    char *room;
};

static void add_entry(struct variables *variables, const char *name, const char *value)
{
    char *entry = variables->room;
    variables->room = stpcpy(stpcpy(entry, name), value) + 1;
    variables->entries[variables->count++] = entry;
}

static void add_number(struct variables *variables, const char *name, int64_t number)
{
    char digits[DECIMAL_MAX];
    add_entry(variables, name, text_decimal(digits, number));
}

/* A user of a name has a home; other than that nothing is changed, and what the file says counts
 * more. */
static void add_user(struct variables *variables, const struct user *user)
{
    if (user == NULL || user->name == NULL)
        return;
    add_entry(variables, "HOME=", user->home);
    add_entry(variables, "USER=", user->name);
    add_entry(variables, "LOGNAME=", user->name);
}

static void add_given(struct variables *variables, const struct settings *settings)
{
    for (unsigned i = 0; i < settings->environment_count; i++)
        variables->entries[variables->count++] = settings->environment[i];
}

/* sd_listen_fds(3) */
static void add_listening(struct variables *variables, const struct settings *settings)
{
    add_number(variables, "LISTEN_FDS=", settings->listen_count);
    add_entry(variables, "LISTEN_FDNAMES=", settings->listen[0].name);
    for (unsigned i = 1; i < settings->listen_count; i++)
        variables->room = stpcpy(stpcpy(variables->room - 1, ":"), settings->listen[i].name) + 1;
}

static size_t variables_room(const struct settings *settings)
{
    size_t room = OWN_VARIABLES_MAX * (sizeof "LISTEN_FDNAMES=" + DECIMAL_MAX);
    if (settings->user != NULL && settings->user->name != NULL)
        room += strlen(settings->user->home) + 2 * strlen(settings->user->name);
    for (unsigned i = 0; i < settings->listen_count; i++)
        room += strlen(settings->listen[i].name) + 1;
    return room;
}

/* What names the program's own pid is returned in own_pid, for the child to complete. */
static void add_variables(struct variables *variables, const struct start *start, char **own_pid)
{
    const struct service *service = start->service;
    const struct settings *settings = service->settings;
    add_user(variables, settings->user);
    add_given(variables, settings);
    if (is_beside(start)) {
        add_number(variables, "MAINPID=", main_process_pid(service));
    } else if (service_extras(service)->notes != NULL && notify_variable() != NULL) {
        add_entry(variables, notify_variable(), "");
        if (settings->watchdog != 0) {
            add_number(variables, "WATCHDOG_USEC=", settings->watchdog * MICROSECONDS_PER_MS);
            *own_pid++ = variables->room;
            add_entry(variables, "WATCHDOG_PID=", "");
            variables->room += DECIMAL_MAX;
        }
    }
    if (settings->listen_count != 0 && !is_beside(start)) {
        add_listening(variables, settings);
        *own_pid++ = variables->room;
        add_entry(variables, "LISTEN_PID=", "");
        variables->room += DECIMAL_MAX;
    }
    *own_pid = NULL;
}

/* What a start connects: descriptors of foster's, and files that the child opens. */
struct wiring {
    struct fd_mapping *plugs;
    size_t plug_count;
    struct stream_file files[STREAM_FILES];
    unsigned short file_count;
};

static void plug_in(struct wiring *wiring, int from, int to)
{
    if (from >= 0)
        wiring->plugs[wiring->plug_count++] = (struct fd_mapping){from, to};
}

static void add_file(struct wiring *wiring, const char *path, int flags, unsigned short places)
{
    wiring->files[wiring->file_count++] =
        (struct stream_file){.path = path, .flags = flags, .places = places};
}

static void wire_input(struct wiring *wiring, const struct start *start)
{
    const char *path = start->service->settings->input;
    if (path != NULL && !is_beside(start))
        add_file(wiring, path, O_RDONLY, STREAM(STDIN_FILENO));
    else if (start->service != plan->command || is_beside(start))
        plug_in(wiring, null_fd, STDIN_FILENO);
}

static void wire_output(struct wiring *wiring, const struct start *start)
{
    enum { OUTPUTS = STREAM(STDOUT_FILENO) | STREAM(STDERR_FILENO) };
    const struct settings *settings = start->service->settings;
    bool is_heard = !is_beside(start) || start->command == settings->stop_command;
    if (is_heard && settings->output == OUTPUT_FILE) {
        add_file(wiring, settings->output_path, O_WRONLY | O_APPEND | O_CREAT, OUTPUTS);
        return;
    }
    int fd = is_heard ? relay_of(start->service) : RELAY_TO_NULL;
    if (fd == RELAY_TO_NULL && null_fd == -1)
        add_file(wiring, "/dev/null", O_WRONLY, OUTPUTS); /* which says what is wrong with it */
    plug_in(wiring, fd == RELAY_TO_NULL ? null_fd : fd, STDOUT_FILENO);
    plug_in(wiring, fd == RELAY_TO_NULL ? null_fd : fd, STDERR_FILENO);
}

static void wire_own(struct wiring *wiring, const struct start *start)
{
    const struct service *service = start->service;
    if (is_beside(start))
        return;
    for (size_t i = 0; i < inherited_count && service == plan->command; i++)
        plug_in(wiring, inherited[i], inherited[i]);
    for (unsigned i = 0; i < service->settings->listen_count; i++)
        plug_in(wiring, service->extras->sockets[i], LISTEN_FDS_START + (int)i);
    plug_in(wiring, start->ready_fd, service->settings->ready_fd);
}

/* Once, until there was a process again. Returns the error. */
static int say_not_forked(const struct start *start, int error)
{
    struct text line;
    enum log_level level = start->service->fork_failed ? LOG_DEBUG : level_of(start);
    start->service->fork_failed = true;
    log_begin(&line);
    text_add(&line, "%s: cannot run %s: ", start->service->name, start->program.argv[0]);
    fork_error_explain(&line, error);
    log_end(level, &line);
    return error;
}

/* With all at hand: 0 or an error number, said. The other end of the report is closed at once, so
 * that no later child has a copy, and its end is that of this one. */
static int spawn(struct start *start)
{
    int ends[2], error = 0;
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) == -1)
        return say_not_forked(start, errno);
    start->program.report = ends[1];
    error = children_spawn(start->promise, spawn_fork, &start->program);
    close(ends[1]);
    start->report = ends[0];
    if (error == 0) {
        start->service->fork_failed = false;
        return 0;
    }
    close(ends[0]);
    return say_not_forked(start, error);
}

/* The settings' attributes, and the directory that services start in. */
static int start_with(struct start *start, char **argv)
{
    const struct settings *settings = start->service->settings;
    bool is_command = start->service == plan->command && !is_beside(start);
    struct attributes attributes = settings->attributes;
    char room[variables_room(settings)], *own_pid[3];
    char *additions[settings->environment_count + OWN_VARIABLES_MAX];
    struct variables variables = {.entries = additions, .room = room};
    struct fd_mapping
        plugs[STANDARD_STREAMS + 1 + settings->listen_count + inherited_count + FORK_MAPPINGS];
    struct wiring wiring = {.plugs = plugs};
    add_variables(&variables, start, own_pid);
    char *merged[variables.count > 0 ? environment_room(variables.count) : 1];
    if (variables.count > 0)
        environment_merge(merged, additions, variables.count);
    wire_input(&wiring, start);
    wire_output(&wiring, start);
    wire_own(&wiring, start);
    if (attributes.directory == NULL)
        attributes.directory = start_directory;
    attributes.user = settings->user;
    attributes.files = wiring.files;
    attributes.file_count = wiring.file_count;
    start->program = (struct program){
        .argv = argv,
        .placement = is_command ? manner.placement : IN_BACKGROUND,
        .parent_death_signal = is_command ? manner.parent_death_signal : 0,
        .parent = self,
        .signals = &clean_signals,
        .environment = variables.count > 0 ? merged : environ,
        .own_pid_entries = own_pid,
        .attributes = &attributes,
        .fd_map = plugs,
        .fd_map_count = wiring.plug_count,
        .mark = start_mark(start->service),
        .failed = say_cannot_run,
        .owner = start,
    };
    int error = spawn(start);
    took_terminal |= start->program.took_terminal;
    return error;
}

static int start_command(struct start *start)
{
    size_t room;
    int count = argv_split_count(start->command, &room);
    char buffer[room], *words[count + 2]; /* one before the words for a script's shell, and NULL */
    argv_split(start->command, buffer, words + 1);
    return start_with(start, words + 1);
}

int start_service(struct service *service, int ready_fd, int *report)
{
    struct start start = {.service = service,
                          .command = service->command,
                          .promise = &service->process,
                          .ready_fd = ready_fd};
    int error = EAGAIN; /* somebody has its address, and may let go of it */
    if (mend_sockets(service))
        error = service == plan->command ? start_with(&start, plan->command_argv)
                                         : start_command(&start);
    *report = start.report;
    return error;
}

int start_side_command(struct service *service, const char *command, struct promise *promise,
                       int *report)
{
    struct start start = {
        .service = service, .command = command, .promise = promise, .ready_fd = -1};
    int error = start_command(&start);
    *report = start.report;
    return error;
}
