/*
 * names.c - see names.h. The heads of sections, "[NAME]", are gone through twice: to count them,
 * and to fill the array. A line that begins with a bracket is a head, wherever it stands: no value
 * continues in a line that is not indented.
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

/* Ends the name in "[NAME]" with a NUL and returns it, or NULL if the line is not of that form. */
static char *cut_name(char *head)
{
    char *name = head + 1, *end = name + strspn(name, NAME_CHARACTERS);
    if (end == name || end - name > NAME_MOST || *end != ']' ||
        strchr("\r\n", end[1 + strspn(end + 1, BLANKS)]) == NULL)
        return NULL;
    *end = '\0';
    return name;
}

static void refuse_head(const char *head, const struct file_line *place)
{
    diagnostics_error(place,
                      "'%s' is not [NAME], with a name of at most 64 letters, digits and _.@-",
                      arena_copy(head, strcspn(head, "\r\n")));
}

/* The place of the command of the command line has no file. */
static void refuse_second(const char *name, const struct file_line *place,
                          const struct file_line *first)
{
    if (first->file == NULL)
        diagnostics_error(place, "[" COMMAND_NAME
                                 "] is the name of the command of the command line; use another");
    else
        diagnostics_error(place, "[%s] is there already, in %s:%u", name, first->file, first->line);
}

static void add_service(struct names *names, const void **slot, const char *name,
                        const struct file_line *place)
{
    struct plan *plan = names->plan;
    names->places[plan->count] = *place;
    plan->services[plan->count].name = name;
    *slot = &plan->services[plan->count++];
}

static void take_global(struct names *names, const char *name, const struct file_line *place)
{
    if (names->global_place.line != 0)
        refuse_second(name, place, &names->global_place);
    else
        names->global_place = *place;
}

static void take_service(struct names *names, const char *name, const struct file_line *place)
{
    const void **slot = slot_of(names, name);
    if (*slot == NULL)
        add_service(names, slot, name, place);
    else
        refuse_second(name, place,
                      &names->places[(const struct service *)*slot - names->plan->services]);
}

static void take_head(struct names *names, char *head, const struct file_line *place)
{
    const char *name = cut_name(head);
    if (name == NULL)
        refuse_head(head, place);
    else if (strcmp(name, GLOBAL_SECTION) == 0)
        take_global(names, name, place);
    else if (strcmp(name, ALL_NAME) == 0)
        diagnostics_error(place, "[" ALL_NAME "] is all services for foster ctl; use another name");
    else
        take_service(names, name, place);
}

static char *line_after(const struct lines *file, char *line)
{
    char *newline = memchr(line, '\n', (size_t)(file->end - line));
    return newline != NULL ? newline + 1 : file->end;
}

/* Without an array for the places the heads are only counted. */
static void each_head_of(struct names *names, const struct lines *file)
{
    struct file_line place = {file->place.file, 0};
    for (char *line = file->next; line < file->end; line = line_after(file, line)) {
        place.line++;
        if (*line != '[')
            continue;
        if (names->places == NULL)
            names->plan->count++;
        else
            take_head(names, line, &place);
    }
}

static void each_head(struct names *names, const struct files *files)
{
    for (size_t i = 0; i < files->count; i++)
        each_head_of(names, &files->list[i]);
}

void names_collect(struct names *names, struct plan *plan, const struct files *files,
                   bool has_command)
{
    *names = (struct names){.plan = plan};
    each_head(names, files);
    names->most = plan->count + 1;
    plan->services = arena_alloc(names->most * sizeof *plan->services);
    names->places = arena_map(names->most * sizeof *names->places);
    hash_table_open(&names->table, names->most);
    plan->count = 0;
    if (has_command) {
        plan->command = &plan->services[0];
        add_service(names, slot_of(names, COMMAND_NAME), COMMAND_NAME, &(struct file_line){0});
    }
    each_head(names, files);
}

void names_close(struct names *names)
{
    const struct plan *plan = names->plan;
    for (struct service *service = plan->services; service < plan->services + plan->count;
         service++)
        service->name = arena_copy(service->name, strlen(service->name));
    arena_unmap(names->places, names->most * sizeof *names->places);
    hash_table_close(&names->table);
}
