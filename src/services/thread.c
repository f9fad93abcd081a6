/* thread.c - see thread.h. */
#include "services/thread.h"

#include <pthread.h>

#include "process/signals.h"

int thread_start_with(void *(*run)(void *context), void *context, size_t stack)
{
    pthread_t thread;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, stack);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    int error = pthread_create(&thread, &attributes, run, context);
    pthread_attr_destroy(&attributes);
    signals_block_again();
    return error;
}

int thread_start(void *(*run)(void *unused), size_t stack)
{
    return thread_start_with(run, NULL, stack);
}
