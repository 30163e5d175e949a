/*
 * fuzz_log_format - whatever a client sends, its request is one line: no byte of it is a control,
 * and each quote that stands in it as such is closed. The input is the texts of a record, each
 * ended by a line feed twice; a format of names is tried, too.
 */
#include "base/must.h"
#include "observe/log_format.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const char *format, const struct rd_log_entry *entry, bool braces)
{
	char why[RD_LOG_FORMAT_WHY];
	struct rd_log_format *f = rd_log_format_new(format, why);
	struct rd_buffer line = { 0 };
	bool quoted = false;

	MUST(f && rd_log_format_line(f, entry, &line));
	MUST(line.at[line.len - 1] == '\n');
	for (size_t i = 0; i + 1 < line.len; i++) {
		unsigned char byte = (unsigned char)line.at[i];

		MUST(byte >= ' ' && byte != 127);
		if (byte == '\\' && quoted)
			i++; /* what is escaped */
		else
			quoted ^= byte == '"';
	}
	MUST(!quoted);
	MUST(!braces || (line.at[0] == '{' && line.at[line.len - 2] == '}'));
	rd_buffer_free(&line);
	rd_log_format_free(f);
}

static void check_own(const uint8_t *data, size_t size)
{
	char text[256], why[RD_LOG_FORMAT_WHY];

	if (size >= sizeof(text))
		return;
	memcpy(text, data, size);
	text[size] = '\0';
	rd_log_format_free(rd_log_format_new(text, why));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd_span text[RECORD_TEXTS] = { { NULL, 0 } };
	struct rd_record r = { .status = 200 };
	struct rd_log_entry entry = { .route = "GET /\"" };
	struct rd_buffer record = { 0 };
	const char *at = (const char *)data, *end = at + size;

	for (int i = 0; i < RECORD_TEXTS && at < end; i++) {
		const char *stop = memmem(at, (size_t)(end - at), "\n\n", 2);

		text[i] = (struct rd_span){ at, (size_t)((stop ? stop : end) - at) };
		at = stop ? stop + 2 : end;
	}
	MUST(rd_record_add(&record, &r, text));
	entry.record = (const struct rd_record *)(void *)record.at;
	check("combined", &entry, false);
	check("logfmt", &entry, false);
	check("json", &entry, true);
	check("{user} {agent} \"{target}\" {route}", &entry, false);
	check_own(data, size);
	rd_buffer_free(&record);
	return 0;
}
