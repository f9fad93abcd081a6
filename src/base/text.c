/* text.c - see text.h. */
#include "base/text.h"

#include <string.h>

#include "base/utf8.h"

enum { BASE = 10, DELETE = 0x7f, ASCII_END = 0x80, C1_LEAD = 0xc2, C1_END = 0xa0, UTF8_MOST = 4 };

void text_clear(struct text *text)
{
    text->length = 0;
    text->bytes[0] = '\0';
}

/* The length of the character at the front; 0 if it is not valid UTF-8 or a control character for a
 * terminal: C0, DEL, and C1 as a byte or in UTF-8 (U+0080 to U+009F). */
static size_t printable_length(const unsigned char *bytes)
{
    if (*bytes < ASCII_END)
        return *bytes >= ' ' && *bytes != DELETE;
    bool is_c1 = bytes[0] == C1_LEAD && bytes[1] < C1_END;
    return is_c1 ? 0 : utf8_length(bytes, strnlen((const char *)bytes, UTF8_MOST));
}

static void add_string(struct text *text, const char *string)
{
    while (*string != '\0') {
        size_t length = printable_length((const unsigned char *)string),
               step = length > 0 ? length : 1;
        if (text->length + step >= TEXT_MAX)
            break;
        memcpy(text->bytes + text->length, length > 0 ? string : "?", step);
        text->length += step;
        string += step;
    }
    text->bytes[text->length] = '\0';
}

static void add_number(struct text *text, int64_t number)
{
    char digits[DECIMAL_MAX];
    add_string(text, text_decimal(digits, number));
}

void text_add_list(struct text *text, const char *format, va_list list)
{
    for (;; format += 2) {
        size_t length = strcspn(format, "%");
        text_add_bytes(text, format, length);
        format += length;
        if (*format == '\0')
            return;
        /* NOLINTBEGIN(clang-analyzer-valist.Uninitialized, bugprone-branch-clone): clang-tidy 14
         * does not see the caller's va_start(), and takes branches for equal that differ in the
         * type of va_arg() only */
        switch (format[1]) {
        case 's':
            add_string(text, va_arg(list, const char *));
            break;
        case 'd':
            add_number(text, va_arg(list, int));
            break;
        case 'u':
            add_number(text, va_arg(list, unsigned));
            break;
        default: /* "%jd" */
            add_number(text, va_arg(list, intmax_t));
            format++;
        }
        /* NOLINTEND(clang-analyzer-valist.Uninitialized, bugprone-branch-clone) */
    }
}

void text_add(struct text *text, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    text_add_list(text, format, list);
    va_end(list);
}

void text_add_bytes(struct text *text, const char *bytes, size_t length)
{
    size_t room = TEXT_MAX - 1 - text->length;
    size_t taken = length < room ? length : room;
    memcpy(text->bytes + text->length, bytes, taken);
    text->length += taken;
    text->bytes[text->length] = '\0';
}

const char *text_decimal(char buffer[DECIMAL_MAX], int64_t value)
{
    char *first = &buffer[DECIMAL_MAX - 1];
    uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
    *first = '\0';
    do {
        *--first = (char)('0' + rest % BASE);
        rest /= BASE;
    } while (rest != 0);
    if (value < 0)
        *--first = '-';
    return first;
}

int64_t text_number(const char *string, const char **end)
{
    int64_t number = 0;
    for (; *string >= '0' && *string <= '9'; string++) {
        int digit = *string - '0';
        number = number > (INT64_MAX - digit) / BASE ? INT64_MAX : number * BASE + digit;
    }
    if (end != NULL)
        *end = string;
    return number;
}

bool text_to_number(const char *string, long lowest, long highest, long *value)
{
    const char *end;
    int64_t number = text_number(string, &end);
    if (end == string || *end != '\0' || number < lowest || number > highest)
        return false;
    *value = (long)number;
    return true;
}
