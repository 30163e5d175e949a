/*
 * fuzz_target - a path that is let through stays under its root, is as the header promises, and
 * comes back the same when it is encoded and parsed once more.
 */
#include "base/must.h"
#include "codec/target.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void inside(struct rd_span span, const char *in, size_t len)
{
	MUST(span.at == NULL || (span.at >= in && span.at + span.len <= in + len));
}

static void clean(const char *path, size_t len)
{
	MUST(path[0] == '/' && strlen(path) == len);
	for (const char *at = path; at != NULL; at = strchr(at + 1, '/')) {
		size_t n = strcspn(at + 1, "/");
		MUST(n > 0 || at[1] == '\0');
		MUST(!(n == 1 && at[1] == '.'));
		MUST(!(n == 2 && at[1] == '.' && at[2] == '.'));
	}
	for (size_t i = 0; i < len; i++)
		MUST((unsigned char)path[i] >= 0x20 && path[i] != 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *in = (const char *)data;
	char *path = malloc(size + 2), *back = malloc(size + 2), *coded;
	struct rd_target t, again;
	int status = rd_target_parse(in, size, path, size + 2, &t);
	size_t len;

	MUST(status == 0 || status == 400);
	if (status == 0) {
		inside(t.scheme, in, size);
		inside(t.host, in, size);
		inside(t.raw, in, size);
		inside(t.query, in, size);
		MUST(t.form != RD_TARGET_ABSOLUTE || rd_target_host(t.host));
		clean(path, t.path_len);

		len = rd_target_encode(path, t.path_len, NULL, 0);
		coded = malloc(len + 1);
		MUST(rd_target_encode(path, t.path_len, coded, len + 1) == len);
		MUST(rd_target_parse(coded, len, back, size + 2, &again) == 0);
		MUST(again.path_len == t.path_len && strcmp(back, path) == 0);
		free(coded);
	}
	free(back);
	free(path);
	return 0;
}
