/* freeze NAME: stops each process with that name that it may signal, as soon as it can, again and
   again. It reads /proc, so that it does not stop itself or other runs of freeze. */

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NAME_SIZE = 64, PATH_SIZE = 32 };

static int is_called(int pid, const char *name)
{
    char path[PATH_SIZE], comm[NAME_SIZE] = "";
    snprintf(path, sizeof path, "/proc/%d/comm", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd == -1)
        return 0;
    ssize_t length = read(fd, comm, sizeof comm - 1);
    close(fd);
    comm[length > 0 ? length : 0] = '\0';
    comm[strcspn(comm, "\n")] = '\0';
    return strcmp(comm, name) == 0;
}

int main(int argc, char **argv)
{
    for (;;) {
        DIR *all = opendir("/proc");
        const struct dirent *entry;
        if (argc != 2 || all == NULL)
            return EXIT_FAILURE;
        while ((entry = readdir(all)) != NULL) {
            int pid = (int)strtol(entry->d_name, NULL, 10);
            if (pid > 1 && is_called(pid, argv[1]))
                kill(pid, SIGSTOP);
        }
        closedir(all);
    }
}
