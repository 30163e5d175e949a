/*
 * record - what is known of one exchange.
 * Thread:  the owner's.
 */
#include "observe/record.h"

#include "base/must.h"

#include <string.h>

static const struct {
	const char *word, *text;
	enum rd_stamp from, to;
} stages[] = {
#define STAGE(name, word, from, to, text) [STAGE_##name] = { word, text, STAMP_##from, STAMP_##to },
#include "tbl/stage.h"
#undef STAGE
};

static size_t record_aligned(size_t size)
{
	return (size + _Alignof(struct rd_record) - 1) & ~(_Alignof(struct rd_record) - 1);
}

static size_t record_texts(const struct rd_record *r, unsigned before)
{
	size_t size = 0;

	for (unsigned i = 0; i < before; i++)
		size += r->len[i];
	return size;
}

static void record_lengths(struct rd_record *r, const struct rd_span *text)
{
	memset(r->len, 0, sizeof(r->len));
	for (int i = 0; text && i < RECORD_TEXTS; i++)
		r->len[i] = (uint16_t)(text[i].len < RD_RECORD_TEXT_MAX ? text[i].len
									: RD_RECORD_TEXT_MAX);
	r->size = (uint32_t)record_aligned(sizeof(*r) + record_texts(r, text ? RECORD_TEXTS : 0));
}

bool rd_record_add(struct rd_buffer *to, struct rd_record *r, const struct rd_span *text)
{
	char *at;

	record_lengths(r, text);
	if (!rd_buffer_reserve(to, r->size))
		return false;
	at = to->at + to->len;
	to->len += r->size;
	memcpy(at, r, sizeof(*r));
	at += sizeof(*r);
	for (int i = 0; text && i < RECORD_TEXTS; i++) {
		if (r->len[i] > 0)
			memcpy(at, text[i].at, r->len[i]);
		at += r->len[i];
	}
	memset(at, 0, (size_t)(to->at + to->len - at));
	return true;
}

struct rd_span rd_record_text(const struct rd_record *r, enum rd_record_text which)
{
	return (struct rd_span){ (const char *)(r + 1) + record_texts(r, which), r->len[which] };
}

bool rd_record_reached(const struct rd_record *r, enum rd_stage stage)
{
	return r->at[stages[stage].to] > 0 && !(stage == STAGE_KERNEL && r->unasked);
}

uint64_t rd_record_stage(const struct rd_record *r, enum rd_stage stage)
{
	uint64_t from = r->at[stages[stage].from], to = r->at[stages[stage].to];

	return to > from ? to - from : 0;
}

const char *rd_stage_word(enum rd_stage stage)
{
	MUST(stage < STAGE_COUNT);
	return stages[stage].word;
}

const char *rd_stage_text(enum rd_stage stage)
{
	MUST(stage < STAGE_COUNT);
	return stages[stage].text;
}
