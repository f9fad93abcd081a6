/*
 * dead_fs DIRECTORY PROGRAM... - mounts a file system there whose server never answers, like a
 * network file system without its network, and runs the program; a child holds the server's end. A
 * process that looks below DIRECTORY hangs, and can be killed. Needs root and a mount namespace of
 * its own; exits with 77 without FUSE.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <unistd.h>

enum { SKIP = 77 };

int main(int argc, char **argv)
{
    char options[96];
    int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
    if (argc < 3 || fd == -1)
        return SKIP;
    snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", fd);
    if (mount("dead_fs", argv[1], "fuse", MS_NOSUID | MS_NODEV, options) == -1)
        return SKIP;
    if (fork() == 0)
        for (;;)
            pause();
    execvp(argv[2], argv + 2);
    perror(argv[2]);
    return 2;
}
