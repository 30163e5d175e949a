/*
 * bounds - how much of everything a server may have at once: descriptors, connections, kept files,
 * workers, places in the queue.
 */
#ifndef RD_SERVER_BOUNDS_H
#define RD_SERVER_BOUNDS_H

#include "flow/change.h"

struct replyd;
struct rd_setup;

enum { RD_DESCRIPTORS_LEAST = 64 };

/* How many descriptors this process may have; 0 where that is too few. */
size_t rd_bounds_descriptors(void);

/* How many mains a server has, or is to have by this setup. */
unsigned rd_bounds_mains(const struct replyd *server, const struct rd_setup *setup);

/* Whether there is a worker for each of them. 0, or -1 with the setup's fault. */
int rd_bounds_suffice(const struct replyd *server, const struct rd_setup *setup);

/* How many connections there may be at once, beside its listeners; 0: the limit is too low. */
size_t rd_bounds_conns(const struct replyd *server, const struct rd_setup *setup);

/* How many files may be kept open for the next who asks. */
size_t rd_bounds_files(void);

/* What a setup says of connections, queue and workers: each main's share of it, [RD_MAINS]. */
void rd_bounds_share(struct replyd *server, const struct rd_setup *setup, size_t descriptors,
		     struct rd_share *share);

#endif
