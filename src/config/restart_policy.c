/* restart_policy.c - see restart_policy.h. */
#include "config/restart_policy.h"

#include <limits.h>

#include "base/text.h"
#include "config/choice.h"

/* A word of Compose for what RESTART_ALWAYS does: it does not start what was stopped by hand. */
enum { UNLESS_STOPPED = RESTART_ALWAYS + 1 };

bool restart_policy_parse(const char *string, enum restart *restart, unsigned *limit)
{
    const char *argument;
    long number = 0;
    int choice =
        choice_with_argument("no\0on-failure\0always\0unless-stopped\0", string, &argument);
    *restart = choice == UNLESS_STOPPED ? RESTART_ALWAYS : (enum restart)choice;
    if (argument == NULL)
        return choice != -1;
    bool valid = choice == RESTART_ON_FAILURE && text_to_number(argument, 1, INT_MAX, &number);
    *limit = (unsigned)number;
    return valid;
}
