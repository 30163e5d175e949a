/*
 * fuzz_condition - what a request's fields decide: 304 is for readers only, a write that passes
 * would pass as a read too or is told 304, and what has neither tag nor date fails only If-Match
 * and the asterisk. The input is the field lines.
 */
#include "base/buffer.h"
#include "base/must.h"
#include "codec/condition.h"
#include "codec/head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void weigh(struct rd_head *head)
{
	const struct rd_condition file = { .exists = true,
					   .etag = { "\"a\"", 3 },
					   .dated = true,
					   .mtime = 784111777,
					   .now = 784111800 };
	const struct rd_condition nameless = { .exists = true, .now = 784111800 };
	const struct rd_condition missing = { .now = 784111800 };
	int read, write;

	head->method = METHOD_PUT;
	write = rd_condition_check(head, &file);
	MUST(!rd_condition_range(head, &file));
	MUST(rd_condition_check(head, &missing) == (head->first[FIELD_IF_MATCH] ? 412 : 0));
	head->method = METHOD_GET;
	read = rd_condition_check(head, &file);
	MUST(write == 0 || write == 412);
	MUST(read == 0 || read == 304 || read == 412);
	MUST(read != 412 || write == 412);
	MUST(write != 0 || read != 412);
	MUST(rd_condition_check(head, &missing) == (head->first[FIELD_IF_MATCH] ? 412 : 0));

	if (!head->first[FIELD_IF_MATCH] && !head->first[FIELD_IF_NONE_MATCH])
		MUST(rd_condition_check(head, &nameless) == 0);
	MUST(!rd_condition_range(head, &nameless) || !head->first[FIELD_IF_RANGE]);
	MUST(!rd_condition_range(head, &file) || head->first[FIELD_RANGE]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd_buffer text = { 0 };
	struct rd_head head;

	MUST(rd_buffer_text(&text, "GET / HTTP/1.1\r\n"));
	MUST(rd_buffer_add(&text, data, size));
	MUST(rd_buffer_text(&text, "\r\n\r\n"));
	if (rd_head_parse(text.at, text.len, &RD_HEAD_LIMITS, &head) > 0)
		weigh(&head);
	rd_buffer_free(&text);
	return 0;
}
