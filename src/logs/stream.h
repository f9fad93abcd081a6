/*
 * stream.h - the pipe through which one service writes its output, and the marks in it.
 *
 * A service has one pipe for as long as foster runs, so the output of one run follows that of the
 * run before. A mark is a position in the pipe, counted in bytes since the beginning, at which a
 * line ends in any case. The supervisor sets one before each start but the first, when no process
 * of the next run exists yet; so no line of a run continues a line of the run before, however late
 * the relay's thread reads. Between two runs the thread sets marks too, so that the last line of a
 * run does not wait for the next run.
 */
#ifndef LOGS_STREAM_H
#define LOGS_STREAM_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "children/word_lock.h"

struct stream {
    int in, out;                 /* the ends of the pipe, close-on-exec */
    atomic_bool is_between_runs; /* set without the lock, cleared under it */

    word_lock lock;      /* guards the rest */
    uint64_t read;       /* the position up to which it has been read */
    uint64_t last_mark;  /* the position of the last mark */
    struct buffer marks; /* the positions of the marks, in their order */
    size_t passed;       /* bytes in it, of marks that have been reached */
};

/* Makes the pipe. Its read end is non-blocking; every user may open it by /dev/stdout. False, and
 * errno. Main thread. */
bool stream_open(struct stream *stream);

/* Reads up to size bytes, and not beyond the next mark; returns their number. *is_at_mark: the mark
 * has been reached, and is removed. Relay's thread. */
size_t stream_read(struct stream *stream, char *bytes, size_t size, bool *is_at_mark);

/* The position behind all that is in the pipe now. The caller holds the lock, or is the relay's
 * thread, which alone changes the position up to which the pipe has been read. */
uint64_t stream_end(const struct stream *stream);

/* Sets a mark, if the service is between two runs. Relay's thread. */
void stream_mark_between_runs(struct stream *stream);

/* True if there is a mark. Relay's thread. */
bool stream_has_mark(struct stream *stream);

/* Sets a mark, and ends the time between two runs. Supervisor's thread. */
void stream_begin_run(struct stream *stream);

#endif
