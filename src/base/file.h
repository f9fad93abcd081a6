/*
 * file.h - small files read whole: those of /proc and of the cgroup, and the heads of programs.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stddef.h>
#include <sys/types.h>

/* Reads the first size - 1 bytes of a file and ends them with NUL: their number, or -1 and errno.
 * Any thread and signal handlers; allocates nothing. */
ssize_t file_head(const char *path, char *buffer, size_t size);

/* The same for a file that is read again and again: *fd is -1 at first, and from then on the file,
 * close-on-exec, at whatever path it was. */
ssize_t file_head_again(int *fd, const char *path, char *buffer, size_t size);

/* Opens a file to be read, close-on-exec; waits neither for a FIFO's other end nor for a modem. -1
 * and errno. */
int file_open(const char *path);

/* The whole of a regular file, with a NUL behind it, in memory of its own until file_free(); NULL
 * and errno, which is 0 for what is not a regular file. What is added to the file meanwhile is left
 * out. Ordinary context, any thread. */
char *file_read(const char *path, size_t *length);

/* The same of one that is open, which is closed then; of -1: NULL, and errno as it was. */
char *file_read_open(int fd, size_t *length);
void file_free(char *bytes, size_t length);

#endif
