/*
 * config.c - see config.h.
 *
 * The files are read whole, and gone through three times: to count the sections, so that the services are one array; to
 * find their names, so that a dependency is resolved where it stands; and to read the keys. What is known only at the
 * end is settled there: whose log is the global one, and what a dependency on a oneshot means. Then the files are
 * closed: values that stay have been kept (values.c), and names are kept last, for until then a name is known by where
 * it stands.
 *
 * A section that is refused, because of its name, is still read for its other faults; it belongs to no service then.
 */
#include "services/config.h"

#include <limits.h>
#include <string.h>

#include "base/arena.h"
#include "base/directory.h"
#include "process/death.h"
#include "services/keys.h"
#include "services/values.h"

enum {
    NAME_MOST = 64,
    SERVICES_MOST = USHRT_MAX, /* dependents are counted in a short */
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
    struct shared *shared;         /* all there are */
    struct service *next;          /* whose section comes next */
    struct service *service;       /* whose section is read; NULL: nobody's */
    struct dependency *depends_on; /* its dependencies */
    size_t depends_count;
    struct entry entry; /* the key and value that may yet be continued; its key is NULL if there is none */
    size_t indent;      /* of its key */
    char *value_end;
    struct section section; /* the section that is read */
};

/* ---- files ---- */

static void open_file(struct reading *reading, const char *path)
{
    reading->files = arena_grow(reading->files, reading->file_count, sizeof *reading->files);
    struct lines *file = &reading->files[reading->file_count];
    const char *why = lines_open(file, path);
    if (why == NULL)
        reading->file_count++;
    else
        fault(&file->place, "%s", why);
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

static void open_directory(struct reading *reading, struct directory *directory, const char *path)
{
    const char **files = NULL, *name;
    size_t count = 0;
    while ((name = directory_next(directory)) != NULL) {
        if (!is_configuration(name))
            continue;
        files = arena_grow(files, count, sizeof *files);
        const char *file = join_path(path, name);
        size_t place = count++;
        for (; place > 0 && strcmp(files[place - 1], file) > 0; place--)
            files[place] = files[place - 1];
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

/* The first line from there on that begins with a bracket, or NULL. */
static char *find_head(const struct lines *file, char *line)
{
    while (line < file->end && *line != '[')
        line = line_after(file, line);
    return line < file->end ? line : NULL;
}

/* Where something stands, as long as no line has been taken off. */
static struct place place_of(const struct reading *reading, const char *at)
{
    const struct lines *file = reading->files;
    while (at < file->next || at > file->end)
        file++;
    struct place place = {file->place.file, 0};
    for (char *line = file->next; line <= at && line < file->end; line = line_after(file, line))
        place.line++;
    return place;
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

static void refuse_head(const struct reading *reading, const char *head)
{
    struct place place = place_of(reading, head);
    fault(&place, "a section begins with [NAME], a name of letters, digits and _.@-, not with '%s'",
          arena_copy(head, strcspn(head, "\r\n")));
}

static void refuse_second(const struct reading *reading, const char *name, const char *first)
{
    struct place place = place_of(reading, name);
    if (reading->plan->command != NULL && first == reading->plan->command->name) {
        fault(&place, "the name [" COMMAND_NAME "] belongs to the command of the command line");
        return;
    }
    struct place before = place_of(reading, first);
    fault(&place, "[%s] for the second time; the first is in %s:%u", name, before.file, before.line);
}

/* Gives the section's name to the next service, or says why not. */
static void take_name(struct reading *reading, char *head)
{
    struct plan *plan = reading->plan;
    char *name = cut_name(head);
    if (name == NULL) {
        refuse_head(reading, head);
        return;
    }
    bool is_global = strcmp(name, GLOBAL_SECTION) == 0;
    const struct service *namesake = is_global ? NULL : plan_find(plan, name, strlen(name));
    const char *first = is_global ? reading->global : namesake != NULL ? namesake->name : NULL;
    if (first != NULL)
        refuse_second(reading, name, first);
    else if (is_global)
        reading->global = name;
    else
        plan->services[plan->count++].name = name;
}

/* Goes through all heads of sections: to count them as long as there is no array for the services, then to fill it. */
static void each_head(struct reading *reading)
{
    struct plan *plan = reading->plan;
    for (const struct lines *file = reading->files; file < reading->files + reading->file_count; file++)
        for (char *head = find_head(file, file->next); head != NULL; head = find_head(file, line_after(file, head)))
            if (plan->services == NULL)
                plan->count++;
            else
                take_name(reading, head);
}

/* Makes the array of services. They have their names then, and nothing else. */
static void take_names(struct reading *reading)
{
    struct plan *plan = reading->plan;
    each_head(reading);
    plan->services = arena_take((plan->count + 1) * sizeof *plan->services);
    plan->count = 0;
    if (reading->request->command != NULL) {
        plan->command = &plan->services[plan->count++];
        plan->command->name = COMMAND_NAME;
        plan->command->settings = reading->request->command_settings;
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
    fault_unknown(&reading->entry.place, "depends_on names an unknown service", name,
                  fault_nearest(name, next_service, &walk));
}

static bool depends_already(const struct reading *reading, const struct service *on)
{
    for (size_t i = 0; i < reading->depends_count; i++)
        if (reading->depends_on[i].on == on)
            return true;
    return false;
}

/* "db", "db:started" */
static void add_dependency(struct reading *reading, char *word)
{
    const struct place *place = &reading->entry.place;
    char *colon = strchr(word, ':');
    size_t length = strcspn(word, ":");
    int condition = colon == NULL ? CONDITION_UNSAID : value_choose(CONDITIONS, colon + 1, strlen(colon + 1));
    struct service *on = plan_find(reading->plan, word, length);
    if (condition == -1)
        fault(place, "depends_on needs NAME, NAME:started, NAME:ready or NAME:completed, not '%s'", word);
    word[length] = '\0';
    if (strcmp(word, reading->section.name) == 0) {
        fault(place, "[%s] depends on itself", word);
    } else if (on == NULL) {
        refuse_dependency(reading, word);
    } else if (depends_already(reading, on)) {
        fault(place, "depends_on names '%s' twice", word);
    } else {
        struct dependency *list = arena_grow(reading->depends_on, reading->depends_count, sizeof *list);
        list[reading->depends_count++] = (struct dependency){on, (enum condition)condition};
        reading->depends_on = list;
    }
}

static void add_dependencies(struct reading *reading, char *words)
{
    static const char between[] = BLANKS ",";
    char *rest;
    for (char *word = strtok_r(words, between, &rest); word != NULL; word = strtok_r(NULL, between, &rest))
        add_dependency(reading, word);
}

/* ---- sections ---- */

/* What only shows in a section as a whole. */
static void check_section(const struct section *section)
{
    const struct settings *settings = &section->settings;
    bool is_oneshot = settings->kind == KIND_ONESHOT;
    struct place place = section->place;
    if (key_line(section, "command") == 0)
        fault(&place, "there is no command in this section");
    if (settings->environment_count > ENVIRONMENT_MOST)
        fault(&place, "more than %d variables in this section", ENVIRONMENT_MOST);
    if (settings->listen_count > LISTEN_MOST)
        fault(&place, "more than %d sockets in this section", LISTEN_MOST);
    place.line = key_line(section, "restart");
    if (is_oneshot && settings->restart == RESTART_ALWAYS)
        fault(&place, "a oneshot is to end, so it cannot have restart = always");
    place.line = key_line(section, "ready");
    if (is_oneshot && settings->ready != READY_AT_ONCE)
        fault(&place, "a oneshot says that it is done by its end, so it cannot have ready");
}

/* Byte for byte, which holds for the padding too: it is copied from settings_default by memcpy, and never written. */
static bool is_same(const void *settings, const void *others)
{
    return memcmp(settings, others, sizeof(struct settings)) == 0;
}

static const struct settings *share(struct reading *reading)
{
    const struct settings *settings = &reading->section.settings;
    struct shared *shared = reading->shared;
    while (shared != NULL && !is_same(&shared->settings, settings))
        shared = shared->next;
    if (shared == NULL) {
        shared = arena_take(sizeof *shared);
        memcpy(&shared->settings, settings, sizeof *settings);
        shared->next = reading->shared;
        reading->shared = shared;
    }
    return &shared->settings;
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
            extras->depends_at = (struct place){section->place.file, key_line(section, "depends_on")};
            extras->depends_on = reading->depends_on;
            extras->depends_count = reading->depends_count;
        }
    }
    section->name = NULL;
    reading->service = NULL;
}

/* The name of a head that was accepted ends with a NUL, and is the next service's. */
static void begin_section(struct reading *reading, const char *name, const struct place *place)
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
static void begin_entry(struct reading *reading, char *text, const struct place *place)
{
    char *equals = strchr(text, '='), *end = equals;
    if (equals == NULL || equals == text) {
        fault(place, "'%s' is neither [SECTION] nor KEY = VALUE", text);
        return;
    }
    while (end > text && strchr(BLANKS, end[-1]) != NULL)
        end--;
    *end = '\0';
    if (reading->section.name == NULL) {
        fault(place, "'%s' stands before the first [SECTION]", text);
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

static void read_line(struct reading *reading, char *line, const struct place *place)
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
    for (struct service *service = plan->services; service < plan->services + plan->count; service++) {
        const struct extras *extras = service_extras(service);
        for (size_t i = 0; i < extras->depends_count; i++) {
            struct dependency *dependency = &extras->depends_on[i];
            if (dependency->condition == (enum condition)CONDITION_UNSAID)
                dependency->condition = dependency->on->settings->kind == KIND_ONESHOT ? IS_COMPLETED : IS_READY;
        }
    }
}

static void close_files(const struct reading *reading)
{
    const struct plan *plan = reading->plan;
    for (struct service *service = plan->services; service < plan->services + plan->count; service++)
        service->name = arena_copy(service->name, strlen(service->name));
    for (size_t i = 0; i < reading->file_count; i++)
        lines_close(&reading->files[i]);
}

bool config_read(struct plan *plan, const struct config_request *request)
{
    static const char *const usual[] = {CONFIG_DEFAULT};
    struct reading reading = {.plan = plan, .request = request};
    bool is_usual = request->path_count == 0 && request->command == NULL;
    const char *const *paths = is_usual ? usual : request->paths;
    size_t path_count = is_usual ? 1 : request->path_count;
    const struct place whole = {.file = is_usual || path_count > 0 ? paths[0] : NULL};
    unsigned faults = fault_count();
    memset(plan, 0, sizeof *plan);
    reading.section.globals =
        (struct globals){.output = OUTPUT_RAW, .grace = GRACE, .termination_log = TERMINATION_LOG};
    for (size_t i = 0; i < path_count; i++)
        open_path(&reading, paths[i]);
    take_names(&reading);
    for (size_t i = 0; i < reading.file_count; i++)
        read_file(&reading, &reading.files[i]);
    settle(&reading);
    if (plan->count == 0 && fault_count() == faults)
        fault(&whole, "there is no service in it");
    if (plan->count > SERVICES_MOST)
        fault(&whole, "more than %d services", SERVICES_MOST);
    else
        plan_is_acyclic(plan);
    close_files(&reading);
    return fault_count() == faults;
}
