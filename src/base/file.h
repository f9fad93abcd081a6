/*
 * file.h - files read without stdio: those of /proc and of the cgroup, the first bytes of programs,
 * whole configuration files.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Reads the first size - 1 bytes of a file and ends them with a NUL. Returns their number, or -1
 * and errno. Async-signal-safe; allocates nothing. */
ssize_t file_head(const char *path, char *buffer, size_t size);

/* The same for a file that is read again and again. *fd is -1 before the first call, which opens
 * the path, close-on-exec; later calls read the same descriptor from its beginning. */
ssize_t file_head_again(int *fd, const char *path, char *buffer, size_t size);

/* Opens a file for reading, close-on-exec. Does not wait for the writer of a FIFO or for a modem.
 * Returns -1 and errno if it cannot be opened. Async-signal-safe. */
int file_open(const char *path);

/* Reads a regular file into pages of its own, with a NUL behind it, until file_free(). NULL and
 * errno if that fails; errno is 0 if it is not a regular file. Bytes that are appended to the file
 * meanwhile are left out. Any thread. */
char *file_read(const char *path, size_t *length);

/* The same of an open file, which is closed. A descriptor of -1 gives NULL, and errno as it was. */
char *file_read_open(int fd, size_t *length);

/* Gives the pages back. Keeps errno. */
void file_free(char *bytes, size_t length);

/* Writes all of the bytes. The descriptor may be non-blocking, for it may be shared with other
 * programs: then it waits until there is room. False where no more can be written: the reader is
 * gone, the disk is full. Any thread; may block for as long as the reader does not read. */
bool file_write_all(int fd, const char *bytes, size_t length);

#endif
