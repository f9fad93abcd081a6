/* aside.c - see aside.h. */
#include "services/aside.h"

#include <unistd.h>

#include "process/send_signal.h"
#include "services/run.h"

bool aside_begin(struct aside *aside, struct service *service, const char *command)
{
    aside->service = service;
    aside->runs = run_aside(service, command, &aside->promise, &aside->report) == 0;
    service->aside_failed |= !aside->runs;
    return aside->runs;
}

/* It is reaped: whether it was ever run is known now. */
static void end(struct aside *aside)
{
    int unused;
    aside->runs = false;
    aside->failed = start_report_read(aside->report, &unused) == START_FAILED;
    aside->service->aside_failed = aside->failed;
    close(aside->report);
}

bool aside_runs(struct aside *aside)
{
    if (aside->runs && children_resolved(&aside->promise, &aside->status))
        end(aside);
    return aside->runs;
}

void aside_kill(struct aside *aside)
{
    if (aside_runs(aside))
        send_signal_to_child(&aside->promise, SIGKILL, REACH_GROUP, NULL);
}
