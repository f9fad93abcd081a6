/*
 * lines.h - a configuration file, read line by line.
 */
#ifndef CONFIG_LINES_H
#define CONFIG_LINES_H

/* A place in a file. Line 0 means the file as a whole; without a file, the configuration as a
 * whole. */
struct file_line {
    const char *file;
    unsigned line;
};

/* A file in memory; what points into it is invalid once it is closed. */
struct lines {
    char *text; /* all of it */
    char *next; /* the start of the next line */
    char *end;  /* of the text; a NUL is there */
    struct file_line place;
};

/* What separates words. */
#define BLANKS " \t"

/* Reads the whole file, passes over a byte order mark, and closes the descriptor. NULL, or the
 * reason why the file cannot be read; a descriptor of -1 means that open(2) failed, and the reason
 * is errno's. */
const char *lines_open(struct lines *lines, const char *path, int fd);

/* The next line, without the blanks at its end, ended with a NUL; NULL at the end of the file.
 * lines->place is the place of that line. */
char *lines_next(struct lines *lines);

/* Gives back the memory of the file. */
void lines_close(const struct lines *lines);

#endif
