/*
 * stream.c - see stream.h.
 *
 * foster keeps the write end for the next run, so the end of the pipe never comes, and a grandchild
 * that keeps its own copy delays nothing. The read end is non-blocking. The write end is not, as
 * programs expect of their stdout: the flag belongs to the open file description, open(2), and a
 * pipe has two.
 *
 * The relay's thread holds the lock while it reads, which does not block, and never while it
 * writes. FIONREAD and read take the mutex of the pipe, which a writer holds while it copies
 * (pipe_write() in fs/pipe.c): memory on a dead file system can make that long. At a start the
 * processes of the last run have been ended, and the pipe of another service has another lock.
 *
 * Where there is a mark already none is added, so there are no more marks than bytes in the pipe.
 * If another process has read bytes out of the pipe, it is empty before the mark is reached: then
 * the mark counts as reached.
 */
#include "logs/stream.h"

#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "process/descriptors.h"

/* The mode is that of the inode, which counts when a service of another user opens /dev/stdout
 * (moby#31243). */
bool stream_open(struct stream *stream)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) == -1)
        return false;
    *stream = (struct stream){.in = ends[0], .out = ends[1]};
    fchmod(stream->out, S_IRUSR | S_IWUSR | S_IWGRP | S_IWOTH);
    return descriptor_set_flags(stream->in, O_NONBLOCK) == 0;
}

uint64_t stream_end(const struct stream *stream)
{
    int left = 0;
    ioctl(stream->in, FIONREAD, &left);
    return stream->read + (uint64_t)left;
}

/* Sets a mark behind all that is in the pipe, if there is none. Without memory for it two runs may
 * share a line. Caller holds the lock. */
static void set_mark(struct stream *stream)
{
    uint64_t position = stream_end(stream);
    if (position != stream->last_mark &&
        buffer_add(&stream->marks, (const char *)&position, sizeof position))
        stream->last_mark = position;
}

/* The distance to the next mark; false if there is none. Caller holds the lock. */
static bool find_mark(const struct stream *stream, uint64_t *distance)
{
    uint64_t position;
    if (stream->passed == stream->marks.length)
        return false;
    memcpy(&position, stream->marks.bytes + stream->passed, sizeof position);
    *distance = position - stream->read;
    return true;
}

/* Removes the next mark. The marks that have been reached are dropped when they are half of all, so
 * that each mark is moved about once. Caller holds the lock. */
static void pass_mark(struct stream *stream)
{
    stream->passed += sizeof stream->read;
    if (2 * stream->passed < stream->marks.length)
        return;
    buffer_drop(&stream->marks, stream->passed);
    stream->passed = 0;
}

size_t stream_read(struct stream *stream, char *bytes, size_t size, bool *is_at_mark)
{
    uint64_t distance = 0;
    word_lock_take(&stream->lock);
    bool is_marked = find_mark(stream, &distance);
    ssize_t got = read(stream->in, bytes, is_marked && distance < size ? (size_t)distance : size);
    uint64_t passed = got >= 0 ? (uint64_t)got : distance; /* -1: another process has read them */
    stream->read += passed;
    *is_at_mark = is_marked && passed == distance;
    if (*is_at_mark)
        pass_mark(stream);
    word_lock_drop(&stream->lock);
    return got > 0 ? (size_t)got : 0;
}

void stream_mark_between_runs(struct stream *stream)
{
    word_lock_take(&stream->lock);
    if (atomic_load(&stream->is_between_runs))
        set_mark(stream);
    word_lock_drop(&stream->lock);
}

bool stream_has_mark(struct stream *stream)
{
    uint64_t distance;
    word_lock_take(&stream->lock);
    bool is_marked = find_mark(stream, &distance);
    word_lock_drop(&stream->lock);
    return is_marked;
}

void stream_begin_run(struct stream *stream)
{
    word_lock_take(&stream->lock);
    set_mark(stream);
    atomic_store(&stream->is_between_runs, false);
    word_lock_drop(&stream->lock);
}
