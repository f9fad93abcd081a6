/* notify_message.c - see notify_message.h. */
#include "supervise/notify_message.h"

#include <limits.h>
#include <stddef.h>
#include <string.h>

#include "base/text.h"

static void read_flag(void *field, const char *value)
{
    *(bool *)field |= strcmp(value, "1") == 0;
}

/* Microseconds, rounded up: a short time does not become none. */
static void read_span(void *field, const char *value)
{
    const char *end;
    int64_t number = text_number(value, &end);
    if (*end == '\0')
        *(milliseconds *)field = number / US_PER_MS + (number % US_PER_MS != 0);
}

static void read_pid(void *field, const char *value)
{
    long pid;
    if (text_to_number(value, 1, INT_MAX, &pid))
        *(pid_t *)field = (pid_t)pid;
}

static void read_watchdog(void *field, const char *value)
{
    struct notify_message *message = field;
    read_flag(&message->watchdog, value);
    message->watchdog_trigger |= strcmp(value, "trigger") == 0;
}

/* True for a byte that is not the first of its character, utf-8(7). */
static bool continues_character(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

/* A status that is too long is cut before a character, not within one. */
static void read_status(void *field, const char *value)
{
    struct notify_message *message = field;
    struct text text;
    text_clear(&text);
    text_add(&text, "%s", value);
    size_t length = text.length;
    if (length >= NOTIFY_STATUS_MAX)
        for (length = NOTIFY_STATUS_MAX - 1; length > 0 && continues_character(text.bytes[length]);)
            length--;
    memcpy(message->status, text.bytes, length);
    message->status[length] = '\0';
    message->has_status = true;
}

/* What a message may set, and how its value is read. BARRIER=1 sets nothing: its descriptor is
 * closed as any other is, notify_socket.h. */
#define FIELD(name) offsetof(struct notify_message, name)
static const struct variable {
    const char *name;
    void (*read)(void *field, const char *value);
    size_t field; /* 0: the whole message */
} variables[] = {
    {"READY=", read_flag, FIELD(ready)},
    {"RELOADING=", read_flag, FIELD(reloading)},
    {"STOPPING=", read_flag, FIELD(stopping)},
    {"STATUS=", read_status, 0},
    {"MAINPID=", read_pid, FIELD(main_pid)},
    {"WATCHDOG=", read_watchdog, 0},
    {"WATCHDOG_USEC=", read_span, FIELD(watchdog_interval)},
    {"EXTEND_TIMEOUT_USEC=", read_span, FIELD(extend)},
};

static void read_line(struct notify_message *message, const char *line)
{
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        const struct variable *variable = &variables[i];
        size_t length = strlen(variable->name);
        if (strncmp(line, variable->name, length) == 0)
            variable->read((char *)message + variable->field, line + length);
    }
}

void notify_message_read(struct notify_message *message, char *text)
{
    char *end;
    for (char *line = text; line != NULL; line = end) {
        end = strchr(line, '\n');
        if (end != NULL)
            *end++ = '\0';
        read_line(message, line);
    }
}
