/* thread_kit.h - lets a test refuse threads: the linker's --wrap=thread_start_with. */
#ifndef UNIT_THREAD_KIT_H
#define UNIT_THREAD_KIT_H

#include <stddef.h>

static int thread_error; /* of each start of a thread; 0: threads start */

int __real_thread_start_with(void *(*run)(void *context), void *context, size_t stack);
int __wrap_thread_start_with(void *(*run)(void *context), void *context, size_t stack);
int __wrap_thread_start_with(void *(*run)(void *context), void *context, size_t stack)
{
    return thread_error != 0 ? thread_error : __real_thread_start_with(run, context, stack);
}

#endif
