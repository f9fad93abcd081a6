/*
 * user.h - users and groups by name, from /etc/passwd and /etc/group.
 *
 * getpwnam(3) brings stdio, a heap and a name service that a static binary cannot have. Numbers
 * work without either file (an image FROM scratch has none). See passwd(5), group(5).
 */
#ifndef PROCESS_USER_H
#define PROCESS_USER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <sys/types.h>

/* The raw calls: the libc's change every thread of foster. Where ids once had 16 bits the calls of
 * those names still do, setresuid(2). */
#ifdef SYS_setgroups32
enum { SET_GROUPS = SYS_setgroups32, SET_GIDS = SYS_setresgid32, SET_UIDS = SYS_setresuid32 };
#else
enum { SET_GROUPS = SYS_setgroups, SET_GIDS = SYS_setresgid, SET_UIDS = SYS_setresuid };
#endif

struct user {
    uid_t uid;
    gid_t gid;
    const gid_t *groups; /* supplementary ones, of a name; none of a number alone */
    size_t group_count;
    const char *name; /* NULL: a number that /etc/passwd does not know */
    const char *home; /* NULL: the same */
};

/*
 * Reads "NAME", "UID", "NAME:GROUP", "UID:GID" and mixtures, as container engines do for USER. A
 * name or a number that passwd knows brings its group, its home, and the groups of /etc/group that
 * list it; with a group given there are no others. A number that is unknown, alone, has the group
 * 0, as in engines. False: *missing is the part that is unknown or malformed (the whole string, or
 * what follows the colon). What is kept is from the arena: before the first start.
 */
bool user_parse(const char *string, struct user *user, const char **missing);

#endif
