/*
 * text.h - one line of text, put together without stdio.
 *
 * printf(3) is 14 KiB of code (floating point, the table of strerror(3), streams) and needs a heap.
 * foster prints short lines of strings and numbers only.
 *
 * All functions: async-signal-safe; they allocate nothing.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TEXT_MAX = 2048 };

/* A line. It always ends with a NUL; what does not fit is left out. */
struct text {
    size_t length;
    char bytes[TEXT_MAX];
};

/* The room for any number in decimal, with its NUL. */
enum { DECIMAL_MAX = 24 };

void text_clear(struct text *text);

/* For a function like printf(3), whose argument number N is the format. Formats know %s, %d, %u and
 * %jd only; the compiler checks the types of the arguments. */
#define TEXT_FORMAT(n) __attribute__((format(printf, (n), (n) + 1)))

/* Appends by a format: text_add(&text, "pid %d", pid). In the strings, which users and programs
 * choose, each control character and each byte that is not part of valid UTF-8 becomes '?': a
 * newline would make two lines of a message, and others control the terminal. The format itself is
 * not changed. */
void text_add(struct text *text, const char *format, ...) TEXT_FORMAT(2);
void text_add_list(struct text *text, const char *format, va_list list);

/* Appends bytes as they are, control characters included. */
void text_add_bytes(struct text *text, const char *bytes, size_t length);

/* Writes the number in decimal to the end of the buffer. Returns its first character. */
const char *text_decimal(char buffer[DECIMAL_MAX], int64_t value);

/* The decimal number at the beginning of the string, without a sign; 0 if there is none, INT64_MAX
 * if it is larger. *end is the first character behind it; end may be NULL. */
int64_t text_number(const char *string, const char **end);

/* True if the whole string is a decimal number from lowest to highest; *value is set only then. */
bool text_to_number(const char *string, long lowest, long highest, long *value);

#endif
