/*
 * fuzz_units - whatever is read as a duration or a size is written so that it reads the same. The
 * first eight bytes are a quantity, the rest is a text.
 */
#include "base/must.h"
#include "config/units.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void again(uint64_t value)
{
	char text[RD_UNITS_TEXT];
	uint64_t back;

	MUST(rd_units_duration(rd_units_duration_text(value, text), &back) && back == value);
	MUST(rd_units_size(rd_units_size_text(value, text), &back) && back == value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[64];
	uint64_t value;

	if (size < sizeof value || size - sizeof value >= sizeof text)
		return 0;
	memcpy(&value, data, sizeof value);
	again(value & INT64_MAX);
	memcpy(text, data + sizeof value, size - sizeof value);
	text[size - sizeof value] = '\0';
	if (rd_units_duration(text, &value))
		again(value);
	if (rd_units_size(text, &value))
		again(value);
	if (rd_units_number(text, &value)) {
		MUST(value <= INT64_MAX);
		again(value);
	}
	return 0;
}
