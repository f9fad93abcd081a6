/* test_http.c - the request of a probe, and the status of an answer. */
#include "base/http.h"

#include "kit.h"

START_TEST(the_request_asks_for_the_path)
{
    char request[HTTP_REQUEST_MAX];
    size_t length = http_request(request, "/health?x=1");
    ck_assert_uint_eq(length, strlen(request));
    ck_assert_str_eq(request, "GET /health?x=1 HTTP/1.0\r\nHost: localhost\r\n"
                              "User-Agent: foster\r\n\r\n");
}
END_TEST

START_TEST(a_path_that_does_not_fit_is_refused)
{
    char request[HTTP_REQUEST_MAX], path[HTTP_REQUEST_MAX + 1];
    memset(path, '/', sizeof path);
    path[sizeof path - 1] = '\0';
    ck_assert_uint_eq(http_request(request, path), 0);
}
END_TEST

START_TEST(a_path_that_would_change_the_request_is_refused)
{
    static const char *const paths[] = {"", "x", "/a b", "/a\r\nX: y", "/\t", "/\x7f"};
    char request[HTTP_REQUEST_MAX];
    for (size_t i = 0; i < COUNT(paths); i++)
        ck_assert_uint_eq(http_request(request, paths[i]), 0);
    ck_assert_uint_ne(http_request(request, "/\xc3\xa4"), 0);
}
END_TEST

START_TEST(the_status_code_is_read)
{
    static const struct {
        const char *answer;
        int status;
    } cases[] = {
        {"", HTTP_INCOMPLETE},
        {"HTTP", HTTP_INCOMPLETE},
        {"HTTP/1.1 20", HTTP_INCOMPLETE},
        {"HTTP/1.1 200", HTTP_INCOMPLETE},
        {"HTTP/1.1 200 OK\r\n", 200},
        {"HTTP/1.0 204\r\n", 204},
        {"HTTP/1.1 302 Found\r\n", 302},
        {"HTTP/1.1 399 x", 399},
        {"HTTP/1.1 400 Bad\r\n", 400},
        {"HTTP/1.1 503 x", 503},
        {"HTTP/1.1 100 x", 100},
        {"HTTP/1.1 000 x", HTTP_NO_ANSWER},
        {"HTTP/1.1 2000 x", HTTP_NO_ANSWER},
        {"HTTP/1.1 2x0 x", HTTP_NO_ANSWER},
        {"HTTP/1.1  200 x", HTTP_NO_ANSWER},
        {"HTTP/2 200 x\r\n", HTTP_NO_ANSWER},
        {"SSH-2.0-x", HTTP_NO_ANSWER},
        {"X", HTTP_NO_ANSWER},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        ck_assert_int_eq(http_status(cases[i].answer, strlen(cases[i].answer)), cases[i].status);
}
END_TEST

START_TEST(success_is_2xx_or_3xx)
{
    ck_assert(!http_is_success(199));
    ck_assert(http_is_success(200));
    ck_assert(http_is_success(399));
    ck_assert(!http_is_success(400));
    ck_assert(!http_is_success(HTTP_NO_ANSWER));
}
END_TEST

int main(void)
{
    return RUN_TESTS("http", the_request_asks_for_the_path, a_path_that_does_not_fit_is_refused,
                     a_path_that_would_change_the_request_is_refused, the_status_code_is_read,
                     success_is_2xx_or_3xx);
}
