/* catalogue.c - see catalogue.h. Its variables are set before there is a second thread, and read by
 * all threads without a lock. */
#include "catalogue.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "process/wait_status.h"

static const struct catalogue_line *lines[MESSAGES]; /* by message; NULL: it has no line */
static const char *called_as = "", *program = "";
static pid_t own_pid;

void catalogue_use(const struct catalogue_line *table, size_t count, const char *called, pid_t self)
{
    for (size_t i = 0; i < count; i++)
        lines[table[i].message] = &table[i];
    called_as = called;
    own_pid = self;
}

void catalogue_use_command(const char *command)
{
    program = command;
}

bool catalogue_has(enum message message)
{
    return lines[message] != NULL && log_wants((enum log_level)lines[message]->level);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

/* Appends the value that a letter stands for; the arrays are in the order of the letters. */
static void add_value(struct text *text, char letter, const struct message_values *values)
{
    static const char string_letters[] = "abcotv", number_letters[] = "imnp";
    const char *const strings[] = {called_as,      base_name(called_as), program,
                                   values->option, values->text,         values->value};
    const int numbers[] = {own_pid, values->second_number, values->number, values->pid};
    const char *string = strchr(string_letters, letter), *number = strchr(number_letters, letter);
    if (string != NULL && strings[string - string_letters] != NULL)
        text_add(text, "%s", strings[string - string_letters]);
    if (number != NULL)
        text_add(text, "%d", numbers[number - number_letters]);
}

/* Appends the pattern with the values in the place of its letters. */
static void add_filled(struct text *text, const char *pattern, const struct message_values *values)
{
    for (;;) {
        size_t plain = strcspn(pattern, "%");
        text_add_bytes(text, pattern, plain);
        pattern += plain;
        if (*pattern == '\0')
            return;
        add_value(text, pattern[1], values);
        pattern += 2;
    }
}

void catalogue_add(struct text *line, const struct message_values *values)
{
    if (lines[values->message] != NULL)
        add_filled(line, lines[values->message]->text, values);
}

void catalogue_say_values(const struct message_values *values)
{
    struct text line;
    if (!catalogue_has(values->message))
        return;
    text_clear(&line);
    catalogue_add(&line, values);
    log_write(lines[values->message]->fd, &line);
}

int catalogue_print(int fd, const char *text)
{
    struct text filled;
    text_clear(&filled);
    if (text != NULL)
        add_filled(&filled, text, &(struct message_values){0});
    return file_write_all(fd, filled.bytes, filled.length) ? EXIT_SUCCESS : EXIT_FOSTER_FAILED;
}
