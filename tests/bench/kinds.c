/*
 * Every kind gets the least that its manual asks for, and nothing that makes it slower: run scripts
 * are links to the program itself, so that no shell is in a figure, and all that a supervisor
 * writes is on a tmpfs. Its own policies (how long to wait before a restart, when to give up) are
 * left as they are: they are what a user gets.
 *
 * HERE is the run's directory as the supervisor sees it.
 */
#include "kinds.h"
#include "launch.h"
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PATH_SIZE = 4096,
    NUMBER_SIZE = 16,
    MOST_ARGUMENTS = 6,
    DIRECTORY_MODE = 0755,
    PIPES_EACH = 3,
    SUPERVISORD_MINFDS = 1024, /* its default, for all the rest */
};

struct kind {
    const char *name;
    int stop;
    const char *arguments[MOST_ARGUMENTS]; /* COUNT and PROGRAM stand for the number and the program
                                              of the services */
    void (*write)(const char *directory, const char *program, int count);
};

static const char COUNT[] = "count", PROGRAM[] = "program";

static FILE *create(const char *directory, const char *name)
{
    char path[PATH_SIZE];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", directory, name);
    file = fopen(path, "we");
    if (file == NULL)
        fail_call(path, "fopen");
    return file;
}

static void make_directory(const char *path)
{
    if (mkdir(path, DIRECTORY_MODE) != 0)
        fail_call(path, "mkdir");
}

/* One directory for each service, with a `run` in it: for s6, runit and nitro. Its time is set
 * back: runsvdir does not trust a change within this second, and waits. */
static void write_directories(const char *directory, const char *program, int count)
{
    char path[PATH_SIZE];

    snprintf(path, sizeof path, "%s/services", directory);
    make_directory(path);
    for (int i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s/services/s%04d", directory, i);
        make_directory(path);
        strcat(path, "/run");
        if (symlink(program, path) != 0)
            fail_call(path, "symlink");
    }
    snprintf(path, sizeof path, "%s/services", directory);
    if (utimensat(AT_FDCWD, path, (struct timespec[2]){{0}, {0}}, 0) != 0)
        fail_call(path, "utimensat");
}

static void write_foster_with(const char *line, const char *directory, const char *program,
                              int count)
{
    FILE *file = create(directory, "foster.conf");

    for (int i = 0; i < count; i++)
        fprintf(file, "[s%04d]\ncommand = %s\nrestart = always\n%s", i, program, line);
    fclose(file);
}

static void write_foster(const char *directory, const char *program, int count)
{
    write_foster_with("", directory, program, count);
}

/* The shortest first delay that it accepts: the figure is the respawn itself. */
static void write_foster1ms(const char *directory, const char *program, int count)
{
    write_foster_with("restart_delay = 1ms..30s\n", directory, program, count);
}

/* Each service costs supervisord three pipes, and by default it sees to too few descriptors. No log
 * is written. */
static void write_supervisord(const char *directory, const char *program, int count)
{
    FILE *file = create(directory, "supervisord.conf");

    fprintf(file,
            "[supervisord]\nuser=root\nlogfile=/dev/null\nlogfile_maxbytes=0\npidfile=%s/"
            "pid\nminfds=%d\n",
            HERE, PIPES_EACH * count + SUPERVISORD_MINFDS);
    for (int i = 0; i < count; i++)
        fprintf(file,
                "[program:s%04d]\ncommand=%s\nautorestart=true\nstdout_logfile=NONE\nstderr_"
                "logfile=NONE\n",
                i, program);
    fclose(file);
}

/*
 * The path of an inittab is fixed: the run sees this etc as its /etc. Equal lines count as one, so
 * each command has an argument of its own.
 */
static void write_inittab(const char *directory, const char *program, int count)
{
    char path[PATH_SIZE];
    FILE *file;

    snprintf(path, sizeof path, "%s/etc", directory);
    make_directory(path);
    file = create(path, "inittab");
    for (int i = 0; i < count; i++)
        fprintf(file, "::respawn:%s %d\n", program, i);
    fclose(file);
}

static void write_nothing(const char *directory, const char *program, int count)
{
    (void)directory, (void)program, (void)count;
}

/*
 * runsvdir passes its end on at HUP; at TERM it just leaves. busybox init calls an end by TERM a
 * reboot, which in a pid namespace ends that namespace.
 */
static const struct kind kinds[] = {
    {"foster", SIGTERM, {"foster", "--config", HERE "/foster.conf"}, write_foster},
    {"foster1ms", SIGTERM, {"foster", "--config", HERE "/foster.conf"}, write_foster1ms},
    {"s6", SIGTERM, {"s6-svscan", "-c", COUNT, HERE "/services"}, write_directories},
    {"runit", SIGHUP, {"runsvdir", "-P", HERE "/services"}, write_directories},
    {"supervisord",
     SIGTERM,
     {"supervisord", "-n", "-c", HERE "/supervisord.conf"},
     write_supervisord},
    {"busybox", SIGTERM, {"init"}, write_inittab},
    {"nitro",
     SIGTERM,
     {"nitro", HERE "/services"},
     write_directories}, /* not in Debian: nitro=PATH */
    {"floor_services", SIGTERM, {"floor_services", COUNT, PROGRAM}, write_nothing},
};

const struct kind *kind_of(const char *name)
{
    size_t length = strcspn(name, "-");

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strlen(kinds[i].name) == length && strncmp(kinds[i].name, name, length) == 0)
            return &kinds[i];
    }
    return NULL;
}

void arrange(const struct kind *kind, const char *directory, const char *program, int count)
{
    kind->write(directory, program, count);
}

static const char *argument(const char *word, const char *program, const char *number)
{
    if (word == COUNT)
        return number;
    return word == PROGRAM ? program : word;
}

void execute(const struct kind *kind, const char *path, const char *program, int count)
{
    char *const environment[] = {(char *)"PATH=/usr/bin:/bin:/usr/sbin:/sbin",
                                 (char *)"NITRO_SOCK=" HERE "/nitro/nitro.sock", NULL};
    char *arguments[MOST_ARGUMENTS + 1] = {NULL};
    char number[NUMBER_SIZE];

    snprintf(number, sizeof number, "%d", count);
    for (int i = 0; i < MOST_ARGUMENTS && kind->arguments[i] != NULL; i++)
        arguments[i] = (char *)argument(kind->arguments[i], program, number);
    execve(path, arguments, environment);
}

int stop_signal(const struct kind *kind)
{
    return kind->stop;
}
