/*
 * record - what is known of one exchange when it has ended: when it was where, and, where somebody
 * reads records, what was asked.
 */
#ifndef RD_OBSERVE_RECORD_H
#define RD_OBSERVE_RECORD_H

#include "base/buffer.h"
#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum rd_stamp {
#define STAMP(name, word, text) STAMP_##name,
#include "tbl/stamp.h"
#undef STAMP
	STAMP_COUNT
};

enum rd_stage {
#define STAGE(name, word, from, to, text) STAGE_##name,
#include "tbl/stage.h"
#undef STAGE
	STAGE_COUNT
};

enum rd_record_text {
	RECORD_METHOD,
	RECORD_TARGET,
	RECORD_VERSION, /* "HTTP/1.1"; of a line service "" */
	RECORD_HOST,
	RECORD_REFERER,
	RECORD_AGENT,
	RECORD_CLIENT, /* its address without a port, or "unix" */
	RECORD_USER,   /* who proved to be it by a password */
	RECORD_ID,
	RECORD_TEXTS
};

enum { RD_RECORD_TEXT_MAX = 8192 }; /* bytes of one text; the rest of a longer one is left out */

struct rd_record {
	uint64_t at[STAMP_COUNT]; /* monotonic us, none before the one before it; 0: never */
	uint64_t accepted_us;
	uint64_t client;     /* see net/client.h */
	uint64_t received;   /* bytes of head and body */
	uint64_t head, body; /* bytes of the reply that are with the kernel */
	uint32_t connection; /* its number, from 1 */
	uint32_t exchange;   /* its number on that, from 1 */
	uint32_t size;	     /* of this and of the texts behind it, with what aligns the next one */
	uint16_t series;     /* of its route, see observe/series.h */
	uint16_t status;     /* 0: none was given */
	uint16_t reason; /* of tbl/close_reason.h, for which the connection ends; 0: it goes on */
	uint16_t len[RECORD_TEXTS]; /* of the texts, one after the other */
	bool unasked; /* the kernel was not asked when it arrived: that is when main saw it */
};

/*
 * Adds the record, with its RECORD_TEXTS texts behind it (as they come from outside, unchecked), or
 * with none, where `text` is NULL. It sets r->len and r->size. False: there is no memory.
 */
bool rd_record_add(struct rd_buffer *to, struct rd_record *r, const struct rd_span *text);

/* One of the texts of a record that was added. */
struct rd_span rd_record_text(const struct rd_record *r, enum rd_record_text which);

/* Whether it came to the stage's end, as far as was asked, and how many us that took; 0 if not. */
bool rd_record_reached(const struct rd_record *r, enum rd_stage stage);
uint64_t rd_record_stage(const struct rd_record *r, enum rd_stage stage);

/* "perform"; "in its handler". */
const char *rd_stage_word(enum rd_stage stage);
const char *rd_stage_text(enum rd_stage stage);

#endif
