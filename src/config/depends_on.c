/*
 * depends_on.c - see depends_on.h.
 *
 * service->is_named marks the services that the present section depends on already, so that a
 * second mention is found without a search through the list.
 */
#include "config/depends_on.h"

#include <string.h>

#include "base/arena.h"
#include "config/choice.h"
#include "config/diagnostics.h"

enum { CONDITION_UNSET = CONDITION_COMPLETED + 1 };
#define CONDITIONS "started\0ready\0completed\0"

/* A walk over the names of all services. */
struct walk {
    const struct service *next, *end;
};

static const char *next_name(void *context)
{
    struct walk *walk = context;
    return walk->next < walk->end ? (walk->next++)->name : NULL;
}

static void refuse(const struct plan *plan, const struct entry *entry, const char *name)
{
    struct walk walk = {plan->services, plan->services + plan->count};
    diagnostics_unknown(&entry->place, "depends_on names an unknown service", name, next_name,
                        &walk);
}

static void append(struct depends_on *depends_on, struct service *on, int condition)
{
    struct dependency *list = arena_grow(depends_on->list, depends_on->count, sizeof *list);
    list[depends_on->count++] = (struct dependency){on, (enum condition)condition};
    depends_on->list = list;
    on->is_named = true;
}

/* "NAME" or "NAME:CONDITION" */
static void add(struct depends_on *depends_on, const struct names *names, const struct entry *entry,
                char *word)
{
    const char *argument;
    size_t length = strcspn(word, ":");
    argument = word[length] == ':' ? word + length + 1 : NULL;
    int condition =
        argument == NULL ? CONDITION_UNSET : choice_of(CONDITIONS, argument, strlen(argument));
    if (condition == -1)
        diagnostics_error(
            &entry->place,
            "depends_on needs NAME, NAME:started, NAME:ready or NAME:completed, not '%s'", word);
    word[length] = '\0';
    struct service *on = names_find(names, word);
    if (strcmp(word, entry->section) == 0)
        diagnostics_error(&entry->place, "[%s] depends on itself", word);
    else if (on == NULL)
        refuse(names->plan, entry, word);
    else if (on->is_named)
        diagnostics_error(&entry->place, "depends_on names '%s' twice", word);
    else
        append(depends_on, on, condition);
}

void depends_on_add(struct depends_on *depends_on, const struct names *names,
                    const struct entry *entry, char *words)
{
    static const char separators[] = BLANKS ",";
    char *rest;
    for (char *word = strtok_r(words, separators, &rest); word != NULL;
         word = strtok_r(NULL, separators, &rest))
        add(depends_on, names, entry, word);
}

void depends_on_end(struct depends_on *depends_on)
{
    for (size_t i = 0; i < depends_on->count; i++)
        depends_on->list[i].on->is_named = false;
    *depends_on = (struct depends_on){0};
}

static void settle(struct dependency *dependency)
{
    if (dependency->condition == (enum condition)CONDITION_UNSET)
        dependency->condition =
            dependency->on->settings->type == TYPE_ONESHOT ? CONDITION_COMPLETED : CONDITION_READY;
}

void depends_on_settle(const struct plan *plan)
{
    for (struct service *service = plan->services; service < plan->services + plan->count;
         service++) {
        const struct extras *extras = service_extras(service);
        for (size_t i = 0; i < extras->depends_count; i++)
            settle(&extras->depends_on[i]);
    }
}
