/*
 * scheme.pml - the scheme of src/children, small enough to try every interleaving of it. For spin; see run.sh.
 *
 * What is here: two threads that each spawn a child and signal one, a SIGCHLD handler in each, and the kernel. A
 * handler interrupts its thread between any two steps, never itself, and the thread stands still until it has returned.
 * SIGCHLD is one pending bit, so signals coalesce, and any thread may get it. The kernel hands us an orphan, lets any
 * process die at any time, and gives a free pid away again at once; there are so few pids that they are recycled, and
 * that fork can fail.
 *
 * A step is one system call, or one access to what is shared; `atomic` holds such a step and what only we can see: our
 * own variables, and what the lock guards (I1, asserted, says that nobody else is looking). The names are those of
 * children.c, where the invariants I1 to I5 are told. I1 to I3 are asserted where they could break. I4 and I5 show in
 * the end, when nothing can move any more: nobody waits, no zombie is left, and every promise was kept once. That it is
 * kept with its own child's status is asserted when it is kept.
 *
 * What is left out: the inside of the lock (lock.pml), weak memory (the atomics of the code are sequentially
 * consistent, and so is spin), the chains of the registry (an array here), those who await a promise, a promise used a
 * second time, groups, waitpid's errors, stops (tracees.pml), the ways to start (start.pml), and signals that kill (a
 * process dies when it likes). The signal loop with sigwaitinfo is a handler that interrupts nobody, so it is covered,
 * and children_sigchld_of() with it, which the first thread's handler may call instead: that it finds on its list of
 * pidfds whom a search finds is taken for granted, and the brothers that reap_unlisted() knows are not there. What
 * needs a third thread or child of ours, a third pid or a second orphan to go wrong is not found (-DORPHANS=2 can be
 * searched by hand: more memory and time).
 *
 * Each #ifdef is a mutant: a mistake that spin must find.
 */
#define THREADS 2
#define FIRST 0
#define PIDS 2
#define CHILDREN THREADS /* that we spawn */
#ifndef ORPHANS
#define ORPHANS 1
#endif

/* The kernel. Pids and children are numbered from 1. A pid that is unused has no owner. */
#define NO_PID 0
#define NOBODY 0
#define ORPHAN (CHILDREN + 1)
mtype = { UNUSED, RUNNING, ZOMBIE };
mtype life[PIDS + 1] = UNUSED;
byte owner[PIDS + 1];
byte adopted;
bool pending;           /* SIGCHLD */
bool handling[THREADS]; /* the thread is in its handler */

/* src/children. A promise has the number of its child; a thread or a handler is known by its _pid. */
#define FREE 255
byte lock = FREE; /* or its holder */
bool need_wait;
byte registry[PIDS + 1];
byte promised[CHILDREN + 1]; /* the pid in the promise */
byte resolved[CHILDREN + 1]; /* how often */

byte finished; /* threads */

#define LOCKED (lock == _pid) /* by us */
#define REGISTERED(p) (registry[p] == owner[p] || (registry[p] == NOBODY && owner[p] == ORPHAN))
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

/* Takes the promise from the registry and keeps it, or drops an orphan. */
inline resolve()
{
    atomic {
        assert(I1);
        promise = registry[found];
        registry[found] = NOBODY;
        if
        :: promise != NOBODY -> assert(promise == status); resolved[promise]++
        :: else
        fi;
        promise = NOBODY; status = NOBODY; found = NO_PID
    }
}

/* waitpid, until nobody is dead. The status says only whose it is. */
inline collect()
{
    do
    :: atomic {
            pick(ZOMBIE);
            if
            :: found != NO_PID -> status = owner[found]; owner[found] = NOBODY; life[found] = UNUSED
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

/* Who is registered is on the list, and who is not is an orphan: it collects the same, but leaves the note alone. */
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

/* Each spawns a child, then signals its own or the other's, if it was ever there. */
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

/* Whoever runs may die; while there is a pid for it, an orphan may come. */
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

/* Takes a step only when something is wrong, or when nothing else can move. */
active proctype judge()
{
    byte child;
    if
    :: lock == FREE && !I2 -> assert(I2)
    :: timeout ->
        assert(finished == THREADS && !handling[0] && !handling[1] && lock == FREE); /* nobody waits */
        assert(life[1] != ZOMBIE && life[2] != ZOMBIE);                              /* nobody is forgotten */
        for (child : 1 .. CHILDREN) {
            assert(resolved[child] == (promised[child] != NO_PID))
        }
    fi
}
