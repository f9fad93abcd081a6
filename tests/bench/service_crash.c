/* A service that fails at once, whenever it is started. No libc. */
#include "service.h"

_Noreturn void start(long *stack)
{
    (void)stack;
    write_record(STARTED);
    raw_exit(1);
}
