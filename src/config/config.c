/*
 * config.c - see config.h.
 *
 * The files are read whole (files.c), and gone through twice: for the names of all sections
 * (names.c), and for the keys (here: keys.c has the table of them). The sections of [foster] are
 * read first, because their keys are defaults for all services; then each service with all of its
 * sections, whatever files they are in. Which lines count is known only then (entries.c), and only
 * these are read into the settings.
 *
 * What is known only at the end is set at the end: what a dependency on a oneshot means, who gets
 * the dependencies of [foster], how many services a section is (replicas.c). Then the files are
 * closed, so what stays of them is copied before: values by the functions that read them, names
 * last.
 *
 * A section that is refused because of its name belongs to no service; its keys are read all the
 * same, for their faults.
 */
#include "config/config.h"

#include <limits.h>
#include <string.h>

#include "base/arena.h"
#include "config/depends_on.h"
#include "config/diagnostics.h"
#include "config/entries.h"
#include "config/files.h"
#include "config/keys.h"
#include "config/missing.h"
#include "config/names.h"
#include "config/plan_check.h"
#include "config/ranks.h"
#include "config/replicas.h"
#include "config/section.h"
#include "process/exit_report.h"
#include "process/stop_policy.h"

enum {
    SERVICES_MOST =
        USHRT_MAX - 1, /* ranks.c numbers them in an unsigned short, and needs one number more */
};

/* What [foster] says for all services. */
struct defaults {
    struct entries entries; /* without those of depends_on, and without faulty ones */
    struct settings settings;
    struct shape shape;
    struct depends_on depends_on;
    bool has_list; /* one of the entries is of a key that adds to a list */
};

struct reading {
    struct plan *plan;
    const char *first_path; /* which names the configuration as a whole; NULL: there is none */
    struct files files;
    struct names names;
    struct shared_settings shared;
    struct defaults defaults;
    struct section section; /* the present one */
    struct entries entries; /* of it */
    struct depends_on depends_on;
    struct entry entry;   /* the last one, which the next line may continue */
    struct shape *shapes; /* of each service */
    unsigned char *marks; /* depends_on_add_defaults() */
    unsigned depends_row; /* of depends_on in the table of keys */
};

/* ---- lines ---- */

/* An empty value takes away what an earlier file or [foster] says. Where there is nothing to take
 * away it is read as a value, and refused by most keys. */
static bool is_clearing(const struct reading *reading, const struct entry *entry)
{
    bool has_earlier =
        reading->entries.mentions[entry->row] || reading->defaults.entries.mentions[entry->row];
    return *entry->value == '\0' && has_earlier && !keys_takes_nothing(entry->row);
}

/* No line continues the entry any more. */
static void end_entry(struct reading *reading)
{
    struct entry *entry = &reading->entry;
    if (entry->key != NULL && keys_find(&reading->section, entry)) {
        if (is_clearing(reading, entry))
            entries_clear(&reading->entries, entry->row);
        else
            entries_add(&reading->entries, entry);
    }
    entry->key = NULL;
}

static void begin_entry(struct reading *reading, char *line, const struct indent *indent,
                        const struct file_line *place)
{
    struct entry *entry = &reading->entry;
    if (!entry_parse(entry, line, place)) {
        diagnostics_error(place, "'%s' is neither [SECTION] nor KEY = VALUE", line);
    } else if (reading->section.name == NULL) {
        diagnostics_error(place, "'%s' stands before the first [SECTION]", line);
        entry->key = NULL;
    } else {
        entry->section = reading->section.name;
        entry->indent = *indent;
    }
}

/* A line that goes on with a value, and was probably not meant to: it looks like a key or a head.
 * That is a fault; a key is read all the same, for its own faults. False if it does not. */
static bool refuse_swallowed(struct reading *reading, char *text, const struct indent *indent,
                             const struct file_line *place)
{
    struct entry *entry = &reading->entry;
    bool is_key = keys_begins(text);
    if (!is_key && names_length(text) == 0)
        return false;
    diagnostics_error(place, "'%s' continues the value of '%s' in line %u, because %s; is it %s?",
                      text, entry->key, entry->place.line,
                      entry->joins ? "the line before ends in a backslash" : "it is indented",
                      is_key ? "a key of its own" : "a section");
    end_entry(reading);
    if (is_key)
        begin_entry(reading, text, indent, place);
    return true;
}

static void read_line(struct reading *reading, char *line, const struct file_line *place)
{
    struct indent indent = entry_indent(line);
    struct entry *entry = &reading->entry;
    char *text = line + indent.characters;
    if (*text == '#' || *text == ';')
        return;
    if (*text != '\0' && entry->key != NULL &&
        (entry->joins || entry_is_deeper(&indent, &entry->indent))) {
        if (!refuse_swallowed(reading, text, &indent, place))
            entry_continue(entry, text);
        return;
    }
    end_entry(reading);
    if (*text != '\0')
        begin_entry(reading, text, &indent, place);
}

/* Collects the entries of a section and of those that change it. */
static void collect_entries(struct reading *reading, const struct heading *heading)
{
    section_begin(&reading->section, heading->name, &heading->lines.place);
    entries_begin(&reading->entries);
    for (; heading != NULL; heading = heading->later) {
        struct lines lines = heading->lines;
        char *line;
        while ((line = lines_next(&lines)) != NULL)
            read_line(reading, line, &lines.place);
        end_entry(reading);
    }
}

/* ---- [foster] ---- */

/* Reads an entry of a list into the section; the list may keep its value. */
static void read_entry(struct reading *reading, struct entry *entry, bool is_default,
                       struct depends_on *depends_on)
{
    struct section *section = &reading->section;
    section->depends_on = NULL;
    entry->kept = is_default ? &entry->copy : &section->kept[entry->row];
    keys_read(section, entry);
    if (section->depends_on != NULL)
        depends_on_add(depends_on, &reading->names, entry, section->depends_on);
}

/* A default without a fault is kept, to be read again for services that have more of its key. */
static void read_default(struct reading *reading, struct entry *entry)
{
    struct defaults *defaults = &reading->defaults;
    unsigned faults = diagnostics_count();
    read_entry(reading, entry, true, &defaults->depends_on);
    if (diagnostics_count() != faults || keys_is_global(entry->row))
        return;
    if (reading->section.depends_on != NULL) {
        defaults->entries.mentions[entry->row] = true;
        return;
    }
    defaults->has_list |= keys_is_list(entry->row);
    entries_add(&defaults->entries, entry);
}

static void read_defaults(struct reading *reading)
{
    struct entries *entries = &reading->entries;
    if (reading->names.global == NULL)
        section_begin(&reading->section, NULL, &(struct file_line){0});
    else
        collect_entries(reading, reading->names.global);
    for (size_t i = 0; i < entries->count; i++)
        if (entries_counts(entries, i))
            read_default(reading, &entries->list[i]);
    struct depends_on depends_on = reading->defaults.depends_on;
    depends_on_end(&reading->defaults.depends_on);
    reading->defaults.depends_on = depends_on;
    reading->defaults.settings = reading->section.settings;
    reading->defaults.shape = reading->section.shape;
}

/* ---- services ---- */

/* True if the defaults cannot be taken as they have been read: the section has one of their keys
 * itself, or adds to a list that they begin, and that all services share. */
static bool changes_defaults(const struct reading *reading)
{
    const struct defaults *defaults = &reading->defaults;
    const struct entries *own = &reading->entries;
    for (unsigned row = 0; row < KEYS_MOST; row++)
        if (own->mentions[row] &&
            (defaults->entries.mentions[row] || (defaults->has_list && keys_is_list(row))))
            return true;
    return false;
}

static void read_own_defaults(struct reading *reading)
{
    struct entries *entries = &reading->defaults.entries;
    for (size_t i = 0; i < entries->count; i++)
        if (!reading->entries.replaces[entries->list[i].row])
            read_entry(reading, &entries->list[i], true, &reading->depends_on);
}

/* The settings are copied by memcpy(): settings_share() compares their padding too. */
static void read_entries(struct reading *reading)
{
    const struct defaults *defaults = &reading->defaults;
    struct section *section = &reading->section;
    struct entries *entries = &reading->entries;
    if (changes_defaults(reading)) {
        read_own_defaults(reading);
    } else {
        memcpy(&section->settings, &defaults->settings, sizeof section->settings);
        section->shape = defaults->shape;
    }
    for (size_t i = 0; i < entries->count; i++)
        if (entries_counts(entries, i))
            read_entry(reading, &entries->list[i], false, &reading->depends_on);
    section_trim_defaults(section);
}

static void fill_service(struct reading *reading, struct service *service)
{
    const struct section *section = &reading->section;
    size_t index = (size_t)(service - reading->plan->services);
    service->command = section->command;
    service->settings = settings_share(&reading->shared, &section->settings);
    reading->shapes[index] = section->shape;
    reading->marks[index] = reading->entries.replaces[reading->depends_row];
    if (reading->depends_on.count == 0)
        return;
    struct extras *extras = service_give_extras(service);
    extras->depends_at = *keys_place(section, "depends_on");
    extras->depends_on = reading->depends_on.list;
    extras->depends_count = reading->depends_on.count;
}

/* Reads a service with all of its sections, or a section that is refused. */
static void read_service(struct reading *reading, const struct heading *heading, bool is_check)
{
    unsigned faults = diagnostics_count();
    collect_entries(reading, heading);
    if (heading->name == NULL)
        return;
    read_entries(reading);
    if (heading->service != NULL) {
        section_check(&reading->section);
        fill_service(reading, heading->service);
        if (reading->section.shape.enabled && diagnostics_count() == faults)
            section_note(&reading->section, is_check);
        if (reading->section.shape.enabled && is_check)
            missing_note(&reading->section);
    }
    depends_on_end(&reading->depends_on);
}

/* The command of the command line has the output of [foster], and nothing else of it. */
static void read_command(struct reading *reading, const struct settings *given)
{
    struct settings settings;
    memcpy(&settings, given, sizeof settings);
    settings.output = reading->defaults.settings.output;
    settings.output_path = reading->defaults.settings.output_path;
    bool is_changed = settings.output != given->output;
    reading->plan->command->settings =
        is_changed ? settings_share(&reading->shared, &settings) : given;
    reading->shapes[0] = (struct shape){.enabled = true, .replicas = REPLICAS_UNSET};
}

/* ---- the whole ---- */

static void open_files(struct files *files, const struct config_request *request)
{
    for (size_t i = 0; i < request->path_count; i++)
        files_open(files, request->paths[i]);
    if (request->path_count > 0 || request->command != NULL)
        return;
    unsigned faults = diagnostics_count();
    files_open_if_there(files, CONFIG_DEFAULT);
    files_open_if_there(files, CONFIG_DEFAULT_DIRECTORY);
    if (files->count == 0 && diagnostics_count() == faults)
        files_open(files, CONFIG_DEFAULT); /* to say that it is missing */
}

static void read_sections(struct reading *reading, const struct config_request *request)
{
    const struct names *names = &reading->names;
    reading->section.globals =
        (struct globals){.grace = GRACE_DEFAULT, .termination_log = TERMINATION_LOG};
    read_defaults(reading);
    reading->plan->globals = reading->section.globals;
    if (reading->plan->command != NULL)
        read_command(reading, request->command_settings);
    for (size_t i = 0; i < names->count; i++) {
        const struct heading *heading = &names->headings[i];
        bool is_global = heading->name != NULL && strcmp(heading->name, GLOBAL_SECTION) == 0;
        if (!heading->is_later && !is_global)
            read_service(reading, heading, request->is_check);
    }
}

static const struct origin *origin_of(const struct heading *heading)
{
    const struct origin *first = NULL, **next = &first;
    for (; heading != NULL; heading = heading->later) {
        struct origin *origin = arena_alloc(sizeof *origin);
        origin->file = heading->lines.place.file;
        *next = origin;
        next = &origin->next;
    }
    return first;
}

/* For people: from which files a service is, and which sections are none. */
static void fill_check(struct reading *reading)
{
    struct plan *plan = reading->plan;
    if (reading->files.count > 1)
        plan->origins = arena_alloc(plan->count * sizeof(struct origin *) + 1);
    for (size_t i = 0; i < plan->count; i++) {
        const struct service *service = &plan->services[i];
        const struct shape *shape = &reading->shapes[i];
        if (plan->origins != NULL)
            plan->origins[i] = origin_of(names_first(&reading->names, service));
        if (shape->enabled && shape->replicas != 0)
            continue;
        plan->absent = arena_grow(plan->absent, plan->absent_count, sizeof(char *));
        plan->absent[plan->absent_count++] = arena_copy(service->name, strlen(service->name));
    }
}

/* Makes services of the sections. A fault of the configuration as a whole is named by its first
 * file. */
static void make_services(struct reading *reading, unsigned faults, bool is_check)
{
    struct plan *plan = reading->plan;
    size_t count = replicas_count(plan, reading->shapes), sections = plan->count;
    const struct file_line whole = {.file = reading->first_path};
    if (count > SERVICES_MOST || sections > SERVICES_MOST) {
        diagnostics_error(&whole, "more than %d services", SERVICES_MOST);
        return;
    }
    ranks_assign(plan); /* for the cycles, also of sections that are no service now */
    ranks_clear(plan);
    replicas_check_names(&reading->names, reading->shapes);
    if (diagnostics_count() != faults)
        return;
    if (count == 0)
        diagnostics_error(&whole,
                          sections == 0 ? "no service is defined" : "no service is enabled");
    if (is_check)
        fill_check(reading);
    replicas_make(plan, reading->shapes);
}

static void open_reading(struct reading *reading, const struct config_request *request)
{
    open_files(&reading->files, request);
    if (request->path_count > 0)
        reading->first_path = request->paths[0];
    else if (reading->files.count > 0)
        reading->first_path = reading->files.list[0].place.file;
    names_collect(&reading->names, reading->plan, &reading->files, request->command != NULL);
    settings_open(&reading->shared, reading->names.most);
    reading->shapes = arena_map(reading->names.most * sizeof *reading->shapes);
    reading->marks = arena_map(reading->names.most);
    reading->depends_row = keys_row("depends_on");
}

static void close_reading(struct reading *reading)
{
    arena_unmap(reading->shapes, reading->names.most * sizeof *reading->shapes);
    arena_unmap(reading->marks, reading->names.most);
    entries_close(&reading->entries);
    entries_close(&reading->defaults.entries);
    settings_close(&reading->shared);
    names_close(&reading->names);
    files_close(&reading->files);
}

bool config_read(struct plan *plan, const struct config_request *request)
{
    unsigned faults = diagnostics_count();
    struct reading reading = {.plan = plan};
    memset(plan, 0, sizeof *plan);
    open_reading(&reading, request);
    read_sections(&reading, request);
    depends_on_settle(plan);
    if (diagnostics_count() == faults)
        plan_check(&reading.names, reading.shapes);
    depends_on_add_defaults(&reading.defaults.depends_on, plan, reading.marks);
    depends_on_settle(plan);
    make_services(&reading, faults, request->is_check);
    close_reading(&reading);
    return diagnostics_count() == faults;
}
