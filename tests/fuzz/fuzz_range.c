/*
 * fuzz_range - ranges lie in the representation and apart from each other, and asking for them
 * again gives them again. The first eight bytes are the length.
 */
#include "base/must.h"
#include "codec/range.h"

#include <inttypes.h>
#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void again(const struct rd_range *ranges, unsigned count, uint64_t length)
{
	struct rd_range back[RD_RANGE_MOST];
	char field[1024] = "bytes=";
	size_t n = strlen(field);
	unsigned same;

	for (unsigned i = 0; i < count; i++)
		n += (size_t)snprintf(field + n, sizeof field - n, "%" PRIu64 "-%" PRIu64 ",",
				      ranges[i].first, ranges[i].last);
	MUST(rd_range_parse((struct rd_span){ field, n }, length, back, &same) == 206);
	MUST(same == count && memcmp(ranges, back, count * sizeof *back) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd_range ranges[RD_RANGE_MOST];
	uint64_t length, sum = 0;
	unsigned count;
	int status;

	if (size < sizeof length)
		return 0;
	memcpy(&length, data, sizeof length);
	length &= INT64_MAX;
	status = rd_range_parse(
		(struct rd_span){ (const char *)data + sizeof length, size - sizeof length },
		length, ranges, &count);
	MUST(status == 200 || status == 206 || status == 416);
	if (status != 206)
		return 0;

	MUST(count >= 1 && count <= RD_RANGE_MOST);
	for (unsigned i = 0; i < count; i++) {
		MUST(ranges[i].first <= ranges[i].last && ranges[i].last < length);
		sum += ranges[i].last - ranges[i].first + 1;
		for (unsigned j = 0; j < i; j++)
			MUST(ranges[i].last < ranges[j].first || ranges[j].last < ranges[i].first);
	}
	MUST(sum <= length);
	again(ranges, count, length);
	return 0;
}
