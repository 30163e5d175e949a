/*
 * bounds - how much of everything a server may have at once.
 * Thread:  the one that uses the server, or reloads it.
 */
#include "server/bounds.h"

#include "server/server.h"

#include <sched.h>
#include <sys/resource.h>

enum {
	DESCRIPTORS_MOST = 1 << 20,
	KEPT_FILES = 1024, /* descriptors that kept files may hold, where there are plenty */
	OWN = 16,	   /* descriptors: standard streams, epoll, directories ... */
	MAIN_OWN = 6,	   /* of each main but the first: epoll, its wake, reserve, pulse ... */
};

size_t rd_bounds_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur < RD_DESCRIPTORS_LEAST)
		return 0;
	return limit.rlim_cur < DESCRIPTORS_MOST ? limit.rlim_cur : DESCRIPTORS_MOST;
}

/* Of those, what is kept for files and for the server's own. */
static size_t bounds_kept(size_t descriptors)
{
	return descriptors / 4 < KEPT_FILES ? descriptors / 4 : KEPT_FILES;
}

size_t rd_bounds_conns(const struct replyd *s, const struct rd_setup *setup)
{
	size_t descriptors = rd_bounds_descriptors(), more = rd_bounds_mains(s, setup) - 1;
	size_t taken = bounds_kept(descriptors) + setup->listeners.count * (more + 1) + OWN +
		       more * MAIN_OWN + rd_control_descriptors(s, descriptors);

	return descriptors > taken + more ? descriptors - taken : 0;
}

size_t rd_bounds_files(void)
{
	return bounds_kept(rd_bounds_descriptors()) / 2;
}

static unsigned bounds_concurrency(const struct rd_setup *setup)
{
	cpu_set_t set;

	if (setup->setting[SET_CONCURRENCY] > 0)
		return (unsigned)setup->setting[SET_CONCURRENCY];
	return sched_getaffinity(0, sizeof(set), &set) == 0 ? (unsigned)CPU_COUNT(&set) : 1;
}

unsigned rd_bounds_mains(const struct replyd *s, const struct rd_setup *setup)
{
	unsigned are = atomic_load(&s->clients.count);

	return are ? are : (unsigned)setup->setting[SET_MAINS];
}

int rd_bounds_suffice(const struct replyd *s, const struct rd_setup *setup)
{
	long mains = rd_bounds_mains(s, setup), workers = setup->setting[SET_WORKERS];

	if (mains <= workers)
		return 0;
	return rd_fault_say(setup->fault, "mains: %ld are too many for %ld workers: each needs one",
			    mains, workers);
}

/* What there may be in all goes out evenly, to main `i` of `n`. */
static unsigned bounds_part(size_t all, unsigned i, unsigned n)
{
	return (unsigned)(all / n + (i < all % n));
}

static unsigned bounds_part_some(size_t all, unsigned i, unsigned n)
{
	unsigned part = bounds_part(all, i, n);

	return part ? part : 1;
}

static struct rd_pool_config bounds_pool(struct replyd *s, const struct rd_setup *setup, unsigned i,
					 unsigned n)
{
	const long *setting = setup->setting;
	long most = setting[SET_WORKERS], least = setting[SET_WORKERS_MIN];

	return (struct rd_pool_config){
		.min = bounds_part_some((size_t)(least < most ? least : most), i, n),
		.max = bounds_part_some((size_t)most, i, n),
		.pools = n,
		.stack = (size_t)setting[SET_STACK],
		.idle_us = (uint64_t)setting[SET_WORKER_IDLE_MS] * 1000,
		.stop_us = s->patient ? UINT64_MAX / 2 : 0,
		.grace_us = (uint64_t)setting[SET_GRACE_MS] * 1000,
		.stuck_max = bounds_part((size_t)setting[SET_STUCK], i, n),
		.stack_signal = (int)setting[SET_STACK_SIGNAL],
		.stages = setting[SET_STAGES],
		.scribe = &s->logging.scribe,
	};
}

static struct rd_queue_config bounds_queue(const struct rd_setup *setup, size_t descriptors,
					   unsigned i, unsigned n)
{
	const long *setting = setup->setting;

	return (struct rd_queue_config){
		.bound = bounds_part_some((size_t)setting[SET_QUEUE], i, n),
		.more = (unsigned)descriptors,
		.concurrency = bounds_part_some(bounds_concurrency(setup), i, n),
		.shed = { .on = setting[SET_QUEUE_SHED],
			  .target_us = (uint64_t)setting[SET_QUEUE_TARGET_MS] * 1000,
			  .interval_us = (uint64_t)setting[SET_QUEUE_INTERVAL_MS] * 1000,
			  .limit_us = (uint64_t)setting[SET_QUEUE_LIMIT_MS] * 1000 },
	};
}

void rd_bounds_share(struct replyd *s, const struct rd_setup *setup, size_t descriptors,
		     struct rd_share *share)
{
	unsigned n = rd_bounds_mains(s, setup);

	for (unsigned i = 0; i < n; i++)
		share[i] = (struct rd_share){
			.conns_max = bounds_part_some(rd_bounds_conns(s, setup), i, n),
			.queue = bounds_queue(setup, descriptors, i, n),
			.pool = bounds_pool(s, setup, i, n),
		};
}
