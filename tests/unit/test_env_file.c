/* test_env_file.c - what the lines of a file of variables mean, and what is refused. */
#include "config/env_file.h"

#include "kit.h"

enum { TEXT_MOST = 256 };

static struct env_file open_text(char *copy, const char *text)
{
    strcpy(copy, text);
    return (struct env_file){.next = copy, .end = copy + strlen(copy), .next_line = 1};
}

/* All variables of the text, with '|' behind each; "!LINE|" for a fault. */
static const char *read_all(const char *text)
{
    static char shown[TEXT_MOST];
    char copy[TEXT_MOST], fault[TEXT_MOST];
    const char *variable;
    struct env_file file = open_text(copy, text);
    enum env_file_found found;
    shown[0] = '\0';
    while ((found = env_file_next(&file, &variable)) != ENV_FILE_END) {
        snprintf(fault, sizeof fault, "!%u", file.line);
        strcat(strcat(shown, found == ENV_FILE_VARIABLE ? variable : fault), "|");
    }
    return shown;
}

START_TEST(lines_mean_what_they_mean_for_compose)
{
    static const struct {
        const char *text, *variables;
    } cases[] = {
        {"", ""},
        {"\n\n  \n# comment\n  # comment\n", ""},
        {"A=1", "A=1|"},
        {"A=1\nB=2\n", "A=1|B=2|"},
        {"A=1\r\nB=2\r\n", "A=1|B=2|"},
        {"  A = 1 \n", "A=1|"},
        {"A=\nB=x", "A=|B=x|"},
        {"A= VAL", "A=VAL|"},
        {"A=a b  c", "A=a b  c|"},
        {"A=VAL# none", "A=VAL# none|"},
        {"A=VAL # comment", "A=VAL|"},
        {"A= # comment", "A=|"},
        {"A=#x", "A=#x|"},
        {"A=\"VAL # none\"", "A=VAL # none|"},
        {"A=\"VAL\" # comment", "A=VAL|"},
        {"A='VAL' # comment", "A=VAL|"},
        {"A=\"VAL\" ", "A=VAL|"},
        {"export A=1\nexport\tB=2\nexport=3\nexportA=4", "A=1|B=2|export=3|exportA=4|"},
        {"A=\"a\\tb\\n\\\"c\\\" \\\\ \\$\"", "A=a\tb\n\"c\" \\ $|"},
        {"A='a\\tb' B='x'", "!1|"},
        {"A='a\\tb'\nB='let\\'s'", "A=a\\tb|B=let's|"},
        {"A=\"one\ntwo\"\nB='three\nfour'\nC=5", "A=one\ntwo|B=three\nfour|C=5|"},
        {"A=${B} $C", "A=${B} $C|"},
        {"A=a=b", "A=a=b|"},
        {"discovery.type=single-node", "discovery.type=single-node|"},
        {"PASSED_ON\nA=1", "A=1|"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        ck_assert_pstr_eq(read_all(cases[i].text), cases[i].variables);
}
END_TEST

START_TEST(a_fault_has_its_line_and_the_next_is_read)
{
    ck_assert_pstr_eq(read_all("A=1\n=2\nB=3"), "A=1|!2|B=3|");
    ck_assert_pstr_eq(read_all("\nno variable\nB=3"), "!2|B=3|");
    ck_assert_pstr_eq(read_all("A b=2\nB=3"), "!1|B=3|");
    ck_assert_pstr_eq(read_all("A=\"1\nB=2\n"), "!1|B=2|");
    ck_assert_pstr_eq(read_all("A=\"1\n2\"\n=3"), "A=1\n2|!3|");
    ck_assert_pstr_eq(read_all("A=\"1\" x\nB=2\n"), "!1|B=2|");
    ck_assert_pstr_eq(read_all("A=\"1\\"), "!1|");
}
END_TEST

START_TEST(a_reference_is_seen_but_in_single_quotes)
{
    char copy[TEXT_MOST];
    const char *variable;
    struct env_file file = open_text(copy, "A=${X}\nB='${X}'\nC=\"${X}\"\nD=$X");
    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq(env_file_next(&file, &variable), ENV_FILE_VARIABLE);
        ck_assert_int_eq(file.has_reference, *variable == 'A' || *variable == 'C');
    }
}
END_TEST

int main(void)
{
    return RUN_TESTS("env_file", lines_mean_what_they_mean_for_compose,
                     a_fault_has_its_line_and_the_next_is_read,
                     a_reference_is_seen_but_in_single_quotes);
}
