/* The number of a signal given on a test program's command line: a number, or a name with or
   without SIG. RTMIN is 34, as the kernel and glibc count it: musl's own SIGRTMIN is one higher. */

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static int signal_number(const char *text)
{
    static const struct {
        const char *name;
        int number;
    } names[] = {
        {"HUP", SIGHUP},   {"INT", SIGINT},   {"QUIT", SIGQUIT}, {"ILL", SIGILL},
        {"TRAP", SIGTRAP}, {"ABRT", SIGABRT}, {"BUS", SIGBUS},   {"FPE", SIGFPE},
        {"KILL", SIGKILL}, {"USR1", SIGUSR1}, {"SEGV", SIGSEGV}, {"USR2", SIGUSR2},
        {"PIPE", SIGPIPE}, {"ALRM", SIGALRM}, {"TERM", SIGTERM}, {"CHLD", SIGCHLD},
        {"CONT", SIGCONT}, {"STOP", SIGSTOP}, {"TSTP", SIGTSTP}, {"WINCH", SIGWINCH},
        {"PWR", SIGPWR},   {"SYS", SIGSYS},   {"RTMIN", 34},     {"RTMAX", 64},
    };
    if (strncasecmp(text, "SIG", 3) == 0)
        text += 3;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcasecmp(text, names[i].name) == 0)
            return names[i].number;
    return atoi(text);
}
