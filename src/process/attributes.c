/*
 * attributes.c - see attributes.h. Everything here runs in the child, in its sleeping parent's memory, and allocates
 * nothing.
 *
 * What needs rights comes before the user that lacks them: the priority, the limits, the groups. The directory comes
 * after, because it is that user who must be able to enter it. The kernel lets nobody trace foster while a child of
 * another user shares its memory: a change of user makes the memory undumpable, and exec gives the child its own
 * (prctl(2), PR_SET_DUMPABLE).
 */
#include "process/attributes.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/text.h"
#include "process/descriptors.h"
#include "process/user.h"

/* Where ids once had 16 bits the calls of those names still do, setresuid(2). */
#ifdef SYS_setgroups32
enum { SET_GROUPS = SYS_setgroups32, SET_GIDS = SYS_setresgid32, SET_UIDS = SYS_setresuid32 };
#else
enum { SET_GROUPS = SYS_setgroups, SET_GIDS = SYS_setresgid, SET_UIDS = SYS_setresuid };
#endif

static int error_of(long result)
{
    return result == -1 ? errno : 0;
}

/* ---- descriptors ---- */

bool plugs_fill(const struct plug *plugs, size_t count, int place)
{
    for (size_t i = 0; i < count; i++)
        if (plugs[i].to == place)
            return true;
    return false;
}

int plugs_above(const struct plug *plugs, size_t count)
{
    int above = 0;
    for (size_t i = 0; i < count; i++)
        if (plugs[i].to >= above)
            above = plugs[i].to + 1;
    return above;
}

int plugs_below(const struct plug *plugs, size_t count)
{
    int below = STDERR_FILENO + 1;
    for (size_t i = 0; i < count; i++)
        if (plugs[i].from >= below)
            below = plugs[i].from + 1;
    return below;
}

/* First every source goes where nobody's place is. A copy onto another number is not close-on-exec, dup2(2). */
int plugs_connect(struct plug *plugs, size_t count)
{
    int above = plugs_above(plugs, count);
    for (size_t i = 0; i < count; i++)
        if (plugs[i].from < above && (plugs[i].from = descriptor_copy(plugs[i].from, above)) == -1)
            return errno;
    for (size_t i = 0; i < count; i++)
        if (dup2(plugs[i].from, plugs[i].to) == -1)
            return errno;
    return 0;
}

/* ---- attributes ---- */

static int set_nice(const struct attributes *attributes)
{
    return (attributes->given & NICE_GIVEN) != 0 ? error_of(setpriority(PRIO_PROCESS, 0, attributes->nice)) : 0;
}

/* The kernel leaves others that share the memory alone while the child is one of vfork's, proc(5). */
static int set_oom_score_adj(const struct attributes *attributes)
{
    if ((attributes->given & OOM_SCORE_ADJ_GIVEN) == 0)
        return 0;
    char digits[DECIMAL_MAX];
    const char *value = text_decimal(digits, attributes->oom_score_adj);
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
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
        error = error_of(syscall(SYS_prlimit64, 0, attributes->limits[i].resource, &attributes->limits[i].value, NULL));
    return error;
}

/* An ordinary user may not choose groups; that is no failure if he is to stay who he is. */
static int set_groups(const struct user *user)
{
    int error = error_of(syscall(SET_GROUPS, user->group_count, user->groups));
    return error == EPERM && getuid() == user->uid && getgid() == user->gid ? 0 : error;
}

static int set_user(const struct attributes *attributes)
{
    const struct user *user = attributes->user;
    int error = user != NULL ? set_groups(user) : 0;
    if (user == NULL || error != 0)
        return error;
    error = error_of(syscall(SET_GIDS, user->gid, user->gid, user->gid));
    return error != 0 ? error : error_of(syscall(SET_UIDS, user->uid, user->uid, user->uid));
}

static int enter_directory(const struct attributes *attributes)
{
    if ((attributes->given & UMASK_GIVEN) != 0)
        umask(attributes->umask);
    return attributes->directory != NULL ? error_of(chdir(attributes->directory)) : 0;
}

static int give_up_privileges(const struct attributes *attributes)
{
    return attributes->no_new_privileges ? error_of(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) : 0;
}

static const struct step {
    int (*apply)(const struct attributes *attributes);
    const char *what;
} steps[] = {
    {set_nice, "set its priority"},           {set_oom_score_adj, "set its oom_score_adj"},
    {set_limits, "set its limits"},           {set_user, "become its user"},
    {enter_directory, "go to its directory"}, {give_up_privileges, "give up new privileges"},
};

int attributes_apply(const struct attributes *attributes, const char **failed)
{
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        int error = steps[i].apply(attributes);
        if (error == 0)
            continue;
        *failed = steps[i].what;
        return error;
    }
    return 0;
}
