/*
 * schedule - a fixed rate, whatever becomes of the requests.
 * Never:   adds up: an error of rounding stays under a microsecond for as long as it runs.
 */
#include "client/schedule.h"

uint64_t rd_schedule_due(const struct rd_schedule *s, uint64_t n)
{
	return s->start_us + (uint64_t)((double)n * 1e6 / s->rate);
}

uint64_t rd_schedule_count(const struct rd_schedule *s, uint64_t now_us)
{
	uint64_t n;

	if (now_us >= s->end_us)
		now_us = s->end_us - 1;
	if (now_us < s->start_us || s->end_us == s->start_us)
		return 0;
	n = (uint64_t)((double)(now_us - s->start_us) * s->rate / 1e6) + 1;
	while (n > 0 && rd_schedule_due(s, n - 1) > now_us)
		n--;
	while (rd_schedule_due(s, n) <= now_us)
		n++;
	return n;
}
