/*
 * shed - which of those that wait are served, as pure functions.
 * Thread:  the caller's, under the queue's lock.
 * Never:   looks at a clock or a thread.
 */
#include "flow/shed.h"

enum {
	FIRST_US = 400 * 1000, /* what a request takes, before any was seen */
	LOOKS_BACK = 64,       /* requests that the mean looks back on */
};

void rd_shed_init(struct rd_shed *s, const struct rd_shed_config *config)
{
	*s = (struct rd_shed){ .config = *config, .mean_us = FIRST_US };
}

static uint64_t shed_scaled(const struct rd_shed *s, uint64_t us)
{
	return s->mean_us > RD_SHED_USUAL_US ? us * (uint64_t)s->mean_us / RD_SHED_USUAL_US : us;
}

void rd_shed_idle(struct rd_shed *s, uint64_t now_us)
{
	if (s->low_us >= now_us)
		return;
	s->low_us = now_us;
	s->sheds = false;
}

static bool shed_longer(uint64_t since_us, uint64_t now_us, uint64_t us)
{
	return now_us > since_us && now_us - since_us > us;
}

static bool shed_standing(const struct rd_shed *s, uint64_t now_us)
{
	return s->config.on &&
	       shed_longer(s->low_us, now_us, shed_scaled(s, s->config.interval_us));
}

bool rd_shed_newest(const struct rd_shed *s, uint64_t now_us)
{
	return s->sheds && shed_standing(s, now_us);
}

bool rd_shed_soon(const struct rd_shed *s, uint64_t ready_us, uint64_t now_us)
{
	return shed_longer(ready_us, now_us, shed_scaled(s, s->config.limit_us) / 2);
}

enum rd_fate rd_shed_decide(struct rd_shed *s, uint64_t ready_us, uint64_t now_us)
{
	if (!shed_longer(ready_us, now_us, shed_scaled(s, s->config.target_us)))
		rd_shed_idle(s, now_us);
	if (!shed_standing(s, now_us) ||
	    !shed_longer(ready_us, now_us, shed_scaled(s, s->config.limit_us)))
		return RD_SERVE;
	s->sheds = true;
	return RD_SHED;
}

void rd_shed_learn(struct rd_shed *s, uint64_t us, unsigned n)
{
	if (n == 0)
		return;
	s->learnt = s->learnt + n < LOOKS_BACK ? s->learnt + n : LOOKS_BACK;
	s->mean_us += ((int64_t)us - (int64_t)n * s->mean_us) / (int64_t)s->learnt;
}
