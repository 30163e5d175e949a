/* condition - whether a request still applies to what is there now (RFC 9110 §13). */
#ifndef RD_CODEC_CONDITION_H
#define RD_CODEC_CONDITION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

struct rd_head;

/* What is there now, as a reply with 200 would describe it. */
struct rd_condition {
	bool exists;
	struct rd_span etag; /* its tag, W/ and quotes included; at is NULL without one */
	bool dated;	     /* it has a Last-Modified, which is: */
	int64_t mtime;	     /* seconds since 1970, and not after now */
	int64_t now;
};

/*
 * Weighs the If- fields in the order of RFC 9110 §13.2.2: 0 to go on, 304 or 412. To be asked only
 * when the reply would be 2xx without them. A date that is none does not count; a list of tags
 * counts up to where it is malformed.
 */
int rd_condition_check(const struct rd_head *head, const struct rd_condition *there);

/*
 * Whether the Range field counts: there is one, the method is GET (§14.2), and If-Range, if it is
 * there, names exactly what is there now (§13.1.5).
 */
bool rd_condition_range(const struct rd_head *head, const struct rd_condition *there);

#endif
