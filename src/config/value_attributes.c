/* value_attributes.c - see value_readers.h. What a process is given by struct attributes: its user,
 * umask, priority and limits. */
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>

#include "base/arena.h"
#include "base/text.h"
#include "config/settings.h"
#include "config/value_readers.h"
#include "process/user.h"

enum {
    NICE_MOST = 19,
    NICE_LEAST = -20,
    OOM_SCORE_ADJ_MOST = 1000, /* proc(5) */
    KIBI_BITS = 10,
};

/* "NAME", "NAME:GROUP": what can be the user of a later start. */
static bool is_well_formed(const char *value)
{
    const char *colon = strchr(value, ':');
    return value[strcspn(value, " \t")] == '\0' && colon != value &&
           (colon == NULL || (colon[1] != '\0' && strchr(colon + 1, ':') == NULL));
}

/* A user that is not there now may be there when the service starts; missing.h notes it. */
static bool parse_user(struct user *user, const char *value, struct entry *entry)
{
    if (user_parse(value, user, &entry->culprit))
        return true;
    return is_well_formed(value) && user_has_name(entry->culprit);
}

/* Equal users are one struct, so that services of one user can share their settings, and
 * /etc/passwd is read once for all services of one user that follow each other. */
bool value_read_user(void *field, struct entry *entry)
{
    static const char *last_value;
    static const struct user *last_user;
    struct settings *settings = field;
    const char *value = entry_keep(entry);
    if (last_user == NULL || last_value != value) {
        struct user *user = arena_alloc(sizeof *user);
        if (!parse_user(user, value, entry))
            return false;
        last_value = value;
        last_user = user;
    }
    settings->user = settings->attributes.user = last_user;
    return true;
}

bool value_read_umask(void *field, struct entry *entry)
{
    struct attributes *attributes = field;
    attributes->given |= UMASK_GIVEN;
    return value_read_mode(&attributes->umask, entry);
}

static bool parse_signed(const char *string, long lowest, long highest, short *value)
{
    long number = 0;
    bool negative = *string == '-';
    bool valid = text_to_number(string + negative, 0, negative ? -lowest : highest, &number);
    *value = (short)(negative ? -number : number);
    return valid;
}

bool value_read_nice(void *field, struct entry *entry)
{
    struct attributes *attributes = field;
    attributes->given |= NICE_GIVEN;
    return parse_signed(entry->value, NICE_LEAST, NICE_MOST, &attributes->nice);
}

bool value_read_oom_score_adj(void *field, struct entry *entry)
{
    struct attributes *attributes = field;
    attributes->given |= OOM_SCORE_ADJ_GIVEN;
    return parse_signed(entry->value, -OOM_SCORE_ADJ_MOST, OOM_SCORE_ADJ_MOST,
                        &attributes->oom_score_adj);
}

/* ---- limits ---- */

/* Takes "unlimited", or a number and one of the suffixes, off the front of the string. The suffixes
 * are in the order of their powers of 1024. */
static bool take_amount(const char **string, const char *suffixes, rlim_t *amount)
{
    static const char unlimited[] = "unlimited";
    if (strncmp(*string, unlimited, strlen(unlimited)) == 0) {
        *string += strlen(unlimited);
        *amount = RLIM_INFINITY;
        return true;
    }
    const char *end;
    int64_t number = text_number(*string, &end);
    const char *suffix = *end != '\0' ? strchr(suffixes, *end) : NULL;
    int bits = suffix != NULL ? KIBI_BITS * (int)(suffix - suffixes + 1) : 0;
    if (end == *string || number > (INT64_MAX - 1) >> bits)
        return false;
    *string = end + (suffix != NULL);
    *amount = (rlim_t)number << bits;
    return true;
}

/* "SOFT:HARD", or one amount for both. */
static bool read_amounts(struct attributes *attributes, const struct entry *entry,
                         const char *suffixes)
{
    struct limit limit = {.resource = entry->detail};
    const char *rest = entry->value;
    if (!take_amount(&rest, suffixes, &limit.value.rlim_cur))
        return false;
    limit.value.rlim_max = limit.value.rlim_cur;
    if (*rest == ':' && (rest++, !take_amount(&rest, suffixes, &limit.value.rlim_max)))
        return false;
    struct limit *limits = arena_grow(attributes->limits, attributes->limit_count, sizeof limit);
    limits[attributes->limit_count++] = limit;
    attributes->limits = limits;
    return *rest == '\0' && limit.value.rlim_cur <= limit.value.rlim_max;
}

bool value_read_limit(void *field, struct entry *entry)
{
    return read_amounts(field, entry, "");
}

bool value_read_limit_of_bytes(void *field, struct entry *entry)
{
    return read_amounts(field, entry, "KMG");
}
