/* hang FILE: an exec of FILE hangs until this program ends, as on a network file system whose
   server is gone. Prints "hangs" when that is so. Needs fanotify(7) with FAN_OPEN_EXEC_PERM,
   Linux 5.0, and CAP_SYS_ADMIN; exits with 77 without them. */

#include <fcntl.h>
#include <sys/fanotify.h>
#include <unistd.h>

enum {
    OPEN_EXEC_PERM = 0x40000,
    SKIP = 77
}; /* FAN_OPEN_EXEC_PERM, which older headers do not have */

int main(int argc, char **argv)
{
    int fd = fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC, O_RDONLY);
    if (argc != 2 || fd == -1 ||
        fanotify_mark(fd, FAN_MARK_ADD, OPEN_EXEC_PERM, AT_FDCWD, argv[1]) == -1)
        return SKIP;
    if (write(STDOUT_FILENO, "hangs\n", 6) != 6)
        return SKIP;
    for (;;)
        pause();
}
