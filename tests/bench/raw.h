/*
 * A C program without a libc: the entry point and the one way into the kernel.
 *
 * The floor and the mains of the benchmark are built on this, so that what is measured is the init
 * and not the start-up of somebody's C library. A file that includes it defines start(), which gets
 * the stack as the kernel left it (argc, argv, NULL, the environment) and must never return. x86-64
 * and aarch64.
 */
#ifndef BENCH_RAW_H
#define BENCH_RAW_H

#include <sys/syscall.h>

_Noreturn void start(long *stack);

#if defined(__x86_64__)

__asm__(".globl _start\n"
        "_start:\n"
        "    xor %ebp, %ebp\n"
        "    mov %rsp, %rdi\n"
        "    and $-16, %rsp\n"
        "    call start\n");

static inline long raw(long number, long a, long b, long c, long d)
{
    register long r10 __asm__("r10") = d;
    long result;

    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10)
                     : "rcx", "r11", "memory");
    return result;
}

#elif defined(__aarch64__)

__asm__(".globl _start\n"
        "_start:\n"
        "    mov x29, #0\n"
        "    mov x0, sp\n"
        "    bl start\n");

static inline long raw(long number, long a, long b, long c, long d)
{
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;

    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
    return x0;
}

#else
#error "the libc-free programs know x86-64 and aarch64 only"
#endif

static inline _Noreturn void raw_exit(int code)
{
    for (;;)
        raw(SYS_exit_group, code, 0, 0, 0);
}

#endif
