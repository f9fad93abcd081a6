/* start_descriptors.c - see start_descriptors.h. */
#include "supervise/start_descriptors.h"

#include <fcntl.h>
#include <unistd.h>

#include "children/foster.h"
#include "logs/relay.h"
#include "process/descriptors.h"
#include "process/fd_map.h"
#include "process/listening.h"
#include "process/spawn.h"
#include "supervise/sockets.h"

enum { STANDARD_STREAMS = 3 };

static const struct plan *plan;
static int null_fd = -1;
static bool uses_pidfds;

/* The descriptors that foster was started with, beside the standard streams. Only the command of
 * the command line gets them; foster keeps them for its next run. */
static int *inherited;
static size_t inherited_count;

void start_descriptors_prepare(const struct plan *all)
{
    plan = all;
    uses_pidfds = children_expect((unsigned)plan->count);
    if (plan->command != NULL)
        inherited = descriptors_close_on_exec_from(STDERR_FILENO + 1, &inherited_count);
    null_fd = open("/dev/null", O_RDWR | O_CLOEXEC | O_NOCTTY);
}

bool start_descriptors_unshare(void)
{
    bool unshared = uses_pidfds && descriptors_unshare();
    if (unshared)
        sockets_note_copies();
    return unshared;
}

static bool is_command(const struct service *service, enum start_role role)
{
    return service == plan->command && role == ROLE_MAIN_PROCESS;
}

static void add_mapping(struct start_descriptors *descriptors, int from, int to)
{
    if (from >= 0)
        descriptors->map[descriptors->map_count++] = (struct fd_mapping){from, to};
}

static void add_file(struct start_descriptors *descriptors, const char *path, int flags,
                     unsigned short places)
{
    descriptors->files[descriptors->file_count++] =
        (struct stream_file){.path = path, .flags = flags, .places = places};
}

static void add_input(struct start_descriptors *descriptors, const struct service *service,
                      enum start_role role)
{
    const char *path = service->settings->input;
    if (path != NULL && role == ROLE_MAIN_PROCESS)
        add_file(descriptors, path, O_RDONLY, STREAM(STDIN_FILENO));
    else if (!is_command(service, role))
        add_mapping(descriptors, null_fd, STDIN_FILENO);
}

/* The stream goes to these places: its own, or those of stdout and stderr. If foster could not open
 * /dev/null the child tries, and logs the error. */
static void add_output(struct start_descriptors *descriptors, const struct service *service,
                       enum output output, int stream, unsigned short places)
{
    const struct settings *settings = service->settings;
    if (output == OUTPUT_FILE) {
        add_file(descriptors,
                 stream == STDERR_FILENO ? settings->error_path : settings->output_path,
                 O_WRONLY | O_APPEND | O_CREAT, places);
        return;
    }
    int fd = output == OUTPUT_NULL ? null_fd : relay_of(service, stream);
    if (output == OUTPUT_NULL && null_fd == -1)
        add_file(descriptors, "/dev/null", O_WRONLY, places);
    for (int place = STDOUT_FILENO; place <= STDERR_FILENO; place++)
        if ((places & STREAM(place)) != 0)
            add_mapping(descriptors, fd, place);
}

static void add_outputs(struct start_descriptors *descriptors, const struct service *service,
                        enum start_role role)
{
    enum { BOTH = STREAM(STDOUT_FILENO) | STREAM(STDERR_FILENO) };
    bool is_logged = role != ROLE_PROBE;
    enum output to = is_logged ? settings_output(service->settings, STDOUT_FILENO) : OUTPUT_NULL,
                errors =
                    is_logged ? settings_output(service->settings, STDERR_FILENO) : OUTPUT_SHARED;
    add_output(descriptors, service, to, STDOUT_FILENO,
               errors == OUTPUT_SHARED ? BOTH : STREAM(STDOUT_FILENO));
    if (errors != OUTPUT_SHARED)
        add_output(descriptors, service, errors, STDERR_FILENO, STREAM(STDERR_FILENO));
}

static void add_sockets(struct start_descriptors *descriptors, const struct service *service)
{
    for (unsigned i = 0; i < service->settings->listen_count; i++)
        add_mapping(descriptors, service->extras->sockets[i], LISTEN_FDS_START + (int)i);
}

static void add_inherited(struct start_descriptors *descriptors)
{
    for (size_t i = 0; i < inherited_count; i++)
        add_mapping(descriptors, inherited[i], inherited[i]);
}

size_t start_descriptors_most(const struct settings *settings)
{
    enum { READY_FD = 1 };
    return STANDARD_STREAMS + READY_FD + settings->listen_count + inherited_count + FORK_MAPPINGS;
}

void start_descriptors_fill(struct start_descriptors *descriptors, const struct service *service,
                            enum start_role role, int ready_fd)
{
    add_input(descriptors, service, role);
    add_outputs(descriptors, service, role);
    if (is_command(service, role))
        add_inherited(descriptors);
    if (role == ROLE_MAIN_PROCESS) {
        add_sockets(descriptors, service);
        add_mapping(descriptors, ready_fd, service->settings->ready_fd);
    }
}
