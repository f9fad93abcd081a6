/*
 * ranks.c - see ranks.h.
 *
 * A depth-first search along the dependencies: a service gets its rank once all that it depends on
 * have theirs. A dependency that leads back to the path of the search closes a cycle. Nothing is
 * recursive, as a chain of dependencies may be longer than a stack; and nothing goes over all
 * services for each service, as there may be ten thousand.
 */
#include "config/ranks.h"

#include <limits.h>

#include "base/arena.h"
#include "base/text.h"
#include "config/diagnostics.h"

/* A service on the path of the search, which leads from each service to one that it depends on. */
struct step {
    struct service *service;
    size_t next; /* the number of the dependency that is searched next */
};

enum { ON_PATH = USHRT_MAX };

/* One more than the highest rank of a dependency. A dependency that is on the path has no rank yet:
 * it is part of a cycle, which has been reported. */
static unsigned short next_rank(const struct service *service)
{
    const struct extras *extras = service_extras(service);
    unsigned short highest = 0;
    for (size_t i = 0; i < extras->depends_count; i++) {
        unsigned short rank = extras->depends_on[i].on->rank;
        highest = rank > highest && rank != ON_PATH ? rank : highest;
    }
    return highest + 1;
}

/* Reports the cycle in the order of its dependencies: the service of the last step, the one to
 * which that leads back, and those between them on the path. */
static void report_cycle(const struct step *last, const struct service *to)
{
    const struct step *step = last;
    struct text cycle;
    while (step->service != to)
        step--;
    text_clear(&cycle);
    for (; step < last && cycle.length < TEXT_MAX - 1; step++)
        text_add(&cycle, "%s -> ", step->service->name);
    const struct service *closer = last->service;
    diagnostics_error(&closer->extras->depends_at, "depends_on makes a cycle: %s -> %s%s",
                      closer->name, cycle.bytes, closer->name);
}

/* The next dependency without a rank, or NULL. A dependency on the path is a cycle. */
static struct service *next_unranked(struct step *step)
{
    const struct extras *extras = service_extras(step->service);
    while (step->next < extras->depends_count) {
        struct service *on = extras->depends_on[step->next++].on;
        if (on->rank == RANK_NONE)
            return on;
        if (on->rank == ON_PATH)
            report_cycle(step, on);
    }
    return NULL;
}

/* Ranks the service and all that it depends on. The path begins at that step. */
static void rank_from(struct step *step, struct service *service)
{
    const struct step *before = step - 1;
    *step = (struct step){service, 0};
    while (step != before) {
        step->service->rank = ON_PATH;
        service = next_unranked(step);
        if (service != NULL) {
            *++step = (struct step){service, 0};
        } else {
            step->service->rank = next_rank(step->service);
            step--;
        }
    }
}

void ranks_assign(const struct plan *plan)
{
    size_t size = (plan->count + 1) * sizeof(struct step);
    struct step *steps = arena_map(size);
    for (size_t i = 0; i < plan->count; i++)
        if (plan->services[i].rank == RANK_NONE)
            rank_from(steps + 1, &plan->services[i]);
    arena_unmap(steps, size);
}

void ranks_clear(const struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++)
        plan->services[i].rank = RANK_NONE;
}
