/*
 * tracees.pml - a child and an orphan that trace themselves: is whoever has stopped let go, by the one thread that can?
 * For spin; see run.sh.
 *
 * What is here: the first thread, whose tracee the orphan is, and a second that has spawned the child, whose tracee that
 * is; a SIGCHLD handler; and the kernel, which lets either stop (a signal, an exec), and lets it die at any time. wait4
 * reports a stop once, to whoever asks; PTRACE_DETACH does something for the tracer alone. The second thread hears of it
 * in one of three ways: it has a handler, too; it awaits the promise with SIGCHLD blocked; or it goes round and calls
 * children_let_go() when the first, the signal loop, has passed a SIGCHLD on, as foster's supervisor does.
 *
 * A step is one system call, or one access to what is shared, as in scheme.pml, where the rest of the scheme is: spawning
 * beside reaping, recycled pids, two spawners. Asserted is that only an end resolves a promise (I2) and, when nothing can
 * move any more, that nobody is stopped, or dead and not reaped, that the promise was kept, and that nobody waits
 * (I5, I6).
 *
 * What is left out: the inside of the lock, threads that trace themselves (they are strays like the orphan), the bound on
 * stops in one reaping, and a third thread.
 *
 * Each #ifdef is a mutant: a mistake that spin must find.
 */
#define THREADS 2
#define FIRST 0
#define SECOND 1
#ifndef STOPS
#define STOPS 2 /* of both together */
#endif

/* The kernel. */
#define CHILD 0
#define ORPHAN 1
#define PROCESSES 2
mtype = { UNBORN, RUNNING, STOPPED, REPORTED /* stopped, and wait4 has said so */, ZOMBIE, GONE };
mtype life[PROCESSES] = UNBORN;
byte stops;
bool pending;        /* SIGCHLD, for any thread */
bool told[THREADS];  /* SIGCHLD, for this one: tgkill */
bool handling[THREADS];
#define IS_TRACEE(who) (life[who] == REPORTED && self == (who == CHILD -> SECOND : FIRST)) /* of this thread */

/* How the second thread hears of a stop. */
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
bool noted[PROCESSES]; /* the child in its promise, the orphan among the strays */
bool registered;
mtype = { NONE, PENDING, AWAITED, RESOLVED };
mtype promise = NONE;

byte finished;

#define LOCKED (lock == _pid)
#define I2 (registered == (life[CHILD] != UNBORN && life[CHILD] != GONE))

/* Never in signal context. */
inline lock_take() { atomic { lock == FREE -> lock = _pid } }
inline lock_drop() { atomic { assert(LOCKED); assert(I2); lock = FREE } }

inline futex_wake() { asleep = false }

inline resolve()
{
    atomic {
        assert(LOCKED);
        noted[who] = false;
        if
        :: who == CHILD ->
            assert(life[CHILD] == GONE); /* only an end is an end */
            registered = false;
            futex_wake();
            promise = RESOLVED
        :: else
        fi;
        who = 0; ended = false
    }
}

/* PTRACE_DETACH of one that is noted: for any other thread it does not exist. */
inline try_again(one)
{
    atomic {
        noted[one] = noted[one] && !IS_TRACEE(one);
        life[one] = (IS_TRACEE(one) -> RUNNING : life[one])
    }
}

inline tell_tracers()
{
    told[FIRST] = true;
#ifndef FORGET_ROUSE
    atomic {
        promise = (promise == AWAITED -> PENDING : promise);
        futex_wake()
    }
#endif
    told[SECOND] = (told[SECOND] || registered)
}

/* Let go at once, or noted. */
inline hear_of_stop()
{
    atomic {
        if
        :: IS_TRACEE(who) -> life[who] = RUNNING; who = 0
#ifndef FORGET_STOP
        :: else -> noted[who] = true; fresh = true; who = 0; need_let_go = true
#else
        :: else -> who = 0
#endif
        fi
    }
}

/* wait4, until nobody is dead or stopped. */
inline collect()
{
    do
    :: atomic {
            if
            :: life[CHILD] == ZOMBIE || life[CHILD] == STOPPED -> who = CHILD
            :: life[ORPHAN] == ZOMBIE || life[ORPHAN] == STOPPED -> who = ORPHAN
            :: else -> break
            fi;
            ended = (life[who] == ZOMBIE);
            life[who] = (ended -> GONE : REPORTED)
        }
        if
#ifdef STOP_IS_END
        :: true -> resolve()
#else
        :: ended -> resolve()
        :: !ended -> hear_of_stop()
#endif
        fi
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

/* Who is killed while it is stopped is no tracee any more, but stays noted until it is reaped. */
inline let_go_noted()
{
    try_again(CHILD);
    try_again(ORPHAN);
    need_let_go = (noted[CHILD] || noted[ORPHAN])
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
            need_tell = true;
            if
            :: atomic { lock == FREE -> lock = _pid }
            :: else
            fi
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
    life[CHILD] = RUNNING;
    atomic { registered = true; promise = PENDING }
    unlock()
}

/* A signal to nobody: the lock is held for a moment. */
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

/* The first has the loop, or a handler, and nothing to do but to hold the lock once. */
active [THREADS] proctype thread() provided (!handling[_pid])
{
    byte who, self = _pid;
    bool ended, fresh;
    way != UNKNOWN;
    if
    :: self == FIRST ->
        if
        :: way == HANDLES -> children_signal()
        :: else
        fi
    :: else ->
        children_spawn();
        if
        :: way == AWAITS -> children_await()
        :: way == GOES_ROUND ->
            do
            :: promise == RESOLVED -> break
            :: passed_on ->
                passed_on = false;
                children_let_go()
            od
        :: way == HANDLES
        fi
    fi;
    finished++
}

/* The handler of each thread; the first's is also the signal loop. In the first way in the second has none. */
#define THREAD (_pid - THREADS)
#define HAS_HANDLER (THREAD == FIRST || way == HANDLES)
active [THREADS] proctype handler()
{
    byte who, self = THREAD;
    bool ended, fresh;
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
        passed_on = (way == GOES_ROUND);
        handling[self] = false
    od
}

/* A parent has died, and its child is ours; who runs, and traces itself, stops; who runs dies. Who has stopped is killed
 * or not; at the last stop not, or nobody would ever be seen to stay stopped. */
#define CAN_STOP(who) (life[who] == RUNNING && stops < STOPS)
#define CAN_BE_KILLED(who) (stops < STOPS && (life[who] == STOPPED || life[who] == REPORTED))
#define CAN_DIE(who) (life[who] == RUNNING || CAN_BE_KILLED(who))
active proctype kernel()
{
    if
    :: way = HANDLES
    :: way = AWAITS
    :: way = GOES_ROUND
    fi;
end:
    do
    :: atomic { life[ORPHAN] == UNBORN -> life[ORPHAN] = RUNNING }
    :: atomic { CAN_STOP(CHILD) -> life[CHILD] = STOPPED; stops++; pending = true }
    :: atomic { CAN_STOP(ORPHAN) -> life[ORPHAN] = STOPPED; stops++; pending = true }
    :: atomic { CAN_DIE(CHILD) -> life[CHILD] = ZOMBIE; pending = true }
    :: atomic { CAN_DIE(ORPHAN) -> life[ORPHAN] = ZOMBIE; pending = true }
    od
}

/* Takes a step only when something is wrong, or when nothing else can move. */
active proctype judge()
{
    if
    :: lock == FREE && !I2 -> assert(I2)
    :: timeout ->
        assert(life[CHILD] != STOPPED && life[ORPHAN] != STOPPED && life[CHILD] != REPORTED &&
               life[ORPHAN] != REPORTED);                               /* nobody is left stopped */
        assert(life[CHILD] != ZOMBIE && life[ORPHAN] != ZOMBIE);        /* nobody is forgotten */
        assert((promise == RESOLVED) == (life[CHILD] == GONE));         /* it is kept, once */
        assert(!handling[FIRST] && !handling[SECOND] && lock == FREE);  /* nobody waits for the lock */
        assert(finished == THREADS)
    fi
}
