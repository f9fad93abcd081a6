/*
 * start.pml - the two ways to start a child: which threads wait for its exec, and what becomes of a
 * signal and of an exec error? For spin; see run.sh.
 *
 * What is modelled: two threads that each start a child and then signal one, both in the same way;
 * a SIGCHLD handler in each, as in scheme.pml; and the kernel. It lets a child reset what it
 * inherited and unblock its signals; then exec, fail to exec, or hang in its exec; and end at any
 * time, also before its exec. The signal is SIGKILL, or one that the child has to take. A free pid
 * is given again at once.
 *
 *   vfork  spawn_vfork(): the thread sleeps with the lock, until its child has exec'd or ended, and
 *          no handler interrupts it. The error is in the memory that both share, and a child that
 *          could not exec is reaped before the thread continues.
 *   fork   spawn_fork(): the thread continues, and releases the lock when it has registered the
 *          child. The error is in a report that is read when the child has been reaped.
 *
 * A step is one system call, or one access to shared memory, as in scheme.pml. The names are those
 * of children.c and spawn.c. I1 to I3 are asserted where they could break; and that no child is
 * registered whose start has failed; and that with vfork no child is signalled before its exec.
 * When no process can move any more, it is asserted that
 *
 *   - no handler waits, and with fork no thread, also if an exec hangs for ever. With vfork an exec
 *     that hangs returns when all wait for it, and then no thread waits any more;
 *   - no child is left that is a zombie or can continue, only one that hangs;
 *   - every failed exec is known to have failed, and no other; with fork that child was reaped as
 *     any other, with vfork it has no promise;
 *   - no signal was lost: it has arrived, or the child has ended, or the child hangs and will get
 *     it.
 *
 * What is left out: what scheme.pml leaves out; orphans; the time limit of a start, which ends it
 * by a signal as any other here; the end of file by which an exec is known; descriptors; a child
 * that is stopped before its exec (it hangs); and the signals of the mode with one command, which
 * stay pending until its signal loop begins after the start.
 *
 * Each #ifdef is a mutant: a mistake that spin must find.
 */
#define THREADS 2
#define PIDS 2
#define CHILDREN THREADS

mtype = { UNKNOWN, VFORK, FORK };
mtype way = UNKNOWN;

/* The kernel. Pids and children are numbered from 1. */
#define NO_PID 0
#define NO_CHILD 0
/* BORN: with its signals blocked; UNBLOCKED: too early; FAILED: it exits. */
mtype = { UNUSED, BORN, UNBLOCKED, READY, FAILED, RUNNING, ZOMBIE };
mtype life[PIDS + 1] = UNUSED;
byte owner[PIDS + 1];
bool pending;           /* SIGCHLD */
bool handling[THREADS]; /* the thread is in its handler */
bool sleeping[THREADS]; /* in vfork */

/* Of each child. */
mtype = { SUCCEEDS, FAILS, HANGS };
mtype exec[CHILDREN + 1];
bool reported[CHILDREN + 1]; /* its exec error: in the shared memory, or in its report */
bool comes[CHILDREN + 1];    /* a signal that it has not taken yet */

/* src/children. */
#define FREE 255
byte lock = FREE; /* or its holder */
bool need_wait;
byte registry[PIDS + 1];
byte promised[CHILDREN + 1]; /* the pid in the promise */
byte resolved[CHILDREN + 1]; /* how many times */
bool asked[CHILDREN + 1];    /* to take a signal */
bool failed[CHILDREN + 1];   /* its exec, as far as the parent knows */

/* What is asserted, by names that run.sh can find. */
bool waits, forgotten, lost, misknown;

byte finished; /* threads */

#define LOCKED (lock == _pid) /* by this thread or handler */
#define I1 LOCKED
#define I2 (registry[1] == owner[1] && registry[2] == owner[2])
#define I3(child) (LOCKED && owner[promised[child]] == child)
#define IS_IN_OUR_MEMORY(p) (life[p] == BORN || life[p] == UNBLOCKED || life[p] == READY)
#define HAS_STARTED(p) (life[p] == RUNNING || life[p] == ZOMBIE)

/* Never in signal context. */
inline lock_take() { atomic { lock == FREE -> lock = _pid } }
inline lock_drop() { atomic { assert(LOCKED); assert(I2); lock = FREE } }

/* The child is reaped: a signal that it has not taken is not lost. */
inline forget(child)
{
    exec[child] = SUCCEEDS;
    comes[child] = false;
    asked[child] = false;
    owner[found] = NO_CHILD;
    life[found] = UNUSED
}

/* There is always a free pid. What becomes of the exec is settled here. */
inline fork(child)
{
    if
    :: life[1] == UNUSED -> found = 1
    :: life[2] == UNUSED -> found = 2
    fi;
    life[found] = BORN;
    owner[found] = child;
    if
    :: exec[child] = SUCCEEDS
    :: exec[child] = FAILS
    :: exec[child] = HANGS
    fi
}

/* In clone(2) no handler interrupts the thread; afterwards it reads the error in its memory. */
inline spawn_vfork(child)
{
#ifndef VFORK_DOES_NOT_SLEEP
    atomic { way == VFORK -> fork(child); sleeping[_pid] = true };
    atomic { !IS_IN_OUR_MEMORY(found) -> sleeping[_pid] = false; failed[child] = reported[child] };
#else
    atomic { way == VFORK -> fork(child) };
    failed[child] = reported[child];
#endif
    if
#ifndef VFORK_REGISTERS_FAILED
    :: failed[child] ->
#ifndef VFORK_LEAVES_FAILED
        atomic { life[found] == ZOMBIE -> forget(child) } /* waitpid, for it */
#endif
        found = NO_PID
#endif
    :: else
    fi
}

inline spawn_fork(child)
{
    atomic { way == FORK -> fork(child) }
#ifdef FORK_HOLDS_LOCK
    ; !IS_IN_OUR_MEMORY(found)
#endif
}

inline registry_add(child)
{
    atomic {
        assert(I1);
        if
        :: found != NO_PID ->
            assert(!failed[child]);
            promised[child] = found;
            registry[found] = child
        :: else
        fi;
        found = NO_PID
    }
}

/* waitpid; takes the promise from the registry and resolves it. Its owner then reads the report. */
inline resolve(p)
{
    assert(I1);
    found = p;
    promise = registry[p];
    registry[p] = NO_CHILD;
    assert(promise == owner[p]);
    resolved[promise]++;
#ifndef FORGET_REPORT
    failed[promise] = reported[promise];
#endif
    forget(promise);
    promise = NO_CHILD; found = NO_PID
}

/* Until there is no zombie. waitpid and the resolving are one step, as no other can see between. */
inline reap()
{
    need_wait = false;
    do
    :: atomic { life[1] == ZOMBIE -> resolve(1) }
    :: atomic { life[2] == ZOMBIE -> resolve(2) }
    :: atomic { life[1] != ZOMBIE && life[2] != ZOMBIE -> break }
    od
}

inline unlock()
{
    lock_drop();
    do
    :: need_wait ->
        if
        :: atomic { lock == FREE -> lock = _pid }
            reap();
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
        reap();
        unlock()
    :: else
    fi
}

inline children_spawn(child)
{
    lock_take();
    if
    :: spawn_vfork(child)
    :: spawn_fork(child)
    fi;
    registry_add(child);
    unlock()
}

/* SIGKILL ends any child; another signal has to be taken. */
inline kill(child)
{
    assert(I3(child));
    assert(way == FORK || HAS_STARTED(promised[child]));
    if
    :: life[promised[child]] != ZOMBIE -> life[promised[child]] = ZOMBIE; pending = true
    :: comes[child] = true
    fi
}

#ifdef SIGNAL_ONLY_STARTED
#define MEANT(child) HAS_STARTED(promised[child])
#else
#define MEANT(child) true
#endif
inline children_signal(child)
{
    lock_take();
    atomic {
        if
        :: resolved[child] == 0 ->
            asked[child] = true;
            if
            :: MEANT(child) -> kill(child)
            :: else
            fi
        :: else
        fi
    }
    unlock()
}

/* Each thread starts a child, then signals its own or the other's, if there was one. */
active [THREADS] proctype thread() provided (!handling[_pid])
{
    byte found, promise, target;
    way != UNKNOWN;
    children_spawn(_pid + 1);
    atomic { select (target : 1 .. CHILDREN) }
    if
    :: promised[target] != NO_PID -> children_signal(target)
    :: else
    fi;
    atomic { target = 0; finished++ }
}

/* The handler of each thread. */
#define THREAD (_pid - THREADS)
active [THREADS] proctype handler()
{
    byte found, promise;
end:
    do
    :: atomic { pending && !sleeping[THREAD] -> pending = false; handling[THREAD] = true }
        children_sigchld();
        handling[THREAD] = false
    od
}

/* What one process may do next. A failed exec is reported and ends it; it takes no signal before it
 * is READY. */
#define CHILD owner[p]
#define DIE life[p] = ZOMBIE; pending = true
inline continue_child(p)
{
    if
#ifndef UNBLOCKS_EARLY
    :: life[p] == BORN -> life[p] = READY
#else
    :: life[p] == BORN -> life[p] = UNBLOCKED
    :: life[p] == UNBLOCKED -> life[p] = READY
    :: life[p] == UNBLOCKED && comes[CHILD] -> 
        comes[CHILD] = false; lost = true /* by a handler that was inherited */
#endif
    :: life[p] == READY && exec[CHILD] == SUCCEEDS -> life[p] = RUNNING
    :: life[p] == READY && exec[CHILD] == FAILS -> reported[CHILD] = true; life[p] = FAILED
    :: life[p] == READY && exec[CHILD] != HANGS && comes[CHILD] -> comes[CHILD] = false; DIE
    :: life[p] == RUNNING && comes[CHILD] -> comes[CHILD] = false
    :: life[p] == FAILED || life[p] == RUNNING -> DIE
    :: IS_IN_OUR_MEMORY(p) && exec[CHILD] != HANGS -> DIE
    fi
}

#define HANGS_NOW(p) (life[p] == READY && exec[owner[p]] == HANGS)
#define CAN_CONTINUE(p) (life[p] != UNUSED && life[p] != ZOMBIE && !HANGS_NOW(p))
active proctype kernel()
{
    atomic {
        if
        :: way = VFORK
        :: way = FORK
        fi
    }
end:
    do
    :: atomic { CAN_CONTINUE(1) -> continue_child(1) }
    :: atomic { CAN_CONTINUE(2) -> continue_child(2) }
    od
}

/* A child has a promise that is resolved, and what became of its exec is known; or its start has
 * failed, or it hangs. */
#define HANGS_STILL(child) \
    ((owner[1] == child && HANGS_NOW(1)) || (owner[2] == child && HANGS_NOW(2)))
#define IS_KNOWN(child) (failed[child] == reported[child] && \
    resolved[child] == (promised[child] != NO_PID && !HANGS_STILL(child)))
#define IS_LOST(child) (asked[child] && !comes[child])
#define IS_LEFT(p) (life[p] != UNUSED && !HANGS_NOW(p))

/* An exec that hangs ends. */
inline come_back(child)
{
    if
    :: exec[child] != HANGS
    :: exec[child] == HANGS -> exec[child] = SUCCEEDS
    :: exec[child] == HANGS -> exec[child] = FAILS
    fi
}

/* Takes a step only when an invariant is broken, or when no other process can move; with vfork also
 * to end a hang. */
active proctype judge()
{
    do
    :: lock == FREE && !I2 -> assert(I2)
    :: timeout ->
        assert(!handling[0] && !handling[1]);
        if
        :: atomic { way == VFORK && (HANGS_NOW(1) || HANGS_NOW(2)) -> come_back(1); come_back(2) }
        :: else -> break
        fi
    od;
    atomic {
        waits = (finished != THREADS || lock != FREE);
        forgotten = (IS_LEFT(1) || IS_LEFT(2));
        lost = (lost || IS_LOST(1) || IS_LOST(2));
        misknown = (!IS_KNOWN(1) || !IS_KNOWN(2))
    }
    assert(!waits);
    assert(!forgotten);
    assert(!misknown);
    assert(!lost)
}
