/* A supervisor and its services: PID 1 of a pid namespace of its own, in a mount namespace of its
 * own. */
#ifndef BENCH_TEAM_H
#define BENCH_TEAM_H

#include "kinds.h"
#include "members.h"
#include "record.h"
#include <stdbool.h>

struct contestant {
    const char *name;
    const char *path;
    const struct kind *kind;
};

struct team {
    const struct contestant *contestant;
    int count;     /* of services */
    int directory; /* its number in ROOM */
    int records;   /* the file of them */
    pid_t init;
    struct members members;
};

/* Gives the harness a mount namespace with a tmpfs at ROOM, for the files of all runs. */
void make_room(void);

/* Starts the supervisor over `count` services that run `program`; waits for none of them. */
void start_team(struct team *team, const struct contestant *contestant, const char *program,
                int count);

/* Waits until there are that many records in all; ends the program if it takes too long. */
void wait_for_records(const struct team *team, long total);

/* How many records there are, and the one of that number. The first is the supervisor's own. */
long record_count(const struct team *team);
struct record record_at(const struct team *team, long index);

/* Tells the supervisor to stop and waits for the end of all; returns the nanoseconds. */
int64_t stop_team(struct team *team);

/* Ends all by force. */
void discard_team(struct team *team);

#endif
