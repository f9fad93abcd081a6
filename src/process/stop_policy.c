/* stop_policy.c - see stop_policy.h. */
#include "process/stop_policy.h"

milliseconds stop_continue_until(milliseconds told, milliseconds deadline)
{
    milliseconds least = told + ENGINE_TIMEOUT;
    return deadline != NEVER && deadline > least ? deadline : least;
}

bool stop_may_continue(milliseconds now, milliseconds *next)
{
    if (now < *next)
        return false;
    *next = now + CONTINUE_AGAIN_MS;
    return true;
}

milliseconds stop_deadline_refused(milliseconds told, milliseconds deadline)
{
    return clock_earlier(deadline, told + STOP_BUDGET);
}

milliseconds stop_grace_left(milliseconds told, milliseconds grace)
{
    milliseconds used = told != NEVER ? clock_now() - told : ENGINE_TIMEOUT;
    if (used >= ENGINE_TIMEOUT)
        return grace;
    return clock_earlier(grace, used < STOP_BUDGET ? STOP_BUDGET - used : 0);
}
