/* proc_path.c - see proc_path.h. */
#include "base/proc_path.h"

#include <string.h>

void proc_path(char path[PROC_PATH_MAX], const char *folder, int64_t number, const char *name)
{
    char digits[DECIMAL_MAX];
    strcpy(stpcpy(stpcpy(stpcpy(path, PROC), folder), text_decimal(digits, number)), name);
}
