/* value_numbers.c - see value_readers.h. Numbers, signals and exit codes. */
#include <limits.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "config/settings.h"
#include "config/value_readers.h"
#include "process/signals.h"
#include "process/wait_status.h"

enum { MODE_MOST = 0777, OCTAL = 8, REPLICAS_MOST = 1000 };

bool value_read_count(void *field, struct entry *entry)
{
    long number = 0;
    bool valid = text_to_number(entry->value, 1, INT_MAX, &number);
    *(unsigned *)field = (unsigned)number;
    return valid;
}

bool value_read_replicas(void *field, struct entry *entry)
{
    long number = 0;
    bool valid = text_to_number(entry->value, 0, REPLICAS_MOST, &number);
    *(int *)field = (int)number;
    return valid;
}

bool value_read_mode(void *field, struct entry *entry)
{
    unsigned mode = 0;
    const char *digit = entry->value;
    for (; *digit >= '0' && *digit < '0' + OCTAL && mode <= MODE_MOST; digit++)
        mode = mode * OCTAL + (unsigned)(*digit - '0');
    *(unsigned short *)field = (unsigned short)mode;
    return *digit == '\0' && mode <= MODE_MOST;
}

bool value_read_signal(void *field, struct entry *entry)
{
    int *signal = field;
    *signal = signal_parse(entry->value);
    return *signal != 0;
}

/* The code that "143" or "SIGTERM" stands for; -1 if it is neither. A number is a code, never a
 * signal. */
static int exit_code_of(const char *word)
{
    long code;
    if (text_to_number(word, 0, EXIT_CODES - 1, &code))
        return (int)code;
    bool is_number = *word >= '0' && *word <= '9';
    int signal = is_number ? 0 : signal_parse(word);
    return signal != 0 ? EXIT_BY_SIGNAL + signal : -1;
}

/* The value stays whole: it is read again if it is a default. */
static bool read_exit_codes(uint8_t *codes, struct entry *entry)
{
    static const char separators[] = BLANKS ",";
    char *end;
    for (char *word = entry->value; *(word += strspn(word, separators)) != '\0'; word = end) {
        end = word + strcspn(word, separators);
        char separator = *end;
        *end = '\0';
        int code = exit_code_of(word);
        entry->culprit = word;
        if (code == -1)
            return false;
        *end = separator;
        wait_status_count_as_success(codes, code);
    }
    return true;
}

/* Equal lists that follow each other are one array, so that their services can share their
 * settings. */
bool value_read_exit_codes(void *field, struct entry *entry)
{
    static const char *last_value;
    static const uint8_t *last_codes;
    struct settings *settings = field;
    const char *value = entry_keep(entry);
    if (last_codes == NULL || last_value != value) {
        uint8_t *codes = arena_alloc(EXIT_CODES / CHAR_BIT);
        if (!read_exit_codes(codes, entry))
            return false;
        last_value = value;
        last_codes = codes;
    }
    settings->as_success = last_codes;
    return true;
}
