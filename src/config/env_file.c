/*
 * env_file.c - see env_file.h. A value is never longer than what it is written as, so it is written
 * over that.
 */
#include "config/env_file.h"

#include <stddef.h>
#include <string.h>

#define BLANK      " \t\r\v\f"
#define EXPORT     "export"
#define EXPECTED   "NAME=VALUE"
#define UNFINISHED "a quote at the end of the value"

static unsigned count_lines(const char *from, const char *to)
{
    unsigned lines = 0;
    while (from < to)
        lines += *from++ == '\n';
    return lines;
}

static char *pass_blanks(char *at)
{
    return at + strspn(at, BLANK);
}

/* The next line begins behind the first newline from there on. Before anything is written over. */
static void end_line(struct env_file *file, char *at)
{
    at += strcspn(at, "\n");
    at += at < file->end;
    file->next_line += count_lines(file->next, at);
    file->next = at;
}

/* "export NAME", where NAME need not be a plain one. */
static char *pass_export(char *at)
{
    char *name = at + strlen(EXPORT);
    bool is_export = strncmp(at, EXPORT, strlen(EXPORT)) == 0 && *name != '\0';
    return is_export && strchr(BLANK, *name) != NULL ? pass_blanks(name) : at;
}

/* What a backslash and that character stand for in double quotes. */
static char unescape(char character)
{
    static const char letters[] = "nrtvfab", controls[] = "\n\r\t\v\f\a\b";
    const char *letter = character != '\0' ? strchr(letters, character) : NULL;
    if (letter == NULL)
        return character;
    return controls[letter - letters];
}

static bool is_escape(const char *at, char quote)
{
    return at[0] == '\\' && at[1] != '\0' && (quote == '"' || at[1] == quote);
}

/* The quote that ends the value which begins with one, or NULL. */
static char *closing_quote(char *at)
{
    const char quote = *at++;
    while (*at != quote && *at != '\0')
        at += is_escape(at, quote) ? 2 : 1;
    return *at == quote ? at : NULL;
}

/* Writes what stands between the quotes to that place. Returns the end of what is written. */
static char *take_quoted(char *at, const char *closing, char *to)
{
    const char quote = *at++;
    for (; at < closing; at++) {
        bool escape = is_escape(at, quote);
        at += escape;
        *to = *at;
        if (escape && quote == '"')
            *to = unescape(*at);
        to++;
    }
    return to;
}

/* The end of a text from which the blanks at its end are cut. */
static char *trimmed(const char *begin, char *end)
{
    while (end > begin && strchr(BLANK, end[-1]) != NULL)
        end--;
    return end;
}

/* The end of a value without quotes, which has a = or a blank before it: its comment or the line's
 * end, and the blanks before that. */
static char *plain_end(char *value)
{
    char *end = value + strcspn(value, "\n");
    for (char *at = value; at < end; at++)
        if (*at == '#' && strchr(BLANK, at[-1]) != NULL)
            end = at;
    return trimmed(value, end);
}

static bool is_line_end(char *at)
{
    at = pass_blanks(at);
    return *at == '\0' || *at == '\n' || *at == '#';
}

/* Reads the value there, and writes it to that place. NULL, or what the line should have been. */
static const char *take_value(struct env_file *file, char *value, char *to)
{
    const char quote = *value, *begin = to;
    bool quoted = quote == '"' || quote == '\'';
    char *end = quoted ? closing_quote(value) : plain_end(value);
    bool ends = end != NULL && (!quoted || is_line_end(end + 1));
    end_line(file, ends ? end : value);
    if (!ends)
        return UNFINISHED;
    if (quoted)
        to = take_quoted(value, end, to);
    else
        to = (char *)memmove(to, value, (size_t)(end - value)) + (end - value);
    *to = '\0';
    file->has_reference = quote != '\'' && strstr(begin, "${") != NULL;
    return NULL;
}

static enum env_file_found refuse(struct env_file *file, char *line, const char **variable)
{
    *variable = EXPECTED;
    end_line(file, line);
    return ENV_FILE_FAULT;
}

/* A line that has a =, there. */
static enum env_file_found take_variable(struct env_file *file, char *name, char *sign,
                                         const char **variable)
{
    char *end = trimmed(name, sign);
    if (end == name || name + strcspn(name, BLANK) < end)
        return refuse(file, name, variable);
    *variable = take_value(file, pass_blanks(sign + 1), end + 1);
    if (*variable != NULL)
        return ENV_FILE_FAULT;
    *end = '=';
    *variable = name;
    return ENV_FILE_VARIABLE;
}

enum env_file_found env_file_next(struct env_file *file, const char **variable)
{
    while (file->next < file->end) {
        char *line = pass_blanks(file->next), *name = pass_export(line);
        char *sign = name + strcspn(name, "=\n");
        file->line = file->next_line;
        if (*line != '#' && *sign == '=')
            return take_variable(file, name, sign, variable);
        if (*line != '#' && name + strcspn(name, BLANK) < trimmed(name, sign))
            return refuse(file, name, variable);
        end_line(file, line);
    }
    return ENV_FILE_END;
}
