/* lines.c - see lines.h. One thread, before the first start. */
#include "config/lines.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/file.h"

const char *lines_open(struct lines *lines, const char *path, int fd)
{
    static const char byte_order_mark[] = {'\xef', '\xbb', '\xbf', '\0'};
    size_t length;
    lines->place = (struct file_line){path, 0};
    lines->text = lines->next = file_read_open(fd, &length);
    if (lines->text == NULL)
        return errno == 0 ? "not a regular file" : strerror(errno);
    lines->end = lines->text + length;
    if (strlen(lines->text) != length) {
        lines_close(lines);
        return "not a text file: it contains a NUL byte";
    }
    if (strncmp(lines->next, byte_order_mark, strlen(byte_order_mark)) == 0)
        lines->next += strlen(byte_order_mark);
    return NULL;
}

/* A carriage return is a blank as well: files from Windows end their lines in CR LF. */
static bool is_blank(char character)
{
    return character == ' ' || character == '\t' || character == '\r';
}

char *lines_next(struct lines *lines)
{
    char *line = lines->next;
    if (line >= lines->end)
        return NULL;
    char *end = memchr(line, '\n', (size_t)(lines->end - line));
    if (end == NULL)
        end = lines->end;
    lines->next = end + 1;
    lines->place.line++;
    while (end > line && is_blank(end[-1]))
        end--;
    *end = '\0';
    return line;
}

void lines_close(const struct lines *lines)
{
    file_free(lines->text, (size_t)(lines->end - lines->text));
}
