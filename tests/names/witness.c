/* witness.c - outside: what the init and main print, and what /proc shows of them. */
#include "play.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ---- output ---- */

static void read_hand(struct hand *hand)
{
    char bytes[4096];
    ssize_t count = read(hand->fd, bytes, sizeof bytes);
    if (count <= 0) {
        close(hand->fd);
        hand->fd = -1;
        return;
    }
    for (ssize_t i = 0; i < count; i++)
        if (bytes[i] != '\r' && hand->length + 1 < TEXT_SIZE)
            hand->text[hand->length++] = bytes[i];
}

bool listen_a_moment(void)
{
    struct pollfd polls[HANDS];
    for (int i = 0; i < HANDS; i++)
        polls[i] = (struct pollfd){.fd = hands[i].fd, .events = POLLIN};
    poll(polls, HANDS, POLL_MS);
    for (int i = 0; i < HANDS; i++)
        if (hands[i].fd >= 0 && polls[i].revents != 0)
            read_hand(&hands[i]);
    return hands[0].fd >= 0 || hands[1].fd >= 0;
}

bool is_printed_now(const char *text)
{
    for (int i = 0; i < HANDS; i++) {
        struct hand *hand = &hands[i];
        hand->text[hand->length] = '\0';
        const char *found = strstr(hand->text + hand->seen, text);
        if (found != NULL) {
            hand->seen = found + strlen(text) - hand->text;
            return true;
        }
    }
    return false;
}

bool has_been_printed(const char *text)
{
    for (int i = 0; i < HANDS; i++) {
        hands[i].text[hands[i].length] = '\0';
        if (strstr(hands[i].text, text) != NULL)
            return true;
    }
    return false;
}

bool wait_for_text(bool (*is_there)(const char *text), const char *text)
{
    bool more = true;
    for (long end = now() + STEP_MS; more && now() < end;) {
        if (is_there(text))
            return true;
        more = listen_a_moment();
    }
    return is_there(text);
}

/* ---- processes ---- */

static pid_t first_child(pid_t parent)
{
    char path[64];
    int child = 0;
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)parent, (int)parent);
    FILE *file = fopen(path, "r");
    if (file == NULL || fscanf(file, "%d", &child) != 1)
        child = 0;
    if (file != NULL)
        fclose(file);
    return child;
}

pid_t pid_of(const char *name)
{
    pid_t init = play.as_pid1 ? namespace_pid : first_child(namespace_pid);
    return strncmp(name, "main", strlen("main")) == 0 ? first_child(init) : init;
}

static bool has_begun(pid_t init)
{
    char path[64], name[64] = "";
    snprintf(path, sizeof path, "/proc/%d/comm", (int)init);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return false;
    bool known = fgets(name, sizeof name, file) != NULL;
    fclose(file);
    return known && strcmp(name, "stage\n") != 0;
}

static char state_of(pid_t pid)
{
    char path[64], state = '?';
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return state;
    if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
        state = '?';
    fclose(file);
    return state;
}

bool wait_for_state(pid_t pid, char state)
{
    for (long end = now() + STEP_MS; now() < end; listen_a_moment())
        if (state_of(pid) == state)
            return true;
    return false;
}

long wake_ups(pid_t pid)
{
    char path[64], line[256];
    long value = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return 0;
    while (fgets(line, sizeof line, file) != NULL &&
           sscanf(line, "voluntary_ctxt_switches: %ld", &value) != 1)
        ;
    fclose(file);
    return value;
}

/* An init that sleeps has set itself up. Before its exec it is still called as this program is. */
bool wait_until_asleep(void)
{
    for (long end = now() + STEP_MS; now() < end; listen_a_moment()) {
        pid_t init = pid_of("init"); /* it may not be there yet */
        if (has_begun(init) && state_of(init) == 'S')
            return true;
    }
    return false;
}
