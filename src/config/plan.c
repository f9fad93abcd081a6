/*
 * plan.c - see plan.h. Before the first start; one thread.
 *
 * A service's rank is 1 if it depends on nothing, else one more than the highest of those it
 * depends on: a search along the dependencies, depth first, gives a service its rank when it has
 * been to all of them. A dependency that leads back to where the search came from closes a circle.
 * The rank is kept in scratch, which nothing else needs before the first start. Nothing here calls
 * itself: the longest chain of a file is no depth for a stack. And nothing goes over all services
 * for each of them: there may be ten thousand.
 */
#include "config/plan.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "config/diagnostics.h"

enum { PREFIX_MOST = 256 /* bytes: what hangs deeper in the tree is drawn no further in */ };

static const char *const conditions[] = {
    [CONDITION_STARTED] = " has started",
    [CONDITION_READY] = " is ready",
    [CONDITION_COMPLETED] = " has completed",
};

struct service *plan_find(const struct plan *plan, const char *name, size_t length)
{
    for (struct service *service = plan->services; service < plan->services + plan->count;
         service++)
        if (strncmp(service->name, name, length) == 0 && service->name[length] == '\0')
            return service;
    return NULL;
}

/* ---- ranks, and circles ---- */

/* The way from one service to what it depends on, step by step. */
struct step {
    struct service *service;
    size_t next; /* of its dependencies: the one to look at next */
};

enum { NO_RANK = 0, ON_THE_WAY = USHRT_MAX };

/* Those that have no rank yet are on the way, and their circle is said. */
static unsigned short rank_of(const struct service *service)
{
    const struct extras *extras = service_extras(service);
    unsigned short highest = 0;
    for (size_t i = 0; i < extras->depends_count; i++) {
        unsigned short rank = extras->depends_on[i].on->scratch;
        highest = rank > highest && rank != ON_THE_WAY ? rank : highest;
    }
    return highest + 1;
}

/* Says the circle from the last step, to where it leads back to, and on to the last step. */
static void say_circle(const struct step *last, const struct service *to)
{
    const struct step *step = last;
    struct text circle;
    while (step->service != to)
        step--;
    text_clear(&circle);
    for (; step < last && circle.length < TEXT_MAX - 1; step++)
        text_add(&circle, "%s -> ", step->service->name);
    const struct service *closer = last->service;
    diagnostics_error(&closer->extras->depends_at, "depends_on makes a cycle: %s -> %s%s",
                      closer->name, circle.bytes, closer->name);
}

/* The next that it depends on and that has no rank, or NULL. */
static struct service *next_unranked(struct step *step, unsigned *circles)
{
    const struct extras *extras = service_extras(step->service);
    while (step->next < extras->depends_count) {
        struct service *on = extras->depends_on[step->next++].on;
        if (on->scratch == NO_RANK)
            return on;
        if (on->scratch == ON_THE_WAY) {
            say_circle(step, on);
            ++*circles;
        }
    }
    return NULL;
}

/* Ranks the service and all that it depends on. */
static void rank_from(struct step *step, struct service *service, unsigned *circles)
{
    const struct step *before = step - 1;
    *step = (struct step){service, 0};
    while (step != before) {
        step->service->scratch = ON_THE_WAY;
        service = next_unranked(step, circles);
        if (service != NULL) {
            *++step = (struct step){service, 0};
        } else {
            step->service->scratch = rank_of(step->service);
            step--;
        }
    }
}

/* Returns how many circles there are. */
static unsigned rank_all(const struct plan *plan)
{
    unsigned circles = 0;
    size_t size = (plan->count + 1) * sizeof(struct step);
    struct step *steps = arena_map(size);
    for (size_t i = 0; i < plan->count; i++)
        if (plan->services[i].scratch == NO_RANK)
            rank_from(steps + 1, &plan->services[i], &circles);
    arena_unmap(steps, size);
    return circles;
}

static void forget_ranks(const struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++)
        plan->services[i].scratch = NO_RANK;
}

bool plan_is_acyclic(const struct plan *plan)
{
    unsigned circles = rank_all(plan);
    forget_ranks(plan);
    return circles == 0;
}

/* ---- the tree ---- */

/* Of all that it depends on, the one with the highest rank: it is the last to come. NULL: it
 * depends on nothing. */
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
    file_write_all(STDOUT_FILENO, line->bytes, line->length);
}

/* What is special about it, in brackets. */
static void add_kind(struct text *line, const struct settings *settings)
{
    const char *const words[] = {
        settings->type == TYPE_ONESHOT ? "oneshot" : NULL,
        settings->essential ? "essential" : NULL,
        settings->autostart ? NULL : "autostart = no",
    };
    const char *before = " (";
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (words[i] != NULL) {
            text_add(line, "%s%s", before, words[i]);
            before = ", ";
        }
    text_add(line, "%s", *before == ',' ? ")" : "");
}

static void print_service(const struct service *service, const struct text *prefix,
                          const char *branch)
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

/* A service's place in the tree. */
struct node {
    const struct service *child,
        *sibling;  /* the first below it, and the next beside it; NULL: none */
    size_t prefix; /* the length of what stands before its branch */
};

/* Node number 0 is the root, whose children depend on nothing. */
struct tree {
    const struct plan *plan;
    struct node *nodes;
    struct text prefix;
};

static struct node *node_of(const struct tree *tree, const struct service *service)
{
    return &tree->nodes[service == NULL ? 0 : service - tree->plan->services + 1];
}

/* From the last to the first, so that each child comes before those that are there. */
static void grow(const struct tree *tree)
{
    for (size_t i = tree->plan->count; i-- > 0;) {
        const struct service *service = &tree->plan->services[i];
        struct node *parent = node_of(tree, parent_of(service));
        node_of(tree, service)->sibling = parent->child;
        parent->child = service;
    }
}

static void print_node(struct tree *tree, const struct service *service)
{
    struct node *node = node_of(tree, service);
    bool is_last = node->sibling == NULL, is_below = parent_of(service) != NULL;
    node->prefix = tree->prefix.length;
    print_service(service, &tree->prefix, !is_below ? "" : is_last ? "└─ " : "├─ ");
    if (is_below && node->prefix < PREFIX_MOST)
        text_add(&tree->prefix, "%s", is_last ? "   " : "│  ");
}

/* What is printed behind that service: what is below it, else beside it, else beside one above it.
 */
static const struct service *behind(struct tree *tree, const struct service *service)
{
    if (node_of(tree, service)->child != NULL)
        return node_of(tree, service)->child;
    for (; service != NULL; service = parent_of(service)) {
        const struct node *node = node_of(tree, service);
        tree->prefix.length = node->prefix;
        tree->prefix.bytes[node->prefix] = '\0';
        if (node->sibling != NULL)
            return node->sibling;
    }
    return NULL;
}

static void print_tree(const struct plan *plan)
{
    size_t size = (plan->count + 1) * sizeof(struct node);
    struct tree tree = {.plan = plan, .nodes = arena_map(size)};
    text_clear(&tree.prefix);
    grow(&tree);
    for (const struct service *service = tree.nodes->child; service != NULL;
         service = behind(&tree, service))
        print_node(&tree, service);
    arena_unmap(tree.nodes, size);
}

void plan_print(const struct plan *plan)
{
    struct text text;
    rank_all(plan);
    print_tree(plan);
    text_clear(&text);
    text_add(&text, "%jd%s, no faults", (intmax_t)plan->count,
             plan->count == 1 ? " service" : " services");
    write_line(&text);
    forget_ranks(plan);
}
