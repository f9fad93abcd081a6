/* steps.c - outside: the steps while the init runs, in the words of stage.c. */
#include "play.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool note_possessions(pid_t init)
{
    char path[64], directory[PATH_MAX] = "";
    snprintf(path, sizeof path, "/proc/%d/cwd", (int)init);
    if (readlink(path, directory, sizeof directory - 1) < 0)
        return false;
    note("init", "cwd=%s fds=", directory);
    for (int fd = 0; fd < 64; fd++) {
        snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)init, fd);
        if (readlink(path, directory, sizeof directory) >= 0)
            note("init", " %d", fd);
    }
    note("init", "\n");
    return true;
}

static bool note_idleness(pid_t init)
{
    if (!wait_for_state(init, 'S'))
        return false;
    long before = wake_ups(init);
    for (long end = now() + IDLE_MS; wake_ups(init) == before && now() < end;)
        pause_ms(POLL_MS);
    note("init", "%s", wake_ups(init) == before ? "sleeps while idle\n" : "wakes up while idle\n");
    return true;
}

/* N, N>M, N! */
static bool send_signal(const char *step)
{
    char *rest, text[32];
    long number = strtol(step, &rest, 10),
         wanted = *rest == '>' ? strtol(rest + 1, NULL, 10) : number;
    if (kill(pid_of("init"), (int)number) < 0)
        return false;
    snprintf(text, sizeof text, "signal %ld\n", wanted);
    return *rest == '!' || wait_for_text(is_printed_now, text);
}

static bool do_step(const char *step)
{
    if (*step == '~')
        return wait_for_text(has_been_printed, step + 1);
    if (strcmp(step, "show") == 0)
        return note_possessions(pid_of("init"));
    if (strcmp(step, "asleep") == 0)
        return wait_until_asleep();
    if (strcmp(step, "idle") == 0)
        return note_idleness(pid_of("init"));
    if (strncmp(step, "main=", 5) == 0 || strncmp(step, "init=", 5) == 0)
        return wait_for_state(pid_of(step), step[5]);
    if (strncmp(step, "main!", 5) == 0)
        return kill(pid_of("main"), atoi(step + 5)) == 0;
    return send_signal(step);
}

void do_steps(void)
{
    if (play.steps == NULL || *play.steps == '\0')
        return;
    char *step = strtok(play.steps, " ");
    bool done = strcmp(step, "asleep") == 0 || wait_for_text(is_printed_now, "ready");
    for (; step != NULL && done; step = done ? strtok(NULL, " ") : step)
        done = do_step(step);
    if (!done)
        note("steps", "in vain: %s\n", step);
}
