/* fuzz_basic - credentials are two strings without a control byte, and stay inside their room. */
#include "base/must.h"
#include "codec/basic.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd_span name, password, value = { (const char *)data, size };
	char out[RD_BASIC_MAX];

	if (!rd_basic_parse(value, out, &name, &password))
		return 0;
	MUST(name.at == out && password.at == out + name.len + 1);
	MUST(name.len + 1 + password.len < RD_BASIC_MAX);
	MUST(strlen(name.at) == name.len && strlen(password.at) == password.len);
	MUST(!memchr(name.at, ':', name.len));
	for (const char *p = out; p < password.at + password.len; p++)
		MUST(p == name.at + name.len || ((unsigned char)*p >= ' ' && *p != 127));
	return 0;
}
