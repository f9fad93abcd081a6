/* test_argv_split.c - a command becomes words: blanks, quotes, backslashes, and what does not end.
 */
#include "config/argv_split.h"

#include "config/expand.h"
#include "kit.h"

static const char *find(const void *context, const char *name, size_t length)
{
    (void)context;
    if (length == 1 && *name == 'A')
        return "a b";
    if (length == 1 && *name == 'Q')
        return "'\" \\${A}";
    return length == 1 && *name == 'E' ? "" : NULL;
}

static const struct variables variables = {find, NULL};

/* The words with '|' behind each, or NULL if the command is refused. */
static const char *split_with(const struct variables *known, const char *command)
{
    static char shown[256];
    struct expansion expansion = {.variables = known};
    int count = argv_split_count(command, &expansion);
    size_t room = expansion.length;
    if (count == -1)
        return NULL;
    char *buffer = malloc(room + 1), **words = malloc(((size_t)count + 1) * sizeof *words);
    buffer[room] = '#';
    argv_split(command, &expansion, buffer, words);
    ck_assert_int_eq(buffer[room], '#');
    ck_assert_ptr_null(words[count]);
    shown[0] = '\0';
    for (char **word = words; *word != NULL; word++)
        strcat(strcat(shown, *word), "|");
    free(words);
    free(buffer);
    return shown;
}

static const char *split(const char *command)
{
    return split_with(&variables, command);
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

START_TEST(a_variable_is_part_of_its_word)
{
    static const struct {
        const char *command, *words;
    } cases[] = {
        {"${A}", "a b|"},
        {"x${A}y z", "xa by|z|"},
        {"\"${A}\" '${A}'", "a b|${A}|"},
        {"${E} \"${E}\" x", "||x|"},
        {"${Q} x", "'\" \\${A}|x|"},
        {"${N:-a b} c", "a b|c|"},
        {"${N:-'} c", "'|c|"},
        {"$${A} \\${A} \"\\${A}\"", "${A}|${A}|${A}|"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        ck_assert_pstr_eq(split(cases[i].command), cases[i].words);
    ck_assert_pstr_eq(split_with(NULL, "echo ${A} $${A}"), "echo|${A}|$${A}|");
}
END_TEST

START_TEST(what_does_not_end_is_refused)
{
    static const char *const commands[] = {"'a",  "a \"", "a\\",   "\"a\\\"", "'a\\'b'", "a 'b\" c",
                                           "${A", "${}",  "\"${A", "${N}",    "${N:?x}"};
    for (size_t i = 0; i < COUNT(commands); i++)
        ck_assert_pstr_eq(split(commands[i]), NULL);
}
END_TEST

int main(void)
{
    return RUN_TESTS("argv_split", words_are_split, a_variable_is_part_of_its_word,
                     what_does_not_end_is_refused);
}
