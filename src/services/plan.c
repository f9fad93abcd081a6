/*
 * plan.c - see plan.h. Before the first start; one thread.
 *
 * A service's rank is 1 if it depends on nothing, else one more than the highest of those it depends on; it is found by
 * going over all of them until nothing changes any more. Those on a circle, and behind one, never get one. It is kept
 * in scratch, which nothing else needs before the first start. A recursive search was not taken for the ranks: the
 * longest chain of a file is no depth for a stack.
 */
#include "services/plan.h"

#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "services/fault.h"

enum { PREFIX_MOST = 256 /* bytes: what hangs deeper in the tree is drawn no further in */ };

static const char *const conditions[] = {
    [IS_STARTED] = " has started",
    [IS_READY] = " is ready",
    [IS_COMPLETED] = " has completed",
};

struct service *plan_find(const struct plan *plan, const char *name, size_t length)
{
    for (struct service *service = plan->services; service < plan->services + plan->count; service++)
        if (strncmp(service->name, name, length) == 0 && service->name[length] == '\0')
            return service;
    return NULL;
}

/* ---- ranks ---- */

/* 0 as long as one that it depends on has none. */
static unsigned rank_of(const struct service *service)
{
    const struct extras *extras = service_extras(service);
    unsigned highest = 0;
    for (size_t i = 0; i < extras->depends_count; i++) {
        unsigned rank = extras->depends_on[i].on->scratch;
        if (rank == 0)
            return 0;
        highest = rank > highest ? rank : highest;
    }
    return highest + 1;
}

static bool rank_some(const struct plan *plan)
{
    bool changed = false;
    for (struct service *service = plan->services; service < plan->services + plan->count; service++)
        if (service->scratch == 0) {
            service->scratch = (unsigned short)rank_of(service);
            changed |= service->scratch != 0;
        }
    return changed;
}

static void rank_all(const struct plan *plan)
{
    while (rank_some(plan))
        ;
}

static void forget_ranks(const struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++)
        plan->services[i].scratch = 0;
}

/* ---- circles ---- */

static struct service *first_unranked(const struct plan *plan)
{
    for (struct service *service = plan->services; service < plan->services + plan->count; service++)
        if (service->scratch == 0)
            return service;
    return NULL;
}

/* One without a rank has at least one such before it. */
static struct service *unranked_before(const struct service *service)
{
    const struct dependency *dependency = service->extras->depends_on;
    while (dependency->on->scratch != 0)
        dependency++;
    return dependency->on;
}

/* Says the circle that one comes to from there, and opens it with a rank for one of those on it. */
static void say_circle(const struct plan *plan, struct service *service)
{
    struct text circle;
    for (size_t i = 0; i < plan->count; i++)
        service = unranked_before(service);
    struct service *start = service;
    text_clear(&circle);
    do {
        text_add(&circle, "%s -> ", service->name);
        service = unranked_before(service);
    } while (service != start);
    start->scratch = 1;
    fault(&start->extras->depends_at, "depends_on goes in a circle: %s%s", circle.bytes, start->name);
}

bool plan_is_acyclic(const struct plan *plan)
{
    struct service *service;
    bool acyclic = true;
    rank_all(plan);
    while ((service = first_unranked(plan)) != NULL) {
        say_circle(plan, service);
        rank_all(plan);
        acyclic = false;
    }
    forget_ranks(plan);
    return acyclic;
}

/* ---- the tree ---- */

/* Of all that it depends on, the one with the highest rank: it is the last to come. NULL: it depends on nothing. */
static const struct service *parent_of(const struct service *service)
{
    const struct extras *extras = service_extras(service);
    const struct service *parent = NULL;
    unsigned highest = 0;
    for (size_t i = 0; i < extras->depends_count; i++) {
        const struct service *on = extras->depends_on[i].on;
        if (on->scratch > highest) {
            highest = on->scratch;
            parent = on;
        }
    }
    return parent;
}

static void write_line(struct text *line)
{
    text_add_bytes(line, "\n", 1);
    for (size_t done = 0; done < line->length;) {
        ssize_t written = write(STDOUT_FILENO, line->bytes + done, line->length - done);
        if (written <= 0)
            return;
        done += (size_t)written;
    }
}

/* What is special about it, in brackets. */
static void add_kind(struct text *line, const struct settings *settings)
{
    const char *const words[] = {
        settings->kind == KIND_ONESHOT ? "oneshot" : NULL,
        settings->essential ? "essential" : NULL,
        settings->autostart ? NULL : "not started by itself",
    };
    const char *before = " (";
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (words[i] != NULL) {
            text_add(line, "%s%s", before, words[i]);
            before = ", ";
        }
    text_add(line, "%s", *before == ',' ? ")" : "");
}

static void print_service(const struct service *service, const struct text *prefix, const char *branch)
{
    const struct extras *extras = service_extras(service);
    struct text line;
    text_clear(&line);
    text_add(&line, "%s%s%s", prefix->bytes, branch, service->name);
    add_kind(&line, service->settings);
    for (size_t i = 0; i < extras->depends_count; i++) {
        const struct dependency *dependency = &extras->depends_on[i];
        text_add(&line, "%s%s%s", i == 0 ? ", once " : " and ", dependency->on->name,
                 conditions[dependency->condition]);
    }
    write_line(&line);
}

/* Prints what waits for the parent, and below each what waits for that; for NULL, what waits for nothing. */
static void print_below(const struct plan *plan, const struct service *parent, struct text *prefix)
{
    const struct service *end = plan->services + plan->count, *last = NULL;
    size_t length = prefix->length;
    for (const struct service *service = plan->services; service < end; service++)
        if (parent_of(service) == parent)
            last = service;
    for (const struct service *service = plan->services; last != NULL && service <= last; service++) {
        if (parent_of(service) != parent)
            continue;
        print_service(service, prefix, parent == NULL ? "" : service == last ? "└─ " : "├─ ");
        if (parent != NULL && length < PREFIX_MOST)
            text_add(prefix, "%s", service == last ? "   " : "│  ");
        print_below(plan, service, prefix);
        prefix->length = length;
        prefix->bytes[length] = '\0';
    }
}

void plan_print(const struct plan *plan)
{
    struct text text;
    rank_all(plan);
    text_clear(&text);
    print_below(plan, NULL, &text);
    text_add(&text, "%jd%s, no faults", (intmax_t)plan->count, plan->count == 1 ? " service" : " services");
    write_line(&text);
    forget_ranks(plan);
}
