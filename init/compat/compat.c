/* compat.c - see compat.h. */
#include "compat.h"

#include <string.h>

#include "programs.h"

static const struct personality *const personalities[] = {
    &compat_foster, &compat_tini, &compat_dumb_init, &compat_catatonit, &compat_pause,
};

static bool has_name(const struct personality *personality, const char *name)
{
    for (const char *const *own = personality->names; *own != NULL; own++)
        if (strcmp(*own, name) == 0)
            return true;
    return false;
}

const struct personality *compat_personality(const char *argv0)
{
    const char *slash = strrchr(argv0, '/');
    const char *name = slash != NULL ? slash + 1 : argv0;
    for (size_t i = 0; i < COUNT(personalities); i++)
        if (has_name(personalities[i], name))
            return personalities[i];
    return &compat_foster;
}

const char *compat_skip_to_digits(const char *string)
{
    string += strspn(string, " \t\n\v\f\r");
    return *string == '+' ? string + 1 : string;
}
