/* cache PORT: keeps numbers under names, in memory, for whoever asks on the loopback: "set NAME
   NUMBER", "add NAME", "get NAME"; the answer is the number. An example of a service that tells
   when it is ready (sd_notify). */

#include "loopback.h"
#include <stddef.h>
#include <sys/un.h>

enum { NAMES_MAX = 64, NAME_SIZE = 32 };

static struct {
    char name[NAME_SIZE];
    long number;
} kept[NAMES_MAX];

/* Where the number of that name is kept; the last place is for all that are too many. */
static long *number_of(const char *name)
{
    int i = 0;
    while (i < NAMES_MAX - 1 && kept[i].name[0] && strcmp(kept[i].name, name) != 0)
        i++;
    snprintf(kept[i].name, NAME_SIZE, "%s", name);
    return &kept[i].number;
}

static void answer(int client)
{
    char question[MESSAGE_MAX], verb[NAME_SIZE], name[NAME_SIZE];
    ssize_t got = read(client, question, sizeof question - 1);
    long number = 0;
    question[got > 0 ? got : 0] = '\0';
    if (sscanf(question, "%31s %31s %ld", verb, name, &number) < 2)
        return;
    if (strcmp(verb, "set") == 0)
        *number_of(name) = number;
    if (strcmp(verb, "add") == 0)
        ++*number_of(name);
    dprintf(client, "%ld\n", *number_of(name));
}

/* sd_notify(3) without its library: a datagram to the socket that is named, @ being the abstract
 * namespace's zero. */
static void tell_ready(void)
{
    static const char message[] = "READY=1";
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (!path || strlen(path) >= sizeof address.sun_path)
        return;
    memcpy(address.sun_path, path, strlen(path));
    if (path[0] == '@')
        address.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sendto(fd, message, strlen(message), 0, (struct sockaddr *)&address,
           (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path)));
    close(fd);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: cache PORT\n", stderr);
        return 2;
    }
    int listener = listen_or_die(INADDR_LOOPBACK, argv[1]);
    tell_ready();
    for (;;) {
        int client = accept(listener, NULL, NULL);
        answer(client);
        close(client);
    }
}
