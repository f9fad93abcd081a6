/*
 * buffer.c - see buffer.h.
 *
 * The memory comes from mmap(2), not from a heap, which would keep the room of the longest line for
 * ever. The room doubles, so that a megabyte in small pieces takes a few calls. Room that has
 * not been written to uses no memory, and mremap(2) grows it without a copy.
 */
#include "base/buffer.h"

#include <string.h>
#include <sys/mman.h>

enum { ROOM_FIRST = 4096 };

static bool make_room(struct buffer *buffer, size_t needed)
{
    size_t room = buffer->room == 0 ? ROOM_FIRST : buffer->room;
    while (room < needed)
        room *= 2;
    if (room == buffer->room)
        return true;
    void *bytes = buffer->room == 0
                      ? mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
                      : mremap(buffer->bytes, buffer->room, room, MREMAP_MAYMOVE);
    if (bytes == MAP_FAILED)
        return false;
    buffer->bytes = bytes;
    buffer->room = room;
    return true;
}

bool buffer_add(struct buffer *buffer, const char *bytes, size_t length)
{
    if (length == 0)
        return true;
    if (!make_room(buffer, buffer->length + length))
        return false;
    memcpy(buffer->bytes + buffer->length, bytes, length);
    buffer->length += length;
    return true;
}

void buffer_drop(struct buffer *buffer, size_t length)
{
    buffer->length -= length;
    if (buffer->length > 0) {
        memmove(buffer->bytes, buffer->bytes + length, buffer->length);
    } else if (buffer->room > 0) {
        munmap(buffer->bytes, buffer->room);
        *buffer = (struct buffer){0};
    }
}
