/*
 * config.c - see config.h.
 *
 * The files are read whole (files.c), and gone through twice: for the names of all services
 * (names.c), and for the keys (here: keys.c has the table of them). What is known only at the end
 * is set at the end: whether an output is the one of [foster], and what a dependency on a oneshot
 * means. Then the files are closed, so what stays of them is copied before: values by the functions
 * that read them, names last, because a section finds its service by the address of its name.
 *
 * A section that is refused because of its name belongs to no service; its keys are read all the
 * same, for their faults.
 */
#include "config/config.h"

#include <limits.h>
#include <string.h>

#include "config/depends_on.h"
#include "config/diagnostics.h"
#include "config/files.h"
#include "config/keys.h"
#include "config/names.h"
#include "config/ranks.h"
#include "config/section.h"
#include "process/exit_report.h"
#include "process/stop_policy.h"

enum {
    SERVICES_MOST =
        USHRT_MAX - 1, /* ranks.c numbers them in an unsigned short, and needs one number more */
};

struct reading {
    struct plan *plan;
    struct files files;
    struct names names;
    struct shared_settings shared;
    struct service *next;         /* the service whose section is the next to come */
    struct service *service;      /* the service of the present section; NULL: none */
    struct section section;       /* the present one */
    struct depends_on depends_on; /* of the section */
    struct entry entry;           /* the last one, which the next line may continue */
};

/* ---- sections ---- */

static void fill_service(struct reading *reading)
{
    struct service *service = reading->service;
    const struct section *section = &reading->section;
    service->command = section->command;
    service->settings = settings_share(&reading->shared, &section->settings);
    if (reading->depends_on.count == 0)
        return;
    struct extras *extras = service_give_extras(service);
    extras->depends_at = (struct file_line){section->place.file, keys_line(section, "depends_on")};
    extras->depends_on = reading->depends_on.list;
    extras->depends_count = reading->depends_on.count;
}

static void end_section(struct reading *reading)
{
    struct section *section = &reading->section;
    if (section->name != NULL && !section->is_global)
        section_check(section);
    if (reading->service != NULL)
        fill_service(reading);
    depends_on_end(&reading->depends_on);
    section->name = NULL;
    reading->service = NULL;
}

/* The services have the order of their sections. The name in the file is the next service's if that
 * points to it; else it was refused, and does not even end with a NUL. */
static void begin_section(struct reading *reading, const char *name, const struct file_line *place)
{
    const struct plan *plan = reading->plan;
    section_begin(&reading->section, name, place);
    if (reading->next < plan->services + plan->count && reading->next->name == name)
        reading->service = reading->next++;
}

/* ---- lines ---- */

/* No line continues the entry any more: it is read. */
static void end_entry(struct reading *reading)
{
    struct section *section = &reading->section;
    if (reading->entry.key == NULL)
        return;
    section->depends_on = NULL;
    keys_read(section, &reading->entry);
    if (section->depends_on != NULL)
        depends_on_add(&reading->depends_on, &reading->names, &reading->entry, section->depends_on);
    reading->entry.key = NULL;
}

static void begin_entry(struct reading *reading, char *line, size_t indent,
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
        entry->indent = indent;
    }
}

static void read_line(struct reading *reading, char *line, const struct file_line *place)
{
    size_t indent = strspn(line, BLANKS);
    char *text = line + indent;
    if (*text == '#' || *text == ';')
        return;
    if (*text != '\0' && reading->entry.key != NULL && indent > reading->entry.indent) {
        entry_continue(&reading->entry, text);
        return;
    }
    end_entry(reading);
    if (*line == '[') {
        end_section(reading);
        begin_section(reading, line + 1, place);
    } else if (*text != '\0') {
        begin_entry(reading, text, indent, place);
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

static void read_names(struct reading *reading, const struct config_request *request)
{
    struct plan *plan = reading->plan;
    bool has_command = request->command != NULL;
    names_collect(&reading->names, plan, &reading->files, has_command);
    if (has_command)
        plan->command->settings = request->command_settings;
    reading->next = plan->services + has_command;
    settings_open(&reading->shared, reading->names.most);
}

static void read_keys(struct reading *reading)
{
    reading->section.globals = (struct globals){
        .output = OUTPUT_RAW, .grace = GRACE_DEFAULT, .termination_log = TERMINATION_LOG};
    for (size_t i = 0; i < reading->files.count; i++)
        read_file(reading, &reading->files.list[i]);
    reading->plan->globals = reading->section.globals;
}

/* The fault of a configuration as a whole, named by its first file. */
static void check_plan(const struct plan *plan, const char *first_path, bool has_faults)
{
    const struct file_line whole = {.file = first_path};
    if (plan->count == 0 && !has_faults)
        diagnostics_error(&whole, "no service is defined");
    if (plan->count > SERVICES_MOST) {
        diagnostics_error(&whole, "more than %d services", SERVICES_MOST);
        return;
    }
    ranks_assign(plan); /* for the cycles */
    ranks_clear(plan);
}

bool config_read(struct plan *plan, const struct config_request *request)
{
    static const char *const defaults[] = {CONFIG_DEFAULT};
    bool is_default = request->path_count == 0 && request->command == NULL;
    const char *const *paths = is_default ? defaults : request->paths;
    size_t path_count = is_default ? 1 : request->path_count;
    unsigned faults = diagnostics_count();
    struct reading reading = {.plan = plan};
    memset(plan, 0, sizeof *plan);
    for (size_t i = 0; i < path_count; i++)
        files_open(&reading.files, paths[i]);
    read_names(&reading, request);
    read_keys(&reading);
    settings_close(&reading.shared, plan->globals.output);
    depends_on_settle(plan);
    check_plan(plan, path_count > 0 ? paths[0] : NULL, diagnostics_count() != faults);
    names_close(&reading.names);
    files_close(&reading.files);
    return diagnostics_count() == faults;
}
