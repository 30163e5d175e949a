/*
 * fuzz_accept - a choice is one of what is there, does not change when the rest is taken away, and
 * is identity for a field that is malformed. Lines of the input are fields of one request.
 */
#include "base/must.h"
#include "codec/accept.h"

#include <stddef.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *at = (const char *)data, *end = at + size;
	struct rd_accept accept = { 0 };

	while (at < end) {
		const char *line = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((line ? line : end) - at);

		rd_accept_field(&accept, (struct rd_span){ at, len });
		at += len + (line != NULL);
	}
	for (unsigned available = 0; available < 1u << RD_CODING_COUNT; available++) {
		int choice = rd_accept_choose(&accept, available);

		MUST(choice >= -1 && choice < RD_CODING_COUNT);
		if (choice < 0)
			continue;
		MUST(available & 1u << choice);
		MUST(rd_accept_choose(&accept, 1u << choice) == choice);
		if (accept.malformed && (available & 1u << RD_CODING_IDENTITY))
			MUST(choice == RD_CODING_IDENTITY);
		for (unsigned less = available; less; less = (less - 1) & available)
			if (less & 1u << choice)
				MUST(rd_accept_choose(&accept, less) == choice);
	}
	return 0;
}
