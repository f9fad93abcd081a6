/* test_argv_split.c - a command is split into words: blanks, quotes, backslashes, and text that
 * does not end. */
#include "config/argv_split.h"

#include "kit.h"

/* The words with '|' behind each, or NULL if the command is refused. */
static const char *split(const char *command)
{
    static char shown[256];
    size_t room;
    int count = argv_split_count(command, &room);
    if (count == -1)
        return NULL;
    char *buffer = malloc(room + 1), **words = malloc(((size_t)count + 1) * sizeof *words);
    buffer[room] = '#';
    argv_split(command, buffer, words);
    ck_assert_int_eq(buffer[room], '#');
    ck_assert_ptr_null(words[count]);
    shown[0] = '\0';
    for (char **word = words; *word != NULL; word++)
        strcat(strcat(shown, *word), "|");
    free(words);
    free(buffer);
    return shown;
}

START_TEST(words_are_split)
{
    static const struct {
        const char *command, *words;
    } cases[] = {
        {"", ""},
        {" \t ", ""},
        {"one", "one|"},
        {"  one\ttwo  three ", "one|two|three|"},
        {"'a b' \"c d\"", "a b|c d|"},
        {"a'b c'd", "ab cd|"},
        {"'' \"\"", "||"},
        {"'\"' \"'\"", "\"|'|"},
        {"'a\\b' 'a\\'", "a\\b|a\\|"},
        {"\"a\\b\" \"a\\\"b\" \"a\\\\\"", "a\\b|a\"b|a\\|"},
        {"a\\ b \\' \\\" \\\\ \\n", "a b|'|\"|\\|n|"},
        {"echo $HOME *.c #x ~ ; | & >f", "echo|$HOME|*.c|#x|~|;|||&|>f|"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        ck_assert_pstr_eq(split(cases[i].command), cases[i].words);
}
END_TEST

START_TEST(what_does_not_end_is_refused)
{
    static const char *const commands[] = {"'a", "a \"", "a\\", "\"a\\\"", "'a\\'b'", "a 'b\" c"};
    for (size_t i = 0; i < COUNT(commands); i++)
        ck_assert_pstr_eq(split(commands[i]), NULL);
}
END_TEST

int main(void)
{
    return RUN_TESTS("argv_split", words_are_split, what_does_not_end_is_refused);
}
