/*
 * syscall_kit.h - lets a test play the kernel: the linker's --wrap=syscall calls play_call(), which
 * the test defines, for each syscall(2).
 */
#ifndef UNIT_SYSCALL_KIT_H
#define UNIT_SYSCALL_KIT_H

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <sys/syscall.h>

/* The arguments that are passed on. No call of foster through syscall(2) has a sixth, and to read
 * one that was not passed would be a stray read of the stack. */
enum { CALL_WORDS = 5 };

/* Returns the result of a call, as syscall(2). */
static long play_call(long number, const long words[CALL_WORDS]);

long __real_syscall(long number, ...);
static inline long real_call(long number, const long words[CALL_WORDS])
{
    return __real_syscall(number, words[0], words[1], words[2], words[3], words[4]);
}

/* The result of a call on a kernel that does not have it. */
static inline long missing_call(void)
{
    errno = ENOSYS;
    return -1;
}

long __wrap_syscall(long number, ...);
long __wrap_syscall(long number, ...)
{
    long words[CALL_WORDS];
    va_list list;
    va_start(list, number);
    for (int i = 0; i < CALL_WORDS; i++)
        words[i] = va_arg(list, long);
    va_end(list);
    return play_call(number, words);
}

#endif
