/*
 * text.h - one line of text, put together without stdio.
 *
 * printf costs 14 KiB of a 64 KiB binary (float formatting, the table of strerror, streams) and a
 * buffer on the heap; all we ever print is short lines made of strings and numbers.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TEXT_MAX = 2048 };

/* A line under construction. Always NUL-terminated; what does not fit is cut. */
struct text {
    size_t length;
    char bytes[TEXT_MAX];
};

/* Holds any number in decimal. */
enum { DECIMAL_MAX = 24 };

void text_clear(struct text *text);

/* What a message is made by: a function like printf(3) whose format, argument number N, knows %s,
 * %d, %u and %jd alone. The compiler checks it. */
#define TEXT_FORMAT(n) __attribute__((format(printf, (n), (n) + 1)))

/* Appends what the format says: text_add(&text, "pid %d", pid). A control character in a string
 * that a user chose would break the promise of one line a message, or make the terminal do
 * something; it becomes '?', and so does each byte that is not part of valid UTF-8. The format
 * itself is taken as it stands. */
void text_add(struct text *text, const char *format, ...) TEXT_FORMAT(2);
void text_add_list(struct text *text, const char *format, va_list list);

/* The same for bytes as they stand, newlines and all. */
void text_add_bytes(struct text *text, const char *bytes, size_t length);

/* The number in digits, right-aligned in the buffer: returns its first character. Allocates
 * nothing. */
const char *text_decimal(char buffer[DECIMAL_MAX], int64_t value);

/* The decimal number at the start of the string, up to the first other character; 0 if there is
 * none. *end, if wanted, is that character. Stops counting at INT64_MAX. */
int64_t text_number(const char *string, const char **end);

/* True if the whole string is a decimal number of lowest..highest; it is then in *value. */
bool text_to_number(const char *string, long lowest, long highest, long *value);

#endif
