/* value_ready.c - see value_readers.h. How a service shows that it is ready. */
#include "base/arena.h"
#include "config/choice.h"
#include "config/settings.h"
#include "config/value_readers.h"

enum { READY_FD_FIRST = 3, READY_FD_LAST = 255 };

static bool read_address(struct settings *settings, const char *value)
{
    struct address *address = arena_alloc(sizeof *address);
    settings->ready_address = address;
    return address_parse(value, address);
}

static bool read_argument(struct settings *settings, const char *value, const char *argument)
{
    long fd = 0;
    bool valid;
    switch (settings->ready) {
    case READY_AFTER:
        return duration_parse(argument, &settings->ready_after);
    case READY_BY_FD:
        valid = text_to_number(argument, READY_FD_FIRST, READY_FD_LAST, &fd);
        settings->ready_fd = (int)fd;
        return valid;
    case READY_BY_TCP:
    case READY_BY_UNIX:
        return read_address(settings, value);
    case READY_BY_EXEC:
        settings->ready_argument = argument;
        return value_is_command(argument);
    default:
        settings->ready_argument = argument;
        return *argument != '\0';
    }
}

/* The path in unix:PATH, unless that is an abstract name, and in file:PATH. */
static const char *path_in(const char *value)
{
    const char *local = value_path_after("unix:", value);
    return local != NULL && *local != '@' ? local : value_path_after("file:", value);
}

bool value_read_ready(void *field, struct entry *entry)
{
    struct settings *settings = field;
    const char *argument, *value = value_keep_path(entry, path_in(entry->value));
    int choice =
        choice_with_argument("none\0notify\0after\0fd\0tcp\0unix\0file\0exec\0", value, &argument);
    settings->ready = (enum ready_by)choice;
    if (choice == -1 || (argument == NULL) != (choice <= READY_BY_NOTIFY))
        return false;
    return argument == NULL || read_argument(settings, value, argument);
}
