/*
 * range - parts of a representation.
 */
#include "codec/range.h"

#include "codec/list.h"

#include <inttypes.h>
#include <stdio.h>

enum verdict { PRESENT, BEYOND, IGNORED };

/* Takes a number off the front; one that is too large is the largest. False when there is none. */
static bool range_number(struct rd_span *s, uint64_t *value)
{
	bool any = false;

	*value = 0;
	for (; s->len > 0 && s->at[0] >= '0' && s->at[0] <= '9'; s->at++, s->len--) {
		uint64_t digit = (uint64_t)(s->at[0] - '0');

		any = true;
		*value = *value > (UINT64_MAX - digit) / 10 ? UINT64_MAX : *value * 10 + digit;
	}
	return any;
}

static bool range_dash(struct rd_span *s)
{
	if (s->len == 0 || s->at[0] != '-')
		return false;
	s->at++, s->len--;
	return true;
}

/* One of "0-4", "5-" and "-5". */
static enum verdict range_one(struct rd_span spec, uint64_t length, struct rd_range *range)
{
	uint64_t first, last = UINT64_MAX;

	if (range_dash(&spec)) {
		if (!range_number(&spec, &last) || spec.len > 0)
			return IGNORED;
		if (last == 0)
			return BEYOND;
		if (length == 0) /* the whole of nothing, which no Content-Range can say */
			return IGNORED;
		*range = (struct rd_range){ last < length ? length - last : 0, length - 1 };
		return PRESENT;
	}
	if (!range_number(&spec, &first) || !range_dash(&spec))
		return IGNORED;
	if (spec.len > 0 && (!range_number(&spec, &last) || spec.len > 0 || last < first))
		return IGNORED;
	if (first >= length)
		return BEYOND;
	*range = (struct rd_range){ first, last < length ? last : length - 1 };
	return PRESENT;
}

/* Adds a range, at the place of the first one that it shares a byte with, as one with all those. */
static unsigned range_add(struct rd_range *ranges, unsigned count, struct rd_range range)
{
	unsigned place = count, i = 0;

	while (i < count) {
		struct rd_range *other = &ranges[i];

		if (other->first > range.last || range.first > other->last) {
			i++;
			continue;
		}
		if (other->first < range.first)
			range.first = other->first;
		if (other->last > range.last)
			range.last = other->last;
		count--;
		memmove(other, other + 1, (count - i) * sizeof *other);
		if (i < place)
			place = i;
	}
	memmove(ranges + place + 1, ranges + place, (count - place) * sizeof *ranges);
	ranges[place] = range;
	return count + 1;
}

int rd_range_parse(struct rd_span field, uint64_t length, struct rd_range ranges[RD_RANGE_MOST],
		   unsigned *count)
{
	struct rd_span spec;
	unsigned specs = 0;
	uint64_t left = length;

	*count = 0;
	if (field.len < 6 || !rd_span_eq_nocase((struct rd_span){ field.at, 6 }, "bytes="))
		return 200;
	field.at += 6, field.len -= 6;

	while (rd_list_next(&field, &spec)) {
		struct rd_range range;
		enum verdict verdict = range_one(spec, length, &range);

		if (verdict == IGNORED || ++specs > RD_RANGE_MOST)
			return 200;
		if (verdict == BEYOND)
			continue;
		if (range.last - range.first >= left)
			return 200;
		left -= range.last - range.first + 1;
		*count = range_add(ranges, *count, range);
	}
	if (specs == 0)
		return 200;
	return *count > 0 ? 206 : 416;
}

size_t rd_range_content(char out[RD_RANGE_CONTENT], const struct rd_range *range, uint64_t length)
{
	int n;

	if (range)
		n = snprintf(out, RD_RANGE_CONTENT, "bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64,
			     range->first, range->last, length);
	else
		n = snprintf(out, RD_RANGE_CONTENT, "bytes */%" PRIu64, length);
	return (size_t)n;
}

size_t rd_range_part(char *out, size_t size, const char *boundary, const char *type,
		     const struct rd_range *range, uint64_t length)
{
	char content[RD_RANGE_CONTENT];
	int n;

	if (range == NULL)
		return (size_t)snprintf(out, size, "\r\n--%s--\r\n", boundary);
	rd_range_content(content, range, length);
	n = snprintf(out, size, "\r\n--%s\r\n%s%s%sContent-Range: %s\r\n\r\n", boundary,
		     type ? "Content-Type: " : "", type ? type : "", type ? "\r\n" : "", content);
	return (size_t)n;
}

uint64_t rd_range_multipart(const char *boundary, const char *type, const struct rd_range *ranges,
			    unsigned count, uint64_t length)
{
	uint64_t whole = rd_range_part(NULL, 0, boundary, type, NULL, length);

	for (unsigned i = 0; i < count; i++)
		whole += rd_range_part(NULL, 0, boundary, type, &ranges[i], length) +
			 ranges[i].last - ranges[i].first + 1;
	return whole;
}
