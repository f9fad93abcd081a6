/* section.c - see section.h. One thread, before the first start. */
#include "config/section.h"

#include <string.h>

#include "config/diagnostics.h"

/* The settings are copied by memcpy(): settings_share() compares their padding too. */
void section_begin(struct section *section, const char *name, const struct file_line *place)
{
    section->name = name;
    section->place = *place;
    section->is_global = strcmp(name, GLOBAL_SECTION) == 0;
    section->command = NULL;
    memset(section->lines, 0, sizeof section->lines);
    memcpy(&section->settings, &settings_default, sizeof section->settings);
    section->settings.output = (enum output)OUTPUT_UNSET;
}

void section_check(const struct section *section)
{
    const struct settings *settings = &section->settings;
    bool is_oneshot = settings->type == TYPE_ONESHOT;
    struct file_line place = section->place;
    if (keys_line(section, "command") == 0)
        diagnostics_error(&place, "the section needs a command");
    if (settings->environment_count > ENVIRONMENT_MOST)
        diagnostics_error(&place, "the section has more than %d environment variables",
                          ENVIRONMENT_MOST);
    if (settings->listen_count > LISTEN_MOST)
        diagnostics_error(&place, "the section has more than %d sockets", LISTEN_MOST);
    place.line = keys_line(section, "restart");
    if (is_oneshot && settings->restart == RESTART_ALWAYS)
        diagnostics_error(&place,
                          "restart = always is not for a oneshot, which is to end; use on-failure");
    place.line = keys_line(section, "ready");
    if (is_oneshot && settings->ready != READY_AT_ONCE)
        diagnostics_error(&place, "ready is not for a oneshot, which is done when it has ended");
    place.line = keys_line(section, "every");
    if (!is_oneshot && settings->every != 0)
        diagnostics_error(&place, "every is for a oneshot alone: it starts a job again");
}
