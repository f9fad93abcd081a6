/* aside.c - see aside.h. */
#include "services/aside.h"

#include "services/run.h"

bool aside_begin(struct aside *aside, struct service *service, const char *command)
{
    aside->runs = run_aside(service, command, &aside->promise) == 0;
    return aside->runs;
}

bool aside_runs(struct aside *aside)
{
    if (children_resolved(&aside->promise, &aside->status))
        aside->runs = false;
    return aside->runs;
}

void aside_kill(struct aside *aside)
{
    if (aside_runs(aside))
        children_signal(&aside->promise, SIGKILL, REACH_GROUP);
}
