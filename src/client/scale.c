/*
 * scale - round values at even distances, so that a drawing can be read off.
 */
#include "client/scale.h"

#include "base/must.h"

#include <math.h>

enum {
	NINES = 4, /* 99.99 % is the end */
	SPREAD =
		8, /* the most is so many times the least: the lesser could not be seen otherwise */
};

double rd_scale_percentile_at(double q)
{
	double at = -log10(1 - q) / NINES;

	return at < 1 ? at : 1;
}

double rd_scale_percentile(double at)
{
	return 1 - pow(10, -at * NINES);
}

/* A little, for what was meant to be equal. */
static const double nearly = 1 + 1e-9;

static const double rounds[] = { 1, 2, 5, 10 };
enum { ROUNDS = sizeof rounds / sizeof *rounds };

static double scale_power(double value)
{
	return pow(10, floor(log10(value * nearly)));
}

/* The next of 1, 2, 5, 10, 20, 50 ... that is not below the value, or not above it. */
static double scale_round_up(double value)
{
	double power = scale_power(value);
	int i = 0;

	while (value > rounds[i] * power * nearly)
		i++;
	return rounds[i] * power;
}

static double scale_round_down(double value)
{
	double power = scale_power(value);
	int i = ROUNDS - 1;

	while (value * nearly < rounds[i] * power)
		i--;
	return rounds[i] * power;
}

static void scale_mark(struct rd_scale *scale, double step)
{
	for (unsigned i = 0; i * step <= scale->high * nearly; i++) {
		MUST(scale->ticks < RD_SCALE_TICKS);
		scale->tick[scale->ticks++] = i * step;
	}
}

struct rd_scale rd_scale_linear(double most, unsigned ticks, bool whole)
{
	struct rd_scale scale = { 0 };
	double step = most > 0 ? scale_round_up(most / ticks) : 1;

	if (whole && step < 1)
		step = 1;
	scale.high = most > step ? ceil(most / step / nearly) * step : step;
	scale_mark(&scale, step);
	return scale;
}

struct rd_scale rd_scale_spread(double least, double most, unsigned ticks)
{
	struct rd_scale scale = { .logarithmic = true };
	bool whole_powers;

	if (most < least * SPREAD)
		return rd_scale_linear(most * 1.1, ticks, false);
	whole_powers = log10(most / least) * (ROUNDS - 1) > ticks;
	scale.low = whole_powers ? scale_power(least) : scale_round_down(least);
	scale.high = scale_round_up(most);
	for (double value = scale.low; value <= scale.high * nearly;
	     value = whole_powers ? value * 10 : scale_round_up(value * 1.5)) {
		MUST(scale.ticks < RD_SCALE_TICKS);
		scale.tick[scale.ticks++] = value;
	}
	return scale;
}

struct rd_scale rd_scale_time(double seconds, unsigned ticks)
{
	static const double steps[] = { 1,   2,	  5,	10,   15,   30,	   60,	  120,	 300,
					600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400 };
	struct rd_scale scale = { .high = seconds };
	unsigned i = 0;

	while (seconds > steps[i] * ticks && i + 1 < sizeof steps / sizeof *steps)
		i++;
	scale_mark(&scale, steps[i]);
	return scale;
}

double rd_scale_at(const struct rd_scale *scale, double value)
{
	if (!scale->logarithmic)
		return (value - scale->low) / (scale->high - scale->low);
	if (value <= scale->low)
		return 0;
	return log(value / scale->low) / log(scale->high / scale->low);
}
