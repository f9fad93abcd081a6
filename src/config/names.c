/*
 * names.c - see names.h. The heads of sections, "[NAME]", are gone through twice: to count them,
 * and to fill the arrays. A line that begins with a bracket is a head, wherever it stands: no value
 * continues in a line that begins with one.
 */
#include "config/names.h"

#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "config/diagnostics.h"

enum { NAME_MOST = 64 };
#define NAME_CHARACTERS "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_.@-"

static bool has_name(const void *service, const void *name)
{
    return strcmp(((const struct service *)service)->name, name) == 0;
}

static const void **slot_of(const struct names *names, const char *name)
{
    return hash_table_slot(&names->table, name, strlen(name), has_name);
}

struct service *names_find(const struct names *names, const char *name)
{
    return (struct service *)(uintptr_t)*slot_of(names, name);
}

const struct heading *names_first(const struct names *names, const struct service *service)
{
    return names->first[service - names->plan->services];
}

size_t names_length(const char *head)
{
    size_t length = strspn(head + 1, NAME_CHARACTERS);
    const char *end = head + 1 + length;
    bool is_head = *head == '[' && length > 0 && length <= NAME_MOST && *end == ']' &&
                   strchr("\r\n", end[1 + strspn(end + 1, BLANKS)]) != NULL;
    return is_head ? length : 0;
}

static void refuse_head(const char *head, const struct file_line *place)
{
    diagnostics_error(place,
                      "'%s' is not [NAME], with a name of at most 64 letters, digits and _.@-",
                      arena_copy(head, strcspn(head, "\r\n")));
}

/* The first section of that name, or NULL if it is the command of the command line. */
static void refuse_second(const struct heading *second, const struct heading *first)
{
    const struct file_line *place = &second->lines.place;
    if (first == NULL)
        diagnostics_error(place, "[" COMMAND_NAME
                                 "] is the name of the command of the command line; use another");
    else
        diagnostics_error(place, "[%s] is there already, in %s:%u", second->name,
                          first->lines.place.file, first->lines.place.line);
}

/* Adds a section to those of the same name in earlier files. */
static bool add_later(struct heading *first, struct heading *heading)
{
    struct heading *last = first;
    while (last != NULL && last->later != NULL)
        last = last->later;
    if (last == NULL || last->lines.text == heading->lines.text) {
        refuse_second(heading, last);
        return false;
    }
    last->later = heading;
    heading->is_later = true;
    return true;
}

static void add_service(struct names *names, const void **slot, const char *name,
                        struct heading *heading)
{
    struct plan *plan = names->plan;
    names->first[plan->count] = heading;
    plan->services[plan->count].name = name;
    *slot = &plan->services[plan->count++];
}

static void take_global(struct names *names, struct heading *heading)
{
    if (names->global == NULL)
        names->global = heading;
    else
        add_later(names->global, heading);
}

static void take_service(struct names *names, struct heading *heading)
{
    const void **slot = slot_of(names, heading->name);
    if (*slot == NULL)
        add_service(names, slot, heading->name, heading);
    else if (!add_later(names->first[(const struct service *)*slot - names->plan->services],
                        heading))
        return;
    heading->service = (struct service *)(uintptr_t)*slot;
}

/* The lines of a section begin behind its head. */
static void take_head(struct names *names, struct heading *heading, char *head)
{
    size_t length = names_length(head);
    heading->name = head + 1;
    if (length == 0) {
        refuse_head(head, &heading->lines.place);
        heading->name = "";
        return;
    }
    head[1 + length] = '\0';
    if (strcmp(heading->name, GLOBAL_SECTION) == 0)
        take_global(names, heading);
    else if (strcmp(heading->name, ALL_NAME) == 0)
        diagnostics_error(&heading->lines.place,
                          "[" ALL_NAME "] is all services for foster ctl; use another name");
    else
        take_service(names, heading);
}

static char *line_after(const struct lines *file, char *line)
{
    char *newline = memchr(line, '\n', (size_t)(file->end - line));
    return newline != NULL ? newline + 1 : file->end;
}

/* The next section begins in that line, so the one before it ends there. */
static struct heading *begin_heading(struct names *names, const struct lines *file, char *line,
                                     unsigned number)
{
    struct heading *heading = &names->headings[names->count++];
    heading->lines = *file;
    heading->lines.next = line;
    heading->lines.place.line = number;
    return heading;
}

static void each_head_of(struct names *names, const struct lines *file)
{
    struct heading *heading = begin_heading(names, file, file->next, 0);
    unsigned number = 0;
    for (char *line = file->next, *next; line < file->end; line = next) {
        next = line_after(file, line);
        number++;
        if (*line != '[')
            continue;
        heading->lines.end = line;
        heading = begin_heading(names, file, next, number);
        take_head(names, heading, line);
    }
}

/* The heads in a file, and one more for the lines before the first. */
static size_t count_heads(const struct lines *file)
{
    size_t count = 1;
    for (char *line = file->next; line < file->end; line = line_after(file, line))
        count += *line == '[';
    return count;
}

void names_collect(struct names *names, struct plan *plan, const struct files *files,
                   bool has_command)
{
    *names = (struct names){.plan = plan};
    for (size_t i = 0; i < files->count; i++)
        names->room += count_heads(&files->list[i]);
    names->most = names->room - files->count + 1;
    plan->services = arena_alloc(names->most * sizeof *plan->services);
    names->headings = arena_map((names->room + 1) * sizeof *names->headings);
    names->first = arena_map(names->most * sizeof(struct heading *));
    hash_table_open(&names->table, names->most);
    if (has_command) {
        plan->command = &plan->services[0];
        add_service(names, slot_of(names, COMMAND_NAME), COMMAND_NAME, NULL);
    }
    for (size_t i = 0; i < files->count; i++)
        each_head_of(names, &files->list[i]);
}

void names_close(struct names *names)
{
    arena_unmap(names->headings, (names->room + 1) * sizeof *names->headings);
    arena_unmap(names->first, names->most * sizeof(struct heading *));
    hash_table_close(&names->table);
}
