/* texts.c - see texts.h. */
#include "texts.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "options.h"
#include "process/status.h"

static const char license[] =
#include "license.h"
    ;

static int print(const char *string)
{
    size_t length = strlen(string);
    return write(STDOUT_FILENO, string, length) == (ssize_t)length ? EXIT_SUCCESS : EXIT_FOSTER_FAILED;
}

static void print_option(const char *option, const char *meaning)
{
    enum { COLUMN = 25 };
    struct text line;
    text_clear(&line);
    text_add(&line, "  ", option);
    while (line.length < COLUMN)
        text_add(&line, " ");
    text_add(&line, " ", meaning);
    print(line.bytes);
    print("\n");
}

int print_help(void)
{
    print("usage: foster [options] [--] command [argument...]\n"
          "Runs the command as the main service of a container: adopts and reaps orphans,\n"
          "forwards signals, ends what is left, and exits with the command's exit code.\n");
    options_describe(print_option);
    return print("Exit codes: the command's, 128+N if signal N killed it; 127 not found, 126 not\n"
                 "runnable, 125 foster failed, 2 wrong usage. The manual is foster(8).\n");
}

int print_version(void)
{
    return print("foster version " FOSTER_VERSION "\n");
}

int print_license(void)
{
    return print(license);
}
