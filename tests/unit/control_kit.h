/*
 * control_kit.h - helpers of the tests of src/control: a plan of three services, and what the room
 * asks of the supervisor and of the probes.
 */
#ifndef UNIT_CONTROL_KIT_H
#define UNIT_CONTROL_KIT_H

#include "config/plan.h"
#include "supervise/probe.h"
#include "supervise/supervisor.h"

#include "kit.h"

enum { KILLED_BY_SIGKILL = SIGKILL, EXITED_WITH_3 = 3 << 8 };

static struct settings plain = {.autostart = true, .reload_signal = SIGHUP};
static struct settings once = {.autostart = true, .type = TYPE_ONESHOT};

static struct service services[] = {
    {.name = "web", .settings = &plain},
    {.name = "db", .settings = &plain},
    {.name = "migrate", .settings = &once},
};
static struct plan plan = {.services = services, .count = COUNT(services)};
enum { WEB, DB, MIGRATE };

static enum health opinion; /* of all probes */
static bool shutting_down;

enum health __wrap_probe_health(const struct service *service);
enum health __wrap_probe_health(const struct service *service)
{
    (void)service;
    return opinion;
}

const struct plan *__wrap_supervisor_plan(void);
const struct plan *__wrap_supervisor_plan(void)
{
    return &plan;
}

bool __wrap_supervisor_is_shutting_down(void);
bool __wrap_supervisor_is_shutting_down(void)
{
    return shutting_down;
}

#endif
