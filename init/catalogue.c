/* catalogue.c - see catalogue.h. What it holds is set once, before there is a second thread. */
#include "catalogue.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "process/wait_status.h"

static const struct catalogue_line *lines[EVENTS]; /* NULL: nothing is said */
static const char *caller = "", *program = "";
static pid_t own_pid;

void catalogue_use(const struct catalogue_line *table, size_t count, const char *called, pid_t self)
{
    for (size_t i = 0; i < count; i++)
        lines[table[i].event] = &table[i];
    caller = called;
    own_pid = self;
}

void catalogue_use_command(const char *command)
{
    program = command;
}

bool catalogue_has(enum message event)
{
    return lines[event] != NULL && log_wants((enum log_level)lines[event]->level);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static void add_fact(struct text *text, char letter, const struct message_values *facts)
{
    const struct {
        char letter;
        const char *string;
    } strings[] = {{'a', caller},        {'b', base_name(caller)}, {'c', program},
                   {'o', facts->option}, {'v', facts->value},      {'t', facts->text}};
    const struct {
        char letter;
        int number;
    } numbers[] = {{'i', own_pid}, {'p', facts->pid}, {'n', facts->number}};
    for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++)
        if (strings[i].letter == letter && strings[i].string != NULL)
            text_add(text, "%s", strings[i].string);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (numbers[i].letter == letter)
            text_add(text, "%d", numbers[i].number);
}

static void add_filled(struct text *text, const char *pattern, const struct message_values *facts)
{
    for (;;) {
        size_t plain = strcspn(pattern, "%");
        text_add_bytes(text, pattern, plain);
        pattern += plain;
        if (*pattern == '\0')
            return;
        add_fact(text, pattern[1], facts);
        pattern += 2;
    }
}

void text_add_message(struct text *text, const struct message_values *facts)
{
    if (lines[facts->event] != NULL)
        add_filled(text, lines[facts->event]->text, facts);
}

void catalogue_say_values(const struct message_values *facts)
{
    struct text line;
    if (!catalogue_has(facts->event))
        return;
    text_clear(&line);
    text_add_message(&line, facts);
    log_write(lines[facts->event]->fd, &line);
}

int catalogue_print(int fd, const char *pattern)
{
    struct text text;
    text_clear(&text);
    if (pattern != NULL)
        add_filled(&text, pattern, &(struct message_values){0});
    return write(fd, text.bytes, text.length) == (ssize_t)text.length ? EXIT_SUCCESS
                                                                      : EXIT_FOSTER_FAILED;
}
