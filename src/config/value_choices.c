/* value_choices.c - see value_readers.h. One of a few words, in the order of its enumerators. */
#include <string.h>
#include <unistd.h>

#include "config/choice.h"
#include "config/restart_policy.h"
#include "config/value_readers.h"

static bool choose(const char *words, const char *value, unsigned *chosen)
{
    int choice = choice_of(words, value, strlen(value));
    *chosen = (unsigned)choice;
    return choice != -1;
}

bool value_read_bool(void *field, struct entry *entry)
{
    unsigned choice;
    bool known = choose("no\0yes\0false\0true\0off\0on\0"
                        "0\0"
                        "1\0",
                        entry->value, &choice);
    *(bool *)field = known && choice % 2 != 0;
    return known || *entry->value == '\0';
}

bool value_read_type(void *field, struct entry *entry)
{
    return choose("service\0oneshot\0", entry->value, field);
}

bool value_read_restart(void *field, struct entry *entry)
{
    struct settings *settings = field;
    return restart_policy_parse(entry->value, &settings->restart, &settings->restart_limit);
}

bool value_read_output(void *field, struct entry *entry)
{
    struct settings *settings = field;
    const char *value = value_keep_path(entry, value_path_after("file:", entry->value));
    bool is_stderr = entry->detail == STDERR_FILENO;
    const char **path = is_stderr ? &settings->error_path : &settings->output_path;
    int choice = choice_with_argument("raw\0prefix\0json\0null\0file\0", value, path);
    *(is_stderr ? &settings->error_output : &settings->output) = (enum output)choice;
    return choice != -1 && (choice == OUTPUT_FILE) == (*path != NULL) &&
           (choice != OUTPUT_FILE || **path != '\0');
}
