/* help.c - see help.h. */
#include "help.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "process/wait_status.h"

static const char license[] =
#include "license.h"
    ;

static int print(const char *string)
{
    size_t length = strlen(string);
    return write(STDOUT_FILENO, string, length) == (ssize_t)length ? EXIT_SUCCESS
                                                                   : EXIT_FOSTER_FAILED;
}

static void print_rule(const struct rule *rule)
{
    enum { COLUMN = 25 };
    struct text line;
    if (rule->usage == NULL)
        return;
    text_clear(&line);
    text_add(&line, "  %s", rule->usage);
    while (line.length < COLUMN)
        text_add(&line, " ");
    text_add(&line, " %s", rule->meaning);
    print(line.bytes);
    print("\n");
}

/* foster's own help is made from its options; the others' is a text of theirs. */
int print_help(const struct personality *name)
{
    if (name->help.text != NULL)
        return catalogue_print(name->help.fd, name->help.text);
    print("usage: foster [options] [--] command [argument...]      run one main service\n"
          "       foster [options] --config PATH [-- command...]   supervise several\n"
          "       foster ctl VERB [argument...]                    talk to them\n");
    for (size_t i = 0; i < name->grammar.rule_count; i++)
        print_rule(&name->grammar.rules[i]);
    return print("Exit codes: the command's, 128+N if signal N killed it; 127 not found, 126 not\n"
                 "runnable, 125 foster failed, 2 wrong usage. The manual is foster(8).\n");
}

int print_version(const struct personality *name)
{
    return catalogue_print(name->version.fd, name->version.text);
}

int print_license(void)
{
    return print(license);
}
