/* test_buffer.c - bytes in at the end and out at the front; an empty buffer has no pages. */
#include "base/buffer.h"

#include "kit.h"

enum { MANY = 3 << 20, PIECE = 1000, PATTERN = 251 /* a prime: no page begins like another */ };

static char pattern_at(size_t offset)
{
    return (char)(offset % PATTERN);
}

static void add_pattern(struct buffer *buffer, size_t from, size_t length)
{
    char piece[PIECE];
    for (size_t i = 0; i < length; i++)
        piece[i] = pattern_at(from + i);
    ck_assert(buffer_add(buffer, piece, length));
}

static void assert_pattern(const struct buffer *buffer, size_t from)
{
    for (size_t i = 0; i < buffer->length; i++)
        ck_assert_int_eq(buffer->bytes[i], pattern_at(from + i));
}

START_TEST(empty_holds_nothing)
{
    struct buffer buffer = {0};
    ck_assert(buffer_add(&buffer, NULL, 0));
    buffer_drop(&buffer, 0);
    ck_assert_ptr_null(buffer.bytes);
    ck_assert_uint_eq(buffer.room, 0);
}
END_TEST

START_TEST(out_at_the_front)
{
    struct buffer buffer = {0};
    ck_assert(buffer_add(&buffer, "one ", 4));
    ck_assert(buffer_add(&buffer, "two", 3));
    ck_assert_uint_eq(buffer.length, 7);
    buffer_drop(&buffer, 2);
    ck_assert(buffer_add(&buffer, "!", 1));
    ck_assert_uint_eq(buffer.length, 6);
    ck_assert_mem_eq(buffer.bytes, "e two!", 6);
}
END_TEST

START_TEST(the_last_one_gives_the_pages_back)
{
    struct buffer buffer = {0};
    ck_assert(buffer_add(&buffer, "one", 3));
    void *page = (void *)((uintptr_t)buffer.bytes & ~(uintptr_t)(sysconf(_SC_PAGESIZE) - 1));
    buffer_drop(&buffer, 3);
    ck_assert_ptr_null(buffer.bytes);
    ck_assert_uint_eq(buffer.length, 0);
    ck_assert_int_eq(msync(page, 1, MS_ASYNC), -1); /* ENOMEM: not mapped, msync(2) */
    ck_assert_int_eq(errno, ENOMEM);
    ck_assert(buffer_add(&buffer, "two", 3));
    ck_assert_mem_eq(buffer.bytes, "two", 3);
}
END_TEST

START_TEST(grows_in_pieces)
{
    struct buffer buffer = {0};
    for (size_t length = 0; length < MANY; length += PIECE)
        add_pattern(&buffer, length, PIECE);
    ck_assert_uint_ge(buffer.length, MANY);
    assert_pattern(&buffer, 0);
    buffer_drop(&buffer, MANY / 2);
    assert_pattern(&buffer, MANY / 2);
}
END_TEST

/* ---- a kernel that has no memory ---- */

static bool exhausted;
void *__real_mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset);
void *__wrap_mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset);
void *__real_mremap(void *address, size_t from, size_t to, int flags);
void *__wrap_mremap(void *address, size_t from, size_t to, int flags);

void *__wrap_mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset)
{
    return exhausted ? MAP_FAILED : __real_mmap(address, length, protection, flags, fd, offset);
}

void *__wrap_mremap(void *address, size_t from, size_t to, int flags)
{
    return exhausted ? MAP_FAILED : __real_mremap(address, from, to, flags);
}

START_TEST(without_memory_nothing_is_appended)
{
    static const char much[MANY];
    struct buffer buffer = {0}, other = {0};
    add_pattern(&buffer, 0, PIECE);
    exhausted = true;
    ck_assert(!buffer_add(&buffer, much, MANY));
    ck_assert_uint_eq(buffer.length, PIECE);
    add_pattern(&buffer, PIECE, PIECE); /* there is room for that */
    assert_pattern(&buffer, 0);
    ck_assert(!buffer_add(&other, much, 1));
    ck_assert_uint_eq(other.room, 0);
    exhausted = false;
    ck_assert(buffer_add(&buffer, much, MANY));
    ck_assert(buffer_add(&other, much, 1));
}
END_TEST

int main(void)
{
    return RUN_TESTS("buffer", empty_holds_nothing, out_at_the_front,
                     the_last_one_gives_the_pages_back, grows_in_pieces,
                     without_memory_nothing_is_appended);
}
