/* cgroup.c - see cgroup.h. */
#include "process/cgroup.h"

#include <limits.h>
#include <string.h>

#include "base/file.h"

#define MOUNT "/sys/fs/cgroup"

enum { CONTENT_MAX = 4096 };

/* Reads the file whose path is the parts put together, a list that NULL ends. */
static bool read_at(const char *const *parts, char *content, size_t size)
{
    char path[PATH_MAX];
    size_t length = 0;
    for (; *parts != NULL; parts++) {
        size_t more = strlen(*parts);
        if (length + more >= sizeof path)
            return false;
        memcpy(path + length, *parts, more + 1);
        length += more;
    }
    ssize_t got = file_head(path, content, size);
    if (got > 0 && content[got - 1] == '\n')
        content[got - 1] = '\0';
    return got >= 0;
}

/* True if the controllers of a line, "cpu,memory:/path", have the one; v2's line has none, ":/path", and matches "". */
static bool names_controller(const char *list, const char *controller)
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

/* The path of our cgroup in the hierarchy of a controller, cut out of /proc/self/cgroup with its lines
 * "5:cpu,memory:/path"; "" if it cannot be told. */
static const char *own_path(const char *controller, char groups[CONTENT_MAX])
{
    if (file_head("/proc/self/cgroup", groups, CONTENT_MAX) == -1)
        return "";
    char *rest = groups;
    for (char *line = strsep(&rest, "\n"); line != NULL; line = strsep(&rest, "\n")) {
        const char *list = strchr(line, ':');
        const char *path = list != NULL ? strchr(list + 1, ':') : NULL;
        if (path != NULL && names_controller(list + 1, controller))
            return path + 1;
    }
    return "";
}

bool cgroup_read(const struct cgroup_file *file, char *content, size_t size)
{
    char groups[CONTENT_MAX];
    if (read_at((const char *[]){MOUNT, own_path("", groups), "/", file->v2, NULL}, content, size))
        return true;
    const char *path = own_path(file->controller, groups);
    return read_at((const char *[]){MOUNT, "/", file->controller, path, "/", file->v1, NULL}, content, size) ||
           read_at((const char *[]){MOUNT, "/", file->controller, "/", file->v1, NULL}, content, size) ||
           read_at((const char *[]){MOUNT, "/", file->v2, NULL}, content, size);
}

long cgroup_oom_kills(void)
{
    static const struct cgroup_file events = {"memory", "memory.oom_control", "memory.events"};
    static const char key[] = "oom_kill ";
    char content[CONTENT_MAX];
    if (!cgroup_read(&events, content, sizeof content))
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
    static const int64_t no_limit = INT64_MAX / 2; /* v1 says nearly as much, v2 says "max" */
    char content[DECIMAL_MAX];
    if (!cgroup_read(&limit, content, sizeof content))
        return false;
    int64_t bytes = text_number(content, NULL);
    if (bytes == 0 || bytes > no_limit)
        return false;
    text_add(text, DECIMAL(bytes / MIB), " MiB");
    return true;
}
