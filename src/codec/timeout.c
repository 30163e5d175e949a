/*
 * timeout - how long a client says that it waits.
 */
#include "codec/timeout.h"

#include <stddef.h>

enum { INTEGER_DIGITS = 15, DECIMAL_DIGITS = 12, FRACTION_DIGITS = 3 };

static size_t timeout_digits(struct rd_span text, size_t from, uint64_t *value)
{
	size_t i = from;

	while (i < text.len && text.at[i] >= '0' && text.at[i] <= '9' && i - from <= INTEGER_DIGITS)
		*value = *value * 10 + (uint64_t)(text.at[i++] - '0');
	return i - from;
}

bool rd_timeout_parse(struct rd_span text, uint64_t *us)
{
	uint64_t ms = 0;
	size_t whole = timeout_digits(text, 0, &ms), fraction;

	if (whole == 0 || whole > INTEGER_DIGITS)
		return false;
	if (whole == text.len) {
		*us = ms * 1000000;
		return ms <= UINT64_MAX / 1000000;
	}
	if (whole > DECIMAL_DIGITS || text.at[whole] != '.')
		return false;
	fraction = timeout_digits(text, whole + 1, &ms);
	if (fraction == 0 || fraction > FRACTION_DIGITS || whole + 1 + fraction != text.len)
		return false;
	for (; fraction < FRACTION_DIGITS; fraction++)
		ms *= 10;
	*us = ms * 1000;
	return true;
}
