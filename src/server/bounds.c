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

size_t rd_bounds_conns(const struct replyd *s, size_t listeners)
{
	size_t descriptors = rd_bounds_descriptors();
	size_t taken =
		bounds_kept(descriptors) + listeners + OWN + rd_control_descriptors(s, descriptors);

	return descriptors > taken ? descriptors - taken : 0;
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

struct rd_pool_config rd_bounds_pool(struct replyd *s, const struct rd_setup *setup)
{
	const long *setting = setup->setting;
	long most = setting[SET_WORKERS], least = setting[SET_WORKERS_MIN];

	return (struct rd_pool_config){
		.min = (unsigned)(least < most ? least : most),
		.max = (unsigned)most,
		.stack = (size_t)setting[SET_STACK],
		.idle_us = (uint64_t)setting[SET_WORKER_IDLE_MS] * 1000,
		.stop_us = s->patient ? UINT64_MAX / 2 : 0,
		.grace_us = (uint64_t)setting[SET_GRACE_MS] * 1000,
		.stuck_max = (unsigned)setting[SET_STUCK],
		.stack_signal = (int)setting[SET_STACK_SIGNAL],
		.stages = setting[SET_STAGES],
		.scribe = &s->logging.scribe,
	};
}

struct rd_queue_config rd_bounds_queue(const struct rd_setup *setup, size_t descriptors)
{
	const long *setting = setup->setting;

	return (struct rd_queue_config){
		.bound = (unsigned)setting[SET_QUEUE],
		.more = (unsigned)descriptors,
		.concurrency = bounds_concurrency(setup),
		.shed = { .on = setting[SET_QUEUE_SHED],
			  .target_us = (uint64_t)setting[SET_QUEUE_TARGET_MS] * 1000,
			  .interval_us = (uint64_t)setting[SET_QUEUE_INTERVAL_MS] * 1000,
			  .limit_us = (uint64_t)setting[SET_QUEUE_LIMIT_MS] * 1000 },
	};
}
