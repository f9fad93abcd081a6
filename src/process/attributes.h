/*
 * attributes.h - the attributes of a process that a service has and foster does not: its user,
 * working directory, umask, priority and limits, and the files that are its standard streams.
 *
 * They are set in the child of a fork, before its exec, by raw system calls: setuid(3) and its like
 * change all threads of the process that the libc believes to be in. All functions are
 * async-signal-safe and allocate nothing.
 */
#ifndef PROCESS_ATTRIBUTES_H
#define PROCESS_ATTRIBUTES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/types.h>

struct user;
struct stream_file;

/* A resource limit, setrlimit(2). */
struct limit {
    int resource;
    struct rlimit value;
};

/* The zero value changes nothing. What is pointed to is the caller's, and must stay until the child
 * has exec'd. */
struct attributes {
    const struct user *user;   /* NULL: foster's */
    const char *directory;     /* NULL: foster's */
    struct stream_file *files; /* that become standard streams; not open yet */
    unsigned short file_count;
    const struct limit *limits;
    unsigned short limit_count;
    unsigned short umask; /* with UMASK_GIVEN */
    short nice;           /* with NICE_GIVEN: the value from -20 to 19, not an increment */
    short oom_score_adj;  /* with OOM_SCORE_ADJ_GIVEN */
    unsigned char given;  /* which of the three are set: UMASK_GIVEN | ... */
    bool no_new_privileges;
};

enum { UMASK_GIVEN = 1, NICE_GIVEN = 2, OOM_SCORE_ADJ_GIVEN = 4 };

/* Sets the user's groups, gid and uid: for good, or the effective ids alone. Effective ids are
 * enough to open files and to send signals, and the user may neither signal nor trace a process
 * whose real and saved ids stay root's (kill(2), ptrace(2)). In a child. Returns 0 or an error
 * number. */
int attributes_set_ids(const struct user *user, bool for_good);

/* Sets all attributes; first those that need rights which the user does not have. In a child.
 * Returns 0 or an error number; then *failed is the step that failed, as the end of a sentence
 * "cannot ...", and *path the file that it is about, or NULL. */
int attributes_apply(const struct attributes *attributes, const char **failed, const char **path);

/* The numbers of steps that are about a path: the order of the first three is that of the streams.
 * The other steps have numbers above, and 0 is no step. */
enum { STEP_STDIN = 1, STEP_LOG, STEP_LOG_STDERR, STEP_DIRECTORY, STEP_ENV_FILE, STEP_VARIABLE };

/* Steps that a caller makes before attributes_apply(), "read", "expand" and "become its user":
 * attributes_step_number() knows them by these addresses. */
extern const char attributes_step_read[], attributes_step_expand[], attributes_step_user[];

/* The number of the step that attributes_apply() has named, with its path, or of one of the two
 * above, by which a parent can keep it; 0 for any other. Async-signal-safe. */
unsigned attributes_step_number(const struct attributes *attributes, const char *failed,
                                const char *path);

/* The step of that number, as the end of a sentence "cannot ...": "open its log"; NULL if there is
 * none. Any thread. */
const char *attributes_step(unsigned number);

#endif
