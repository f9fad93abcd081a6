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

enum { CONDITION_UNSET = CONDITION_HEALTHY + 1 };

/* The words for a condition, those of Compose last, and the condition of each. */
#define WORDS                                                                                      \
    "started\0ready\0completed\0ended\0"                                                           \
    "service_started\0service_healthy\0service_completed_successfully\0"
static const unsigned char conditions[] = {
    CONDITION_STARTED, CONDITION_READY,   CONDITION_COMPLETED, CONDITION_ENDED,
    CONDITION_STARTED, CONDITION_HEALTHY, CONDITION_COMPLETED,
};

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

static void append(struct depends_on *depends_on, struct service *on, enum condition condition)
{
    struct dependency *list = arena_grow(depends_on->list, depends_on->count, sizeof *list);
    list[depends_on->count++] = (struct dependency){on, condition};
    depends_on->list = list;
    on->is_named = true;
}

/* The condition that the word stands for; NULL stands for none. A fault is reported. */
static enum condition read_condition(const struct entry *entry, const char *word,
                                     const char *condition)
{
    int choice = condition == NULL ? -1 : choice_of(WORDS, condition, strlen(condition));
    if (condition != NULL && choice == -1)
        diagnostics_error(&entry->place,
                          "depends_on needs NAME, or NAME and one of :started, :ready, :completed "
                          "and :ended, not '%s'",
                          word);
    return choice == -1 ? (enum condition)CONDITION_UNSET : (enum condition)conditions[choice];
}

/* "NAME" or "NAME:CONDITION" */
static void add(struct depends_on *depends_on, const struct names *names, const struct entry *entry,
                char *word)
{
    size_t length = strcspn(word, ":");
    enum condition condition =
        read_condition(entry, word, word[length] == ':' ? word + length + 1 : NULL);
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

enum { IS_MARKED = 1, IS_BELOW = 2, HAS_BEEN_SEEN = 4 };

/* Marks what the service depends on. True if any of them is to be visited in its turn. */
static bool mark_below(const struct plan *plan, const struct service *service, unsigned char *marks)
{
    const struct extras *extras = service_extras(service);
    bool more = false;
    for (size_t i = 0; i < extras->depends_count; i++) {
        unsigned char *mark = &marks[extras->depends_on[i].on - plan->services];
        more |= (*mark & IS_BELOW) == 0;
        *mark |= IS_BELOW;
    }
    marks[service - plan->services] |= HAS_BEEN_SEEN;
    return more;
}

/* Marks the services of the defaults and all that these depend on. */
static void mark_all_below(const struct depends_on *defaults, const struct plan *plan,
                           unsigned char *marks)
{
    bool more = true;
    for (size_t i = 0; i < defaults->count; i++)
        marks[defaults->list[i].on - plan->services] |= IS_BELOW;
    while (more) {
        more = false;
        for (size_t i = plan->count; i-- > 0;) /* dependents usually come later in the file */
            if ((marks[i] & (IS_BELOW | HAS_BEEN_SEEN)) == IS_BELOW)
                more |= mark_below(plan, &plan->services[i], marks);
    }
}

static bool depends_already(const struct extras *extras, const struct service *on)
{
    for (size_t i = 0; i < extras->depends_count; i++)
        if (extras->depends_on[i].on == on)
            return true;
    return false;
}

/* A service without dependencies of its own shares the list of the defaults. */
static void add_defaults(const struct depends_on *defaults, struct service *service)
{
    struct extras *extras = service_give_extras(service);
    if (extras->depends_count == 0) {
        extras->depends_on = defaults->list;
        extras->depends_count = defaults->count;
        return;
    }
    size_t own = extras->depends_count;
    struct dependency *list = arena_alloc((own + defaults->count) * sizeof *list);
    memcpy(list, extras->depends_on, own * sizeof *list);
    for (size_t i = 0; i < defaults->count; i++)
        if (!depends_already(extras, defaults->list[i].on))
            list[own++] = defaults->list[i];
    extras->depends_on = list;
    extras->depends_count = own;
}

void depends_on_add_defaults(const struct depends_on *defaults, const struct plan *plan,
                             unsigned char *marks)
{
    if (defaults->count == 0)
        return;
    mark_all_below(defaults, plan, marks);
    for (size_t i = 0; i < plan->count; i++)
        if ((marks[i] & (IS_MARKED | IS_BELOW)) == 0 && &plan->services[i] != plan->command)
            add_defaults(defaults, &plan->services[i]);
}

void depends_on_end(struct depends_on *depends_on)
{
    for (size_t i = 0; i < depends_on->count; i++)
        depends_on->list[i].on->is_named = false;
    *depends_on = (struct depends_on){0};
}

static void settle(struct dependency *dependency)
{
    const struct settings *on = dependency->on->settings;
    bool is_unset = dependency->condition == (enum condition)CONDITION_UNSET;
    if (is_unset && on->type == TYPE_ONESHOT)
        dependency->condition = CONDITION_COMPLETED;
    else if (is_unset || (dependency->condition == CONDITION_HEALTHY && on->healthcheck == NULL))
        dependency->condition = CONDITION_READY;
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
