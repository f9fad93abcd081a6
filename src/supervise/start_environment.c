/* start_environment.c - see start_environment.h. */
#include "supervise/start_environment.h"

#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "process/environment.h"
#include "supervise/main_process.h"
#include "supervise/notify_socket.h"

enum {
    USER_VARIABLES = 3,     /* HOME, USER, LOGNAME */
    NOTIFY_VARIABLES = 3,   /* NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID; or MAINPID alone */
    LISTEN_VARIABLES = 3,   /* LISTEN_FDS, LISTEN_FDNAMES, LISTEN_PID */
    INSTANCE_VARIABLES = 1, /* INSTANCE */
    OWN_VARIABLES = USER_VARIABLES + NOTIFY_VARIABLES + LISTEN_VARIABLES + INSTANCE_VARIABLES,
};
_Static_assert((int)OWN_VARIABLES >= (int)ENVIRONMENT_OWN, "room for those of the command");

static const struct service *command;  /* of the command line, or NULL */
static char *removed[ENVIRONMENT_OWN]; /* from foster's environment */
static size_t removed_count;

static const char listen_pid[] = "LISTEN_PID=";

static void add_entry(struct start_environment *environment, const char *name, const char *value)
{
    char *entry = environment->unused;
    environment->unused = stpcpy(stpcpy(entry, name), value) + 1;
    environment->entries[environment->count++] = entry;
}

static void add_number(struct start_environment *environment, const char *name, int64_t number)
{
    char digits[DECIMAL_MAX];
    add_entry(environment, name, text_decimal(digits, number));
}

/* The pid is known in the child alone: an entry without it, and room for it. */
static void add_own_pid(struct start_environment *environment, const char *name)
{
    char **own_pid = environment->own_pids;
    while (*own_pid != NULL)
        own_pid++;
    *own_pid = environment->unused;
    add_entry(environment, name, "");
    environment->unused += DECIMAL_MAX;
}

/* A user without a name is a number that /etc/passwd does not know: it has no home either. A user
 * that is given by a name is looked up in the child, start_lookup.h. */
static void add_user(struct start_environment *environment, const struct user *user)
{
    if (user == NULL || user->name == NULL || user_has_name(user->text))
        return;
    add_entry(environment, "HOME=", user->home);
    add_entry(environment, "USER=", user->name);
    add_entry(environment, "LOGNAME=", user->name);
}

static void add_settings(struct start_environment *environment, const struct settings *settings)
{
    environment->before_settings = environment->count;
    for (unsigned i = 0; i < settings->environment_count && !settings->needs_lookup; i++)
        environment->entries[environment->count++] = settings->environment[i].text;
}

static void add_notify(struct start_environment *environment, const struct service *service)
{
    if (service_extras(service)->notify == NULL || notify_socket_variable() == NULL)
        return;
    add_entry(environment, notify_socket_variable(), "");
    if (service->settings->watchdog == 0)
        return;
    add_number(environment, "WATCHDOG_USEC=", service->settings->watchdog * US_PER_MS);
    add_own_pid(environment, "WATCHDOG_PID=");
}

static void add_sockets(struct start_environment *environment, const struct settings *settings)
{
    if (settings->listen_count == 0)
        return;
    add_number(environment, "LISTEN_FDS=", settings->listen_count);
    add_entry(environment, "LISTEN_FDNAMES=", settings->listen[0].name);
    for (unsigned i = 1; i < settings->listen_count; i++)
        environment->unused =
            stpcpy(stpcpy(environment->unused - 1, ":"), settings->listen[i].name) + 1;
    add_own_pid(environment, listen_pid);
}

/* As spawn_vfork() has it: LISTEN_PID of foster's pid, or of 1, is meant for the command. */
static bool is_listen_pid(const char *entry)
{
    char digits[DECIMAL_MAX];
    const char *value = entry + sizeof listen_pid - 1;
    return strncmp(entry, listen_pid, sizeof listen_pid - 1) == 0 &&
           (strcmp(value, text_decimal(digits, getpid())) == 0 || strcmp(value, "1") == 0);
}

void start_environment_prepare(const struct plan *all)
{
    command = all->command;
    removed_count = environment_remove_own(removed);
    for (size_t i = 0; i < removed_count && command == NULL; i++)
        if (is_listen_pid(removed[i]))
            log_line(LOG_WARNING, "the sockets that LISTEN_FDS tells of are closed: only a command "
                                  "on the command line can have them");
}

static void add_removed(struct start_environment *environment)
{
    for (size_t i = 0; i < removed_count; i++)
        if (is_listen_pid(removed[i]))
            add_own_pid(environment, listen_pid);
        else
            environment->entries[environment->count++] = removed[i];
}

size_t start_environment_most(const struct settings *settings)
{
    return settings->environment_count + OWN_VARIABLES;
}

size_t start_environment_size(const struct settings *settings)
{
    size_t size = OWN_VARIABLES * (sizeof "LISTEN_FDNAMES=" + DECIMAL_MAX);
    if (settings->user != NULL && settings->user->name != NULL)
        size += strlen(settings->user->home) + 2 * strlen(settings->user->name);
    for (unsigned i = 0; i < settings->listen_count; i++)
        size += strlen(settings->listen[i].name) + 1;
    return size;
}

void start_environment_fill(struct start_environment *environment, const struct service *service,
                            enum start_role role)
{
    add_user(environment, service->settings->user);
    if (service->is_replica)
        add_entry(environment, "INSTANCE=", service_instance(service));
    add_settings(environment, service->settings);
    if (role != ROLE_MAIN_PROCESS) {
        if (service_has_process(service)) /* not for the stop command of a oneshot */
            add_number(environment, "MAINPID=", main_process_pid(service));
        return;
    }
    if (service == command)
        add_removed(environment);
    add_notify(environment, service);
    add_sockets(environment, service->settings);
}
