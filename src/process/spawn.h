/*
 * spawn.h - a program is started.
 *
 * With vfork semantics, clone(2) with CLONE_VM and CLONE_VFORK: nothing is copied, the parent sleeps until the child
 * has exec'd or given up, and an error of exec comes back as a number in the memory they share. A signal that reaches
 * foster meanwhile stays pending and is forwarded after the exec.
 */
#ifndef PROCESS_SPAWN_H
#define PROCESS_SPAWN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct attributes;
struct plug;
struct signal_state;

/* Where in the world of groups and terminals the program stands. */
enum placement {
    IN_OWN_GROUP,   /* leads a process group; in the foreground if foster was */
    IN_OWN_SESSION, /* leads a session; has the terminal that terminal_release() let go of */
    IN_OUR_GROUP,   /* stays where foster is */
    IN_BACKGROUND,  /* leads a session, and has no terminal */
};

struct program {
    char **argv; /* argv[0] is searched in PATH; the slot argv[-1] must exist: a script without #! needs it for the
                    shell */
    enum placement placement;
    int parent_death_signal;            /* PR_SET_PDEATHSIG of the program, 0 for none */
    pid_t parent;                       /* foster's own pid */
    const struct signal_state *signals; /* the mask and dispositions to start with; NULL: clean ones */

    /* What a service is given beside that. The zero values: nothing, and foster's own environment. */
    char *const *environment; /* NULL: foster's, in which LISTEN_PID is made right if it meant foster */
    char **own_pid_entries;   /* "LISTEN_PID=" and the like, that NULL ends, or NULL: entries of the environment
                                 behind whose '=' the child writes its pid; with room for DECIMAL_MAX bytes */
    const struct attributes *attributes; /* or NULL */
    struct plug *plugs;                  /* are written over: to be filled in for each start */
    size_t plug_count;
    bool leaves_descriptors; /* all others above the standard streams are close-on-exec, and descriptors_can_be_left():
                                however many there are, the start costs no more */
    unsigned mark;           /* by which what it leaves behind is found, leftovers.h; 0: none */

    /* Called in the child if it cannot run: says so, and returns the exit code for it. There, because where vfork is
     * but a fork (qemu-user) the parent does not see the error, and takes the program for one that ran and ended. Or
     * NULL. */
    int (*failed)(struct program *program);
    void *owner; /* failed()'s own */

    /* What became of it. */
    int error;               /* exec's error number, or that of the failed step; 0 if the program runs */
    const char *failed_step; /* what could not be done for it, "become its user": no exec was tried; or NULL */
    pid_t pid;               /* also of one that could not be run */
    int own_stderr;          /* the child's own: foster's stderr, out of the plugs' way; 0: it is where it was */
    int terminal_error;      /* of terminal_adopt(), in a session of its own */
    bool took_terminal;      /* its group was put into the foreground */
};

/*
 * Starts a program: a children_start for children_spawn(), whose context is the struct program. The program gets
 * foster's descriptors, working directory, limits and environment, unless it is given others; an empty signal mask and
 * default dispositions, also where foster was started with a signal ignored, unless it is to have those; and its own
 * pid in LISTEN_PID, if foster was meant there (sd_listen_fds(3)). Returns the pid, or a negative error number;
 * program->error tells a program that cannot run from a failed fork. Caller holds the lock and has all signals blocked.
 * Allocates nothing.
 */
pid_t program_start(void *context);

#endif
