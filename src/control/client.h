/*
 * client.h - foster ctl: sends one request to a running foster, and prints the answer.
 */
#ifndef CONTROL_CLIENT_H
#define CONTROL_CLIENT_H

/* Sends a request to foster, prints the answer and returns its exit status. argv: the words after
 * "ctl": the verb and its arguments, and --control PATH before the verb. If they are wrong it
 * prints the reason or the usage, and returns EXIT_USAGE. May block. It runs in a process of its
 * own, not in the foster that it asks. */
int client_run(char **argv);

#endif
