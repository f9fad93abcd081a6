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

/* The numbers of the raw calls: the libc's functions change every thread of foster. On machines
 * whose ids once had 16 bits the calls without "32" still take those, setresuid(2). */
#ifdef SYS_setgroups32
enum { SET_GROUPS = SYS_setgroups32, SET_GIDS = SYS_setresgid32, SET_UIDS = SYS_setresuid32 };
#else
enum { SET_GROUPS = SYS_setgroups, SET_GIDS = SYS_setresgid, SET_UIDS = SYS_setresuid };
#endif

struct user {
    uid_t uid;
    gid_t gid;
    const gid_t *groups; /* supplementary groups */
    size_t group_count;
    const char *name; /* NULL: a number that is not in /etc/passwd */
    const char *home; /* NULL: the same */
    const char *text; /* as the file has it, by which the user is looked up again */
    bool is_known;    /* of the rest only `text` holds if it is not */
};

/*
 * Reads "NAME", "UID", "NAME:GROUP", "UID:GID" and mixtures, as container engines read USER. A user
 * of /etc/passwd has the group and the home of its line, and as supplementary groups those of
 * /etc/group that list the user. With ":GROUP" that is the only group. A number that is not in
 * /etc/passwd has the group 0, as in engines. False if the user or the group is unknown or
 * malformed; *missing is then the whole string or the part behind the colon. Memory comes from the
 * arena: one thread, before the first start; or a child of a fork, which has an arena of its own.
 */
bool user_parse(const char *string, struct user *user, const char **missing);

/* True if the user or its group is given by a name, which another program may create or change.
 * Allocates nothing. */
bool user_has_name(const char *string);

#endif
