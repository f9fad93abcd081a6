/* settings.c - see settings.h. */
#include "config/settings.h"

#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "process/stop_policy.h"

enum {
    RESTART_MOST = 30 * MS_PER_SECOND,
    HEALTHCHECK_INTERVAL = 30 * MS_PER_SECOND,
    HEALTHCHECK_TIMEOUT = 30 * MS_PER_SECOND,
    HEALTHCHECK_RETRIES = 3,
};

const struct settings settings_default = {
    .type = TYPE_SERVICE,
    .autostart = true,
    .restart = RESTART_NO,
    .restart_first = 0,
    .restart_most = RESTART_MOST,
    .ready = READY_AT_ONCE,
    .ready_timeout = NEVER,
    .healthcheck_interval = HEALTHCHECK_INTERVAL,
    .healthcheck_timeout = HEALTHCHECK_TIMEOUT,
    .healthcheck_retries = HEALTHCHECK_RETRIES,
    .stop_signal = SIGTERM,
    .stop_grace_period = GRACE_DEFAULT,
    .reload_signal = SIGHUP,
    .output = OUTPUT_RAW,
    .error_output = OUTPUT_SHARED,
    .listen_mode = S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP,
};

/* Two descriptors of one file that is appended to have an order too, but one is cheaper. */
enum output settings_output(const struct settings *settings, int stream)
{
    if (stream == STDOUT_FILENO)
        return settings->output;
    bool is_same = settings->error_output == settings->output &&
                   (settings->output != OUTPUT_FILE ||
                    strcmp(settings->error_path, settings->output_path) == 0);
    return is_same ? OUTPUT_SHARED : settings->error_output;
}

void settings_open(struct shared_settings *shared, size_t most)
{
    hash_table_open(&shared->table, most);
}

static bool is_equal(const void *shared, const void *settings)
{
    return memcmp(shared, settings, sizeof(struct settings)) == 0;
}

const struct settings *settings_share(struct shared_settings *shared,
                                      const struct settings *settings)
{
    const void **slot = hash_table_slot(&shared->table, settings, sizeof *settings, is_equal);
    if (*slot == NULL)
        *slot = memcpy(arena_alloc(sizeof *settings), settings, sizeof *settings);
    return *slot;
}

void settings_close(struct shared_settings *shared)
{
    hash_table_close(&shared->table);
}
