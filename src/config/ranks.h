/*
 * ranks.h - the order in which services depend on each other, and cycles in it.
 *
 * The rank of a service is 1 if it depends on nothing, else one more than the highest rank of those
 * that it depends on. It is in service->rank, which shares its memory with what is needed after the
 * first start. Both functions: one thread, before the first start.
 */
#ifndef CONFIG_RANKS_H
#define CONFIG_RANKS_H

#include "config/plan.h"

enum { RANK_NONE = 0 };

/* Ranks all services, which have no ranks yet. Reports each cycle of dependencies as a fault, with
 * its services in their order. */
void ranks_assign(const struct plan *plan);

/* Takes the ranks away. */
void ranks_clear(const struct plan *plan);

#endif
