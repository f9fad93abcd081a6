/*
 * writer.c - see writer.h.
 *
 * A whole object is written by one form, which looks like the object. Rejected, after a trial: to
 * compose objects of parts, by text_add() or by a table of members, which took twice the code.
 */
#include "control/writer.h"

#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"

static void write_bytes(struct writer *writer, const char *bytes, size_t length)
{
    writer->failed |= !buffer_add(&writer->buffer, bytes, length);
}

static void write_string(struct writer *writer, const char *string)
{
    write_bytes(writer, string, strlen(string));
}

static void write_quoted(struct writer *writer, const char *string)
{
    struct json_rest rest = {.bytes = string, .length = strlen(string)};
    const char *piece;
    size_t length;
    write_string(writer, "\"");
    while ((length = json_next(&rest, &piece)) > 0)
        write_bytes(writer, piece, length);
    write_string(writer, "\"");
}

static void write_argument(struct writer *writer, char kind, const char *string, int64_t number)
{
    char digits[DECIMAL_MAX];
    if (kind == 'd' ? number < 0 : string == NULL)
        write_string(writer, "null");
    else if (kind == 'q')
        write_quoted(writer, string);
    else
        write_string(writer, kind == 'd' ? text_decimal(digits, number) : string);
}

void writer_add(struct writer *writer, const char *form, ...)
{
    va_list list;
    va_start(list, form);
    for (;;) {
        size_t length = strcspn(form, "%");
        write_bytes(writer, form, length);
        form += length;
        if (*form == '\0')
            break;
        /* NOLINTBEGIN(clang-analyzer-valist.Uninitialized): clang-tidy 14 forgets va_start() in its
         * second file */
        if (form[1] == 'd')
            write_argument(writer, 'd', NULL, va_arg(list, int64_t));
        else
            write_argument(writer, form[1], va_arg(list, const char *), 0);
        /* NOLINTEND(clang-analyzer-valist.Uninitialized) */
        form += 2;
    }
    va_end(list);
}
