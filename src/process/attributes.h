/*
 * attributes.h - what a service is given that foster does not have itself: a user, a directory,
 * limits, descriptors.
 *
 * They are applied in the child of a fork, before its exec: raw system calls only, because the
 * libc's setuid and its like act on all threads of the process it believes to be in.
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

/* The zero value changes nothing. What is pointed to is the caller's and must outlive the start. */
struct attributes {
    const struct user *user;   /* NULL: foster's own */
    const char *directory;     /* NULL: as foster was started in */
    struct stream_file *files; /* become standard streams; none is open yet */
    unsigned short file_count;
    const struct limit *limits;
    unsigned short limit_count;
    unsigned short umask; /* with UMASK_GIVEN */
    short nice;           /* with NICE_GIVEN: the value itself, -20 to 19, not an increment */
    short oom_score_adj;  /* with OOM_SCORE_ADJ_GIVEN */
    unsigned char given;  /* which of the above hold; UMASK_GIVEN | ... */
    bool no_new_privileges;
};

enum { UMASK_GIVEN = 1, NICE_GIVEN = 2, OOM_SCORE_ADJ_GIVEN = 4 };

/* Takes the user's groups, gid and uid: for good, or as the effective ones alone, which is enough
 * to open files and to signal, and leaves us somebody whom that user may neither signal nor trace.
 * In a child; 0 or an error number. */
int attributes_set_ids(const struct user *user, bool for_good);

/* Applies them, in the order that needs the rights that the user does not have first. In the child;
 * 0 or an error number, and *failed then says in words what could not be done ("become its user",
 * "open"), *path of which file, if it is about one. */
int attributes_apply(const struct attributes *attributes, const char **failed, const char **path);

#endif
