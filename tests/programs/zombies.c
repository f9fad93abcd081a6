/* zombies: counts the processes of /proc and those in state Z; exits with 1 if there is one. A
   process that ends between the listing and the reading of its state is not counted. */

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The state letter follows the name, which stands in parentheses and may itself contain any. 0: no
 * such process. */
static char state_of(const char *pid)
{
    char path[64], line[512];
    snprintf(path, sizeof path, "/proc/%s/stat", pid);
    FILE *stat = fopen(path, "r");
    if (!stat)
        return 0;
    const char *name_end = fgets(line, sizeof line, stat) ? strrchr(line, ')') : NULL;
    fclose(stat);
    return name_end ? name_end[2] : 0;
}

int main(void)
{
    DIR *proc = opendir("/proc");
    if (!proc) {
        perror("zombies: /proc");
        return 2;
    }
    int zombies = 0, processes = 0;
    for (struct dirent *entry; (entry = readdir(proc));) {
        char state = isdigit((unsigned char)entry->d_name[0]) ? state_of(entry->d_name) : 0;
        processes += state != 0;
        zombies += state == 'Z';
    }
    closedir(proc);
    printf("zombies %d of %d\n", zombies, processes);
    return zombies ? EXIT_FAILURE : EXIT_SUCCESS;
}
