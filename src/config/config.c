/*
 * config.c - see config.h.
 *
 * The files are read whole, and gone through three times: to count the sections, so that the
 * services are one array; to find their names, so that a dependency is resolved where it stands;
 * and to read the keys. What is known only at the end is settled there: whose log is the global
 * one, and what a dependency on a oneshot means. Then the files are closed: values that stay have
 * been kept (values.c), and names are kept last, for until then a name is known by where it stands.
 *
 * A section that is refused, because of its name, is still read for its other faults; it belongs to
 * no service then.
 */
#include "config/config.h"

#include <limits.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/directory.h"
#include "base/file.h"
#include "base/hash_table.h"
#include "config/keys.h"
#include "config/values.h"
#include "process/exit_report.h"

enum {
    NAME_MOST = 64,
    SERVICES_MOST =
        USHRT_MAX - 1, /* the plan's ranks are kept in a short, with one number to spare */
    OUTPUT_UNSAID = OUTPUT_FILE + 1,
    CONDITION_UNSAID = IS_COMPLETED + 1,
    GRACE = 5 * MS_PER_SECOND,
};
#define NAME_CHARACTERS "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_.@-"
#define FILE_SUFFIX     ".conf"
#define CONDITIONS      "started\0ready\0completed\0"

/* Settings of at least one service. */
struct shared {
    struct shared *next;
    struct settings settings;
};

struct reading {
    struct plan *plan;
    const struct config_request *request;
    struct lines *files;
    size_t file_count;
    const char *global;            /* the name in the head of the global section */
    struct file_line global_at;    /* where that stands */
    size_t most;                   /* services there can be */
    struct hash_table names;       /* services, by their names */
    struct file_line *heads;       /* where the section of each service begins */
    struct shared *shared;         /* all there are */
    struct hash_table settings;    /* the same, by their settings */
    struct service *next;          /* whose section comes next */
    struct service *service;       /* whose section is read; NULL: nobody's */
    struct dependency *depends_on; /* its dependencies */
    size_t depends_count;
    struct entry
        entry; /* the key and value that may yet be continued; its key is NULL if there is none */
    size_t indent; /* of its key */
    char *value_end;
    struct section section; /* the section that is read */
};

/* ---- files ---- */

static void open_file(struct reading *reading, const char *path)
{
    reading->files = arena_grow(reading->files, reading->file_count, sizeof *reading->files);
    struct lines *file = &reading->files[reading->file_count];
    const char *why = lines_open(file, path, file_open(path));
    if (why == NULL)
        reading->file_count++;
    else
        diagnostics_error(&file->place, "%s", why);
}

static bool is_configuration(const char *name)
{
    size_t length = strlen(name), suffix = strlen(FILE_SUFFIX);
    return name[0] != '.' && length > suffix && strcmp(name + length - suffix, FILE_SUFFIX) == 0;
}

static const char *join_path(const char *directory, const char *name)
{
    char *path = arena_take(strlen(directory) + 1 + strlen(name) + 1);
    stpcpy(stpcpy(stpcpy(path, directory), "/"), name);
    return path;
}

/* Which of the sorted files it comes before. */
static size_t place_for(const char *file, const char *const *files, size_t count)
{
    size_t first = 0;
    while (first < count) {
        size_t middle = first + (count - first) / 2;
        if (strcmp(files[middle], file) < 0)
            first = middle + 1;
        else
            count = middle;
    }
    return first;
}

static void open_directory(struct reading *reading, struct directory *directory, const char *path)
{
    const char **files = NULL, *name;
    size_t count = 0;
    while ((name = directory_next(directory)) != NULL) {
        if (!is_configuration(name))
            continue;
        files = arena_grow(files, count, sizeof *files);
        const char *file = join_path(path, name);
        size_t place = place_for(file, files, count++);
        memmove(files + place + 1, files + place, (count - 1 - place) * sizeof *files);
        files[place] = file;
    }
    for (size_t i = 0; i < count; i++)
        open_file(reading, files[i]);
}

static void open_path(struct reading *reading, const char *path)
{
    struct directory directory;
    if (directory_open(&directory, path)) {
        open_directory(reading, &directory, path);
        directory_close(&directory);
    } else {
        open_file(reading, path);
    }
}

/* ---- names ---- */

static char *line_after(const struct lines *file, char *at)
{
    char *newline = memchr(at, '\n', (size_t)(file->end - at));
    return newline != NULL ? newline + 1 : file->end;
}

static bool has_name(const void *service, const void *name)
{
    return strcmp(((const struct service *)service)->name, name) == 0;
}

/* Where the service of that name is, or is to be. */
static const void **slot_of(const struct reading *reading, const char *name)
{
    return hash_table_slot(&reading->names, name, strlen(name), has_name);
}

/* Ends the name in "[name]" with a NUL and returns it, or NULL if it is none. */
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
    diagnostics_error(
        place, "a section begins with [NAME], a name of letters, digits and _.@-, not with '%s'",
        arena_copy(head, strcspn(head, "\r\n")));
}

/* The command of the command line stands in no file. */
static void refuse_second(const char *name, const struct file_line *place,
                          const struct file_line *first)
{
    if (first->file == NULL)
        diagnostics_error(place,
                          "the name [" COMMAND_NAME "] belongs to the command of the command line");
    else
        diagnostics_error(place, "[%s] for the second time; the first is in %s:%u", name,
                          first->file, first->line);
}

static void take_global(struct reading *reading, const char *name, const struct file_line *place)
{
    if (reading->global != NULL) {
        refuse_second(name, place, &reading->global_at);
        return;
    }
    reading->global = name;
    reading->global_at = *place;
}

static void add_service(struct reading *reading, const void **slot, const char *name,
                        const struct file_line *place)
{
    struct plan *plan = reading->plan;
    reading->heads[plan->count] = *place;
    plan->services[plan->count].name = name;
    *slot = &plan->services[plan->count++];
}

static void take_service(struct reading *reading, const char *name, const struct file_line *place)
{
    const void **slot = slot_of(reading, name);
    if (*slot == NULL)
        add_service(reading, slot, name, place);
    else
        refuse_second(name, place,
                      &reading->heads[(const struct service *)*slot - reading->plan->services]);
}

/* Gives the section's name to the next service, or says why not. */
static void take_name(struct reading *reading, char *head, const struct file_line *place)
{
    const char *name = cut_name(head);
    if (name == NULL)
        refuse_head(head, place);
    else if (strcmp(name, GLOBAL_SECTION) == 0)
        take_global(reading, name, place);
    else
        take_service(reading, name, place);
}

/* Goes through all heads of sections: to count them as long as there is no array for the services,
 * then to fill it. */
static void each_head_of(struct reading *reading, const struct lines *file)
{
    struct file_line place = {file->place.file, 0};
    for (char *line = file->next; line < file->end; line = line_after(file, line)) {
        place.line++;
        if (*line != '[')
            continue;
        if (reading->heads == NULL)
            reading->plan->count++;
        else
            take_name(reading, line, &place);
    }
}

static void each_head(struct reading *reading)
{
    for (size_t i = 0; i < reading->file_count; i++)
        each_head_of(reading, &reading->files[i]);
}

/* Makes the array of services. They have their names then, and nothing else. */
static void take_names(struct reading *reading)
{
    struct plan *plan = reading->plan;
    each_head(reading);
    size_t most = reading->most = plan->count + 1;
    plan->services = arena_take(most * sizeof *plan->services);
    reading->heads = arena_lend(most * sizeof *reading->heads);
    hash_table_open(&reading->names, most);
    hash_table_open(&reading->settings, most);
    plan->count = 0;
    if (reading->request->command != NULL) {
        plan->command = &plan->services[0];
        plan->command->settings = reading->request->command_settings;
        add_service(reading, slot_of(reading, COMMAND_NAME), COMMAND_NAME, &(struct file_line){0});
    }
    reading->next = plan->services + plan->count;
    each_head(reading);
}

/* ---- dependencies ---- */

static const char *next_service(void *context)
{
    struct reading *reading = context;
    const struct plan *plan = reading->plan;
    return reading->next < plan->services + plan->count ? (reading->next++)->name : NULL;
}

static void refuse_dependency(const struct reading *reading, const char *name)
{
    struct reading walk = {.plan = reading->plan, .next = reading->plan->services};
    diagnostics_unknown(&reading->entry.place, "depends_on names an unknown service", name,
                        next_service, &walk);
}

/* scratch marks the services that the section which is read depends on. */
static void append_dependency(struct reading *reading, struct service *on, int condition)
{
    struct dependency *list = arena_grow(reading->depends_on, reading->depends_count, sizeof *list);
    list[reading->depends_count++] = (struct dependency){on, (enum condition)condition};
    reading->depends_on = list;
    on->scratch = true;
}

static void forget_marks(const struct reading *reading)
{
    for (size_t i = 0; i < reading->depends_count; i++)
        reading->depends_on[i].on->scratch = false;
}

/* "db", "db:started" */
static void add_dependency(struct reading *reading, char *word)
{
    const struct file_line *place = &reading->entry.place;
    char *colon = strchr(word, ':');
    size_t length = strcspn(word, ":");
    int condition =
        colon == NULL ? CONDITION_UNSAID : value_choose(CONDITIONS, colon + 1, strlen(colon + 1));
    if (condition == -1)
        diagnostics_error(
            place, "depends_on needs NAME, NAME:started, NAME:ready or NAME:completed, not '%s'",
            word);
    word[length] = '\0';
    struct service *on = (struct service *)(uintptr_t)*slot_of(reading, word);
    if (strcmp(word, reading->section.name) == 0) {
        diagnostics_error(place, "[%s] depends on itself", word);
    } else if (on == NULL) {
        refuse_dependency(reading, word);
    } else if (on->scratch) {
        diagnostics_error(place, "depends_on names '%s' twice", word);
    } else {
        append_dependency(reading, on, condition);
    }
}

static void add_dependencies(struct reading *reading, char *words)
{
    static const char between[] = BLANKS ",";
    char *rest;
    for (char *word = strtok_r(words, between, &rest); word != NULL;
         word = strtok_r(NULL, between, &rest))
        add_dependency(reading, word);
}

/* ---- sections ---- */

/* What only shows in a section as a whole. */
static void check_section(const struct section *section)
{
    const struct settings *settings = &section->settings;
    bool is_oneshot = settings->kind == KIND_ONESHOT;
    struct file_line place = section->place;
    if (key_line(section, "command") == 0)
        diagnostics_error(&place, "there is no command in this section");
    if (settings->environment_count > ENVIRONMENT_MOST)
        diagnostics_error(&place, "more than %d variables in this section", ENVIRONMENT_MOST);
    if (settings->listen_count > LISTEN_MOST)
        diagnostics_error(&place, "more than %d sockets in this section", LISTEN_MOST);
    place.line = key_line(section, "env_file");
    if (settings->env_owner != 0 &&
        (settings->user == NULL || settings->env_owner != settings->user->uid))
        diagnostics_error(&place, "env_file needs to be root's, or the user's");
    place.line = key_line(section, "restart");
    if (is_oneshot && settings->restart == RESTART_ALWAYS)
        diagnostics_error(&place, "a oneshot is to end, so it cannot have restart = always");
    place.line = key_line(section, "ready");
    if (is_oneshot && settings->ready != READY_AT_ONCE)
        diagnostics_error(&place,
                          "a oneshot says that it is done by its end, so it cannot have ready");
}

/* Byte for byte, which holds for the padding too: it is copied from settings_default by memcpy, and
 * never written. */
static bool has_settings(const void *shared, const void *settings)
{
    const void *others = &((const struct shared *)shared)->settings;
    return memcmp(others, settings, sizeof(struct settings)) == 0;
}

static const struct settings *share(struct reading *reading)
{
    const struct settings *settings = &reading->section.settings;
    const void **slot =
        hash_table_slot(&reading->settings, settings, sizeof *settings, has_settings);
    if (*slot == NULL) {
        struct shared *shared = arena_take(sizeof *shared);
        memcpy(&shared->settings, settings, sizeof *settings);
        shared->next = reading->shared;
        *slot = reading->shared = shared;
    }
    return &((const struct shared *)*slot)->settings;
}

static void end_section(struct reading *reading)
{
    struct section *section = &reading->section;
    if (section->name != NULL && !section->is_global)
        check_section(section);
    if (reading->service != NULL) {
        reading->service->command = section->command;
        reading->service->settings = share(reading);
        if (reading->depends_count > 0) {
            struct extras *extras = service_give_extras(reading->service);
            extras->depends_at =
                (struct file_line){section->place.file, key_line(section, "depends_on")};
            extras->depends_on = reading->depends_on;
            extras->depends_count = reading->depends_count;
        }
    }
    forget_marks(reading);
    reading->depends_count = 0;
    section->name = NULL;
    reading->service = NULL;
}

/* The name of a head that was accepted ends with a NUL, and is the next service's. */
static void begin_section(struct reading *reading, const char *name, const struct file_line *place)
{
    struct section *section = &reading->section;
    const struct plan *plan = reading->plan;
    section->name = name;
    section->place = *place;
    section->is_global = strcmp(name, GLOBAL_SECTION) == 0;
    section->command = NULL;
    memset(section->lines, 0, sizeof section->lines);
    memcpy(&section->settings, &settings_default, sizeof section->settings);
    section->settings.output = (enum output)OUTPUT_UNSAID;
    reading->depends_on = NULL;
    reading->depends_count = 0;
    if (reading->next < plan->services + plan->count && reading->next->name == name)
        reading->service = reading->next++;
}

/* ---- lines ---- */

/* Reads the key and value that nothing continues any more. */
static void end_entry(struct reading *reading)
{
    if (reading->entry.key == NULL)
        return;
    reading->section.depends_on = NULL;
    key_read(&reading->section, &reading->entry);
    if (reading->section.depends_on != NULL)
        add_dependencies(reading, reading->section.depends_on);
    reading->entry.key = NULL;
}

/* "key = value" */
static void begin_entry(struct reading *reading, char *text, const struct file_line *place)
{
    char *equals = strchr(text, '='), *end = equals;
    if (equals == NULL || equals == text) {
        diagnostics_error(place, "'%s' is neither [SECTION] nor KEY = VALUE", text);
        return;
    }
    while (end > text && strchr(BLANKS, end[-1]) != NULL)
        end--;
    *end = '\0';
    if (reading->section.name == NULL) {
        diagnostics_error(place, "'%s' stands before the first [SECTION]", text);
        return;
    }
    char *value = equals + 1 + strspn(equals + 1, BLANKS);
    reading->entry = (struct entry){*place, reading->section.name, .key = text, .value = value};
    reading->value_end = value + strlen(value);
}

/* Moves the line up to the value's end. What lies between has been read. */
static void continue_entry(struct reading *reading, const char *text)
{
    size_t length = strlen(text);
    if (reading->value_end > reading->entry.value)
        *reading->value_end++ = ' ';
    memmove(reading->value_end, text, length + 1);
    reading->value_end += length;
}

static void read_line(struct reading *reading, char *line, const struct file_line *place)
{
    size_t indent = strspn(line, BLANKS);
    char *text = line + indent;
    if (*text == '#' || *text == ';')
        return;
    if (*text != '\0' && reading->entry.key != NULL && indent > reading->indent) {
        continue_entry(reading, text);
        return;
    }
    end_entry(reading);
    if (*line == '[') {
        end_section(reading);
        begin_section(reading, line + 1, place);
    } else if (*text != '\0') {
        reading->indent = indent;
        begin_entry(reading, text, place);
    }
}

static void read_file(struct reading *reading, struct lines *file)
{
    char *line;
    while ((line = lines_next(file)) != NULL)
        read_line(reading, line, &file->place);
    end_entry(reading);
    end_section(reading);
}

/* ---- the whole ---- */

static void settle(struct reading *reading)
{
    struct plan *plan = reading->plan;
    plan->globals = reading->section.globals;
    for (struct shared *shared = reading->shared; shared != NULL; shared = shared->next)
        if (shared->settings.output == (enum output)OUTPUT_UNSAID)
            shared->settings.output = plan->globals.output;
    for (struct service *service = plan->services; service < plan->services + plan->count;
         service++) {
        const struct extras *extras = service_extras(service);
        for (size_t i = 0; i < extras->depends_count; i++) {
            struct dependency *dependency = &extras->depends_on[i];
            if (dependency->condition == (enum condition)CONDITION_UNSAID)
                dependency->condition =
                    dependency->on->settings->kind == KIND_ONESHOT ? IS_COMPLETED : IS_READY;
        }
    }
}

static void close_files(struct reading *reading)
{
    const struct plan *plan = reading->plan;
    for (struct service *service = plan->services; service < plan->services + plan->count;
         service++)
        service->name = arena_copy(service->name, strlen(service->name));
    for (size_t i = 0; i < reading->file_count; i++)
        lines_close(&reading->files[i]);
    arena_take_back(reading->heads, reading->most * sizeof *reading->heads);
    hash_table_close(&reading->names);
    hash_table_close(&reading->settings);
}

bool config_read(struct plan *plan, const struct config_request *request)
{
    static const char *const usual[] = {CONFIG_DEFAULT};
    struct reading reading = {.plan = plan, .request = request};
    bool is_usual = request->path_count == 0 && request->command == NULL;
    const char *const *paths = is_usual ? usual : request->paths;
    size_t path_count = is_usual ? 1 : request->path_count;
    const struct file_line whole = {.file = is_usual || path_count > 0 ? paths[0] : NULL};
    unsigned faults = diagnostics_count();
    memset(plan, 0, sizeof *plan);
    reading.section.globals =
        (struct globals){.output = OUTPUT_RAW, .grace = GRACE, .termination_log = TERMINATION_LOG};
    for (size_t i = 0; i < path_count; i++)
        open_path(&reading, paths[i]);
    take_names(&reading);
    for (size_t i = 0; i < reading.file_count; i++)
        read_file(&reading, &reading.files[i]);
    settle(&reading);
    if (plan->count == 0 && diagnostics_count() == faults)
        diagnostics_error(&whole, "there is no service in it");
    if (plan->count > SERVICES_MOST)
        diagnostics_error(&whole, "more than %d services", SERVICES_MOST);
    else
        plan_is_acyclic(plan);
    close_files(&reading);
    return diagnostics_count() == faults;
}
