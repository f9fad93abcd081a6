/* cgroup.c - see cgroup.h. */
#include "process/cgroup.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/proc_path.h"

#define MOUNT "/sys/fs/cgroup"

enum { CONTENT_MAX = 4096 };

/* Where the bytes of a file are read to, and its descriptor. */
struct reading {
    int *fd; /* -1: not open yet */
    char *content;
    size_t size;
};

/* Reads the file whose path is made of the parts, a list that NULL ends; or the one that is open.
 */
static bool read_at(const struct reading *reading, const char *const *parts)
{
    char path[PATH_MAX];
    size_t length = 0;
    path[0] = '\0';
    for (; *parts != NULL; parts++) {
        size_t more = strlen(*parts);
        if (length + more >= sizeof path)
            return false;
        memcpy(path + length, *parts, more + 1);
        length += more;
    }
    ssize_t got = file_head_again(reading->fd, path, reading->content, reading->size);
    if (got > 0 && reading->content[got - 1] == '\n')
        reading->content[got - 1] = '\0';
    return got >= 0;
}

/* True if the controllers of a line, "cpu,memory:/path", have that one. The line of v2, ":/path",
 * has none, and matches "". */
static bool has_controller(const char *list, const char *controller)
{
    size_t length = strlen(controller);
    for (;;) {
        size_t word = strcspn(list, ",:");
        if (word == length && memcmp(list, controller, length) == 0)
            return true;
        if (list[word] != ',')
            return false;
        list += word + 1;
    }
}

/* The paths of the cgroup in the hierarchy of v2, and in that of a controller of v1; "" if unknown.
 */
struct own_paths {
    const char *v2, *v1;
};

/* Reads /proc/self/cgroup into groups, and finds them in its lines, "0::/path" and
 * "5:cpu,memory:/path". */
static struct own_paths own_paths(const char *controller, char groups[CONTENT_MAX])
{
    struct own_paths found = {"", ""};
    if (file_head(PROC "/self/cgroup", groups, CONTENT_MAX) == -1)
        return found;
    char *rest = groups;
    for (char *line = strsep(&rest, "\n"); line != NULL; line = strsep(&rest, "\n")) {
        const char *list = strchr(line, ':');
        const char *path = list != NULL ? strchr(list + 1, ':') : NULL;
        if (path != NULL && has_controller(list + 1, ""))
            found.v2 = path + 1;
        else if (path != NULL && has_controller(list + 1, controller))
            found.v1 = path + 1;
    }
    return found;
}

static bool find_and_read(const struct cgroup_file *file, const struct reading *reading)
{
    char groups[CONTENT_MAX];
    struct own_paths own = own_paths(file->controller, groups);
    return read_at(reading, (const char *[]){MOUNT, own.v2, "/", file->v2, NULL}) ||
           read_at(reading,
                   (const char *[]){MOUNT, "/", file->controller, own.v1, "/", file->v1, NULL}) ||
           read_at(reading, (const char *[]){MOUNT, "/", file->controller, "/", file->v1, NULL}) ||
           read_at(reading, (const char *[]){MOUNT, "/", file->v2, NULL});
}

bool cgroup_read(const struct cgroup_file *file, char *content, size_t size)
{
    int fd = -1;
    bool found = find_and_read(file, &(struct reading){&fd, content, size});
    if (fd != -1)
        close(fd);
    return found;
}

/* The file stays open: it is read again each time that a service is killed. */
long cgroup_oom_kills(void)
{
    static const struct cgroup_file events = {"memory", "memory.oom_control", "memory.events"};
    static const char key[] = "oom_kill ";
    static int fd = -1;
    char content[CONTENT_MAX];
    const struct reading reading = {&fd, content, sizeof content};
    bool read =
        fd != -1 ? read_at(&reading, (const char *[]){NULL}) : find_and_read(&events, &reading);
    if (!read)
        return 0;
    char *rest = content;
    for (char *line = strsep(&rest, "\n"); line != NULL; line = strsep(&rest, "\n"))
        if (strncmp(line, key, sizeof key - 1) == 0)
            return (long)text_number(line + sizeof key - 1, NULL);
    return 0;
}

bool cgroup_add_memory_limit(struct text *text)
{
    static const struct cgroup_file limit = {"memory", "memory.limit_in_bytes", "memory.max"};
    enum { MIB = 1024 * 1024 };
    static const int64_t no_limit = INT64_MAX / 2; /* v1 has a number near INT64_MAX, v2 "max" */
    char content[DECIMAL_MAX];
    if (!cgroup_read(&limit, content, sizeof content))
        return false;
    int64_t bytes = text_number(content, NULL);
    if (bytes == 0 || bytes > no_limit)
        return false;
    text_add(text, "%jd MiB", bytes / MIB);
    return true;
}
