/*
 * fuzz_config.c - any bytes as a configuration: read without a fault of memory, and right or
 * refused.
 *
 * The arena is played by the heap, one piece each, so that the address sanitizer knows where each
 * ends. A file is freed when it is dropped: whatever kept a part of it shows. The arena frees
 * nothing, as in foster: run.sh bounds the runs of a process.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/log.h"
#include "config/argv_split.h"
#include "config/config.h"
#include "config/expand.h"
#include "config/plan_print.h"

static const uint8_t *input;
static size_t input_length;

void *arena_alloc(size_t size)
{
    return calloc(1, size);
}

void *arena_map(size_t size)
{
    return calloc(1, size);
}

void arena_unmap(void *lent, size_t size)
{
    (void)size;
    free(lent);
}

char *arena_copy(const char *bytes, size_t length)
{
    return memcpy(arena_alloc(length + 1), bytes, length);
}

/* Exactly as much as is asked for: no more than one behind the last may be written. */
void *arena_grow(const void *list, size_t count, size_t size)
{
    void *larger = arena_alloc((count + 1) * size);
    return count == 0 ? larger : memcpy(larger, list, count * size);
}

int file_open(const char *path)
{
    errno = ENOENT;
    return strchr(path, '/') != NULL ? -1 : 0;
}

char *file_read_open(int fd, size_t *length)
{
    if (fd == -1)
        return NULL;
    *length = input_length;
    return arena_copy((const char *)input, input_length);
}

char *file_read(const char *path, size_t *length)
{
    return file_read_open(file_open(path), length);
}

/* What --check prints is made, and written nowhere. */
bool file_write_all(int fd, const char *bytes, size_t length)
{
    (void)fd, (void)bytes, (void)length;
    return true;
}

void file_free(char *bytes, size_t length)
{
    (void)length;
    free(bytes);
}

static void check(int holds)
{
    if (!holds)
        abort();
}

static void split(const char *command)
{
    struct expansion expansion = {.variables = &variables_any};
    int count = argv_split_count(command, &expansion);
    size_t room = expansion.length;
    check(count > 0);
    char *buffer = malloc(room), **words = malloc(((size_t)count + 1) * sizeof *words);
    argv_split(command, &expansion, buffer, words);
    check(words[count] == NULL && words[count - 1] + strlen(words[count - 1]) + 1 == buffer + room);
    free(buffer);
    free(words);
}

static void check_service(const struct plan *plan, const struct service *service)
{
    split(service->command);
    check(service == plan_find(plan, service->name, strlen(service->name)));
    check(service->settings->output <= OUTPUT_FILE);
    const struct extras *extras = service_extras(service);
    for (size_t i = 0; i < extras->depends_count; i++)
        check(extras->depends_on[i].condition <= CONDITION_HEALTHY &&
              extras->depends_on[i].on != service);
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    log_set_level(-1);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const paths[] = {"input"};
    struct config_request request = {.paths = paths, .path_count = 1};
    struct plan plan;
    input = data;
    input_length = size;
    if (!config_read(&plan, &request))
        return 0;
    check(plan.count > 0);
    for (size_t i = 0; i < plan.count; i++)
        check_service(&plan, &plan.services[i]);
    plan_print(&plan);
    return 0;
}
