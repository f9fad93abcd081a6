/*
 * scheme.pml - the scheme of src/children, so small that every interleaving of it can be searched.
 * For spin; see run.sh.
 *
 * What is modelled: two threads that each spawn a child and signal one, a SIGCHLD handler in each,
 * and the kernel. A handler interrupts its thread between any two steps, never itself, and the
 * thread stands still until the handler has returned. SIGCHLD is one pending bit, so signals
 * coalesce, and any thread may get it. The kernel gives us an orphan, lets any process end at any
 * time, and gives a free pid again at once. There are so few pids that they are recycled, and that
 * fork can fail.
 *
 * A step is one system call, or one access to shared memory; `atomic` holds such a step and the
 * accesses that no other can see: to local variables, and to what the lock guards (I1, asserted,
 * says that no other thread accesses it). The names are those of children.c, which states the
 * invariants I1 to I5. I1 to I3 are asserted where they could break. I4 and I5 show at the end,
 * when no process can move any more: no thread waits, no zombie is left, and every promise was
 * resolved once. That it is resolved with the status of its own child is asserted when it is
 * resolved.
 *
 * What is left out: the inside of the lock (lock.pml), weak memory (the atomics of the code are
 * sequentially consistent, and so is spin), the chains of the registry (an array here), threads
 * that await a promise, a promise that is used again, process groups, the errors of waitpid, stops
 * (tracees.pml), the ways to start (start.pml), and signals that end a process (it ends at any time
 * anyway). The signal loop with sigwaitinfo is a handler that interrupts no thread, so it is
 * covered; and so is children_sigchld_of(), which the handler of the first thread may call instead.
 * That it finds the same children by its list of pidfds as by a search is assumed, and the siblings
 * of reap_unlisted() do not exist. A fault that needs a third thread or child of ours, a third pid
 * or a second orphan is not found (-DORPHANS=2 can be searched by hand: more memory and time).
 *
 * Each #ifdef is a mutant: a mistake that spin must find.
 */
#define THREADS 2
#define FIRST 0
#define PIDS 2
#define CHILDREN THREADS /* that the threads spawn */
#ifndef ORPHANS
#define ORPHANS 1
#endif

/* The kernel. Pids and children are numbered from 1. A pid that is unused has no owner. */
#define NO_PID 0
#define NO_CHILD 0
#define ORPHAN (CHILDREN + 1)
mtype = { UNUSED, RUNNING, ZOMBIE };
mtype life[PIDS + 1] = UNUSED;
byte owner[PIDS + 1];
byte adopted;
bool pending;           /* SIGCHLD */
bool handling[THREADS]; /* the thread is in its handler */

/* src/children. A promise has the number of its child; a thread or handler is named by its _pid. */
#define FREE 255
byte lock = FREE; /* or its holder */
bool need_wait;
byte registry[PIDS + 1];
byte promised[CHILDREN + 1]; /* the pid in the promise */
byte resolved[CHILDREN + 1]; /* how many times */

byte finished; /* threads */

#define LOCKED (lock == _pid) /* by this thread or handler */
#define REGISTERED(p) (registry[p] == owner[p] || (registry[p] == NO_CHILD && owner[p] == ORPHAN))
#define I1 LOCKED
#define I2 (REGISTERED(1) && REGISTERED(2))
#define I3(child) (LOCKED && owner[promised[child]] == child)

/* Any pid in this state, or NO_PID. */
inline pick(state)
{
    if
    :: life[1] == state -> found = 1
    :: life[2] == state -> found = 2
    :: else -> found = NO_PID
    fi
}

inline fork(child)
{
    atomic {
        pick(UNUSED);
        if
        :: found != NO_PID -> life[found] = RUNNING; owner[found] = child
        :: else /* EAGAIN */
        fi
    }
}

/* Never in signal context: I5. */
inline lock_take()
{
    atomic { lock == FREE -> lock = _pid }
}

inline lock_drop()
{
    atomic { assert(LOCKED); assert(I2); lock = FREE }
}

inline registry_add(child)
{
    atomic {
        assert(I1);
        if
        :: found != NO_PID -> promised[child] = found; registry[found] = child
        :: else
        fi;
        found = NO_PID
    }
}

/* Takes the promise from the registry and resolves it, or drops an orphan. */
inline resolve()
{
    atomic {
        assert(I1);
        promise = registry[found];
        registry[found] = NO_CHILD;
        if
        :: promise != NO_CHILD -> assert(promise == status); resolved[promise]++
        :: else
        fi;
        promise = NO_CHILD; status = NO_CHILD; found = NO_PID
    }
}

/* waitpid, until there is no zombie. The status tells only which child it is of. */
inline collect()
{
    do
    :: atomic {
            pick(ZOMBIE);
            if
            :: found != NO_PID ->
                status = owner[found]; owner[found] = NO_CHILD; life[found] = UNUSED
            :: else -> break
            fi
        }
        resolve()
    od
}

inline reap()
{
#ifndef CLEAR_AFTER_WAIT
    need_wait = false; /* I4 */
#endif
    collect()
#ifdef CLEAR_AFTER_WAIT
    ; need_wait = false
#endif
}

inline unlock()
{
    lock_drop()
#ifndef FORGET_RECHECK
    ; do
    :: need_wait ->
        if
        :: atomic { lock == FREE -> lock = _pid }
            reap();
            lock_drop()
        :: else -> break
        fi
    :: else -> break
    od
#endif
}

inline children_sigchld()
{
    need_wait = true;
    if
    :: atomic { lock == FREE -> lock = _pid }
        reap();
        unlock()
#ifndef HANDLER_WAITS
    :: else
#endif
    fi
}

/* A registered child is on the list, and any other is an orphan. So it collects the same children,
 * but does not clear the flag. */
inline children_sigchld_of()
{
    if
    :: atomic { lock == FREE -> lock = _pid }
        collect();
        unlock()
    :: else
#ifndef FORGET_NOTE
        children_sigchld()
#endif
    fi
}

inline children_spawn(child)
{
#if !defined FORK_OUTSIDE && !defined REGISTER_OUTSIDE
    lock_take();
#endif
    fork(child);
#ifdef FORK_OUTSIDE
    lock_take();
#endif
    registry_add(child)
#ifndef REGISTER_OUTSIDE
    ; unlock()
#endif
}

inline children_signal(child)
{
    lock_take();
#ifndef SIGNAL_REAPED
    if
    :: resolved[child] == 0 -> assert(I3(child)) /* kill */
    :: else
    fi;
#else
    assert(I3(child));
#endif
    unlock()
}

/* Each thread spawns a child, then signals its own or the other's, if there was one. */
active [THREADS] proctype thread() provided (!handling[_pid])
{
    byte found, status, promise, target;
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
    byte found, status, promise;
end:
    do
    :: atomic { pending -> pending = false; handling[THREAD] = true }
        children_sigchld();
        handling[THREAD] = false
    :: atomic { pending && THREAD == FIRST -> pending = false; handling[THREAD] = true }
        children_sigchld_of();
        handling[THREAD] = false
    od
}

/* A running process may end; while there is a pid for it, an orphan may come. */
active proctype kernel()
{
    byte found;
end:
    do
    :: atomic {
            life[1] == RUNNING || life[2] == RUNNING -> pick(RUNNING);
            life[found] = ZOMBIE; pending = true; found = NO_PID
        }
    :: atomic {
            adopted < ORPHANS && (life[1] == UNUSED || life[2] == UNUSED) -> pick(UNUSED);
            life[found] = RUNNING; owner[found] = ORPHAN; adopted++; found = NO_PID
        }
    od
}

/* Takes a step only when an invariant is broken, or when no other process can move. */
active proctype judge()
{
    byte child;
    if
    :: lock == FREE && !I2 -> assert(I2)
    :: timeout ->
        /* no thread waits */
        assert(finished == THREADS && !handling[0] && !handling[1] && lock == FREE);
        assert(life[1] != ZOMBIE && life[2] != ZOMBIE); /* none is forgotten */
        for (child : 1 .. CHILDREN) {
            assert(resolved[child] == (promised[child] != NO_PID))
        }
    fi
}
