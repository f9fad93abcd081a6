/* scenarios.c - what foster runs while its calls fail. In the arguments @ is the run's directory.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "faults.h"

enum {
    WORDS = 24,
    WORD = 256,
    COMES_MS = 1000, /* main, or the check of an option; all together below SOFT_MS of trace.c */
    ANSWERS_MS = 200,
    POLL_US = 1000,
};

#define EXITED(code) ((code) << 8)

const char *scratch, *program;

static void path_of(char *path, const char *word)
{
    const char *at = strchr(word, '@');
    if (at == NULL)
        snprintf(path, WORD, "%s", word);
    else
        snprintf(path, WORD, "%.*s%s%s", (int)(at - word), word, scratch, at + 1);
}

static bool comes(const char *name)
{
    char path[WORD];
    path_of(path, name);
    for (int us = 0; us < COMES_MS * 1000; us += POLL_US) {
        if (access(path, F_OK) == 0)
            return true;
        usleep(POLL_US);
    }
    return false;
}

static void play_stop(pid_t foster)
{
    comes("@/main");
    ask_to_stop(foster);
}

/* A signal that main has not got is no reason to wait for ever. */
static void play_signal(pid_t foster)
{
    if (comes("@/main"))
        kill(foster, SIGUSR1);
    for (int us = 0; us < ANSWERS_MS * 1000 && kill(foster, 0) == 0; us += POLL_US)
        usleep(POLL_US);
    ask_to_stop(foster);
}

/* Bounded, because an answer is not what is tested. */
static void ask(const char *verb, const char *argument)
{
    char socket[WORD];
    path_of(socket, "@/sock");
    pid_t pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_RDWR | O_CLOEXEC);
        dup2(null, STDOUT_FILENO);
        dup2(null, STDERR_FILENO);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        execl(program, program, "ctl", "--control", socket, verb, argument, NULL);
        _exit(1);
    }
    for (int us = 0; us < ANSWERS_MS * 1000 && waitpid(pid, NULL, WNOHANG) == 0; us += POLL_US)
        usleep(POLL_US);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

static void play_services(pid_t foster)
{
    comes("@/main");
    ask("wait", "main:ready");
    ask("status", "--json");
    ask("restart", "db");
    ask("wait", "db:ready");
    ask("metrics", NULL);
    ask_to_stop(foster);
}

static const char three[] = "[foster]\n"
                            "grace = 200ms\n"
                            "control = @/sock\n"
                            "termination_log = none\n"
                            "[db]\n"
                            "command = @/member side notify\n"
                            "ready = notify\n"
                            "log = prefix\n"
                            "restart = always\n"
                            "restart_delay = 10ms..100ms\n"
                            "watchdog = 20s\n"
                            "stop_grace_period = 300ms\n"
                            "[cache]\n"
                            "command = @/member side listen @/of_nobody/cache\n"
                            "user = nobody\n"
                            "working_dir = @/of_nobody\n"
                            "umask = 022\n"
                            "nice = 1\n"
                            "ulimit_core = 0\n"
                            "no_new_privileges = yes\n"
                            "environment = A=1\n"
                            "log = file:@/log\n"
                            "ready = unix:@/of_nobody/cache\n"
                            "restart = always\n"
                            "restart_delay = 10ms..100ms\n"
                            "stop_grace_period = 300ms\n"
                            "[main]\n"
                            "command = @/member main ready @/main 4 15 7\n"
                            "essential = yes\n"
                            "depends_on = db:ready\n"
                            "ready = fd:4\n"
                            "listen = unix:@/listen\n"
                            "log = json\n"
                            "restart = on-failure:5\n"
                            "restart_delay = 10ms..100ms\n"
                            "healthcheck = @/member side probe\n"
                            "healthcheck_interval = 50ms\n"
                            "healthcheck_timeout = 500ms\n"
                            "stop_grace_period = 300ms\n";

static const char essential[] = "[foster]\n"
                                "grace = 200ms\n"
                                "control = none\n"
                                "termination_log = @/last\n"
                                "[db]\n"
                                "command = @/member side notify\n"
                                "ready = notify\n"
                                "stop_grace_period = 300ms\n"
                                "[main]\n"
                                "command = @/member main fails 3\n"
                                "essential = yes\n"
                                "depends_on = db:started\n"
                                "stop_grace_period = 300ms\n";

#define OPTIONS (const char *const[])

/* A kill takes up to one second of tries, plus the differences between scenarios. Without a time
 * limit foster may take up to ten seconds, as an engine allows. */
enum { SHORT_MS = 3000, LONG_MS = 11000 };

const struct scenario scenarios[] = {
    {"true",
     OPTIONS{"--", "@/member", "main", "exit", "7", NULL},
     NULL,
     NULL,
     {EXITED(7), EXITED(7)},
     SHORT_MS,
     false},
    {"orphans",
     OPTIONS{"--grace", "200ms", "--", "@/member", "main", "orphans", "7", NULL},
     NULL,
     NULL,
     {EXITED(7), EXITED(7)},
     SHORT_MS,
     false},
    {"stop",
     OPTIONS{"--stop-timeout", "200ms", "--", "@/member", "main", "stubborn", "@/main", NULL},
     NULL,
     play_stop,
     {SIGKILL, SIGKILL},
     SHORT_MS,
     false},
    {"verbose",
     OPTIONS{"-vv", "-w", "--", "@/member", "main", "until", "@/main", "10", "7", NULL},
     NULL,
     play_signal,
     {EXITED(7), SIGTERM},
     LONG_MS,
     false},
    {"services",
     OPTIONS{"--config", "@/conf", NULL},
     three,
     play_services,
     {EXITED(7), SIGKILL},
     SHORT_MS,
     true},
    {"essential",
     OPTIONS{"--config", "@/conf", NULL},
     essential,
     NULL,
     {EXITED(3), EXITED(3)},
     SHORT_MS,
     false},
    {0},
};

const struct scenario *scenario_named(const char *name)
{
    for (const struct scenario *scenario = scenarios; scenario->name != NULL; scenario++)
        if (strcmp(scenario->name, name) == 0)
            return scenario;
    return NULL;
}

static void write_configuration(const char *text)
{
    char path[WORD];
    path_of(path, "@/conf");
    FILE *file = fopen(path, "w");
    for (; file != NULL && *text != '\0'; text++) {
        if (*text == '@')
            fputs(scratch, file);
        else
            fputc(*text, file);
    }
    if (file == NULL || fclose(file) != 0)
        perror(path);
}

void scenario_prepare(const struct scenario *scenario)
{
    static const char *const gone[] = {"@/main", "@/of_nobody/cache", "@/listen", "@/log", "@/sock",
                                       "@/last"};
    char path[WORD];
    for (size_t i = 0; i < sizeof gone / sizeof gone[0]; i++) {
        path_of(path, gone[i]);
        unlink(path);
    }
    path_of(path, "@/last");
    close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    path_of(path, "@/wrong"); /* members of any user write to it */
    close(open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    chmod(path, 0666);
    if (scenario->configuration != NULL)
        write_configuration(scenario->configuration);
}

void scenario_amiss(char *text, size_t size)
{
    char path[WORD];
    path_of(path, "@/wrong");
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = read(fd, text, size - 1);
    close(fd);
    text[length > 0 ? length : 0] = '\0';
}

char **scenario_command(const struct scenario *scenario)
{
    static char room[WORDS][WORD];
    static char *words[WORDS + 1];
    size_t count = 0;
    snprintf(room[count++], WORD, "foster");
    for (const char *const *word = scenario->options; *word != NULL; word++)
        path_of(room[count++], *word);
    for (size_t i = 0; i < count; i++)
        words[i] = room[i];
    words[count] = NULL;
    return words;
}
