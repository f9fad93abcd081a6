/* value_ready.c - see value_readers.h. How a service shows that it is ready, and healthy. */
#include <string.h>

#include "base/arena.h"
#include "base/http.h"
#include "config/choice.h"
#include "config/settings.h"
#include "config/value_readers.h"

enum { READY_FD_FIRST = 3, READY_FD_LAST = 255 };

static bool read_address(const struct address **field, const char *value)
{
    struct address *address = arena_alloc(sizeof *address);
    *field = address;
    return address_parse(value, address);
}

/* "[HOST:]PORT/PATH". */
static bool read_http(const struct address **field, const char **path, const char *argument)
{
    char request[HTTP_REQUEST_MAX];
    struct text address;
    size_t length = strcspn(argument, "/");
    *path = argument + length;
    text_clear(&address);
    text_add(&address, "tcp:");
    text_add_bytes(&address, argument, length);
    return read_address(field, address.bytes) && http_request(request, *path) != 0;
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
        return read_address(&settings->ready_address, value);
    case READY_BY_HTTP:
        return read_http(&settings->ready_address, &settings->ready_argument, argument);
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
    int choice = choice_with_argument("none\0notify\0after\0fd\0tcp\0unix\0http\0file\0exec\0",
                                      value, &argument);
    settings->ready = (enum ready_by)choice;
    if (choice == -1 || (argument == NULL) != (choice <= READY_BY_NOTIFY))
        return false;
    return argument == NULL || read_argument(settings, value, argument);
}

static const char healthcheck_methods[] = "tcp\0unix\0http\0";

bool value_is_healthcheck_command(const char *value)
{
    const char *argument;
    return choice_with_argument(healthcheck_methods, value, &argument) == -1 || argument == NULL;
}

bool value_read_healthcheck(void *field, struct entry *entry)
{
    static const enum ready_by methods[] = {READY_BY_TCP, READY_BY_UNIX, READY_BY_HTTP};
    struct settings *settings = field;
    bool is_command = value_is_healthcheck_command(entry->value);
    const char *argument, *path = is_command ? NULL : path_in(entry->value);
    const char *value = value_keep_path(entry, path);
    int choice = choice_with_argument(healthcheck_methods, value, &argument);
    settings->healthcheck = value;
    settings->healthcheck_by = is_command ? READY_BY_EXEC : methods[choice];
    settings->healthcheck_argument = value;
    if (is_command)
        return value_is_command(value);
    if (settings->healthcheck_by == READY_BY_HTTP)
        return read_http(&settings->healthcheck_address, &settings->healthcheck_argument, argument);
    return read_address(&settings->healthcheck_address, value);
}
