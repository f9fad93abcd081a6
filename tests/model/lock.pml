/*
 * lock.pml - the lock of src/children/word_lock.c: does it exclude, and does no thread sleep for
 * ever? For spin; see run.sh.
 *
 * What is modelled: threads that take the lock and drop it, each twice, and a few signals, whose
 * handlers try the lock and drop it if they have taken it. A handler interrupts its thread between
 * any two steps, and ends its sleep on the futex (EINTR); the thread stands still until the handler
 * has returned. A wake wakes any one sleeper. There are three threads, as two can sleep while the
 * third holds the lock.
 *
 * A step is one access to the word, or one system call. The names are those of lock.c, word_lock.c
 * and futex.h. It is asserted that a thread which takes the lock is its only holder; and, when no
 * process can move any more, that all threads are done.
 *
 * What is left out: weak memory, wakes by other users of the address, and deadlines (the lock has
 * none).
 *
 * Each #ifdef is a mutant: a mistake that spin must find.
 */
#define THREADS 3
#define ROUNDS 2
#define SIGNALS 2

mtype = { FREE, HELD, HELD_AND_AWAITED };
mtype word = FREE;
byte holders;

bool asleep[THREADS];
bool handling[THREADS];
byte signals;
byte finished;

#ifdef FORGET_SLEEPERS
#define AFTER_SLEEP HELD
#else
#define AFTER_SLEEP HELD_AND_AWAITED
#endif

inline taken()
{
    holders++;
    assert(holders == 1)
}

/* Until woken or interrupted, if at all. */
inline futex_wait(value)
{
    atomic {
        if
#ifndef SLEEP_BLINDLY
        :: word != value
#endif
        :: else -> asleep[_pid] = true
        fi
    }
    !asleep[_pid]
}

inline futex_wake()
{
    if
    :: atomic { asleep[0] -> asleep[0] = false }
    :: atomic { asleep[1] -> asleep[1] = false }
    :: atomic { asleep[2] -> asleep[2] = false }
    :: else
    fi
}

inline lock_take()
{
    if
    :: atomic { word == FREE -> word = HELD; taken() }
    :: else ->
        do
        :: atomic { word == FREE -> word = AFTER_SLEEP; taken(); break }
        :: atomic { word != FREE -> word = HELD_AND_AWAITED }
            futex_wait(HELD_AND_AWAITED)
        od
    fi
}

inline lock_drop()
{
    if
    :: atomic { word == HELD_AND_AWAITED -> word = FREE; holders-- }
#ifndef FORGET_WAKE
        futex_wake()
#endif
    :: atomic { word != HELD_AND_AWAITED -> word = FREE; holders-- }
    fi
}

active [THREADS] proctype thread() provided (!handling[_pid])
{
    byte round;
    for (round : 1 .. ROUNDS) {
        lock_take();
        lock_drop()
    }
    finished++
}

/* The handler of each thread. */
#define THREAD (_pid - THREADS)
active [THREADS] proctype handler()
{
end:
    do
    :: atomic { signals < SIGNALS -> signals++; handling[THREAD] = true; asleep[THREAD] = false }
        if
        :: atomic { word == FREE -> word = HELD; taken() }
            lock_drop()
        :: else
        fi;
        handling[THREAD] = false
    od
}

/* Takes a step only when no other process can move. */
active proctype judge()
{
    timeout -> assert(finished == THREADS && word == FREE)
}
