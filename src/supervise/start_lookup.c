/* start_lookup.c - see start_lookup.h. */
#include "supervise/start_lookup.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "config/argv_split.h"
#include "config/env_file.h"
#include "config/expand.h"
#include "process/attributes.h"
#include "process/environment.h"
#include "process/trusted_path.h"
#include "process/user.h"

enum { CHUNK = 64 * 1024, ALIGNMENT = 16 };

static const char *directory; /* that foster was started in, or NULL */

void start_lookup_prepare(const char *start_directory)
{
    directory = start_directory;
}

/* The variables so far: those of foster, and the ones that are added. */
struct variable_list {
    char **added; /* room for LIST_MOST */
    size_t count;
};

enum { LIST_MOST = 2 * ENVIRONMENT_MOST };

/* ---- memory ---- */

/* NULL if there is none. */
static void *take(size_t size)
{
    static char *unused;
    static size_t left;
    size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (size > left) {
        size_t pages = size > CHUNK ? size : CHUNK;
        char *chunk = mmap(NULL, pages, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (chunk == MAP_FAILED)
            return NULL;
        unused = chunk;
        left = pages;
    }
    void *taken = unused;
    unused += size;
    left -= size;
    return taken;
}

static char *take_copy(const char *bytes, size_t length)
{
    char *copy = take(length + 1);
    if (copy != NULL)
        memcpy(copy, bytes, length); /* the NUL behind it is there: the pages are zeroed */
    return copy;
}

/* ---- failures ---- */

/* The parent is told of an error that may pass: what is missing may be there at the next start. */
bool start_lookup_fail(struct program *program, const char *step, const char *object,
                       const char *reason)
{
    program->error = EAGAIN;
    program->failed_step = step;
    program->failed_path = object != NULL ? object : "";
    program->failed_reason = reason;
    return false;
}

static bool fail_for_memory(struct program *program, const char *object)
{
    return start_lookup_fail(program, attributes_step_expand, object, strerror(ENOMEM));
}

/* "cannot expand ${NAME}: it is not set" */
static bool fail_for(struct program *program, const struct reference *missing)
{
    struct text text;
    text_clear(&text);
    text_add(&text, "${");
    text_add_bytes(&text, missing->name, missing->name_length);
    text_add(&text, "}");
    const char *why = missing->condition == '?' && missing->word_length > 0
                          ? take_copy(missing->word, missing->word_length)
                          : "it is not set, and has no default";
    return start_lookup_fail(program, attributes_step_expand, take_copy(text.bytes, text.length),
                             why);
}

/* ---- variables ---- */

/* A path that is relative when its variables are expanded is made absolute all the same: who may
 * change its directories is then checked from the root on, trusted_path.h. */
static char *make_absolute(struct program *program, char *path)
{
    if (path[0] == '/' || directory == NULL)
        return path;
    char *absolute = take(strlen(directory) + sizeof "/" + strlen(path));
    if (absolute == NULL) {
        fail_for_memory(program, path);
        return NULL;
    }
    return strcat(strcat(strcpy(absolute, directory), "/"), path);
}

/* The last one of a name counts. */
static const char *find_so_far(const void *context, const char *name, size_t length)
{
    const struct variable_list *list = context;
    for (size_t i = list->count; i > 0; i--) {
        const char *entry = list->added[i - 1];
        if (strncmp(entry, name, length) == 0 && entry[length] == '=')
            return entry + length + 1;
    }
    return environment_find(environ, name, length);
}

static const char *find_in_environment(const void *context, const char *name, size_t length)
{
    const struct program *program = context;
    return environment_find(program->environment, name, length);
}

/* The text with its variables; NULL, and the program has its error, if that cannot be. */
static char *expand(struct program *program, const char *text, const struct variables *variables)
{
    struct expansion expansion = {.variables = variables};
    if (!expand_text(&expansion, text)) {
        fail_for(program, &expansion.missing);
        return NULL;
    }
    expansion.buffer = take(expansion.length);
    if (expansion.buffer == NULL) {
        fail_for_memory(program, text);
        return NULL;
    }
    expansion.length = 0;
    expand_text(&expansion, text);
    if (strchr(expansion.buffer, '\n') != NULL) {
        start_lookup_fail(program, attributes_step_expand, text, "a variable in it has a newline");
        return NULL;
    }
    return expansion.buffer;
}

static bool add(struct program *program, struct variable_list *list, char *entry)
{
    if (list->count == LIST_MOST)
        return start_lookup_fail(program, attributes_step_expand, "its environment",
                                 strerror(E2BIG));
    list->added[list->count++] = entry;
    return true;
}

/* ---- files of variables ---- */

/* Why the file cannot be opened: it is foster that reads it, which may be root where the service is
 * not. */
static const char *open_error(int error)
{
    bool is_distrusted = error == ELOOP || error == EPERM;
    return is_distrusted ? "others than its owner can change it, or a link on its path"
                         : strerror(error);
}

static bool is_absent(int error)
{
    return error == ENOENT || error == ENOTDIR;
}

static bool fail_at_line(struct program *program, const char *path, const struct env_file *file,
                         const char *wanted)
{
    struct text text;
    text_clear(&text);
    text_add(&text, "line %u needs %s", file->line, wanted);
    return start_lookup_fail(program, attributes_step_read, path,
                             take_copy(text.bytes, text.length));
}

static bool add_lines(struct program *program, struct variable_list *list, const char *path,
                      struct env_file *file)
{
    const char *variable;
    enum env_file_found found;
    while ((found = env_file_next(file, &variable)) == ENV_FILE_VARIABLE)
        if (!add(program, list, (char *)(uintptr_t)variable))
            return false;
    return found == ENV_FILE_END || fail_at_line(program, path, file, variable);
}

/* The text stays where it is: the variables are parts of it. */
static bool add_text(struct program *program, struct variable_list *list, const char *path, int fd)
{
    static const char byte_order_mark[] = "\xef\xbb\xbf";
    size_t length;
    char *text = file_read_open(fd, &length);
    if (text == NULL)
        return start_lookup_fail(program, attributes_step_read, path,
                                 errno != 0 ? strerror(errno) : "it is no regular file");
    if (memchr(text, '\0', length) != NULL)
        return start_lookup_fail(program, attributes_step_read, path, "it has a NUL byte");
    bool is_marked = strncmp(text, byte_order_mark, strlen(byte_order_mark)) == 0;
    struct env_file file = {.next = text + (is_marked ? strlen(byte_order_mark) : 0),
                            .end = text + length,
                            .next_line = 1};
    return add_lines(program, list, path, &file);
}

static bool add_file(struct program *program, struct variable_list *list, const char *path,
                     const struct user *user, bool is_optional)
{
    uid_t owner = 0;
    int fd = trusted_path_open_single_owner(path, &owner);
    if (fd == -1 && is_optional && is_absent(errno))
        return true;
    if (fd == -1)
        return start_lookup_fail(program, attributes_step_read, path, open_error(errno));
    if (owner == 0 || (user != NULL && owner == user->uid))
        return add_text(program, list, path, fd);
    close(fd);
    return start_lookup_fail(program, attributes_step_read, path,
                             "it belongs neither to root nor to the service's user");
}

/* ---- for start.c ---- */

static bool add_source(struct program *program, struct variable_list *list, const struct user *user,
                       const struct environment_source *source)
{
    const struct variables so_far = {find_so_far, list};
    char *text = source->text;
    if (expand_is_needed(text) && (text = expand(program, text, &so_far)) == NULL)
        return false;
    if (!source->is_file)
        return add(program, list, text);
    text = make_absolute(program, text);
    return text != NULL && add_file(program, list, text, user, source->is_optional);
}

static bool add_user_entry(struct program *program, struct variable_list *list, const char *name,
                           const char *value)
{
    char *entry = take(strlen(name) + strlen(value) + 1);
    if (entry == NULL)
        return fail_for_memory(program, "its environment");
    stpcpy(stpcpy(entry, name), value);
    return add(program, list, entry);
}

static bool add_user(struct program *program, struct variable_list *list, const struct user *user)
{
    if (user == NULL || user->name == NULL || !user_has_name(user->text))
        return true;
    return add_user_entry(program, list, "HOME=", user->home) &&
           add_user_entry(program, list, "USER=", user->name) &&
           add_user_entry(program, list, "LOGNAME=", user->name);
}

bool start_lookup_user(struct program *program, const struct user **user)
{
    const char *missing;
    struct user *now;
    if (*user == NULL || !user_has_name((*user)->text))
        return true;
    now = take(sizeof *now);
    if (now == NULL)
        return fail_for_memory(program, (*user)->text);
    if (!user_parse((*user)->text, now, &missing))
        return start_lookup_fail(program, attributes_step_user, missing,
                                 "there is no such user or group");
    *user = now;
    return true;
}

bool start_lookup_environment(struct program *program, const struct settings *settings,
                              const struct user *user, char *const *entries, size_t place,
                              size_t count)
{
    struct variable_list list = {.added = take(LIST_MOST * sizeof(char *))};
    bool is_complete = list.added != NULL || fail_for_memory(program, "its environment");
    is_complete = is_complete && add_user(program, &list, user);
    for (size_t i = 0; i < place && is_complete; i++)
        is_complete = add(program, &list, entries[i]);
    for (unsigned i = 0; i < settings->environment_count && is_complete; i++)
        is_complete = add_source(program, &list, user, &settings->environment[i]);
    for (size_t i = place; i < count && is_complete; i++)
        is_complete = add(program, &list, entries[i]);
    if (!is_complete)
        return false;
    program->environment = take(environment_room(list.count) * sizeof(char *));
    if (program->environment == NULL)
        return fail_for_memory(program, "its environment");
    environment_merge(program->environment, list.added, list.count);
    return true;
}

bool start_lookup_command(struct program *program, const char *command)
{
    const struct variables variables = {find_in_environment, program};
    struct expansion expansion = {.variables = &variables};
    int count = argv_split_count(command, &expansion);
    if (count == -1)
        return fail_for(program, &expansion.missing);
    char *buffer = take(expansion.length), **argv = take(((size_t)count + 2) * sizeof *argv);
    if (buffer == NULL || argv == NULL)
        return fail_for_memory(program, command);
    argv_split(command, &expansion, buffer, argv + 1);
    if (memchr(buffer, '\n', expansion.length) != NULL)
        return start_lookup_fail(program, attributes_step_expand, command,
                                 "a variable in it has a newline");
    program->argv = argv + 1;
    return true;
}

bool start_lookup_path(struct program *program, const char **path)
{
    const struct variables variables = {find_in_environment, program};
    if (*path == NULL || !expand_is_needed(*path))
        return true;
    char *expanded = expand(program, *path, &variables);
    *path = expanded != NULL ? make_absolute(program, expanded) : NULL;
    return *path != NULL;
}
