/*
 * request.c - see request.h.
 *
 * Nothing waits here. A verb that takes time (start, stop, restart, wait, reload --wait) has a
 * goal, which is looked at again after every change of a service.
 *
 * All names are checked before the first service is acted on, so that a wrong name means that
 * nothing is done. They are looked up again at each look: services are neither added nor removed,
 * and so no list is kept for a client.
 */
#include "control/request.h"

#include <string.h>

#include "base/nearest.h"
#include "control/goals.h"
#include "control/property.h"
#include "control/report.h"
#include "control/turns.h"
#include "process/signals.h"
#include "supervise/notify.h"
#include "supervise/supervisor.h"

#define FOR_EACH_WORD(word, words)                                                                 \
    for (const char *(word) = (words); *(word) != '\0'; (word) += strlen(word) + 1)

/* ---- reading ---- */

static const char *next_verb(void *context)
{
    const struct verb **verb = context;
    return *verb < verbs + VERBS ? (*verb)++->name : NULL;
}

/* Makes the line for a name that does not exist, with the nearest one that does, if one is near. */
static void say_unknown(struct text *line, const char *kind, const char *name,
                        const char *(*next)(void *), void *context)
{
    text_clear(line);
    text_add(line, "unknown %s '%s'", kind, name);
    nearest_add_hint(line, name, next, context);
}

/* Makes the line for a wrong argument; "": for one that is missing. Always false. */
static bool say_invalid(struct text *line, const struct verb *verb, const char *argument)
{
    text_clear(line);
    if (*argument != '\0')
        text_add(line, "invalid argument '%s'; ", argument);
    else
        text_add(line, "an argument is missing; ");
    text_add(line, "usage: foster ctl %s%s%s", verb->name, *verb->arguments != '\0' ? " " : "",
             verb->arguments);
    return false;
}

/* Reads one option and its value, which stands behind a '=' or is the next word. Returns the word
 * after these; NULL if the verb has no such option, or the value is wrong. */
static const char *read_option(struct request *request, const char *word)
{
    static const char json[] = "--json", wait[] = "--wait", timeout[] = "--timeout";
    const char *value = word + sizeof timeout;
    if ((request->verb->takes & VERB_JSON) != 0 && strcmp(word, json) == 0) {
        request->json = true;
        return word + sizeof json;
    }
    if ((request->verb->takes & VERB_WAIT) != 0 && strcmp(word, wait) == 0) {
        request->wait = true;
        return word + sizeof wait;
    }
    if ((request->verb->takes & VERB_TIMEOUT) == 0 ||
        strncmp(word, timeout, sizeof timeout - 1) != 0 ||
        (value[-1] != '\0' && value[-1] != '=') || !duration_parse(value, &request->timeout))
        return NULL;
    return value + strlen(value) + 1;
}

/* Reads the options and removes them from the words, and counts the other words. Returns NULL, or
 * the option that is wrong. */
static const char *read_options(struct request *request, char *words, unsigned *count)
{
    char *kept = words;
    for (const char *word = words; *word != '\0';) {
        const char *option = word;
        size_t size = strlen(word) + 1;
        if (*word == '-') {
            word = read_option(request, word);
            if (word == NULL)
                return option;
            continue;
        }
        memmove(kept, word, size);
        kept += size;
        word += size;
        ++*count;
    }
    *kept = '\0';
    return NULL;
}

/* The length of the name in NAME or NAME:GOAL. */
static size_t name_length(const struct request *request, const char *word)
{
    return (request->verb->takes & VERB_GOALS) != 0 ? strcspn(word, ":") : strlen(word);
}

/* The goal of the request, or NO_GOAL. */
static enum goal common_goal(const struct request *request)
{
    return request->wait ? GOAL_RELOADED : (enum goal)request->verb->goal;
}

/* The goal in NAME:GOAL, else that of the request; NO_GOAL if there is none of that name. */
static enum goal goal_of(const struct request *request, const char *word)
{
    word += name_length(request, word);
    return *word != '\0' ? goal_find(word + 1) : common_goal(request);
}

static bool is_all(const struct request *request, const char *word)
{
    return (request->verb->takes & VERB_ALL) != 0 && strcmp(word, ALL_NAME) == 0;
}

/* Reads the arguments. Returns NULL; or the argument that is wrong, or "" if one is missing. */
static const char *read_arguments(struct request *request, char *words)
{
    const struct verb *verb = request->verb;
    unsigned count = 0;
    const char *wrong = read_options(request, words, &count);
    if (wrong != NULL || count < verb->least)
        return wrong != NULL ? wrong : "";
    if ((verb->takes & VERB_WAIT) != 0 && request->timeout != NEVER && !request->wait)
        return "--timeout";
    if ((verb->takes & VERB_NAMES) == 0 && count > 0)
        return words;
    if ((verb->takes & VERB_SIGNAL) != 0) {
        request->signal = (unsigned char)signal_parse(words);
        request->names += strlen(words) + 1;
        return request->signal == 0 ? words : NULL;
    }
    FOR_EACH_WORD(word, words)
    {
        if (verb->goal != NO_GOAL && goal_of(request, word) == NO_GOAL)
            return word;
        request->all |= is_all(request, word);
    }
    return NULL;
}

bool request_read(struct request *request, char *words, struct text *line)
{
    *request = (struct request){.verb = verb_find(words), .timeout = NEVER};
    if (request->verb == NULL) {
        const struct verb *first = verbs;
        say_unknown(line, "verb", words, next_verb, &first);
        return false;
    }
    words += strlen(words) + 1;
    request->names = words;
    const char *wrong = read_arguments(request, words);
    return wrong == NULL || say_invalid(line, request->verb, wrong);
}

/* ---- executing ---- */

static struct service *service_named(const struct request *request, const char *word)
{
    return plan_find(supervisor_plan(), word, name_length(request, word));
}

static const char *next_service(void *context)
{
    const struct service **service = context;
    const struct plan *plan = supervisor_plan();
    return *service < plan->services + plan->count ? (*service)++->name : NULL;
}

/* True if "all" means this service. A service that does not start by itself is not started, and a
 * oneshot that is done not run again, unless by its name. */
static bool is_meant_by_all(const struct request *request, const struct service *service)
{
    const struct settings *settings = service->settings;
    bool is_done = settings->type == TYPE_ONESHOT && service->state == DONE;
    switch (request->verb->turn) {
    case TURN_TO_STOP:
        return true;
    case TURN_TO_RESTART:
        return settings->autostart || service_is_up(service) || turns_is_awaited(service);
    default:
        return settings->autostart && !is_done;
    }
}

/* A service that a request is about; all zeros before the first. */
struct target {
    const char *word; /* its NAME or NAME:GOAL; "" for one of all */
    struct service *service;
};

static bool next_of_all(const struct request *request, struct target *target)
{
    const struct plan *plan = supervisor_plan();
    struct service *service = target->service == NULL ? plan->services : target->service + 1;
    while (service < plan->services + plan->count && !is_meant_by_all(request, service))
        service++;
    *target = (struct target){"", service};
    return service < plan->services + plan->count;
}

/* Goes on to the next replica that the same word names. */
static bool next_replica(const struct request *request, struct target *target)
{
    const char *word = target->word;
    if (word == NULL || !target->service->is_replica)
        return false;
    target->service =
        plan_find_next(supervisor_plan(), target->service, word, name_length(request, word));
    return target->service != NULL;
}

/* Goes on to the next service; false after the last one. Caller has checked the names. */
static bool next_target(const struct request *request, struct target *target)
{
    if (request->all)
        return next_of_all(request, target);
    const char *word = target->word;
    if (next_replica(request, target))
        return true;
    target->word = word == NULL ? request->names : word + strlen(word) + 1;
    if (*target->word == '\0')
        return false;
    target->service = service_named(request, target->word);
    return true;
}

#define FOR_EACH_TARGET(target, request)                                                           \
    for (struct target target = {0}; next_target((request), &(target));)

static enum request_result check_names(const struct request *request, struct writer *answer)
{
    enum request_result result = REQUEST_SUCCEEDED;
    FOR_EACH_WORD(word, request->names)
    {
        struct text name, line;
        const struct service *first = supervisor_plan()->services;
        if (is_all(request, word) || service_named(request, word) != NULL)
            continue;
        text_clear(&name);
        text_add_bytes(&name, word, name_length(request, word));
        say_unknown(&line, "service", name.bytes, next_service, &first);
        writer_add(answer, "foster: %s\n", line.bytes);
        result = REQUEST_FAILED;
    }
    return result;
}

static enum request_result send_to_service(struct service *service, int signal,
                                           struct writer *answer)
{
    int error = supervisor_send(service, signal);
    if (error == 0)
        return REQUEST_SUCCEEDED;
    writer_add(answer, "foster: ");
    property_write_state(answer, service);
    writer_add(answer, "; no signal was sent: %s\n", strerror(error));
    return REQUEST_FAILED;
}

static enum request_result write_report(const struct request *request, struct writer *answer)
{
    bool (*report)(struct writer *, const struct plan *, const char *) =
        request->json ? report_json : request->verb->report;
    return report(answer, supervisor_plan(), request->names) ? REQUEST_SUCCEEDED : REQUEST_NO;
}

/* reload and signal */
static enum request_result send_to_all(const struct request *request, struct writer *answer)
{
    enum request_result result = REQUEST_SUCCEEDED;
    FOR_EACH_TARGET(target, request)
    {
        int reload_signal = target.service->settings->reload_signal;
        int signal = request->signal != 0 ? request->signal : reload_signal;
        if (send_to_service(target.service, signal, answer) == REQUEST_FAILED)
            result = REQUEST_FAILED;
    }
    return result;
}

/* For reload --wait: each service must tell foster of its reloads. */
static enum request_result await_reloads(const struct request *request, struct writer *answer)
{
    enum request_result result = REQUEST_SUCCEEDED;
    FOR_EACH_TARGET(target, request)
    {
        if (notify_await_reload(target.service))
            continue;
        writer_add(answer,
                   "foster: %s: it cannot tell when it has reloaded: it needs ready = notify or "
                   "watchdog; no signal was sent\n",
                   target.service->name);
        result = REQUEST_FAILED;
    }
    return result;
}

/* True if a service that stays up depends on the other one directly. */
static bool is_user_of(const struct service *service, const struct service *on)
{
    const struct extras *extras = service_extras(service);
    if (turns_is_awaited(service) || goal_outcome(GOAL_DOWN, service) != GOAL_OUT_OF_REACH)
        return false;
    for (size_t i = 0; i < extras->depends_count; i++)
        if (extras->depends_on[i].on == on)
            return true;
    return false;
}

/* A service is to be stopped: writes a line if services that are not stopped with it need it. */
static void write_users(struct writer *answer, const struct service *service)
{
    const struct plan *plan = supervisor_plan();
    bool is_first = true;
    if (goal_outcome(GOAL_DOWN, service) == GOAL_REACHED && !service_is_to_be_undone(service))
        return;
    for (size_t i = 0; i < plan->count; i++) {
        if (!is_user_of(&plan->services[i], service))
            continue;
        if (is_first)
            writer_add(answer, "foster: %s is stopped while these need it: ", service->name);
        writer_add(answer, is_first ? "%s" : ", %s", plan->services[i].name);
        is_first = false;
    }
    writer_add(answer, is_first ? "" : "\n");
}

/* start, stop and restart. Several services that are stopped are given turns; all of them before
 * the first is acted on, so that it shows which others stay up. */
static void act(const struct request *request, struct writer *answer)
{
    const struct verb *verb = request->verb;
    bool is_one = !request->all && request->names[strlen(request->names) + 1] == '\0';
    enum turn turn = is_one ? NO_TURN : (enum turn)verb->turn;
    FOR_EACH_TARGET(target, request)
    turns_set(target.service, turn);
    FOR_EACH_TARGET(target, request)
    {
        if (verb->goal == GOAL_DOWN && !request->all)
            write_users(answer, target.service);
        if (turn == NO_TURN)
            verb->act(target.service);
    }
    turns_look();
}

/* A verb without a report, an action or a goal sends a signal. */
enum request_result request_begin(const struct request *request, struct writer *answer)
{
    const struct verb *verb = request->verb;
    enum request_result result = check_names(request, answer);
    if (result == REQUEST_SUCCEEDED && request->wait)
        result = await_reloads(request, answer);
    if (result != REQUEST_SUCCEEDED)
        return result;
    if (verb->report != NULL)
        return write_report(request, answer);
    if (verb->act != NULL)
        act(request, answer);
    else if (verb->goal == NO_GOAL)
        result = send_to_all(request, answer);
    bool has_goal = common_goal(request) != NO_GOAL && result == REQUEST_SUCCEEDED;
    return has_goal ? request_look(request, answer) : result;
}

/* ---- waiting ---- */

/* Writes a line for each service whose outcome is this one. */
static enum request_result write_reasons(const struct request *request, enum outcome outcome,
                                         struct writer *answer)
{
    enum request_result result = REQUEST_SUCCEEDED;
    FOR_EACH_TARGET(target, request)
    {
        enum goal goal = goal_of(request, target.word);
        if (goal_outcome(goal, target.service) != outcome)
            continue;
        goal_write_reason(answer, goal, target.service, outcome);
        result = REQUEST_FAILED;
    }
    return result;
}

enum request_result request_look(const struct request *request, struct writer *answer)
{
    FOR_EACH_TARGET(target, request)
    if (goal_outcome(goal_of(request, target.word), target.service) == GOAL_PENDING)
        return REQUEST_WAITS;
    return write_reasons(request, GOAL_OUT_OF_REACH, answer);
}

enum request_result request_give_up(const struct request *request, struct writer *answer)
{
    return write_reasons(request, GOAL_PENDING, answer);
}
