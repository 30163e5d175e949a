/*
 * fuzz_etag - the tags of a list lie in it one after the other, and each is a list of itself.
 */
#include "base/must.h"
#include "codec/etag.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd_span list = { (const char *)data, size }, tag, self;
	const char *at = list.at, *end = at + size;

	while (rd_etag_next(&list, &tag)) {
		struct rd_span one = tag;

		MUST(tag.at >= at && tag.len >= 2 && tag.at + tag.len <= end);
		at = tag.at + tag.len;
		MUST(list.at >= at && list.at + list.len <= end);

		MUST(rd_etag_next(&one, &self) && one.len == 0 && rd_span_same(self, tag));
		MUST(rd_etag_same_weak(self, tag));
		MUST(rd_etag_same_strong(self, tag) == (tag.at[0] == '"'));
	}
	MUST(list.at >= at && list.at + list.len <= end);
	return 0;
}
