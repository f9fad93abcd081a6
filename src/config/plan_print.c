/* plan_print.c - see plan_print.h. */
#include "config/plan_print.h"

#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "config/diagnostics.h"
#include "config/ranks.h"

enum { PREFIX_MOST = 256 }; /* bytes; deeper branches of the tree are not indented further */

static const char *const conditions[] = {
    /* clang-format off */
    [CONDITION_STARTED] = " has started",
    [CONDITION_READY] = " is ready",
    [CONDITION_COMPLETED] = " has completed",
    [CONDITION_ENDED] = " has ended",
    [CONDITION_HEALTHY] = " is healthy",
    /* clang-format on */
};

/* The parent in the tree: of all services that it depends on the one with the highest rank, which
 * is started last. NULL: it depends on nothing. */
static const struct service *parent_of(const struct service *service)
{
    const struct extras *extras = service_extras(service);
    const struct service *parent = NULL;
    unsigned highest = 0;
    for (size_t i = 0; i < extras->depends_count; i++) {
        const struct service *on = extras->depends_on[i].on;
        if (on->rank > highest) {
            highest = on->rank;
            parent = on;
        }
    }
    return parent;
}

/* A service in the tree. */
struct node {
    const struct service *child;   /* its first child, or NULL */
    const struct service *sibling; /* the next child of its parent, or NULL */
    size_t prefix;                 /* the length of the branches of its ancestors, before its own */
};

struct tree {
    const struct plan *plan;
    struct node *nodes; /* the first is the root, whose children depend on nothing */
    struct text prefix; /* the branches of the ancestors of the present node */
};

static void write_line(struct text *line)
{
    text_add_bytes(line, "\n", 1);
    file_write_all(STDOUT_FILENO, line->bytes, line->length);
}

/* Appends what is not the default, in brackets. */
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

static void add_origins(struct text *line, const struct origin *origin)
{
    const char *before = ", from ";
    for (; origin != NULL; origin = origin->next) {
        text_add(line, "%s%s", before, origin->file);
        before = " and ";
    }
}

static void print_service(const struct tree *tree, const struct service *service,
                          const char *branch)
{
    const struct extras *extras = service_extras(service);
    struct text line;
    text_clear(&line);
    text_add(&line, "%s%s%s", tree->prefix.bytes, branch, service->name);
    add_kind(&line, service->settings);
    for (size_t i = 0; i < extras->depends_count; i++) {
        const struct dependency *dependency = &extras->depends_on[i];
        text_add(&line, "%s%s%s", i == 0 ? ", once " : " and ", dependency->on->name,
                 conditions[dependency->condition]);
    }
    if (tree->plan->origins != NULL)
        add_origins(&line, tree->plan->origins[service - tree->plan->services]);
    write_line(&line);
}

static struct node *node_of(const struct tree *tree, const struct service *service)
{
    return &tree->nodes[service == NULL ? 0 : service - tree->plan->services + 1];
}

/* From the last service to the first: each becomes the first child of its parent, so the children
 * keep the order of the file. */
static void link_nodes(const struct tree *tree)
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
    print_service(tree, service, !is_below ? "" : is_last ? "└─ " : "├─ ");
    if (is_below && node->prefix < PREFIX_MOST)
        text_add(&tree->prefix, "%s", is_last ? "   " : "│  ");
}

/* The service that is printed next: its first child, else its next sibling, else the next sibling
 * of the nearest ancestor that has one. */
static const struct service *next_in_tree(struct tree *tree, const struct service *service)
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
    link_nodes(&tree);
    for (const struct service *service = tree.nodes->child; service != NULL;
         service = next_in_tree(&tree, service))
        print_node(&tree, service);
    arena_unmap(tree.nodes, size);
}

static void print_absent(const struct plan *plan)
{
    struct text line;
    for (size_t i = 0; i < plan->absent_count; i++) {
        text_clear(&line);
        text_add(&line, "%s is not enabled, or has no replicas", plan->absent[i]);
        write_line(&line);
    }
}

void plan_print(const struct plan *plan)
{
    struct text text;
    ranks_assign(plan);
    print_tree(plan);
    print_absent(plan);
    text_clear(&text);
    text_add(&text, "%jd%s, no faults", (intmax_t)plan->count,
             plan->count == 1 ? " service" : " services");
    if (diagnostics_notes() > 0)
        text_add(&text, ", %u%s", diagnostics_notes(),
                 diagnostics_notes() == 1 ? " note" : " notes");
    write_line(&text);
    ranks_clear(plan);
}
