/*
 * log_format - how a line of the access log looks, and the line of a record.
 * Thread:  one at a time has a format.
 * Never:   lets what a client sent end a value or a line (observe/log_escape.h).
 */
#include "observe/log_format.h"

#include "base/json.h"
#include "base/must.h"
#include "observe/counters.h"
#include "observe/log_escape.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum field {
#define LOG_FIELD(name, all, text) FIELD_##name,
#include "tbl/log_field.h"
#undef LOG_FIELD
	FIELD_STAGES, /* the first of them */
	FIELDS = FIELD_STAGES + STAGE_COUNT
};

static const struct {
	const char *name;
	bool all;
} fields[FIELDS] = {
#define LOG_FIELD(name, all, text) [FIELD_##name] = { #name, all },
#include "tbl/log_field.h"
#undef LOG_FIELD
#define STAGE(name, word, from, to, text) [FIELD_STAGES + STAGE_##name] = { word "_us", true },
#include "tbl/stage.h"
#undef STAGE
};

static const char combined[] = "{client} - {user} [{local_time}] \"{request}\" {status} {body} "
			       "\"{referer}\" \"{agent}\"";

enum { PIECES_MAX = 64 };

/* A field, behind so much of the format's text that stands for itself. */
struct piece {
	char *before;
	size_t len;
	enum field field; /* FIELDS: none, it is the end */
	bool quoted;
};

struct rd_log_format {
	enum { PLAIN, LOGFMT, JSON } style;
	struct piece piece[PIECES_MAX]; /* of a plain one */
	size_t pieces;
	/* what the last line had */
	int64_t second;
	char local[48], utc[32]; /* the second as text; "" before the first */
};

#define WRONG(...) (snprintf(why, RD_LOG_FORMAT_WHY, __VA_ARGS__), false)

/* FIELDS: it is no name. */
static enum field format_find(const char *name, size_t len)
{
	enum field i = 0;

	while (i < FIELDS &&
	       (strlen(fields[i].name) != len || memcmp(fields[i].name, name, len) != 0))
		i++;
	return i;
}

/* The field whose brace is open before *at, which is behind it after. */
static bool format_field(const char **at, struct piece *p, char why[RD_LOG_FORMAT_WHY])
{
	size_t len = strcspn(*at, "{}");

	if ((*at)[len] != '}')
		return WRONG("the brace before \"%.40s\" is not closed", *at);
	p->field = format_find(*at, len);
	if (p->field == FIELDS)
		return WRONG("{%.*s} is none of the names that replyd.conf(5) has",
			     (int)(len < 40 ? len : 40), *at);
	*at += len + 1;
	return true;
}

/* Up to a field and with it, or up to the end. */
static bool format_piece(const char **at, struct piece *p, bool *quoted,
			 char why[RD_LOG_FORMAT_WHY])
{
	const char *text = *at;

	p->field = FIELDS;
	p->before = malloc(strlen(text) + 1);
	if (!p->before)
		return WRONG("no memory");
	for (; *text; text++) {
		if ((unsigned char)*text < ' ' || *text == 127)
			return WRONG("there is a control character in it");
		if (*text == '}' && text[1] != '}')
			return WRONG("a brace is closed that is not open: \"}}\" stands for one");
		if (*text == '{' && text[1] != '{')
			break;
		text += *text == '{' || *text == '}';
		*quoted ^= *text == '"';
		p->before[p->len++] = *text;
	}
	*at = text;
	p->quoted = *quoted;
	if (*text == '\0')
		return true;
	++*at;
	return format_field(at, p, why);
}

static bool format_parse(struct rd_log_format *f, const char *text, char why[RD_LOG_FORMAT_WHY])
{
	bool quoted = false, any = false;

	while (*text) {
		if (f->pieces == PIECES_MAX)
			return WRONG("there are more than %d names in it", PIECES_MAX - 1);
		if (!format_piece(&text, &f->piece[f->pieces++], &quoted, why))
			return false;
		any |= f->piece[f->pieces - 1].field != FIELDS;
	}
	return any || WRONG("it is neither combined, logfmt nor json, nor has it a name such as "
			    "{client}");
}

struct rd_log_format *rd_log_format_new(const char *text, char why[RD_LOG_FORMAT_WHY])
{
	struct rd_log_format *f = calloc(1, sizeof(*f));
	bool right = true;

	snprintf(why, RD_LOG_FORMAT_WHY, "no memory");
	if (!f)
		return NULL;
	f->style = PLAIN;
	if (strcmp(text, "json") == 0)
		f->style = JSON;
	else if (strcmp(text, "logfmt") == 0)
		f->style = LOGFMT;
	else
		right = format_parse(f, strcmp(text, "combined") == 0 ? combined : text, why);
	if (right)
		return f;
	rd_log_format_free(f);
	return NULL;
}

bool rd_log_format_has(const struct rd_log_format *f, const char *name)
{
	enum field field = format_find(name, strlen(name));
	size_t i = 0;

	if (f->style != PLAIN)
		return fields[field].all;
	while (i < f->pieces && f->piece[i].field != field)
		i++;
	return i < f->pieces;
}

void rd_log_format_free(struct rd_log_format *f)
{
	for (size_t i = 0; f && i < f->pieces; i++)
		free(f->piece[i].before);
	free(f);
}

/* What a record says of a field. */
struct value {
	enum { NOTHING, NUMBER, TEXT, REQUEST } kind;
	uint64_t number;
	struct rd_span text;
	char own[48]; /* of a text that is made here */
};

static void value_text(struct value *v, struct rd_span text)
{
	v->kind = text.len > 0 ? TEXT : NOTHING;
	v->text = text;
}

static void value_own(struct value *v, int len)
{
	v->kind = TEXT;
	v->text = (struct rd_span){ v->own, (size_t)len };
}

static void value_number(struct value *v, uint64_t number)
{
	v->kind = NUMBER;
	v->number = number;
}

/* The second's texts; those of the second before are mostly the same. */
static void format_second(struct rd_log_format *f, int64_t second)
{
	time_t at = (time_t)second;
	struct tm tm;

	if (second == f->second && *f->utc)
		return;
	f->second = second;
	*f->local = *f->utc = '\0';
	if (gmtime_r(&at, &tm))
		strftime(f->utc, sizeof(f->utc), "%Y-%m-%dT%H:%M:%S", &tm);
	if (localtime_r(&at, &tm))
		strftime(f->local, sizeof(f->local), "%d/%b/%Y:%H:%M:%S %z", &tm);
}

static void value_time(struct value *v, struct rd_log_format *f, int64_t us)
{
	value_own(v, snprintf(v->own, sizeof(v->own), "%s.%06" PRId64 "Z", f->utc,
			      us % (1000 * 1000)));
}

static void value_texts(struct value *v, const struct rd_record *r, enum field field)
{
	static const enum rd_record_text text[FIELD_STAGES] = {
		[FIELD_method] = RECORD_METHOD,	  [FIELD_target] = RECORD_TARGET,
		[FIELD_version] = RECORD_VERSION, [FIELD_host] = RECORD_HOST,
		[FIELD_referer] = RECORD_REFERER, [FIELD_agent] = RECORD_AGENT,
		[FIELD_client] = RECORD_CLIENT,	  [FIELD_user] = RECORD_USER,
		[FIELD_id] = RECORD_ID,
	};

	value_text(v, rd_record_text(r, text[field]));
}

static void value_numbers(struct value *v, const struct rd_record *r, enum field field)
{
	switch (field) {
	case FIELD_received:
		value_number(v, r->received);
		break;
	case FIELD_sent:
		value_number(v, r->head + r->body);
		break;
	case FIELD_body:
		value_number(v, r->body);
		break;
	case FIELD_connection:
		value_number(v, r->connection);
		break;
	case FIELD_exchange:
		value_number(v, r->exchange);
		break;
	default:
		if (field >= FIELD_STAGES && rd_record_reached(r, field - FIELD_STAGES))
			value_number(v, rd_record_stage(r, field - FIELD_STAGES));
	}
}

static void format_value(struct rd_log_format *f, const struct rd_log_entry *e, enum field field,
			 struct value *v)
{
	const struct rd_record *r = e->record;

	v->kind = NOTHING;
	switch (field) {
	case FIELD_time:
		value_time(v, f, e->arrived_us);
		break;
	case FIELD_local_time:
		value_text(v, rd_span_of(f->local));
		break;
	case FIELD_request:
		v->kind = r->len[RECORD_METHOD] > 0 ? REQUEST : NOTHING;
		break;
	case FIELD_status:
		if (r->status > 0)
			value_number(v, r->status);
		break;
	case FIELD_route:
		value_text(v, rd_span_of(e->route));
		break;
	case FIELD_close:
		if (r->reason > 0)
			value_text(v, rd_span_of(rd_counter_word(COUNT_CLOSED_NONE + r->reason)));
		break;
	case FIELD_method:
	case FIELD_target:
	case FIELD_version:
	case FIELD_host:
	case FIELD_referer:
	case FIELD_agent:
	case FIELD_client:
	case FIELD_user:
	case FIELD_id:
		value_texts(v, r, field);
		break;
	default:
		value_numbers(v, r, field);
	}
}

static bool format_number(struct rd_buffer *to, uint64_t number)
{
	char digits[20];
	size_t at = sizeof(digits);

	do
		digits[--at] = (char)('0' + number % 10);
	while (number /= 10);
	return rd_buffer_add(to, digits + at, sizeof(digits) - at);
}

/* "GET /a HTTP/1.1" */
static bool format_request(struct rd_buffer *to, const struct rd_record *r, bool space)
{
	const char *between = space ? "\\x20" : " ";

	return rd_log_escape_plain(to, rd_record_text(r, RECORD_METHOD), space) &&
	       rd_buffer_text(to, between) &&
	       rd_log_escape_plain(to, rd_record_text(r, RECORD_TARGET), space) &&
	       rd_buffer_text(to, between) &&
	       rd_log_escape_plain(to, rd_record_text(r, RECORD_VERSION), space);
}

/* Without quotes around it a space would end it. */
static bool format_plain_value(struct rd_buffer *to, const struct rd_record *r,
			       const struct value *v, bool space)
{
	switch (v->kind) {
	case NUMBER:
		return format_number(to, v->number);
	case TEXT:
		return rd_log_escape_plain(to, v->text, space);
	case REQUEST:
		return format_request(to, r, space);
	default:
		return rd_buffer_text(to, "-");
	}
}

static bool format_plain(struct rd_log_format *f, const struct rd_log_entry *e,
			 struct rd_buffer *to)
{
	for (size_t i = 0; i < f->pieces; i++) {
		const struct piece *p = &f->piece[i];
		struct value v;

		if (!rd_buffer_add(to, p->before, p->len))
			return false;
		if (p->field == FIELDS)
			continue;
		format_value(f, e, p->field, &v);
		if (!format_plain_value(to, e->record, &v,
					!p->quoted && p->field != FIELD_local_time))
			return false;
	}
	return true;
}

/* Whether it has to be quoted in logfmt. */
static bool format_odd(struct rd_span text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char byte = (unsigned char)text.at[i];

		if (byte <= ' ' || byte >= 127 || strchr("\"\\=", byte))
			return true;
	}
	return false;
}

/* "name=value" or "\"name\":value". */
static bool format_named(struct rd_buffer *to, const char *name, const struct value *v, bool json)
{
	bool quoted = v->kind == TEXT && (json || format_odd(v->text));

	if (!rd_buffer_text(to, json ? "\"" : "") || !rd_buffer_text(to, name) ||
	    !rd_buffer_text(to, json ? "\":" : "="))
		return false;
	if (v->kind == NUMBER)
		return format_number(to, v->number);
	if (!quoted)
		return rd_buffer_add(to, v->text.at, v->text.len);
	return rd_buffer_text(to, "\"") && rd_json_escape(to, v->text) && rd_buffer_text(to, "\"");
}

/* What there is not, is left out. */
static bool format_all(struct rd_log_format *f, const struct rd_log_entry *e, struct rd_buffer *to,
		       bool json)
{
	const char *before = json ? "{" : "";

	for (enum field i = 0; i < FIELDS; i++) {
		struct value v;

		if (!fields[i].all)
			continue;
		format_value(f, e, i, &v);
		if (v.kind == NOTHING)
			continue;
		if (!rd_buffer_text(to, before) || !format_named(to, fields[i].name, &v, json))
			return false;
		before = json ? "," : " ";
	}
	return rd_buffer_text(to, json ? "}" : "");
}

static void format_begin(struct rd_log_format *f, const struct rd_log_entry *e)
{
	format_second(f, e->arrived_us / (1000 * 1000));
}

bool rd_log_format_line(struct rd_log_format *f, const struct rd_log_entry *e, struct rd_buffer *to)
{
	size_t len = to->len;
	bool added;

	format_begin(f, e);
	added = f->style == PLAIN ? format_plain(f, e, to) : format_all(f, e, to, f->style == JSON);
	if (added && rd_buffer_text(to, "\n"))
		return true;
	to->len = len;
	return false;
}

static bool format_journal(struct rd_buffer *to, const char *prefix, const char *name,
			   const struct rd_record *r, const struct value *v)
{
	if (!rd_buffer_text(to, prefix))
		return false;
	for (; *name; name++)
		if (!rd_buffer_add(to, &(char){ (char)toupper((unsigned char)*name) }, 1))
			return false;
	return rd_buffer_text(to, "=") && format_plain_value(to, r, v, false) &&
	       rd_buffer_text(to, "\n");
}

bool rd_log_format_fields(struct rd_log_format *f, const struct rd_log_entry *e, const char *prefix,
			  struct rd_buffer *to)
{
	size_t len = to->len;

	format_begin(f, e);
	for (enum field i = 0; i < FIELDS; i++) {
		struct value v;

		format_value(f, e, i, &v);
		if (!fields[i].all || v.kind == NOTHING ||
		    format_journal(to, prefix, fields[i].name, e->record, &v))
			continue;
		to->len = len;
		return false;
	}
	return true;
}
