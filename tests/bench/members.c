/*
 * The pid namespace of a process, and the file that it runs, are read from /proc/PID/ns/pid and
 * /proc/PID/exe: so processes that PID 1 has adopted are found, too, which a walk from parent to
 * child could miss. Zombies have no exe and do not count.
 */
#include "members.h"
#include "launch.h"
#include "proc.h"
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { PATH_SIZE = 64 };

static bool look_at(pid_t pid, const char *file, struct stat *status)
{
    char path[PATH_SIZE];

    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, file);
    return stat(path, status) == 0;
}

static bool same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static void add_member(struct members *members, pid_t pid, bool is_service)
{
    if (members->supervisor_count == MOST_MEMBERS || members->service_count == MOST_MEMBERS)
        fail("harness", "too many processes");
    if (is_service)
        members->services[members->service_count++] = pid;
    else
        members->supervisors[members->supervisor_count++] = pid;
}

void find_members(struct members *members, pid_t init, const char *program)
{
    struct stat service, namespace, file;
    DIR *processes = opendir("/proc");
    struct dirent *entry;

    members->supervisor_count = members->service_count = 0;
    if (processes == NULL || stat(program, &service) != 0 || !look_at(init, "ns/pid", &namespace))
        fail_call(program, "find_members");
    while ((entry = readdir(processes)) != NULL) {
        pid_t pid = (pid_t)atoi(entry->d_name);

        if (pid > 0 && look_at(pid, "ns/pid", &file) && same_file(&file, &namespace) &&
            look_at(pid, "exe", &file))
            add_member(members, pid, same_file(&file, &service));
    }
    closedir(processes);
}

static long at_least_none(long number)
{
    return number < 0 ? 0 : number;
}

long sum_of_processes(const struct members *members, const char *file, const char *key)
{
    long sum = 0;

    for (int i = 0; i < members->supervisor_count; i++)
        sum += at_least_none(proc_number(members->supervisors[i], file, key));
    return sum;
}

static long sum_of_one(pid_t pid, const char *file, const char *key)
{
    char path[PATH_SIZE];
    struct dirent *entry;
    DIR *threads;
    long sum = 0;

    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    threads = opendir(path);
    while (threads != NULL && (entry = readdir(threads)) != NULL) {
        snprintf(path, sizeof path, "task/%.20s/%s", entry->d_name, file);
        if (entry->d_name[0] != '.')
            sum += at_least_none(proc_number(pid, path, key));
    }
    if (threads != NULL)
        closedir(threads);
    return sum;
}

long sum_of_threads(const struct members *members, const char *file, const char *key)
{
    long sum = 0;

    for (int i = 0; i < members->supervisor_count; i++)
        sum += sum_of_one(members->supervisors[i], file, key);
    return sum;
}
