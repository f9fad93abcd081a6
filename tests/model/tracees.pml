/*
 * tracees.pml - a process that makes us its tracer: is it let go after each stop, by the one thread
 * that can? For spin; see run.sh.
 *
 * What is modelled: two threads; one process, which is a child and tracee of the second thread, or
 * an orphan, and so the first thread's; a SIGCHLD handler; and the kernel, which lets the process
 * stop (at a signal, at its exec), and lets it end at any time, also while it is stopped. wait4
 * reports a stop once, to whichever thread asks; PTRACE_DETACH has an effect for the tracer alone.
 * The second thread is told of a stop in one of three ways: it has a handler too; or it awaits the
 * promise with SIGCHLD blocked; or it calls children_let_go() whenever the first, the signal loop,
 * has passed on a SIGCHLD, as foster's supervisor does. Each thread also takes the lock for another
 * purpose.
 *
 * A step is one system call, or one access to shared memory, as in scheme.pml, which has the rest
 * of the scheme. It is asserted that only an end is taken for an end and resolves a promise (I2);
 * and, when no process can move any more, that every stop was reported, that the process is not
 * left stopped or a zombie, that the promise was resolved, and that no thread waits (I5, I6).
 * Whether a stopped process may be killed is settled when it stops, or it would never be seen to
 * stay stopped.
 *
 * What is left out: the inside of the lock; a second child or orphan, and so other noted stops, and
 * the limit on strays; recycled pids; threads that trace themselves (they are strays, as the
 * orphan); the limit on reports in one reaping; the signal of the stop, and the signal that the
 * process gets; a spawner that has ended; a third thread; and a second stop (-DSTOPS=2 can be
 * searched by hand: three times the states, nothing found).
 *
 * Each #ifdef is a mutant: a mistake that spin must find.
 */
#define THREADS 2
#define FIRST 0
#define SECOND 1
#ifndef STOPS
#define STOPS 1
#endif

/* The kernel. */
/* REPORTED: stopped, and wait4 has reported it. */
mtype = { UNBORN, RUNNING, STOPPED, REPORTED, ZOMBIE, GONE };
mtype life = UNBORN;
byte tracer; /* the thread that is its parent, for ptrace(2) */
byte stops;
bool doomed;        /* it will be killed while it is stopped */
bool pending;       /* SIGCHLD, for any thread */
bool told[THREADS]; /* SIGCHLD for this thread, by tgkill */
bool handling[THREADS];
#define IS_CHILD (tracer == SECOND) /* else an orphan */

/* How the second thread is told of a stop. */
mtype = { UNKNOWN, HANDLES, AWAITS, GOES_ROUND };
mtype way = UNKNOWN;
bool passed_on; /* by the signal loop */
bool asleep;    /* the second thread, on the promise's futex */

/* src/children. */
#define FREE 255
byte lock = FREE;
bool need_wait;
bool need_let_go;
bool need_tell;
bool noted; /* the child in its promise, the orphan among the strays */
bool registered;
mtype = { NONE, PENDING, AWAITED, RESOLVED };
mtype promise = NONE;

/* What is asserted, by names that run.sh can find. */
bool ended = true;
bool unreported, left_stopped, forgotten, broken;

byte finished;

#define LOCKED (lock == _pid)
#define I2 (registered == (IS_CHILD && life != UNBORN && life != GONE))

/* Never in signal context. */
inline lock_take() { atomic { lock == FREE -> lock = _pid } }
inline lock_drop() { atomic { assert(LOCKED); assert(I2); lock = FREE } }

/* An orphan is dropped. */
inline resolve()
{
    assert(LOCKED);
    ended = (life == GONE);
    assert(ended); /* I2: only an end is an end, also of an orphan */
    noted = false;
    if
    :: registered ->
        registered = false;
        asleep = false;
        promise = RESOLVED
    :: else
    fi
}

/* PTRACE_DETACH: for any other thread the tracee does not exist. */
#define CAN_LET_GO (life == REPORTED && self == tracer)

/* A signal to a thread that has it blocked has no effect. */
inline tell_tracers()
{
    told[FIRST] = true;
#ifndef FORGET_WAKE_WAITERS
    atomic {
        if
        :: promise == AWAITED -> promise = PENDING; asleep = false
        :: else
        fi
    };
#endif
    told[SECOND] = (told[SECOND] || (registered && way == HANDLES))
}

/* The process is let go at once, or the stop is noted. */
inline handle_stop()
{
    atomic {
        if
        :: CAN_LET_GO -> life = RUNNING
#ifndef FORGET_STOP
        :: else -> noted = true; fresh = true; need_let_go = true
#else
        :: else
#endif
        fi
    }
}

/* wait4, until there is no zombie and no stop to report. */
inline collect()
{
    do
    :: atomic {
            life == ZOMBIE -> life = GONE;
            resolve()
        }
    :: atomic { life == STOPPED -> life = REPORTED }
#ifdef STOP_IS_END
        atomic { true -> resolve() }
#else
        handle_stop()
#endif
    :: atomic { life != ZOMBIE && life != STOPPED -> break }
    od;
    if
#ifndef FORGET_TELL
    :: atomic { fresh -> fresh = false }
        tell_tracers()
#endif
    :: else
    fi
}

inline reap()
{
    need_wait = false;
    collect()
}

/* A process that is killed while it is stopped is not a tracee any more, but stays noted until it
 * is reaped. */
inline let_go_noted()
{
    atomic {
        if
        :: noted && CAN_LET_GO -> noted = false; life = RUNNING
        :: else
        fi
    }
    need_let_go = noted
}

inline unlock()
{
#ifndef UNLOCK_KEEPS
    if
    :: need_let_go -> let_go_noted()
    :: else
    fi;
#endif
    lock_drop();
    do
    :: need_wait || need_tell ->
        if
        :: atomic { lock == FREE -> lock = _pid }
            reap();
            if
            :: atomic { need_tell -> need_tell = false }
#ifndef TELL_ONCE
                if
                :: need_let_go -> tell_tracers()
                :: else
                fi
#endif
            :: else
            fi;
            lock_drop()
        :: else -> break
        fi
    :: else -> break
    od
}

inline children_sigchld()
{
    need_wait = true;
    if
    :: atomic { lock == FREE -> lock = _pid }
    :: else ->
        if
        :: need_let_go ->
            need_tell = true
#ifndef TRY_ONCE
            ; if
            :: atomic { lock == FREE -> lock = _pid }
            :: else
            fi
#endif
        :: else
        fi
    fi;
    if
    :: LOCKED ->
        reap();
        unlock()
    :: else
    fi
}

inline children_let_go()
{
    if
    :: need_let_go ->
        lock_take();
        unlock()
    :: else
    fi
}

inline children_spawn()
{
    lock_take();
    atomic { life = RUNNING; registered = true; promise = PENDING }
    unlock()
}

/* A signal to another child: the lock is held for a moment. */
inline children_signal()
{
    lock_take();
    unlock()
}

inline children_await()
{
    do
    :: atomic {
            if
            :: promise == RESOLVED -> break
#ifndef LOOK_TOO_EARLY
            :: else -> promise = AWAITED
#else
            :: else
#endif
            fi
        }
        children_let_go();
#ifdef LOOK_TOO_EARLY
        atomic {
            if
            :: promise == PENDING -> promise = AWAITED
            :: else
            fi
        }
#endif
        atomic {
            if
            :: promise == AWAITED -> asleep = true
            :: else
            fi
        }
        !asleep
    od
}

inline go_round()
{
    do
    :: promise == RESOLVED -> break
    :: atomic { passed_on -> passed_on = false }
        children_let_go()
    od
}

/* The first thread is in the signal loop, or only holds the lock once. */
active [THREADS] proctype thread() provided (!handling[_pid])
{
    byte self = _pid;
    bool fresh;
    way != UNKNOWN;
    if
    :: self == FIRST || !IS_CHILD -> children_signal()
    :: else ->
        children_spawn();
        if
        :: way == AWAITS -> children_await()
        :: way == GOES_ROUND -> go_round()
        :: way == HANDLES
        fi
    fi;
    finished++
}

/* The handler of each thread. The first thread's is also the signal loop, if the second has none.
 */
#define THREAD (_pid - THREADS)
#define HAS_HANDLER (THREAD == FIRST || way == HANDLES)
active [THREADS] proctype handler()
{
    byte self = THREAD;
    bool fresh;
end:
    do
    :: atomic {
            HAS_HANDLER && (pending || told[self]) ->
            if
            :: told[self] -> told[self] = false
            :: else -> pending = false
            fi;
            handling[self] = true
        }
        children_sigchld();
        atomic {
            passed_on = (way == GOES_ROUND && promise != RESOLVED);
            handling[self] = false
        }
    od
}

/* A parent has ended, and its child becomes an orphan of ours; a running process stops, or ends. */
active proctype kernel()
{
    atomic {
        if
        :: way = HANDLES
        :: way = AWAITS
        :: way = GOES_ROUND
        fi;
        if
        :: tracer = FIRST
        :: tracer = SECOND
        fi
    }
end:
    do
    :: atomic { life == UNBORN && !IS_CHILD -> life = RUNNING }
    :: atomic {
            life == RUNNING && stops < STOPS -> life = STOPPED; stops++; pending = true;
            if
            :: doomed = true
            :: doomed = false
            fi
        }
    :: atomic {
            life == RUNNING || (doomed && (life == STOPPED || life == REPORTED)) -> life = ZOMBIE;
            pending = true
        }
    od
}

/* Takes a step only when an invariant is broken, or when no other process can move. */
active proctype judge()
{
    if
    :: lock == FREE && !I2 -> assert(I2)
    :: timeout ->
        d_step {
            unreported = (life == STOPPED);
            left_stopped = (life == REPORTED);
            forgotten = (life == ZOMBIE);
            broken = ((promise == RESOLVED) != (IS_CHILD && life == GONE))
        }
        assert(!unreported);
        assert(!left_stopped);
        assert(!forgotten);
        assert(!broken);
        assert(!handling[FIRST] && !handling[SECOND] && lock == FREE); /* no thread waits for it */
        assert(finished == THREADS)
    fi
}
