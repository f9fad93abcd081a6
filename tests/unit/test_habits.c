/* test_habits.c - words of other programs' files are recognised, and others are not. */
#include "config/habits.h"

#include "kit.h"

typedef bool habits(const char *value, struct text *note);

static const char *note_on(habits *look, const char *value)
{
    static struct text note;
    text_clear(&note);
    bool said = look(value, &note);
    ck_assert_int_eq(said, note.length > 0);
    return note.bytes;
}

START_TEST(a_command_of_another_program_is_noted)
{
    static const struct {
        const char *command, *says;
    } cases[] = {
        {"echo %(ENV_HOME)s", "'%(ENV_HOME)s' is taken as it stands; the variable is ${HOME}"},
        {"echo %(program_name)s", "${program_name}"},
        {"echo $HOME", "'$HOME' is taken as it stands; the variable is ${HOME}"},
        {"echo \"a $HOME\"", "'$HOME'"},
        {"cd /tmp && echo", "'cd' is taken for the program, and no shell runs"},
        {"make && echo", "'&&' is an argument here"},
        {"cat /etc/hosts | wc -l", "'|'"},
        {"echo x > /tmp/x", "'>'"},
        {"echo x >/tmp/x", "'>/tmp/x'"},
        {"echo x 2>&1", "'2>&1'"},
        {"true ; true", "';'"},
        {"true; true", "'true;'"},
        {"sleep 1 &", "'&'"},
        {"[\"sleep\", \"1\"]", "without brackets"},
        {"CMD-SHELL true", "'CMD-SHELL' is taken for the program"},
        {"CMD curl x", "'CMD'"},
        {"FOO=bar env", "'FOO=bar' is taken for the program; write it under environment"},
        {"exec nginx", "'exec'"},
        {"sh -c \"echo ${X}\"", "the shell reads what it holds"},
        {"/bin/bash -ec \"echo ${X}\"", "the shell reads what it holds"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        ck_assert_msg(strstr(note_on(habits_of_command, cases[i].command), cases[i].says) != NULL,
                      "%s: %s", cases[i].command, note_on(habits_of_command, cases[i].command));
}
END_TEST

START_TEST(a_command_that_means_itself_is_not_noted)
{
    static const char *const commands[] = {
        "",
        "echo hello",
        "sh -c 'cd /tmp && echo $HOME > x'",
        "sh -c \"cd /tmp && echo $HOME > x\"",
        "sh -c 'echo ${X}'",
        "sh -c \"echo $${X}\"x",
        "find / -exec rm {} ;",
        "find / -exec rm {} \\;",
        "echo '&&' \"|\" \\;",
        "echo '$HOME' '%(ENV_X)s'",
        "echo $ $1 $? $$ 100% %(x",
        "app --env A=b --size=1>",
        "app a;b a|b",
        "[ -f x ]",
        "echo ${X}",
    };
    for (size_t i = 0; i < COUNT(commands); i++)
        ck_assert_str_eq(note_on(habits_of_command, commands[i]), "");
}
END_TEST

START_TEST(a_variable_keeps_its_quotes_and_that_is_noted)
{
    ck_assert_ptr_nonnull(
        strstr(note_on(habits_of_variable, "A=\"1\",B=\"2\""), "a line for each variable"));
    ck_assert_ptr_nonnull(strstr(note_on(habits_of_variable, "A='1'"), "quotes are part"));
    ck_assert_ptr_nonnull(strstr(note_on(habits_of_variable, "A=$B"), "${B}"));
    ck_assert_str_eq(note_on(habits_of_variable, "A=1"), "");
    ck_assert_str_eq(note_on(habits_of_variable, "A=it's \"so\""), "");
    ck_assert_str_eq(note_on(habits_of_value, "/run/${X}"), "");
    ck_assert_ptr_nonnull(strstr(note_on(habits_of_value, "/run/$X"), "${X}"));
}
END_TEST

int main(void)
{
    return RUN_TESTS("habits", a_command_of_another_program_is_noted,
                     a_command_that_means_itself_is_not_noted,
                     a_variable_keeps_its_quotes_and_that_is_noted);
}
