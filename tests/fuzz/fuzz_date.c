/*
 * fuzz_date - whatever parses as a date formats to one that parses to the same second, and any
 * second formats to a date. The first eight bytes are the second and the time of day, the rest is
 * the text.
 */
#include "base/must.h"
#include "codec/date.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int64_t again(int64_t t)
{
	char text[RD_DATE_SIZE];
	int64_t back;

	rd_date_format(t, text);
	MUST(strlen(text) == RD_DATE_SIZE - 1);
	MUST(rd_date_parse(text, RD_DATE_SIZE - 1, 0, &back));
	return back;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int64_t now, t;

	if (size < sizeof now)
		return 0;
	memcpy(&now, data, sizeof now);
	t = again(now);
	MUST(again(t) == t);

	if (rd_date_parse((const char *)data + sizeof now, size - sizeof now, now, &t) &&
	    t <= INT64_C(253402300799)) /* a leap second may end the year 9999 */
		MUST(again(t) == t);
	return 0;
}
