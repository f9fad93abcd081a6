/*
 * attributes.c - see attributes.h.
 *
 * Before the change of user: what needs the rights of root, that is the priority, the limits, the
 * groups, and the files whose paths root alone controls. After it: all other files and the working
 * directory, because the user has to be allowed to open and to enter them. Between the change of
 * user and exec root alone can trace the child: the change makes it undumpable (prctl(2),
 * PR_SET_DUMPABLE).
 */
#include "process/attributes.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/proc_path.h"
#include "base/text.h"
#include "process/descriptors.h"
#include "process/stream_file.h"
#include "process/user.h"

static int error_of(long result)
{
    return result == -1 ? errno : 0;
}

static int set_nice(const struct attributes *attributes)
{
    return (attributes->given & NICE_GIVEN) != 0
               ? error_of(setpriority(PRIO_PROCESS, 0, attributes->nice))
               : 0;
}

static int set_oom_score_adj(const struct attributes *attributes)
{
    if ((attributes->given & OOM_SCORE_ADJ_GIVEN) == 0)
        return 0;
    char digits[DECIMAL_MAX];
    const char *value = text_decimal(digits, attributes->oom_score_adj);
    int fd = open(PROC "/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd == -1)
        return errno;
    int error = error_of(write(fd, value, strlen(value)));
    close(fd);
    return error;
}

static int set_limits(const struct attributes *attributes)
{
    int error = 0;
    for (unsigned i = 0; i < attributes->limit_count && error == 0; i++)
        error = error_of(syscall(SYS_prlimit64, 0, attributes->limits[i].resource,
                                 &attributes->limits[i].value, NULL));
    return error;
}

/* Only a process with CAP_SETGID may set groups (setgroups(2)). That is no failure if the ids do
 * not change. */
static int set_groups(const struct user *user)
{
    int error = error_of(syscall(SET_GROUPS, user->group_count, user->groups));
    return error == EPERM && getuid() == user->uid && getgid() == user->gid ? 0 : error;
}

int attributes_set_ids(const struct user *user, bool for_good)
{
    const uid_t as_it_is = (uid_t)-1;
    gid_t gid = for_good ? user->gid : as_it_is;
    uid_t uid = for_good ? user->uid : as_it_is;
    int error = set_groups(user);
    if (error == 0)
        error = error_of(syscall(SET_GIDS, gid, user->gid, gid));
    return error != 0 ? error : error_of(syscall(SET_UIDS, uid, user->uid, uid));
}

static int set_user(const struct attributes *attributes)
{
    return attributes->user != NULL ? attributes_set_ids(attributes->user, true) : 0;
}

static int enter_directory(const struct attributes *attributes)
{
    if ((attributes->given & UMASK_GIVEN) != 0)
        umask(attributes->umask);
    return attributes->directory != NULL ? error_of(chdir(attributes->directory)) : 0;
}

static int set_no_new_privileges(const struct attributes *attributes)
{
    return attributes->no_new_privileges ? error_of(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) : 0;
}

/* ---- the steps, in their order ---- */

static const char enter_its_directory[] = "enter its working_dir";

/* The files whose paths root alone controls; all files if there is no change of user. */
static int open_roots_files(const struct attributes *attributes, const char **path)
{
    int error = 0;
    for (unsigned i = 0; i < attributes->file_count && error == 0; i++) {
        struct stream_file *file = &attributes->files[i];
        *path = file->path;
        if (attributes->user == NULL || stream_file_is_roots(file))
            error = stream_file_open(file);
    }
    return error;
}

/* The other files, with the rights of the user. */
static int open_users_files(const struct attributes *attributes, const char **path)
{
    int error = 0;
    for (unsigned i = 0; i < attributes->file_count && error == 0; i++) {
        *path = attributes->files[i].path;
        if (!attributes->files[i].is_open)
            error = stream_file_open(&attributes->files[i]);
    }
    return error;
}

const char attributes_step_read[] = "read", attributes_step_expand[] = "expand",
           attributes_step_user[] = "become its user";

/* Root's files come before the limits, because one of these may be on the number of descriptors. */
static const struct step {
    int (*apply)(const struct attributes *attributes);
    int (*open)(const struct attributes *attributes, const char **path);
    const char *what;
} steps[] = {
    {.open = open_roots_files, .what = "open"},
    {.apply = set_nice, .what = "set its nice value"},
    {.apply = set_oom_score_adj, .what = "set its oom_score_adj"},
    {.apply = set_limits, .what = "set its limits"},
    {.apply = set_user, .what = attributes_step_user},
    {.open = open_users_files, .what = "open"},
    {.apply = enter_directory, .what = enter_its_directory},
    {.apply = set_no_new_privileges, .what = "set no_new_privileges"},
};

enum { STEPS = sizeof steps / sizeof *steps };

/* ---- the numbers of the steps: those that are about a path, then those of the table ---- */

static const char *const path_steps[] = {
    [STEP_STDIN] = "open its stdin",           [STEP_LOG] = "open its log",
    [STEP_LOG_STDERR] = "open its log_stderr", [STEP_DIRECTORY] = enter_its_directory,
    [STEP_ENV_FILE] = "read its env_file",     [STEP_VARIABLE] = "expand a variable",
};
enum { PATH_STEPS = sizeof path_steps / sizeof *path_steps };

static unsigned number_of_file(const struct attributes *attributes, const char *path)
{
    for (unsigned i = 0; i < attributes->file_count; i++)
        for (unsigned stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++)
            if (attributes->files[i].path == path &&
                (attributes->files[i].places & STREAM(stream)) != 0)
                return STEP_STDIN + stream;
    return 0;
}

unsigned attributes_step_number(const struct attributes *attributes, const char *failed,
                                const char *path)
{
    if (failed == attributes_step_read)
        return STEP_ENV_FILE;
    if (failed == attributes_step_expand)
        return STEP_VARIABLE;
    if (failed == enter_its_directory)
        return STEP_DIRECTORY;
    if (failed != NULL && path != NULL)
        return number_of_file(attributes, path);
    for (unsigned i = 0; i < STEPS; i++)
        if (steps[i].what == failed)
            return PATH_STEPS + i;
    return 0;
}

const char *attributes_step(unsigned number)
{
    if (number < PATH_STEPS)
        return path_steps[number];
    return number < PATH_STEPS + STEPS ? steps[number - PATH_STEPS].what : NULL;
}

/* ---- all of them ---- */

int attributes_apply(const struct attributes *attributes, const char **failed, const char **path)
{
    int error = 0;
    *path = NULL;
    for (const struct step *step = steps; step < steps + STEPS && error == 0; step++) {
        const char *file = NULL;
        error = step->open != NULL ? step->open(attributes, &file) : step->apply(attributes);
        if (error == 0)
            continue;
        *failed = step->what;
        *path = file;
    }
    return error;
}
