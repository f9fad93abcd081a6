/* section.c - see section.h. One thread, before the first start. */
#include "config/section.h"

#include <string.h>

#include "config/diagnostics.h"

/* The settings are copied by memcpy(): settings_share() compares their padding too. */
void section_begin(struct section *section, const char *name, const struct file_line *place)
{
    section->name = name;
    section->place = *place;
    section->is_global = name != NULL && strcmp(name, GLOBAL_SECTION) == 0;
    section->command = NULL;
    section->shape = (struct shape){.enabled = true, .replicas = REPLICAS_UNSET};
    memset(section->places, 0, sizeof section->places);
    memcpy(&section->settings, &settings_default, sizeof section->settings);
}

void section_trim_defaults(struct section *section)
{
    struct settings *settings = &section->settings;
    if (settings->type != TYPE_ONESHOT) {
        if (keys_place(section, "every") == NULL)
            settings->every = settings_default.every;
        return;
    }
    if (keys_place(section, "ready") == NULL) {
        settings->ready = settings_default.ready;
        settings->ready_fd = settings_default.ready_fd;
        settings->ready_after = settings_default.ready_after;
        settings->ready_address = settings_default.ready_address;
        settings->ready_argument = settings_default.ready_argument;
    }
    if (keys_place(section, "restart") == NULL && settings->restart == RESTART_ALWAYS)
        settings->restart = settings_default.restart;
}

/* The place of a key; that of the section if the key is a default. */
static const struct file_line *place_of(const struct section *section, const char *name)
{
    const struct file_line *place = keys_place(section, name);
    return place != NULL ? place : &section->place;
}

void section_check(const struct section *section)
{
    const struct settings *settings = &section->settings;
    bool is_oneshot = settings->type == TYPE_ONESHOT;
    if (keys_place(section, "command") == NULL)
        diagnostics_error(&section->place, "the section needs a command");
    if (settings->environment_count > ENVIRONMENT_MOST)
        diagnostics_error(&section->place, "the section has more than %d environment variables",
                          ENVIRONMENT_MOST);
    if (settings->listen_count > LISTEN_MOST)
        diagnostics_error(&section->place, "the section has more than %d sockets", LISTEN_MOST);
    if (is_oneshot && settings->restart == RESTART_ALWAYS)
        diagnostics_error(place_of(section, "restart"),
                          "restart = always is not for a oneshot, which is to end; use on-failure");
    if (is_oneshot && settings->ready != READY_AT_ONCE)
        diagnostics_error(place_of(section, "ready"),
                          "ready is not for a oneshot, which is done when it has ended");
    if (!is_oneshot && settings->every != 0)
        diagnostics_error(place_of(section, "every"),
                          "every is for a oneshot alone: it starts a job again");
}
