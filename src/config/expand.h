/*
 * expand.h - variables in a value of the file: ${NAME}, ${NAME:-word} and ${NAME:?word}.
 *
 * The forms are those of Compose and of the shell (POSIX, XCU 2.6.2), and there are no others.
 * $${ is a plain ${, and any other $ stands for itself. The word of a default is taken as it
 * stands, up to the next }: nothing in it is expanded. What a variable holds is never split into
 * words and never expanded again.
 */
#ifndef CONFIG_EXPAND_H
#define CONFIG_EXPAND_H

#include <stdbool.h>
#include <stddef.h>

/* Where the variables are looked up. */
struct variables {
    /* The value of the variable of that name, which is length bytes long, or NULL if it is unset.
     */
    const char *(*find)(const void *context, const char *name, size_t length);
    const void *context;
};

/* Each variable holds something: to look at the form of a text alone. */
extern const struct variables variables_any;

/* One reference to a variable. All strings are parts of the text, and end with no NUL. */
struct reference {
    const char *name;
    size_t name_length;
    char condition; /* '-', '?', or '\0' for a plain ${NAME} */
    const char *word;
    size_t word_length;
    const char *end; /* of the reference: behind its } */
};

/* A text that is being written. */
struct expansion {
    const struct variables *variables;
    char *buffer; /* NULL: the text is only measured */
    size_t length;
    struct reference missing; /* the reference that failed; its name is NULL if none did */
};

/* True if there is a reference at that place, or $${. */
bool expand_is_at(const char *at);

/* True if any part of the text is a reference, or $${. */
bool expand_is_needed(const char *text);

/* Appends one character. */
void expand_put(struct expansion *expansion, char character);

/* Appends what stands for the reference, or the $${, at that place. Returns what follows it. NULL
 * if the variable is unset and has no default, or the reference is malformed; both are told apart
 * by the name in missing, which is NULL for the latter. Allocates nothing. Async-signal-safe if
 * find() is. */
const char *expand_take(struct expansion *expansion, const char *at);

/* Appends the whole text, with each reference expanded, and a NUL. False as for expand_take(). */
bool expand_text(struct expansion *expansion, const char *text);

#endif
