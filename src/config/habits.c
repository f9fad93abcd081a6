/*
 * habits.c - see habits.h. A table for what a command begins with, one for its other words, and two
 * forms that can stand in any value.
 *
 * A shell that is named reads its own words: nothing is said of what stands in its script, but that
 * a variable which is expanded here becomes part of it.
 */
#include "config/habits.h"

#include <stddef.h>
#include <string.h>

#define BLANK   " \t\n"
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_"
#define DIGITS  "0123456789"

/* A word as it is written, with its quotes. */
struct word {
    const char *begin;
    size_t length;
    bool is_plain; /* no character of it is quoted */
};

/* ---- words ---- */

static bool next_word(const char **at, struct word *word)
{
    char quote = '\0';
    const char *next = *at + strspn(*at, BLANK);
    *word = (struct word){.begin = next, .is_plain = true};
    for (; *next != '\0' && (quote != '\0' || strchr(BLANK, *next) == NULL); next++) {
        if (*next == '\\' && quote != '\'' && next[1] != '\0')
            next++;
        else if (quote == '\0' && (*next == '"' || *next == '\''))
            quote = *next;
        else if (*next == quote)
            quote = '\0';
        else
            continue;
        word->is_plain = false;
    }
    *at = next;
    word->length = (size_t)(next - word->begin);
    return word->length > 0;
}

static bool is_word(const struct word *word, const char *string)
{
    return word->length == strlen(string) && memcmp(word->begin, string, word->length) == 0;
}

static bool is_any(const struct word *word, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is_word(word, list[i]))
            return true;
    return false;
}
#define IS_ANY(word, list) is_any(word, list, sizeof(list) / sizeof(list)[0])

static void add_word(struct text *note, const struct word *word)
{
    char copy[TEXT_MAX];
    size_t length = word->length < sizeof copy ? word->length : sizeof copy - 1;
    memcpy(copy, word->begin, length);
    copy[length] = '\0';
    text_add(note, "'%s'", copy);
}

/* ---- forms that can stand anywhere ---- */

/* "%(NAME)s" of supervisord, whose names of variables begin with ENV_. */
static bool is_percent(const char *at, struct word *form)
{
    size_t name = at[0] == '%' && at[1] == '(' ? strspn(at + 2, LETTERS DIGITS) : 0;
    *form = (struct word){at, name + strlen("%()s"), true};
    return name > 0 && at[2 + name] == ')' && at[3 + name] == 's';
}

/* "$NAME" of a shell. */
static bool is_dollar(const char *at, struct word *form)
{
    size_t first = at[0] == '$' ? strspn(at + 1, LETTERS) : 0;
    size_t name = first > 0 ? strspn(at + 1, LETTERS DIGITS) : 0;
    *form = (struct word){at, name + 1, true};
    return name > 0;
}

static void add_reference(struct text *note, const struct word *form)
{
    static const char environment[] = "ENV_";
    struct word name = {form->begin + 1, form->length - 1, true};
    if (*form->begin == '%')
        name = (struct word){form->begin + 2, form->length - strlen("%()s"), true};
    if (*form->begin == '%' && strncmp(name.begin, environment, strlen(environment)) == 0) {
        name.begin += strlen(environment);
        name.length -= strlen(environment);
    }
    add_word(note, form);
    text_add(note, " is taken as it stands; the variable is ${");
    text_add_bytes(note, name.begin, name.length);
    text_add(note, "}");
}

/* Looks for these forms outside of single quotes, if there are quotes at all. */
static bool has_form(const char *value, bool quotes_count, struct text *note)
{
    bool single = false;
    struct word form;
    for (const char *at = value; *at != '\0'; at++) {
        if (quotes_count && *at == '\'')
            single = !single;
        if (single || (!is_percent(at, &form) && !is_dollar(at, &form)))
            continue;
        add_reference(note, &form);
        return true;
    }
    return false;
}

bool habits_of_value(const char *value, struct text *note)
{
    return has_form(value, false, note);
}

/* ---- variables ---- */

static const char *pass_name(const char *at)
{
    at += strspn(at, LETTERS DIGITS);
    return *at == '=' ? at + 1 : NULL;
}

/* A="1",B="2" of supervisord. */
bool habits_of_variable(const char *variable, struct text *note)
{
    const char *value = strchr(variable, '=');
    if (value == NULL || (value[1] != '"' && value[1] != '\''))
        return habits_of_value(variable, note);
    text_add(note, "quotes are part of the value of a variable; write it without them");
    const char *closing = strchr(value + 2, value[1]);
    if (closing != NULL && closing[1] == ',' && pass_name(closing + 2) != NULL)
        text_add(note, ", and a line for each variable");
    return true;
}

/* ---- commands ---- */

static const char *const shells[] = {"sh", "bash", "dash", "ash", "ksh", "zsh"};
static const char *const shell_words[] = {"cd",    "exec", "export", "source", ".",     "ulimit",
                                          "umask", "set",  "eval",   "if",     "while", "for"};
static const char *const docker_words[] = {"CMD", "CMD-SHELL", "NONE", "RUN", "ENTRYPOINT"};
static const char *const operators[] = {"&&", "||", "|", ";", "&", "|&", "&>"};
static const char *const ends_of_find[] = {"-exec", "-execdir", "-ok", "-okdir"};

/* "sh", "/bin/sh" */
static bool is_shell(const struct word *program)
{
    struct word name = *program;
    for (size_t i = 0; i < program->length; i++)
        if (program->begin[i] == '/')
            name = (struct word){program->begin + i + 1, program->length - i - 1, true};
    return IS_ANY(&name, shells);
}

/* ">", "2>&1", "</dev/null" */
static bool is_redirection(const struct word *word)
{
    const char *sign = word->begin + strspn(word->begin, DIGITS);
    return *sign == '>' || *sign == '<';
}

/* "CMD-SHELL", "cd", "FOO=bar", "[\"sleep\",": what the program is taken for. */
static bool has_beginning(const struct word *program, struct text *note)
{
    const char *meant = NULL;
    if (*program->begin == '[' && program->length > 1)
        meant = "; write the words of the command, without brackets, quotes and commas";
    else if (IS_ANY(program, docker_words))
        meant = "; write the command alone, with sh -c before it where it needs a shell";
    else if (IS_ANY(program, shell_words))
        meant = ", and no shell runs; write sh -c '...'";
    else if (pass_name(program->begin) != NULL && program->is_plain)
        meant = "; write it under environment";
    if (meant == NULL)
        return false;
    add_word(note, program);
    text_add(note, " is taken for the program%s", meant);
    return true;
}

/* "true; true": the first of the words that only a shell understands. */
static bool has_operator(const char *rest, struct text *note)
{
    struct word word;
    bool in_find = false;
    while (next_word(&rest, &word)) {
        in_find |= IS_ANY(&word, ends_of_find);
        bool is_last = word.begin[word.length - 1] == ';' && !in_find;
        if (!word.is_plain || (is_word(&word, ";") && in_find) ||
            (!IS_ANY(&word, operators) && !is_redirection(&word) && !is_last))
            continue;
        add_word(note, &word);
        text_add(note, " is an argument here, and no shell runs; write sh -c '...'");
        return true;
    }
    return false;
}

/* The script of a shell that holds ${NAME}: what the variable holds is read as a script. */
static bool has_script(const char *script, struct text *note)
{
    const char *reference = strstr(script, "${");
    if (reference == NULL || reference[-1] == '$')
        return false;
    text_add(note, "foster expands the variable, and the shell reads what it holds as part of its "
                   "script; write $$ before the brace, or single quotes");
    return true;
}

bool habits_of_command(const char *command, struct text *note)
{
    const char *rest = command;
    struct word program, script;
    if (!next_word(&rest, &program))
        return false;
    while (is_shell(&program) && next_word(&rest, &script))
        if (*script.begin == '"')
            return has_script(script.begin, note);
    if (is_shell(&program))
        return false;
    return has_beginning(&program, note) || has_operator(command, note) ||
           has_form(command, true, note);
}
