/*
 * spawn.h - a program is started, in one of two ways.
 *
 * spawn_vfork(): with vfork semantics, clone(2) with CLONE_VM and CLONE_VFORK. Nothing is copied,
 * the caller sleeps until the child has exec'd or given up, and an error of exec comes back as a
 * number in the memory they share. For one program: a signal that reaches foster meanwhile stays
 * pending and is forwarded after the exec.
 *
 * spawn_fork(): with fork semantics. The child has memory and descriptors of its own, and the
 * caller goes on at once: an exec can hang for minutes (a dead network file system), and whoever
 * has the child's user may stop it before its exec. For services: nobody waits for somebody's exec.
 * What became of it is read from a pipe: spawn_result_read().
 */
#ifndef PROCESS_SPAWN_H
#define PROCESS_SPAWN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct attributes;
struct fd_mapping;
struct signal_state;

/* Where in the world of groups and terminals the program stands. */
enum placement {
    IN_OWN_GROUP,   /* leads a process group; in the foreground if foster was */
    IN_OWN_SESSION, /* leads a session; has the terminal that terminal_release() let go of */
    IN_OUR_GROUP,   /* stays where foster is */
    IN_BACKGROUND,  /* leads a session, and has no terminal */
};

struct program {
    char **argv; /* argv[0] is searched in PATH; the slot argv[-1] must exist: a script without #!
                    needs it for the shell */
    enum placement placement;
    int parent_death_signal; /* PR_SET_PDEATHSIG of the program, 0 for none */
    pid_t parent;            /* foster's own pid */
    const struct signal_state
        *signals; /* the mask and dispositions to start with; NULL: clean ones */

    /* What a service is given beside that. The zero values: nothing, and foster's own environment.
     */
    char *const
        *environment; /* NULL: foster's, in which LISTEN_PID is made right if it meant foster */
    char **own_pid_entries; /* "LISTEN_PID=" and the like, that NULL ends, or NULL: entries of the
                               environment behind whose '=' the child writes its pid; with room for
                               DECIMAL_MAX bytes */
    const struct attributes *attributes; /* or NULL */
    struct fd_mapping *fd_map; /* its descriptors, for spawn_fork(): with room for FORK_MAPPINGS
                                  more, and filled in for each start, which writes to it */
    size_t fd_map_count;
    unsigned mark; /* by which what it leaves behind is found, run_mark.h; 0: none */
    int report;    /* spawn_fork(): the end of a pipe, close-on-exec, that spawn_result_read() has
                      the other end of */

    /* Called in the child if it cannot run: says so, and returns the exit code for it. There,
     * because where vfork is but a fork (qemu-user) the parent does not see the error, and takes
     * the program for one that ran and ended. Or NULL. */
    int (*failed)(struct program *program);
    void *owner; /* failed()'s own */

    /* What became of it. */
    int error; /* exec's error number, or that of the failed step; 0 if the program runs */
    const char *failed_step; /* what could not be done for it, "become its user": no exec was tried;
                                or NULL */
    const char *failed_path; /* the file that the failed step is about, or NULL */
    pid_t pid;               /* also of one that could not be run */
    int own_stderr;          /* the child's own: foster's stderr, above the map; 0: it is where it
                                was */
    int terminal_error;      /* of terminal_adopt(), in a session of its own */
    bool took_terminal;      /* its group was put into the foreground */
};

/*
 * Starts a program: a children_start for children_spawn(), whose context is the struct program. The
 * program gets foster's descriptors, working directory, limits and environment, unless it is given
 * others; an empty signal mask and default dispositions, also where foster was started with a
 * signal ignored, unless it is to have those; and its own pid in LISTEN_PID, if foster was meant
 * there (sd_listen_fds(3)). Returns the pid, or a negative error number; program->error tells a
 * program that cannot run from a failed fork. Caller holds the lock and has all signals blocked.
 * Allocates nothing.
 */
pid_t spawn_vfork(void *context);

enum { FORK_MAPPINGS = 2 }; /* the report, and foster's stderr */

/*
 * The same with fork semantics: returns the pid as soon as there is a child, or a negative error
 * number if there is none to be had. Of foster's descriptors the child has its standard streams,
 * those of its map and its report; it closes all others first, so that one whose exec hangs keeps
 * nobody's connection open. program->took_terminal is set here; error and failed_step only in the
 * child's copy.
 */
pid_t spawn_fork(void *context);

/* What became of a start. */
enum spawn_result {
    SPAWN_PENDING, /* the program does not run yet */
    SPAWN_DONE,    /* it runs, or has ended before its exec without a word: it was killed */
    SPAWN_FAILED,  /* it cannot be run; the child ends with the exit code for that */
};

/* Reads the report of a start from the other end of its pipe, which is non-blocking. The error
 * number is set for SPAWN_FAILED. A child that is reaped is not pending. */
enum spawn_result spawn_result_read(int fd, int *error);

/* True for an error of a start that may be gone at the next try, as no memory or a busy file. */
bool spawn_error_is_transient(int error);

#endif
