/* Reading /proc/PID/FILE line by line. A process that is gone reads as missing numbers, never as an
 * error. */
#include "proc.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_SIZE = 64, LINE_SIZE = 512 };

static FILE *open_proc(pid_t pid, const char *file)
{
    char path[PATH_SIZE];

    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, file);
    return fopen(path, "re");
}

long proc_number(pid_t pid, const char *file, const char *key)
{
    FILE *lines = open_proc(pid, file);
    char line[LINE_SIZE];
    long number = -1;

    while (lines != NULL && number < 0 && fgets(line, sizeof line, lines) != NULL) {
        if (strncmp(line, key, strlen(key)) == 0)
            number = strtol(line + strlen(key), NULL, 10);
    }
    if (lines != NULL)
        fclose(lines);
    return number;
}

bool proc_mentions(pid_t pid, const char *file, const char *word)
{
    FILE *lines = open_proc(pid, file);
    char line[LINE_SIZE];
    bool found = false;

    while (lines != NULL && !found && fgets(line, sizeof line, lines) != NULL)
        found = strstr(line, word) != NULL;
    if (lines != NULL)
        fclose(lines);
    return found;
}
