/*
 * fuzz_proxy - a header that is taken is taken at no length before its own, and behind it anything
 * may stand; what needs more has no beginning that is refused.
 */
#include "base/must.h"
#include "codec/proxy.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *buf = (const char *)data;
	struct rd_proxy proxy, again;
	int len = rd_proxy_parse(buf, size, &proxy);

	if (len < 0)
		return 0;
	MUST((size_t)len <= size && len <= RD_PROXY_MAX);
	MUST(len > 0 || size < RD_PROXY_MAX);
	if (len == 0)
		len = (int)size;
	else
		MUST(rd_proxy_parse(buf, (size_t)len, &again) == len &&
		     memcmp(&proxy, &again, sizeof(proxy)) == 0);
	for (int i = 0; i < len; i++)
		MUST(rd_proxy_parse(buf, (size_t)i, &again) == 0);
	return 0;
}
