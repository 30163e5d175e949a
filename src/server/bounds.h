/*
 * bounds - how much of everything a server may have at once: descriptors, connections, kept files,
 * workers, places in the queue.
 */
#ifndef RD_SERVER_BOUNDS_H
#define RD_SERVER_BOUNDS_H

#include "flow/pool.h"
#include "flow/queue.h"

struct replyd;
struct rd_setup;

enum { RD_DESCRIPTORS_LEAST = 64 };

/* How many descriptors this process may have; 0 where that is too few. */
size_t rd_bounds_descriptors(void);

/* How many connections there may be at once, beside so many listeners; 0: the limit is too low. */
size_t rd_bounds_conns(const struct replyd *server, size_t listeners);

/* How many files may be kept open for the next who asks. */
size_t rd_bounds_files(void);

/* What a setup says of the queue and of the workers. */
struct rd_queue_config rd_bounds_queue(const struct rd_setup *setup, size_t descriptors);
struct rd_pool_config rd_bounds_pool(struct replyd *server, const struct rd_setup *setup);

#endif
