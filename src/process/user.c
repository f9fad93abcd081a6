/*
 * user.c - see user.h.
 *
 * A file is read whole, so neither the file nor a line has a longest length, and only results are
 * copied. A line without a number in the field of the id is skipped (a comment, or "+" of NIS). As
 * in container engines, a string of digits is a number and never a name, and the first line that
 * matches counts.
 */
#include "process/user.h"

#include <limits.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"

enum {
    NAME = 0,
    ID = 2,
    PASSWD_GID = 3,
    PASSWD_HOME = 5,
    GROUP_MEMBERS = 3
}; /* the fields of a line */

/* Some bytes of a file, or of a string. */
struct part {
    const char *bytes;
    size_t length;
};

static bool is_equal(struct part one, struct part other)
{
    return one.length == other.length && memcmp(one.bytes, other.bytes, one.length) == 0;
}

/* Takes the part before the next separator, and the separator, from the front. */
static struct part cut(struct part *rest, char separator)
{
    const char *end = memchr(rest->bytes, separator, rest->length);
    struct part part = {rest->bytes, end != NULL ? (size_t)(end - rest->bytes) : rest->length};
    size_t taken = part.length + (end != NULL);
    rest->bytes += taken;
    rest->length -= taken;
    return part;
}

/* The field of that number, from 0; empty if the line has fewer fields. */
static struct part field(struct part line, int index)
{
    while (index-- > 0)
        cut(&line, ':');
    return cut(&line, ':');
}

static bool is_id(struct part part, long *id)
{
    char digits[DECIMAL_MAX];
    if (part.length >= sizeof digits)
        return false;
    memcpy(digits, part.bytes, part.length);
    digits[part.length] = '\0';
    return text_to_number(digits, 0, INT_MAX, id);
}

/* A file that cannot be read is empty: an image FROM scratch has neither of them. */
static struct part read_file(const char *path)
{
    struct part file;
    file.bytes = file_read(path, &file.length);
    return file.bytes != NULL ? file : (struct part){0};
}

static void drop_file(struct part file)
{
    if (file.bytes != NULL)
        file_free((char *)(uintptr_t)file.bytes, file.length);
}

/* Takes lines from the front up to the next one that has an id. */
static bool next_line(struct part *file, struct part *line, long *id)
{
    while (file->length > 0) {
        *line = cut(file, '\n');
        if (is_id(field(*line, ID), id))
            return true;
    }
    return false;
}

/* The line with that name or id. */
static bool find(struct part file, struct part key, struct part *line)
{
    long wanted, id;
    bool by_id = is_id(key, &wanted);
    while (next_line(&file, line, &id))
        if (by_id ? id == wanted : is_equal(field(*line, NAME), key))
            return true;
    return false;
}

static bool lists(struct part members, struct part name)
{
    while (members.length > 0)
        if (is_equal(cut(&members, ','), name))
            return true;
    return false;
}

/* Writes the ids of the groups that list the user, unless groups is NULL. Returns their number. */
static size_t collect_groups(struct part file, struct part name, gid_t *groups)
{
    size_t count = 0;
    struct part line;
    long gid;
    while (next_line(&file, &line, &gid)) {
        if (!lists(field(line, GROUP_MEMBERS), name))
            continue;
        if (groups != NULL)
            groups[count] = (gid_t)gid;
        count++;
    }
    return count;
}

/* The group of the user's line is one of them, as with initgroups(3). */
static void take_groups(struct user *user, struct part group_file)
{
    struct part name = {user->name, strlen(user->name)};
    user->group_count = 1 + collect_groups(group_file, name, NULL);
    gid_t *groups = arena_alloc(user->group_count * sizeof *groups);
    groups[0] = user->gid;
    collect_groups(group_file, name, groups + 1);
    user->groups = groups;
}

/* Reads the user's line of /etc/passwd. A number need not have one. */
static bool take_user(struct user *user, struct part key, struct part passwd_file)
{
    struct part line;
    long id = 0, gid = 0;
    bool known = true;
    if (find(passwd_file, key, &line)) {
        struct part name = field(line, NAME), home = field(line, PASSWD_HOME);
        user->name = arena_copy(name.bytes, name.length);
        user->home = arena_copy(home.bytes, home.length);
        key = field(line, ID);
        known = is_id(field(line, PASSWD_GID), &gid);
    }
    known &= is_id(key, &id);
    user->uid = (uid_t)id;
    user->gid = (gid_t)gid;
    return known;
}

static bool take_group(struct user *user, struct part key, struct part group_file)
{
    struct part line;
    long gid;
    if (!is_id(find(group_file, key, &line) ? field(line, ID) : key, &gid))
        return false;
    user->gid = (gid_t)gid;
    return true;
}

bool user_parse(const char *string, struct user *user, const char **missing)
{
    struct part passwd_file = read_file("/etc/passwd"), group_file = read_file("/etc/group");
    struct part group = {string, strlen(string)}, name = cut(&group, ':');
    bool group_given = string[name.length] == ':';
    *user = (struct user){.text = string};
    *missing = string;
    bool known = name.length > 0 && take_user(user, name, passwd_file);
    if (known && group_given) {
        *missing = group.bytes;
        known = group.length > 0 && take_group(user, group, group_file);
    } else if (known && user->name != NULL) {
        take_groups(user, group_file);
    }
    drop_file(passwd_file);
    drop_file(group_file);
    user->is_known = known;
    return known;
}

static bool is_name(const char *word)
{
    return *word != '\0' && strspn(word, "0123456789") != strcspn(word, ":");
}

bool user_has_name(const char *string)
{
    const char *colon = strchr(string, ':');
    return is_name(string) || (colon != NULL && is_name(colon + 1));
}
