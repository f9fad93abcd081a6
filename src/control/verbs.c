/*
 * verbs.c - see verbs.h.
 *
 * Nothing waits here. What takes time (start, stop, restart, wait) has a goal: a set of states in
 * which it is reached, and one in which it never will be; after every change it is looked at again.
 * This counts on the supervisor: when told to start or stop a service, it leaves the state that the
 * service rests in at once, not later.
 *
 * A name that is wrong is found before anything is done, so of several names either all are acted
 * on or none. They are looked up anew at each look: services do not come and go, and no list need
 * be kept for a client.
 */
#include "control/verbs.h"

#include <stdint.h>
#include <string.h>

#include "base/nearest.h"
#include "control/facts.h"
#include "control/report.h"
#include "process/signals.h"
#include "supervise/dependencies.h"
#include "supervise/signalling.h"
#include "supervise/supervisor.h"

/* ---- what can be waited for ---- */

#define IN(state) (1U << (state))

enum {
    IS_UP = IN(RUNNING) | IN(READY),
    IS_STARTED_ONCE = IS_UP | IN(STARTING) | IN(DONE),
    IS_DOWN = IN(STOPPED) | IN(DONE) | IN(FAILED),
    IN_VAIN =
        IN(STATES), /* it is being stopped, and cannot be killed: whoever asked for that is told */
};

enum until {
    NOTHING,
    UNTIL_UP,
    UNTIL_DOWN,
    UNTIL_READY,
    UNTIL_STARTED,
    UNTIL_COMPLETED,
    UNTIL_STOPPED
};

/* A oneshot is there to be done: it is up when it has been seen through. */
static const struct goal {
    const char *name;          /* as wait knows it */
    uint16_t service, oneshot; /* the states in which it is reached */
    uint16_t never;            /* those in which it will not be, unless somebody does something */
} goals[] = {
    [NOTHING] = {"", 0, 0, 0},
    [UNTIL_UP] = {"", IS_UP | IN(DONE), IN(DONE), IN(FAILED) | IN(STOPPED) | IN_VAIN},
    [UNTIL_DOWN] = {"", IS_DOWN, IS_DOWN,
                    IN(WAITING) | IN(FORKED) | IN(STARTING) | IS_UP | IN(BACKING_OFF) |
                        IN_VAIN}, /* another's start */
    [UNTIL_READY] = {"ready", IS_UP, IN(DONE), IN(FAILED) | IN(DONE)},
    [UNTIL_STARTED] = {"started", IS_STARTED_ONCE, IS_STARTED_ONCE, IN(FAILED)},
    [UNTIL_COMPLETED] = {"completed", IN(DONE), IN(DONE), IN(FAILED)},
    [UNTIL_STOPPED] = {"stopped", IS_DOWN, IS_DOWN, 0},
};
enum { GOALS = sizeof goals / sizeof goals[0] };

/* ---- the verbs ---- */

static bool tell_status(const struct request *request, struct writer *answer)
{
    (request->json ? report_json : report_table)(answer, supervisor_plan(), request->names);
    return true;
}

static bool tell_health(const struct request *request, struct writer *answer)
{
    (void)request;
    return report_health(answer, supervisor_plan());
}

static bool tell_metrics(const struct request *request, struct writer *answer)
{
    (void)request;
    report_metrics(answer, supervisor_plan());
    return true;
}

static bool shut_down(const struct request *request, struct writer *answer)
{
    (void)request, (void)answer;
    supervisor_shut_down();
    return true;
}

enum {
    HAS_NAMES = 1,
    HAS_GOALS = 2,
    HAS_SIGNAL = 4,
    MAY_JSON = 8,
    MAY_TIMEOUT = 16,
    TAKES_TIME = HAS_NAMES | MAY_TIMEOUT
};

#define TIMED "[--timeout D] NAME..."
const struct verb verbs[VERBS] = {
    {"status", "[--json] [NAME...]", "how they are", 0, HAS_NAMES | MAY_JSON,
     .catalogue_say = tell_status},
    {"start", TIMED, "start, and wait until they are up", 1, TAKES_TIME, UNTIL_UP,
     .act = supervisor_start},
    {"stop", TIMED, "stop, and wait until they have ended", 1, TAKES_TIME, UNTIL_DOWN,
     .act = supervisor_stop},
    {"restart", TIMED, "stop, start, and wait", 1, TAKES_TIME, UNTIL_UP, .act = supervisor_restart},
    {"reload", "NAME...", "send their reload_signal", 1, HAS_NAMES, .act = NULL},
    {"signal", "SIGNAL NAME...", "send that", 2, HAS_NAMES | HAS_SIGNAL, .act = NULL},
    {"wait", "[--timeout D] NAME[:ready|:started|:completed|:stopped]...", "", 1,
     TAKES_TIME | HAS_GOALS, UNTIL_READY, .act = NULL},
    {"health", "", "exit 0 if all is well; else what is not", 0, 0, .always_stdout = true,
     .catalogue_say = tell_health},
    {"metrics", "", "numbers, as OpenMetrics", 0, 0, .catalogue_say = tell_metrics},
    {"shutdown", "", "stop all services, and foster", 0, 0, .catalogue_say = shut_down},
};

/* ---- reading ---- */

#define FOR_EACH_WORD(word, words)                                                                 \
    for (const char *(word) = (words); *(word) != '\0'; (word) += strlen(word) + 1)

static const char *next_verb(void *context)
{
    const struct verb **verb = context;
    return *verb < verbs + VERBS ? (*verb)++->name : NULL;
}

/* The line for a word that is not known, with what was meant, if that can be told. */
static void not_known(struct text *line, const char *what, const char *word,
                      const char *(*next)(void *), void *context)
{
    text_clear(line);
    text_add(line, "no %s '%s'", what, word);
    nearest_add_hint(line, word, next, context);
}

/* The line for a word that is wrong, or for one that is missing: "". */
static bool refuse(struct text *line, const struct verb *verb, const char *word)
{
    text_clear(line);
    if (*word != '\0')
        text_add(line, "what is '%s'? ", word);
    else
        text_add(line, "a word is missing; ");
    text_add(line, "usage: foster ctl %s%s%s", verb->name, *verb->takes != '\0' ? " " : "",
             verb->takes);
    return false;
}

static const struct verb *verb_named(const char *name)
{
    for (const struct verb *verb = verbs; verb < verbs + VERBS; verb++)
        if (strcmp(verb->name, name) == 0)
            return verb;
    return NULL;
}

/* Takes one option and, behind it or behind a '=', its value; returns the next word. NULL: it is
 * none. */
static const char *take_option(struct request *request, const char *word)
{
    static const char json[] = "--json", timeout[] = "--timeout";
    const char *value = word + sizeof timeout;
    if ((request->verb->form & MAY_JSON) != 0 && strcmp(word, json) == 0) {
        request->json = true;
        return word + sizeof json;
    }
    if ((request->verb->form & MAY_TIMEOUT) == 0 ||
        strncmp(word, timeout, sizeof timeout - 1) != 0 ||
        (value[-1] != '\0' && value[-1] != '=') || !duration_parse(value, &request->timeout))
        return NULL;
    return value + strlen(value) + 1;
}

/* Takes the options out; NULL, or the one that is wrong. */
static const char *read_options(struct request *request, char *words, unsigned *count)
{
    char *kept = words;
    for (const char *word = words; *word != '\0';) {
        const char *option = word;
        size_t size = strlen(word) + 1;
        if (*word == '-') {
            word = take_option(request, word);
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

static size_t name_length(const struct request *request, const char *word)
{
    return (request->verb->form & HAS_GOALS) != 0 ? strcspn(word, ":") : strlen(word);
}

static enum until goal_of(const struct request *request, const char *word)
{
    word += name_length(request, word);
    if (*word == '\0')
        return (enum until)request->verb->until;
    for (int until = UNTIL_READY; until < GOALS; until++)
        if (strcmp(goals[until].name, word + 1) == 0)
            return (enum until)until;
    return NOTHING;
}

/* NULL, or the word that is wrong; "" if one is missing. */
static const char *find_fault(struct request *request, char *words)
{
    const struct verb *verb = request->verb;
    unsigned count = 0;
    const char *wrong = read_options(request, words, &count);
    if (wrong != NULL || count < verb->least)
        return wrong != NULL ? wrong : "";
    if ((verb->form & HAS_NAMES) == 0 && count > 0)
        return words;
    if ((verb->form & HAS_SIGNAL) != 0) {
        request->signal = (unsigned char)signal_parse(words);
        request->names += strlen(words) + 1;
        return request->signal == 0 ? words : NULL;
    }
    FOR_EACH_WORD(word, words)
    if (verb->until != NOTHING && goal_of(request, word) == NOTHING)
        return word;
    return NULL;
}

bool request_read(struct request *request, char *words, struct text *line)
{
    *request = (struct request){.verb = verb_named(words), .timeout = NEVER};
    if (request->verb == NULL) {
        const struct verb *verb = verbs;
        not_known(line, "verb", words, next_verb, &verb);
        return false;
    }
    words += strlen(words) + 1;
    request->names = words;
    const char *wrong = find_fault(request, words);
    return wrong == NULL || refuse(line, request->verb, wrong);
}

/* ---- doing ---- */

static struct service *service_of(const struct request *request, const char *word)
{
    return plan_find(supervisor_plan(), word, name_length(request, word));
}

static const char *next_service(void *context)
{
    const struct service **service = context;
    const struct plan *plan = supervisor_plan();
    return *service < plan->services + plan->count ? (*service)++->name : NULL;
}

static enum verdict check_names(const struct request *request, struct writer *answer)
{
    enum verdict verdict = YES;
    FOR_EACH_WORD(word, request->names)
    {
        struct text name, line;
        const struct service *first = supervisor_plan()->services;
        if (service_of(request, word) != NULL)
            continue;
        text_clear(&name);
        text_add_bytes(&name, word, name_length(request, word));
        not_known(&line, "service", name.bytes, next_service, &first);
        writer_add(answer, "foster: %s\n", line.bytes);
        verdict = NO;
    }
    return verdict;
}

static enum verdict send_to(struct service *service, int signal, struct writer *answer)
{
    int error = supervisor_send(service, signal);
    if (error == 0)
        return YES;
    writer_add(answer, "foster: ");
    writer_add_condition(answer, service);
    writer_add(answer, "; no signal is sent: %s\n", strerror(error));
    return NO;
}

enum verdict request_begin(const struct request *request, struct writer *answer)
{
    const struct verb *verb = request->verb;
    enum verdict verdict = check_names(request, answer);
    if (verdict != YES)
        return verdict;
    if (verb->catalogue_say != NULL)
        return verb->catalogue_say(request, answer) ? YES : NO;
    FOR_EACH_WORD(word, request->names)
    {
        struct service *service = service_of(request, word);
        if (verb->act != NULL)
            verb->act(service);
        else if (verb->until == NOTHING &&
                 send_to(service,
                         request->signal != 0 ? request->signal : service->settings->reload_signal,
                         answer) == NO)
            verdict = NO;
    }
    return verb->until != NOTHING ? request_look(request, answer) : verdict;
}

/* ---- waiting ---- */

enum outcome { REACHED, PENDING, OUT_OF_REACH };

/* Who is stopped, if one that is to be up waits for it. */
static const struct service *hindrance(const struct goal *goal, const struct service *service)
{
    return service->state == WAITING && goal == &goals[UNTIL_UP] ? dependencies_stopped(service)
                                                                 : NULL;
}

static enum outcome outcome_for(const struct request *request, const char *word)
{
    const struct service *service = service_of(request, word);
    const struct goal *goal = &goals[goal_of(request, word)];
    unsigned reached = service->settings->type == TYPE_ONESHOT ? goal->oneshot : goal->service;
    if ((reached & IN(service->state)) != 0)
        return REACHED;
    unsigned never =
        goal->never | (supervisor_is_shutting_down() ? IS_DOWN : 0); /* nobody does anything then */
    bool is_never = (never & (signalling_is_in_vain(service) ? IN_VAIN : IN(service->state))) != 0;
    return is_never || hindrance(goal, service) != NULL ? OUT_OF_REACH : PENDING;
}

static void add_vain(struct writer *answer, const struct service *service)
{
    struct text text;
    text_clear(&text);
    text_add_in_vain(&text, service);
    writer_add(answer, "; %s", text.bytes);
}

static void add_reason(struct writer *answer, const struct goal *goal,
                       const struct service *service, enum outcome outcome)
{
    const struct service *stopped = hindrance(goal, service);
    if (outcome == PENDING)
        writer_add(answer, ", and the time is over");
    else if (signalling_is_in_vain(service))
        add_vain(answer, service);
    else if (supervisor_is_shutting_down())
        writer_add(answer, "; foster is ending");
    else if (stopped != NULL)
        writer_add(answer, "; %s is stopped", stopped->name);
}

/* A line for each service of that outcome. */
static enum verdict name_those(const struct request *request, enum outcome outcome,
                               struct writer *answer)
{
    enum verdict verdict = YES;
    FOR_EACH_WORD(word, request->names)
    {
        if (outcome_for(request, word) != outcome)
            continue;
        const struct service *service = service_of(request, word);
        writer_add(answer, "foster: ");
        writer_add_condition(answer, service);
        add_reason(answer, &goals[goal_of(request, word)], service, outcome);
        writer_add(answer, "\n");
        verdict = NO;
    }
    return verdict;
}

enum verdict request_look(const struct request *request, struct writer *answer)
{
    FOR_EACH_WORD(word, request->names)
    if (outcome_for(request, word) == PENDING)
        return NOT_YET;
    return name_those(request, OUT_OF_REACH, answer);
}

enum verdict request_give_up(const struct request *request, struct writer *answer)
{
    return name_those(request, PENDING, answer);
}
