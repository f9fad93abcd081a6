/* names.c - system calls and errors by name. calls.h is made from the kernel's header. */
#include <string.h>

#include "faults.h"

enum { ERRORS = 134 };

static const char *const calls[CALLS] = {
#include "calls.h"
};

const char *call_name(long call)
{
    return call >= 0 && call < CALLS && calls[call] != NULL ? calls[call] : "?";
}

long call_number(const char *name)
{
    for (long call = 0; call < CALLS; call++)
        if (calls[call] != NULL && strcmp(calls[call], name) == 0)
            return call;
    return -1;
}

int error_number(const char *name)
{
    for (int error = 1; error < ERRORS; error++) {
        const char *known = strerrorname_np(error);
        if (known != NULL && strcmp(known, name) == 0)
            return error;
    }
    return 0;
}
