/* service_event.h - what can happen to a service: the events of the state machine. */
#ifndef SUPERVISE_SERVICE_EVENT_H
#define SUPERVISE_SERVICE_EVENT_H

enum service_event {
    EVENT_START,               /* somebody wants it to run */
    EVENT_STOP,                /* somebody wants it to end */
    EVENT_RESTART,             /* both, one after the other */
    EVENT_DEPENDENCIES_MET,    /* what it depends on is there */
    EVENT_DEPENDENCIES_FAILED, /* what it depends on will never be there */
    EVENT_CLEARED,             /* nothing is left of its last run */
    EVENT_EXECED,              /* its program runs */
    EVENT_READY,               /* it is ready */
    EVENT_ENDED,               /* its process is reaped */
    EVENT_UNHEALTHY,           /* it runs, and does not do its work */
    EVENT_TIMEOUT,             /* the deadline of its state has come */
    EVENT_STOP_COMMAND_ENDED,  /* its stop command has ended, and it has not: the signal is next */
    EVENTS,
};

#endif
