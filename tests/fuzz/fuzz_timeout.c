/*
 * fuzz_timeout - what is read as a number of seconds has a digit first and last, and its integer
 * part, read alone, is no more than it and less than a second less.
 */
#include "base/must.h"
#include "codec/timeout.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd_span text = { (const char *)data, size }, whole = text;
	const char *point = size ? memchr(data, '.', size) : NULL;
	uint64_t us, s;

	if (!rd_timeout_parse(text, &us))
		return 0;
	MUST(data[0] >= '0' && data[0] <= '9' && data[size - 1] >= '0' && data[size - 1] <= '9');
	if (point)
		whole.len = (size_t)(point - text.at);
	MUST(rd_timeout_parse(whole, &s) && s <= us && us - s < 1000000);
	return 0;
}
