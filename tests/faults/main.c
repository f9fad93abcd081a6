/*
 * main.c - inject FOSTER FOLDER ERRNOS SCENARIO first|child whole|short|CALL[:ERROR[:WHEN]]
 *
 * Makes each system call of foster in one scenario fail, one a run, and prints a line for each run:
 *
 *     SCENARIO first|child foster|start CALL ERROR WHEN LETTER [what is wrong]
 *
 * First is PID 1; start is a child of foster's up to its exec. WHEN is 1, 2, 3, or + for the first
 * and all after it. The letters stand in judge.c. Exits with 1 if a line is wrong, or if nothing
 * could be tried.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "faults.h"

enum { TRIES = 2, /* a machine that is busy can be late */ MOST_WHEN = 3, ERRORS = 32, LINE = 512 };

static const struct scenario *scenario;
static bool is_first, is_short;
static char only[3][32]; /* call, error, when; or empty */
static struct seen plain;
static unsigned wrong, tried;

static struct errors {
    bool known;
    size_t count;
    char name[ERRORS][16];
    char never[16]; /* of the refusals below */
} errors[CALLS];

static const char *const refusals[] = {
    "EPERM", "ENOSYS"}; /* of a filter, or of an old kernel: for any call, and for good */

static void read_errors(const char *path)
{
    char line[LINE];
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        perror(path);
        exit(1);
    }
    while (fgets(line, sizeof line, file) != NULL) {
        char *word = strtok(line, " \n");
        long call = word == NULL || *word == '#' ? -1 : call_number(word);
        if (call == -1)
            continue;
        errors[call].known = true;
        while ((word = strtok(NULL, " \n")) != NULL && *word != '#')
            if (*word == '!')
                snprintf(errors[call].never, sizeof errors[call].never, "%s", word + 1);
            else
                snprintf(errors[call].name[errors[call].count++], sizeof errors[call].name[0], "%s",
                         word);
    }
    fclose(file);
}

static void print(const struct fault *fault, const char *error, const struct verdict *verdict)
{
    char when[] = {fault->lasting ? '+' : (char)('0' + fault->when), '\0'};
    printf("%s %s %s %s %s %s %c%s%s\n", scenario->name, is_first ? "first" : "child",
           fault->who == FOSTER ? "foster" : "start", call_name(fault->call), error, when,
           verdict->letter, *verdict->wrong != '\0' ? " " : "", verdict->wrong);
    fflush(stdout);
}

static bool is_wanted(const struct fault *fault, const char *error)
{
    char when[] = {fault->lasting ? '+' : (char)('0' + fault->when), '\0'};
    return (only[0][0] == '\0' || strcmp(only[0], call_name(fault->call)) == 0) &&
           (only[1][0] == '\0' || strcmp(only[1], error) == 0) &&
           (only[2][0] == '\0' || strcmp(only[2], when) == 0);
}

static void try(enum who who, long call, const char *error, unsigned when, bool lasting)
{
    struct fault fault = {who, call, error_number(error), when, lasting};
    if (fault.error == 0) {
        fprintf(stderr, "there is no error %s\n", error);
        exit(1);
    }
    if (!is_wanted(&fault, error))
        return;
    const struct seen *seen = NULL;
    struct verdict verdict = {.letter = 'X'};
    for (int i = 0; i < TRIES && verdict.letter == 'X'; i++) {
        seen = trace(program, scenario, is_first, &fault);
        verdict = judge(scenario, &fault, &plain, seen);
    }
    print(&fault, error, &verdict);
    if (only[0][0] != '\0')
        fprintf(stderr, "%u faults, %u calls, %ld ms, from TERM %ld, main %d %d %d, status %x\n%s",
                seen->faults, seen->all_calls, seen->took, seen->stop_took, seen->main_ran,
                seen->main_ended, seen->main_status, (unsigned)seen->status, seen->said);
    wrong += verdict.letter == 'X';
    tried++;
}

static bool is_refused_with(long call, const char *refusal)
{
    for (size_t i = 0; i < errors[call].count; i++)
        if (strcmp(errors[call].name[i], refusal) == 0)
            return false; /* it has been tried */
    return strcmp(errors[call].never, refusal) != 0;
}

/* Short: the first error of the list, once and for good. */
static void try_call(enum who who, long call)
{
    size_t count = is_short && errors[call].count > 1 ? 1 : errors[call].count;
    unsigned most = is_short ? 1 : MOST_WHEN;
    for (size_t i = 0; i < count; i++) {
        for (unsigned when = 1; when <= most && when <= plain.calls[who][call]; when++)
            try(who, call, errors[call].name[i], when, false);
        try(who, call, errors[call].name[i], 1, true);
    }
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0] && !is_short && count > 0; i++)
        if (is_refused_with(call, refusals[i]))
            try(who, call, refusals[i], 1, true);
}

static void try_all(void)
{
    for (int who = 0; who < WHO; who++)
        for (long call = 0; call < CALLS; call++) {
            if (plain.calls[who][call] == 0)
                continue;
            if (!errors[call].known) {
                printf("%s %s - %s - - X is not in the list of errors\n", scenario->name,
                       is_first ? "first" : "child", call_name(call));
                wrong++;
            }
            try_call((enum who)who, call);
        }
}

/* Without a fault all must be well. */
static void record(void)
{
    static const struct fault none = {.call = -1};
    plain = *trace(program, scenario, is_first, &none);
    struct verdict verdict = judge(scenario, &none, &plain, &plain);
    if (verdict.letter == '.')
        return;
    printf("%s %s - - - - X without a fault: %s\n%s", scenario->name, is_first ? "first" : "child",
           verdict.wrong, plain.said);
    exit(1);
}

static void show_plain(void)
{
    fprintf(stderr, "# %s %s: %u calls, %ld ms, cpu %ld ms, %u lines\n", scenario->name,
            is_first ? "first" : "child", plain.all_calls, plain.took, plain.cpu, plain.lines);
    for (int who = 0; who < WHO; who++)
        for (long call = 0; call < CALLS; call++)
            if (plain.calls[who][call] != 0)
                fprintf(stderr, "#   %s %s %u\n", who == FOSTER ? "foster" : "start",
                        call_name(call), plain.calls[who][call]);
}

int main(int argc, char **argv)
{
    if (argc < 7 || (scenario = scenario_named(argv[4])) == NULL) {
        fprintf(stderr, "usage: inject FOSTER FOLDER ERRNOS SCENARIO first|child "
                        "whole|short|CALL[:ERROR[:WHEN]]\n");
        return 2;
    }
    program = argv[1];
    scratch = argv[2];
    read_errors(argv[3]);
    is_first = strcmp(argv[5], "first") == 0;
    is_short = strcmp(argv[6], "short") == 0;
    if (!is_short && strcmp(argv[6], "whole") != 0)
        sscanf(argv[6], "%31[^:]:%31[^:]:%31s", only[0], only[1], only[2]);
    record();
    if (getenv("FAULTS_SHOW") != NULL)
        show_plain();
    try_all();
    return wrong == 0 && tried > 0 ? 0 : 1;
}
