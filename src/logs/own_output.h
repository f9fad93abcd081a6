/* own_output.h - foster's own stdout and stderr, which services with log = raw inherit. */
#ifndef LOGS_OWN_OUTPUT_H
#define LOGS_OWN_OUTPUT_H

/* Lets every user open /dev/stdout and /dev/stderr, if these are pipes or terminals, once. Logs at
 * debug level if it may not. Supervisor's thread. */
void own_output_let_all_open(void);

#endif
