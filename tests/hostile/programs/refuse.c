/* refuse ERRNO CALL[,CALL...] PROGRAM...: runs the program under a seccomp filter that makes these
   system calls fail with ERRNO, in it and in all of its descendants. Exits with 77 where there are
   no filters. */

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* musl-gcc sees no <linux/filter.h>: seccomp(2), bpf(4) */
struct instruction {
    uint16_t code;
    uint8_t if_true, if_false;
    uint32_t number;
};
struct filter {
    unsigned short length;
    struct instruction *instructions;
};
enum { LOAD = 0x20, IF_EQUAL = 0x15, RETURN = 0x06 };
enum { BY_FILTER = 2, NUMBER_OF_CALL = 0, NONE = 77, CALLS_MOST = 8 };
#define ALLOW  0x7fff0000U
#define REFUSE 0x00050000U

static const struct call {
    const char *name;
    uint32_t number;
} calls[] = {
    {"rt_sigtimedwait", SYS_rt_sigtimedwait},
    {"signalfd4", SYS_signalfd4},
    {"wait4", SYS_wait4},
    {"waitid", SYS_waitid},
    {"rt_sigqueueinfo", SYS_rt_sigqueueinfo},
};

static uint32_t number_of(const char *name)
{
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (strcmp(calls[i].name, name) == 0)
            return calls[i].number;
    exit(NONE);
}

int main(int argc, char **argv)
{
    struct instruction instructions[2 * CALLS_MOST + 2] = {{LOAD, 0, 0, NUMBER_OF_CALL}};
    unsigned short length = 1;
    if (argc < 4)
        return 2;
    for (char *name = strtok(argv[2], ","); name != NULL && length < 2 * CALLS_MOST;
         name = strtok(NULL, ",")) {
        instructions[length++] = (struct instruction){IF_EQUAL, 0, 1, number_of(name)};
        instructions[length++] =
            (struct instruction){RETURN, 0, 0, REFUSE | (uint32_t)atoi(argv[1])};
    }
    instructions[length++] = (struct instruction){RETURN, 0, 0, ALLOW};
    struct filter filter = {length, instructions};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, BY_FILTER, &filter) != 0)
        return NONE;
    execvp(argv[3], argv + 3);
    return NONE;
}
