/*
 * condition - whether a request still applies to what is there now.
 */
#include "codec/condition.h"

#include "codec/date.h"
#include "codec/etag.h"
#include "codec/head.h"

enum answer { ABSENT, NO, YES };

/* Whether one of the tags listed in all the fields of that name is the current one, or any is. */
static enum answer condition_tags(const struct rd_head *head, enum rd_field_id id,
				  const struct rd_condition *there,
				  bool (*same)(struct rd_span, struct rd_span))
{
	const struct rd_field *field;
	enum answer answer = ABSENT;
	unsigned i = 0;

	while ((field = rd_head_next(head, id, &i)) != NULL) {
		struct rd_span list = field->value, tag;

		answer = NO;
		if (!there->exists)
			continue;
		if (rd_span_eq(list, "*"))
			return YES;
		while (rd_etag_next(&list, &tag))
			if (same(tag, there->etag))
				return YES;
	}
	return answer;
}

/* The only field of that name. None when it was sent twice: which one would count? */
static struct rd_span condition_single(const struct rd_head *head, enum rd_field_id id)
{
	const struct rd_field *field;
	unsigned i = 0;

	field = rd_head_next(head, id, &i);
	if (field == NULL || rd_head_next(head, id, &i) != NULL)
		return (struct rd_span){ NULL, 0 };
	return field->value;
}

/* Whether what is there has changed after the date in the field. */
static enum answer condition_changed(const struct rd_head *head, enum rd_field_id id,
				     const struct rd_condition *there)
{
	struct rd_span value = condition_single(head, id);
	int64_t date;

	if (!there->dated || value.at == NULL ||
	    !rd_date_parse(value.at, value.len, there->now, &date))
		return ABSENT;
	return there->mtime > date ? YES : NO;
}

int rd_condition_check(const struct rd_head *head, const struct rd_condition *there)
{
	bool reads = head->method == METHOD_GET || head->method == METHOD_HEAD;
	enum answer match = condition_tags(head, FIELD_IF_MATCH, there, rd_etag_same_strong);
	enum answer none = condition_tags(head, FIELD_IF_NONE_MATCH, there, rd_etag_same_weak);

	if (match == NO)
		return 412;
	if (match == ABSENT && condition_changed(head, FIELD_IF_UNMODIFIED_SINCE, there) == YES)
		return 412;
	if (none == YES)
		return reads ? 304 : 412;
	if (none == ABSENT && reads &&
	    condition_changed(head, FIELD_IF_MODIFIED_SINCE, there) == NO)
		return 304;
	return 0;
}

bool rd_condition_range(const struct rd_head *head, const struct rd_condition *there)
{
	struct rd_span value, tag;
	unsigned i = 0;
	int64_t date;

	if (head->method != METHOD_GET || condition_single(head, FIELD_RANGE).at == NULL)
		return false;
	if (rd_head_next(head, FIELD_IF_RANGE, &i) == NULL)
		return true;

	value = condition_single(head, FIELD_IF_RANGE);
	if (value.len == 0)
		return false;
	if (rd_date_parse(value.at, value.len, there->now,
			  &date)) /* strong once its second is over */
		return there->dated && date == there->mtime && date < there->now;
	return rd_etag_next(&value, &tag) && value.len == 0 &&
	       rd_etag_same_strong(tag, there->etag);
}
