/*
 * client.h - foster ctl: one request to a running foster, and its answer.
 */
#ifndef CONTROL_CLIENT_H
#define CONTROL_CLIENT_H

/* Sends the words to the foster behind that socket, prints its answer and returns its exit status;
 * without words, or with ones that make no sense, the usage and EXIT_USAGE. argv: what follows
 * "ctl". Any process: it is not foster itself that runs this. --control PATH may stand before the
 * verb. */
int client_run(char **argv);

#endif
