/*
 * file.h - small files read whole: those of /proc and of the cgroup, and the heads of programs.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stddef.h>
#include <sys/types.h>

/* Reads the first size - 1 bytes of a file and ends them with NUL: their number, or -1 and errno. Any thread and signal
 * handlers; allocates nothing. */
ssize_t file_head(const char *path, char *buffer, size_t size);

#endif
