/*
 * trusted_path.c - see trusted_path.h.
 *
 * The path is walked component by component, and each directory is kept open while its entry is
 * checked. What was checked stays true until the file is opened: only root can change entries of
 * directories to which root alone may write; and in any other directory the file is opened relative
 * to the directory that was checked, and not through a link.
 */
#include "process/trusted_path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/file.h"

enum {
    LINKS_MOST = 40, /* as the kernel has it, path_resolution(7) */
    PROC_MAGIC = 0x9fa0,
    OTHERS_MAY_WRITE = S_IWGRP | S_IWOTH,
};

struct walk {
    int at;              /* the directory that the walk has reached, or -1 */
    int links;           /* the number of links that have been followed */
    bool to_the_end;     /* false: the walk ends at the first directory that is not trusted */
    bool trusted;        /* root alone controls the path so far */
    bool foreign_link;   /* there was a link in a directory that is not trusted */
    bool arrived;        /* the component is the last one, and its directory is `at` */
    char rest[PATH_MAX]; /* of the path */
    char name[PATH_MAX]; /* the present component */
    char link[PATH_MAX]; /* its target, if it is a link */
};

/* Not on the stack, which may be small. One walk at a time: by one thread, or by the child of a
 * fork, which has a copy. */
static struct walk the_walk;

static void move_to(struct walk *walk, int directory)
{
    if (walk->at != -1)
        close(walk->at);
    walk->at = directory;
}

/* Puts the target of a link before the rest. */
static void follow(struct walk *walk)
{
    ssize_t length = readlinkat(walk->at, walk->name, walk->link, sizeof walk->link - 1);
    size_t left = strlen(walk->rest);
    if (length <= 0 || walk->links++ == LINKS_MOST ||
        (size_t)length + 1 + left >= sizeof walk->rest) {
        errno = ELOOP;
        move_to(walk, -1);
        return;
    }
    memmove(walk->rest + length + 1, walk->rest, left + 1);
    memcpy(walk->rest, walk->link, (size_t)length);
    walk->rest[length] = '/';
    if (walk->link[0] == '/')
        move_to(walk, open("/", O_PATH | O_CLOEXEC));
}

/* Takes the first component from the rest. True if it is the last one. */
static bool take_component(struct walk *walk)
{
    char *start = walk->rest + strspn(walk->rest, "/");
    size_t length = strcspn(start, "/");
    memcpy(walk->name, start, length);
    walk->name[length] = '\0';
    start += length;
    start += strspn(start, "/");
    memmove(walk->rest, start, strlen(start) + 1);
    return walk->rest[0] == '\0';
}

/* No process in this container can write to a file system that is mounted read-only, whichever user
 * owns the files. Engines mount secrets and configuration so, some as links in a directory with
 * mode 777. */
static bool is_read_only(int fd)
{
    struct statfs found;
    return fstatfs(fd, &found) == 0 && (found.f_flags & ST_RDONLY) != 0;
}

static bool is_roots_alone(int directory)
{
    struct stat found;
    bool is_roots = fstat(directory, &found) == 0 && found.st_uid == 0 &&
                    (found.st_mode & OTHERS_MAY_WRITE) == 0;
    return is_roots || is_read_only(directory);
}

static bool is_in_proc(int directory)
{
    struct statfs found;
    return fstatfs(directory, &found) == 0 && found.f_type == PROC_MAGIC;
}

/* Takes one component. If only trusted ones are wanted and its directory is not, the component is
 * not looked at: its file system may not answer. A link in /proc is opened and not followed. */
static void step(struct walk *walk)
{
    struct stat found;
    bool is_last = take_component(walk), trusted = is_roots_alone(walk->at);
    walk->trusted &= trusted;
    if (!walk->trusted && !walk->to_the_end) {
        move_to(walk, -1);
        return;
    }
    bool is_link =
        fstatat(walk->at, walk->name, &found, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(found.st_mode);
    if (is_link && !(is_last && is_in_proc(walk->at))) {
        walk->foreign_link |= !trusted;
        follow(walk);
    } else if (is_last) {
        walk->arrived = true;
    } else {
        move_to(walk, openat(walk->at, walk->name, O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC));
    }
}

static struct walk *walk_along(const char *path, bool to_the_end)
{
    struct walk *walk = &the_walk;
    walk->at = -1;
    walk->links = 0;
    walk->to_the_end = to_the_end;
    walk->trusted = true;
    walk->foreign_link = walk->arrived = false;
    errno = ENAMETOOLONG;
    if (strlen(path) >= sizeof walk->rest)
        return walk;
    strcpy(walk->rest, path);
    move_to(walk, open(path[0] == '/' ? "/" : ".", O_PATH | O_CLOEXEC));
    while (walk->at != -1 && !walk->arrived)
        step(walk);
    return walk;
}

bool trusted_path_check(const char *path)
{
    struct walk *walk = walk_along(path, false);
    move_to(walk, -1);
    return walk->arrived && walk->trusted;
}

int trusted_path_open(const char *path, int flags)
{
    const struct walk *walk = walk_along(path, true);
    if (walk->foreign_link)
        errno = ELOOP;
    int fd = -1, no_link = walk->arrived && is_in_proc(walk->at) ? 0 : O_NOFOLLOW;
    if (walk->arrived && !walk->foreign_link)
        fd = openat(walk->at, walk->name, flags | no_link | O_CLOEXEC);
    int saved = errno;
    move_to(&the_walk, -1);
    errno = saved;
    return fd;
}

/* Only of regular files: the reader refuses all others. */
static bool is_of_one(int fd, uid_t *owner)
{
    struct stat found;
    if (fstat(fd, &found) == -1 ||
        (S_ISREG(found.st_mode) && (found.st_mode & OTHERS_MAY_WRITE) != 0))
        return false;
    if (found.st_uid != 0)
        *owner = *owner == 0 || *owner == found.st_uid ? found.st_uid : SEVERAL_OWNERS;
    return true;
}

int trusted_path_open_single_owner(const char *path, uid_t *owner)
{
    bool is_root = geteuid() == 0;
    int fd = is_root ? trusted_path_open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY) : file_open(path);
    if (fd == -1 || !is_root || is_read_only(fd) || is_of_one(fd, owner))
        return fd;
    close(fd);
    errno = EPERM;
    return -1;
}
