/* side_command.c - see side_command.h. */
#include "supervise/side_command.h"

#include <unistd.h>

#include "process/send_signal.h"
#include "supervise/messages.h"
#include "supervise/start.h"

bool side_command_begin(struct side_command *side, struct service *service, const char *command)
{
    side->service = service;
    side->runs = start_side_command(service, command, &side->promise, &side->report) == 0;
    if (!side->runs)
        messages_set_logged(service, ONCE_SIDE_COMMAND, true);
    return side->runs;
}

/* The child is reaped, so its report is complete. */
static void take_result(struct side_command *side)
{
    struct spawn_failure unused;
    side->runs = false;
    side->failed = spawn_result_read(side->report, &unused) == SPAWN_FAILED;
    messages_set_logged(side->service, ONCE_SIDE_COMMAND, side->failed);
    close(side->report);
}

bool side_command_poll(struct side_command *side)
{
    if (side->runs && children_resolved(&side->promise, &side->status))
        take_result(side);
    return side->runs;
}

void side_command_kill(struct side_command *side)
{
    if (side_command_poll(side))
        send_signal_to_child(&side->promise, SIGKILL, NULL, REACH_GROUP, NULL);
}
