/* thread.c - see thread.h. */
#include "process/thread.h"

#include <pthread.h>

#include "base/arena.h"
#include "process/signals.h"

/* The libc maps the stack if that is NULL. */
static int start(void *(*run)(void *context), void *context, void *stack, size_t size)
{
    pthread_t thread;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    if (stack != NULL)
        pthread_attr_setstack(&attributes, stack, size);
    else
        pthread_attr_setstacksize(&attributes, size);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    int error = pthread_create(&thread, &attributes, run, context);
    pthread_attr_destroy(&attributes);
    signals_block_again();
    return error;
}

int thread_start(void *(*run)(void *unused), size_t stack)
{
    return start(run, NULL, NULL, stack);
}

int thread_start_with(void *(*run)(void *context), void *context, size_t stack)
{
    return start(run, context, NULL, stack);
}

int thread_start_for_good(void *(*run)(void *unused), size_t stack)
{
    return start(run, NULL, arena_map_stack(stack), stack);
}
