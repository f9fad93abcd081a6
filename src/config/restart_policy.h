/* restart_policy.h - when a service is started again, as a Compose file and docker-run(1) say it.
 */
#ifndef CONFIG_RESTART_POLICY_H
#define CONFIG_RESTART_POLICY_H

#include <stdbool.h>

#include "config/settings.h"

/* Reads "no", "always", "unless-stopped", which is the same, "on-failure" or "on-failure:N", for
 * the key `restart` and the option --restart. False if it is none of them. *limit is set for N
 * alone. Any thread; allocates nothing. */
bool restart_policy_parse(const char *string, enum restart *restart, unsigned *limit);

#endif
