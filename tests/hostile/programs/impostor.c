/*
 * impostor PATH - binds the path, or "@name", prints "ready", and answers each client as foster's
 * control socket does when all is well.
 */
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    static const char answer[] = "0\nall is well\n";
    char request[4096];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int server = socket(AF_UNIX, SOCK_STREAM, 0);
    if (argc < 2 || server == -1)
        return 1;
    size_t length = strlen(argv[1]);
    memcpy(address.sun_path, argv[1], length);
    if (argv[1][0] == '@')
        address.sun_path[0] = '\0';
    signal(SIGPIPE, SIG_IGN);
    umask(0);
    if (bind(server, (struct sockaddr *)&address,
             (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)) != 0 ||
        listen(server, 1) != 0)
        return 1;
    puts("ready");
    fflush(stdout);
    for (;;) {
        int client = accept(server, NULL, NULL);
        if (client == -1)
            return 1;
        (void)!read(client, request, sizeof request);
        (void)!write(client, answer, sizeof answer - 1);
        close(client);
    }
}
