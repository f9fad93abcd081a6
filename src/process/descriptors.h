/* descriptors.h - what foster was handed and does not need. */
#ifndef PROCESS_DESCRIPTORS_H
#define PROCESS_DESCRIPTORS_H

/* Closes every descriptor from first on. Falls back to /proc/self/fd, and then to trying each number up to the limit,
 * where there is no close_range(2) (Linux 5.9; gVisor; old seccomp profiles). Allocates nothing. */
void descriptors_close_from(int first);

#endif
