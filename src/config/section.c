/* section.c - see section.h. One thread, before the first start. */
#include "config/section.h"

#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include "config/diagnostics.h"

enum {
    LISTEN_FIRST_FD = 3,               /* sd_listen_fds(3) */
    ENGINE_GRACE = 10 * MS_PER_SECOND, /* of docker stop; the other engines wait longer */
};

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

void section_check(const struct section *section)
{
    const struct settings *settings = &section->settings;
    bool is_oneshot = settings->type == TYPE_ONESHOT;
    if (keys_place(section, "command") == NULL)
        diagnostics_error(&section->place, "the section needs a command");
    if (settings->environment_count > ENVIRONMENT_MOST)
        diagnostics_error(&section->place, "the section has more than %d environment variables",
                          ENVIRONMENT_MOST);
    if (settings->listen_count > 0 && settings->user != NULL && !settings->user->is_known)
        diagnostics_error(keys_place_or_head(section, "user"),
                          "listen needs a user that is there when foster starts, not '%s'",
                          settings->user->text);
    if (settings->listen_count > LISTEN_MOST)
        diagnostics_error(&section->place, "the section has more than %d sockets", LISTEN_MOST);
    if (is_oneshot && settings->restart == RESTART_ALWAYS)
        diagnostics_error(keys_place_or_head(section, "restart"),
                          "restart = always is not for a oneshot, which is to end; use on-failure");
    if (is_oneshot && settings->ready != READY_AT_ONCE)
        diagnostics_error(keys_place_or_head(section, "ready"),
                          "ready is not for a oneshot, which is done when it has ended");
    if (!is_oneshot && settings->every != 0)
        diagnostics_error(keys_place_or_head(section, "every"),
                          "every is for a oneshot alone: it starts a job again");
}

/* ---- notes ---- */

static bool has_file_socket(const struct settings *settings)
{
    for (unsigned i = 0; i < settings->listen_count; i++)
        if (settings->listen[i].address.to.any.sa_family == AF_UNIX)
            return true;
    return false;
}

/* Keys without effect. A default of [foster] is none: it is for those services that it fits. */
static void note_vain_keys(const struct section *section)
{
    const struct settings *settings = &section->settings;
    const bool has_check =
        settings->healthcheck != NULL || keys_place(section, "healthcheck") != NULL;
    const struct {
        const char *key;
        bool has_effect;
        const char *needs;
    } keys[] = {
        {"restart_delay", settings->restart != RESTART_NO, "restart = always or on-failure"},
        {"healthcheck_interval", has_check, "a healthcheck"},
        {"healthcheck_timeout", has_check, "a healthcheck"},
        {"healthcheck_retries", has_check, "a healthcheck"},
        {"healthcheck_start_period", has_check, "a healthcheck"},
        {"listen_mode", has_file_socket(settings), "listen = unix:PATH"},
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const struct file_line *place = keys_place(section, keys[i].key);
        if (place != NULL && !keys[i].has_effect)
            diagnostics_note(place, "%s has no effect without %s", keys[i].key, keys[i].needs);
    }
}

static void note_grace(const struct section *section)
{
    const struct settings *settings = &section->settings;
    const char *engines =
        "docker stop kills after 10s, Kubernetes after 30s, if not told otherwise";
    if (settings->stop_grace_period == NEVER)
        diagnostics_note(keys_place_or_head(section, "stop_grace_period"),
                         "a stop of %s may take for ever: %s", section->name, engines);
    else if (settings->stop_grace_period >= ENGINE_GRACE)
        diagnostics_note(keys_place_or_head(section, "stop_grace_period"),
                         "a stop of %s may take %jd seconds: %s", section->name,
                         (intmax_t)(settings->stop_grace_period / MS_PER_SECOND), engines);
}

void section_note(const struct section *section, bool is_check)
{
    const struct settings *settings = &section->settings;
    const struct file_line *ready = keys_place(section, "ready");
    if (*section->name == '-')
        diagnostics_note(&section->place,
                         "[%s] begins with '-': foster ctl takes that for an option",
                         section->name);
    note_vain_keys(section);
    if (ready != NULL && settings->ready == READY_BY_FD &&
        settings->ready_fd < LISTEN_FIRST_FD + (int)settings->listen_count)
        diagnostics_note(ready, "descriptor %d is a socket of listen as well; use ready = fd:%d",
                         settings->ready_fd, LISTEN_FIRST_FD + (int)settings->listen_count);
    if (is_check)
        note_grace(section);
}
