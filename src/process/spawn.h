/*
 * spawn.h - the start of a program, in one of two ways.
 *
 * spawn_vfork() has the semantics of vfork(2): clone(2) with CLONE_VM and CLONE_VFORK. Nothing is
 * copied, the caller sleeps until the child has exec'd or ended, and the error of exec comes back
 * as a number in their shared memory. It is for one program: a signal that reaches foster meanwhile
 * stays pending and is forwarded after the exec.
 *
 * spawn_fork() has the semantics of fork(2): the child has memory and descriptors of its own, and
 * the caller goes on at once. It is for services: an exec can hang for minutes (a network file
 * system whose server does not answer), and other processes of the child's user may stop the child
 * before its exec, so nothing may wait for an exec. The result comes by a pipe:
 * spawn_result_read().
 */
#ifndef PROCESS_SPAWN_H
#define PROCESS_SPAWN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct attributes;
struct fd_mapping;
struct signal_state;

/* The process group, session and terminal of the program. */
enum placement {
    IN_OWN_GROUP,   /* leads a process group, the foreground one if foster's was */
    IN_OWN_SESSION, /* leads a session, with the terminal that terminal_release() has released */
    IN_OUR_GROUP,   /* is in foster's process group */
    IN_BACKGROUND,  /* leads a session without a terminal */
};

struct program {
    char **argv; /* argv[0] is searched in PATH. argv[-1] must exist: it is for the shell that runs
                    a script without #! */
    enum placement placement;
    int parent_death_signal;            /* PR_SET_PDEATHSIG of the program, 0 for none */
    pid_t parent;                       /* foster's own pid */
    const struct signal_state *signals; /* its mask and dispositions; NULL: the default ones */

    /* For services; zero for one program. */
    char **environment;     /* NULL: foster's, with LISTEN_PID set to the program's pid if it
                                     was foster's */
    char **own_pid_entries; /* entries of the environment, "LISTEN_PID=" and the like, to which
                               the child appends its pid; each has room for DECIMAL_MAX bytes. The
                               last is NULL. Or NULL */
    const struct attributes *attributes; /* or NULL */
    struct fd_mapping *fd_map; /* its descriptors, for spawn_fork(): with room for FORK_MAPPINGS
                                  more, and filled in for each start, which writes to it */
    size_t fd_map_count;
    unsigned mark; /* by which the processes that it leaves are found, run_mark.h; 0: none */
    int report;    /* spawn_fork(): the write end of a pipe, close-on-exec; spawn_result_read() has
                      the other end */

    /* Called in the child of spawn_fork() before the attributes are applied: fills in what is known
     * there alone. False if that cannot be; error, failed_step and what belongs to it are set then.
     * Or NULL. */
    bool (*complete)(struct program *program);

    /* Called in the child if the program cannot be run; reports that, and returns the exit code for
     * it. In the child, because under qemu-user vfork is a fork: the parent does not see the error,
     * and takes the program for one that ran and ended. Or NULL. */
    int (*failed)(struct program *program);
    void *owner; /* for complete() and failed() */

    /* The result. */
    int error; /* the error number of exec or of the failed step; 0: the program runs */
    const char *failed_step;   /* the step before exec that failed, "become its user", or NULL */
    const char *failed_path;   /* the file that the failed step is about, or NULL */
    const char *failed_reason; /* why the step failed; NULL: as strerror(error) says */
    pid_t pid;                 /* also of a program that could not be run */
    int own_stderr;     /* in the child: foster's stderr, copied above the map; 0: it is still 2 */
    int terminal_error; /* of terminal_adopt(), in a session of its own */
    bool took_terminal; /* its process group was made the foreground one */
};

/*
 * Starts a program with vfork semantics. It is a children_start of children_spawn(), and the
 * context is the struct program. The program has foster's descriptors, working directory, limits
 * and environment; an empty signal mask and default dispositions, also for signals that were
 * ignored when foster was started, unless `signals` says otherwise. Returns the pid, or a negative
 * error number: program->error is 0 if the clone failed, and not 0 if the program could not be run.
 * Caller holds the lock and has all signals blocked. Allocates nothing. May block until the exec is
 * done.
 */
pid_t spawn_vfork(void *context);

enum { FORK_MAPPINGS = 2 }; /* that the start adds: the report, and foster's stderr */

/*
 * The same with fork semantics: returns the pid as soon as there is a child, or a negative error
 * number if fork failed. Of foster's descriptors the child has its standard streams, those of its
 * map and its report. It closes all others before anything that may hang, so that a child whose
 * exec hangs keeps no connection open. program->took_terminal is set here; error, failed_step and
 * failed_path in the child's copy only. Does not block.
 */
pid_t spawn_fork(void *context);

/* Why a start by spawn_fork() has failed. */
struct spawn_failure {
    int error;     /* the error number */
    unsigned step; /* the step before exec, attributes_step(); 0: exec, or none of these steps */
};

/* The result of a start by spawn_fork(). */
enum spawn_result {
    SPAWN_PENDING, /* the program does not run yet */
    SPAWN_DONE,    /* it runs, or the child was killed before its exec and reported nothing */
    SPAWN_FAILED,  /* it cannot be run; the child ends with the exit code for that */
};

/* Reads the result from the read end of the report, which is non-blocking. *failure is set for
 * SPAWN_FAILED. Not pending once the child is reaped. */
enum spawn_result spawn_result_read(int fd, struct spawn_failure *failure);

/* True for an error of a start that may not occur at the next try, such as no memory or a busy
 * file. */
bool spawn_error_is_transient(int error);

#endif
