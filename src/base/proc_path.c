/* proc_path.c - see proc_path.h. */
#include "base/proc_path.h"

#include <string.h>

void proc_path(char path[PROC_PATH_MAX], const char *folder, int64_t number, const char *name)
{
    char digits[DECIMAL_MAX];
    strcat(strcpy(path, PROC), folder);
    strcat(strcat(path, text_decimal(digits, number)), name);
}
