/*
 * faults.h - what the files of the injector share.
 *
 * In a run foster plays a scenario, in a pid namespace of its own, as PID 1 or as the child of
 * another PID 1, while one of its system calls fails. The tracer follows foster only: its threads,
 * and its children up to their exec.
 */
#ifndef FAULTS_H
#define FAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum {
    CALLS = 512, /* more than there are system calls */
    MOST_SAID = 65536,
    EXIT_REFUSED = 125,
};

/* The caller: foster, with all its threads, or a child of it before its exec. */
enum who { FOSTER, START, WHO };

struct fault {
    enum who who;
    long call;     /* -1: none */
    int error;     /* errno */
    unsigned when; /* the first, second... of such calls */
    bool lasting;  /* and all after it */
};

struct scenario {
    const char *name;
    const char *const *options; /* of foster, with @ for the scratch folder */
    const char *configuration;  /* the same; or NULL */
    void (*play)(pid_t foster); /* runs meanwhile, in a process of its own; or NULL */
    int ends[2];   /* main's wait status: as planned, and if a signal does not reach it */
    long most_ms;  /* from TERM to the end, whatever fails */
    bool restarts; /* a failure that may pass must be tried again */
};

/* Filled in while the run goes on; without an event it is 0. */
struct seen {
    unsigned calls[WHO][CALLS];
    unsigned all_calls, own_calls; /* of foster and its children; of foster */
    unsigned faults;               /* that were injected */
    bool child_before;             /* a child had exec'd when the first was */
    bool main_ran;                 /* it has exec'd */
    bool main_ended;
    int main_status;      /* of its last run */
    int start_crashed;    /* by this signal a child has ended before its exec */
    int status;           /* foster's */
    bool asked;           /* it did not end by itself, so that it was sent TERM */
    bool killed;          /* nor then */
    long took, stop_took; /* ms: the whole; from TERM to the end, 0 without one */
    long cpu;             /* ms, with its children's */
    unsigned lines;       /* the length of its output */
    char said[MOST_SAID];
    char amiss[128]; /* the findings of members, see member.c */
};

/* trace.c: one run. The result is valid until the next. */
const struct seen *trace(const char *foster, const struct scenario *scenario, bool first,
                         const struct fault *fault);

/* Sends TERM to foster, and notes when. For scenarios. */
void ask_to_stop(pid_t foster);

/* scenarios.c */
extern const struct scenario scenarios[];
extern const char *scratch, *program; /* the folder of the runs; foster */
const struct scenario *scenario_named(const char *name);
void scenario_prepare(
    const struct scenario *scenario); /* an empty scratch folder but for its configuration */
char **scenario_command(const struct scenario *scenario); /* the words to exec */
void scenario_amiss(char *text, size_t size); /* the findings of members, "" if there are none */

/* names.c */
const char *call_name(long call);
long call_number(const char *name); /* -1: there is none */
int error_number(const char *name); /* 0: there is none */

/* judge.c: the outcome, a letter, and a word about what is wrong, "" if nothing is. */
struct verdict {
    char letter;
    char wrong[160];
};
struct verdict judge(const struct scenario *scenario, const struct fault *fault,
                     const struct seen *plain, const struct seen *seen);

#endif
