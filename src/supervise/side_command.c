/* side_command.c - see side_command.h. */
#include "supervise/side_command.h"

#include <unistd.h>

#include "process/send_signal.h"
#include "supervise/start.h"

bool side_command_begin(struct side_command *aside, struct service *service, const char *command)
{
    aside->service = service;
    aside->runs = start_side_command(service, command, &aside->promise, &aside->report) == 0;
    service->side_command_failed |= !aside->runs;
    return aside->runs;
}

/* It is reaped: whether it was ever run is known now. */
static void end(struct side_command *aside)
{
    int unused;
    aside->runs = false;
    aside->failed = spawn_result_read(aside->report, &unused) == SPAWN_FAILED;
    aside->service->side_command_failed = aside->failed;
    close(aside->report);
}

bool side_command_runs(struct side_command *aside)
{
    if (aside->runs && children_resolved(&aside->promise, &aside->status))
        end(aside);
    return aside->runs;
}

void side_command_kill(struct side_command *aside)
{
    if (side_command_runs(aside))
        send_signal_to_child(&aside->promise, SIGKILL, REACH_GROUP, NULL);
}
