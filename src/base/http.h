/*
 * http.h - the least of HTTP/1.0 (RFC 1945) that a probe needs: one request, and the status code of
 * the answer.
 *
 * All of these: any thread; allocates nothing.
 */
#ifndef BASE_HTTP_H
#define BASE_HTTP_H

#include <stdbool.h>
#include <stddef.h>

enum {
    HTTP_REQUEST_MAX = 2048,
    HTTP_ANSWER_MAX = 4096, /* no more of an answer is read */
    HTTP_STATUS_SIZE = 13,  /* so many bytes of an answer have its status code, and its end */
};

/* Writes a GET request for that path, and returns its length; 0 if the path does not begin with /,
 * is too long, or has a blank or a control character, which would end it. The host is localhost, as
 * there is no name to tell. */
size_t http_request(char request[HTTP_REQUEST_MAX], const char *path);

/* The status code that an answer begins with, or one of these. */
enum { HTTP_INCOMPLETE = 0, HTTP_NO_ANSWER = -1 /* it is not one of HTTP/1 */ };
int http_status(const char *answer, size_t length);

/* True for 200 to 399: a redirection is a success too, as for the httpGet of Kubernetes. */
bool http_is_success(int status);

#endif
