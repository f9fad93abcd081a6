/* value_listen.c - see value_readers.h. Sockets that foster opens for a service. */
#include <string.h>

#include "base/arena.h"
#include "config/settings.h"
#include "config/value_readers.h"

enum { NAME_MOST = 255 }; /* sd_listen_fds(3) */

/* "tcp:80" or "web=tcp:80". */
static bool add_socket(struct settings *settings, struct entry *entry, char *word)
{
    struct listen *list = arena_grow(settings->listen, settings->listen_count, sizeof *list);
    struct listen *listen = &list[settings->listen_count++];
    size_t length = strcspn(word, "=:");
    settings->listen = list;
    listen->name = arena_copy(entry->section, strlen(entry->section));
    listen->file = entry->place.file;
    listen->line = entry->place.line;
    if (length > 0 && length <= NAME_MOST && word[length] == '=') {
        listen->name = word;
        word[length] = '\0';
        word += length + 1;
    }
    entry->culprit = word;
    return address_parse(word, &listen->address);
}

bool value_read_listen(void *field, struct entry *entry)
{
    char *words = arena_copy(entry->value, strlen(entry->value)), *rest;
    for (char *word = strtok_r(words, BLANKS, &rest); word != NULL;
         word = strtok_r(NULL, BLANKS, &rest))
        if (!add_socket(field, entry, word))
            return false;
    return true;
}
