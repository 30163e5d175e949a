/*
 * bucket - how often something may be done, as pure functions.
 * Thread:  the caller's.
 * Never:   looks at a clock or a thread.
 */
#include "guard/bucket.h"

/* Until one that was taken is there again. */
static uint64_t bucket_each_ns(const struct rd_bucket_config *config)
{
	return UINT64_C(1000000000) / config->rate;
}

static uint64_t bucket_whole_ns(const struct rd_bucket_config *config)
{
	return bucket_each_ns(config) * config->burst;
}

/* What is missing in it, as the time that it takes to come. */
static uint64_t bucket_missing_ns(uint64_t full_ns, const struct rd_bucket_config *config,
				  uint64_t now_ns)
{
	uint64_t missing = full_ns > now_ns ? full_ns - now_ns : 0;
	uint64_t whole = bucket_whole_ns(config);

	return missing < whole ? missing : whole;
}

bool rd_bucket_take(uint64_t *full_ns, const struct rd_bucket_config *config, uint64_t now_us,
		    uint64_t *wait_us)
{
	uint64_t now_ns = now_us * 1000, each = bucket_each_ns(config);
	uint64_t missing = bucket_missing_ns(*full_ns, config, now_ns);
	uint64_t whole = bucket_whole_ns(config);

	if (missing + each > whole) {
		*wait_us = (missing + each - whole + 999) / 1000;
		*full_ns = now_ns + missing;
		return false;
	}
	*full_ns = now_ns + missing + each;
	return true;
}

unsigned rd_bucket_taken(uint64_t full_ns, const struct rd_bucket_config *config, uint64_t now_us)
{
	uint64_t missing = bucket_missing_ns(full_ns, config, now_us * 1000);

	return (unsigned)(missing / (bucket_whole_ns(config) / 1000 + 1));
}
