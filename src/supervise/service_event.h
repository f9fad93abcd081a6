/* service_event.h - the events of the state machine: what can happen to a service. */
#ifndef SUPERVISE_SERVICE_EVENT_H
#define SUPERVISE_SERVICE_EVENT_H

enum service_event {
    EVENT_START,            /* at foster's start, for a dependent service, or by foster ctl start */
    EVENT_STOP,             /* foster ctl stop */
    EVENT_RESTART,          /* foster ctl restart */
    EVENT_SHUTDOWN,         /* all services are stopped, and it is its turn */
    EVENT_DEPENDENCIES_MET, /* each condition of depends_on is met */
    EVENT_DEPENDENCIES_FAILED,  /* a condition of depends_on cannot be met any more */
    EVENT_CLEARED,              /* no process of its last run remains */
    EVENT_EXECED,               /* its process executes its program */
    EVENT_READY,                /* it is ready; or its reload has ended */
    EVENT_RELOADING,            /* it has begun to reload its configuration: RELOADING=1 */
    EVENT_STOPPING,             /* it has begun to stop: STOPPING=1 */
    EVENT_HEALTHY,              /* its health check has succeeded, for the first time or again */
    EVENT_ENDED,                /* its main process has been reaped */
    EVENT_UNHEALTHY,            /* its health check or its watchdog has failed */
    EVENT_TIMEOUT,              /* the deadline of its state has come */
    EVENT_SHUTDOWN_TIMEOUT,     /* the deadline for the stop of all services has come */
    EVENT_STOP_COMMAND_ENDED,   /* its stop command has ended, its main process has not */
    EVENT_MAIN_PROCESS_CHANGED, /* MAINPID has named another main process */
    EVENT_MAIN_PROCESS_LOST,    /* its main process, no child of foster, has ended: MAINPID */
    EVENTS,
};

#endif
