/* missing.c - see missing.h. */
#include "config/missing.h"

#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "config/argv_split.h"
#include "config/diagnostics.h"
#include "config/expand.h"
#include "config/habits.h"
#include "process/path.h"

static bool is_found(const char *program)
{
    char candidate[path_room(program)];
    struct path_walk walk = {0};
    while (path_next(&walk, program, candidate))
        if (access(candidate, X_OK) == 0)
            return true;
    return false;
}

/* Not known are a PATH of the service's own, and the directory that a relative path is meant from.
 */
static bool is_known(const struct settings *settings, const char *program)
{
    for (unsigned i = 0; i < settings->environment_count; i++)
        if (settings->environment[i].is_file ||
            strncmp(settings->environment[i].text, "PATH=", strlen("PATH=")) == 0)
            return false;
    return *program == '/' || strchr(program, '/') == NULL;
}

/* A command that several services in a row have is one string (entry_keep()), and is looked for
 * once. */
static void note_program(const struct section *section, const struct file_line *place)
{
    static const char *last_found;
    struct expansion words = {0};
    if (section->command == last_found)
        return;
    int count = argv_split_count(section->command, &words);
    if (count < 1)
        return;
    size_t size = words.length, argv_size = ((size_t)count + 1) * sizeof(char *);
    char *buffer = arena_map(size), **argv = arena_map(argv_size);
    argv_split(section->command, &words, buffer, argv);
    bool is_there = is_found(argv[0]);
    if (is_there)
        last_found = section->command;
    else if (is_known(&section->settings, argv[0]))
        diagnostics_note(place, "the program '%s' is not there now", argv[0]);
    arena_unmap(buffer, size);
    arena_unmap(argv, argv_size);
}

static void note_files(const struct settings *settings, const struct file_line *place)
{
    for (unsigned i = 0; i < settings->environment_count; i++) {
        const struct environment_source *source = &settings->environment[i];
        if (source->is_file && !source->is_optional && !expand_is_needed(source->text) &&
            access(source->text, F_OK) == -1)
            diagnostics_note(place, "the env_file '%s' is not there now", source->text);
    }
}

void missing_note(const struct section *section)
{
    struct text unused;
    text_clear(&unused);
    if (section->command != NULL && !expand_is_needed(section->command) &&
        !habits_of_command(section->command, &unused)) /* which has its note */
        note_program(section, keys_place_or_head(section, "command"));
    const struct user *user = section->settings.user;
    if (user != NULL && !user->is_known)
        diagnostics_note(keys_place_or_head(section, "user"), "the user '%s' is not there now",
                         user->text);
    note_files(&section->settings, keys_place_or_head(section, "env_file"));
}
