/* help.c - see help.h. */
#include "help.h"

#include <unistd.h>

static const char license[] =
#include "license.h"
    ;

/* A line of the help: the usage of an option, and from a fixed column on its description. */
static void print_rule(int fd, const struct option_rule *rule)
{
    enum { COLUMN = 25 };
    struct text line;
    if (rule->usage == NULL)
        return;
    text_clear(&line);
    text_add(&line, "  %s", rule->usage);
    while (line.length < COLUMN)
        text_add(&line, " ");
    text_add(&line, " %s\n", rule->description);
    catalogue_print(fd, line.bytes);
}

int help_print(const struct personality *personality)
{
    int fd = personality->help_fd;
    int code = catalogue_print(fd, personality->help);
    for (size_t i = 0; i < personality->grammar.rule_count; i++)
        print_rule(fd, &personality->grammar.rules[i]);
    return personality->help_end != NULL ? catalogue_print(fd, personality->help_end) : code;
}

int help_print_version(const struct personality *personality)
{
    return catalogue_print(personality->version_fd, personality->version);
}

int help_print_license(void)
{
    return catalogue_print(STDOUT_FILENO, license);
}
