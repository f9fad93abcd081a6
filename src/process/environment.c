/*
 * environment.c - see environment.h. Each entry is compared with each addition. There are tens of
 * both as a rule, and the file has a limit for them (ENVIRONMENT_MOST), so a hash table would not
 * pay.
 */
#include "process/environment.h"

#include <string.h>
#include <unistd.h>

/* sd_notify(3), sd_listen_fds(3), sd_watchdog_enabled(3) */
static const char *const fosters_own[ENVIRONMENT_OWN] = {
    "NOTIFY_SOCKET", "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "WATCHDOG_USEC", "WATCHDOG_PID",
};

/* True if an element of the list, "NAME" or "NAME=value", has the name of that entry. */
static bool names_one(const char *const *list, size_t count, const char *entry)
{
    size_t length = strcspn(entry, "=");
    for (size_t i = 0; i < count; i++)
        if (strncmp(list[i], entry, length) == 0 &&
            (list[i][length] == '=' || list[i][length] == '\0'))
            return true;
    return false;
}

size_t environment_room(size_t additions)
{
    size_t entries = 0;
    while (environ[entries] != NULL)
        entries++;
    return entries + additions + 1;
}

/* Copies the entries of foster's environment whose name is not in the list. `to` may be the
 * environment itself. Returns the end of the copies. */
static char **copy_others(char **to, const char *const *list, size_t count)
{
    for (char **entry = environ; *entry != NULL; entry++)
        if (!names_one(list, count, *entry))
            *to++ = *entry;
    return to;
}

/* An environment may have a name twice: both go, and the first one is kept, as getenv(3) has it. */
size_t environment_remove_own(char *removed[ENVIRONMENT_OWN])
{
    size_t count = 0;
    for (size_t i = 0; i < ENVIRONMENT_OWN; i++) {
        char **entry = environ;
        while (*entry != NULL && !names_one(&fosters_own[i], 1, *entry))
            entry++;
        if (*entry != NULL)
            removed[count++] = *entry;
    }
    *copy_others(environ, fosters_own, ENVIRONMENT_OWN) = NULL;
    return count;
}

void environment_merge(char **merged, char *const *additions, size_t count)
{
    merged = copy_others(merged, (const char *const *)additions, count);
    for (size_t i = 0; i < count; i++)
        if (!names_one((const char *const *)additions + i + 1, count - i - 1, additions[i]))
            *merged++ = additions[i];
    *merged = NULL;
}

const char *environment_find(char *const *list, const char *name, size_t length)
{
    for (; *list != NULL; list++)
        if (strncmp(*list, name, length) == 0 && (*list)[length] == '=')
            return *list + length + 1;
    return NULL;
}

bool environment_is_entry(const char *entry)
{
    return *entry != '=' && strchr(entry, '=') != NULL;
}
