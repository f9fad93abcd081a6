/* http.c - see http.h. */
#include "base/http.h"

#include <string.h>

#include "base/text.h"

enum {
    CODE_DIGITS = 3,
    CODE_LEAST = 100,
    CODE_MOST = 999,
    SUCCESS_LEAST = 200,
    SUCCESS_MOST = 399
};
enum { DELETE = 0x7f };

static bool is_path(const char *path)
{
    if (*path != '/')
        return false;
    while ((unsigned char)*path > ' ' && *path != DELETE)
        path++;
    return *path == '\0';
}

size_t http_request(char request[HTTP_REQUEST_MAX], const char *path)
{
    static const char method[] = "GET ";
    static const char rest[] = " HTTP/1.0\r\nHost: localhost\r\nUser-Agent: foster\r\n\r\n";
    if (!is_path(path) || strlen(method) + strlen(path) + strlen(rest) >= HTTP_REQUEST_MAX)
        return 0;
    return (size_t)(stpcpy(stpcpy(stpcpy(request, method), path), rest) - request);
}

/* "HTTP/1.1 204 No Content\r\n" */
int http_status(const char *answer, size_t length)
{
    static const char version[] = "HTTP/1.";
    const size_t code = strlen(version) + 2; /* behind a digit and a blank */
    size_t known = length < strlen(version) ? length : strlen(version);
    char digits[CODE_DIGITS + 1] = {0};
    long status;
    if (memcmp(answer, version, known) != 0)
        return HTTP_NO_ANSWER;
    if (length < HTTP_STATUS_SIZE)
        return HTTP_INCOMPLETE;
    memcpy(digits, answer + code, CODE_DIGITS);
    bool is_right = answer[code - 1] == ' ' &&
                    strchr(" \r\n", answer[code + CODE_DIGITS]) != NULL &&
                    text_to_number(digits, CODE_LEAST, CODE_MOST, &status);
    return is_right ? (int)status : HTTP_NO_ANSWER;
}

bool http_is_success(int status)
{
    return status >= SUCCESS_LEAST && status <= SUCCESS_MOST;
}
