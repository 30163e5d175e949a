/*
 * cgi - the head of a CGI reply.
 * Thread:  any; nothing is kept.
 */
#include "codec/cgi.h"

#include "codec/token.h"

/* The line at buf[*at..len), without its end; *at is moved behind it. NULL: it is not whole. */
static struct rd_span cgi_line(const char *buf, size_t len, size_t *at)
{
	const char *start = buf + *at, *lf = memchr(start, '\n', len - *at);
	struct rd_span line = { NULL, 0 };

	if (!lf)
		return line;
	*at = (size_t)(lf + 1 - buf);
	line = (struct rd_span){ start, (size_t)(lf - start) };
	if (line.len > 0 && line.at[line.len - 1] == '\r')
		line.len--;
	return line;
}

static bool cgi_value_ok(struct rd_span value)
{
	for (size_t i = 0; i < value.len; i++)
		if (((unsigned char)value.at[i] < ' ' && value.at[i] != '\t') || value.at[i] == 127)
			return false;
	return true;
}

/* Leading digits, at most 18 of them; how many. */
static size_t cgi_number(struct rd_span s, uint64_t *number)
{
	size_t i = 0;

	*number = 0;
	while (i < s.len && i < 18 && s.at[i] >= '0' && s.at[i] <= '9')
		*number = *number * 10 + (uint64_t)(s.at[i++] - '0');
	return i;
}

/* "404 Not Found": the reason is this server's. */
static bool cgi_status(struct rd_cgi *c, struct rd_span value)
{
	uint64_t status;

	if (c->status || cgi_number(value, &status) != 3 || status < 200 || status > 599 ||
	    (value.len > 3 && value.at[3] != ' '))
		return false;
	c->status = (int)status;
	return true;
}

static bool cgi_length(struct rd_cgi *c, struct rd_span value)
{
	if (c->has_length || cgi_number(value, &c->length) != value.len)
		return false;
	return c->has_length = true;
}

static bool cgi_once(struct rd_span *to, struct rd_span value)
{
	if (to->at)
		return false;
	*to = value;
	return true;
}

static bool cgi_field(struct rd_cgi *c, struct rd_span line)
{
	const char *colon = memchr(line.at, ':', line.len);
	struct rd_span name, value;

	if (!colon)
		return false;
	name = (struct rd_span){ line.at, (size_t)(colon - line.at) };
	value = rd_span_trim((struct rd_span){ colon + 1, line.len - name.len - 1 });
	if (!rd_token(name) || !cgi_value_ok(value))
		return false;
	if (value.len == 0) /* as if it were not there (RFC 3875 §6.3) */
		return true;
	if (rd_span_eq_nocase(name, "Status"))
		return cgi_status(c, value);
	if (rd_span_eq_nocase(name, "Content-Length"))
		return cgi_length(c, value);
	if (rd_span_eq_nocase(name, "Content-Type"))
		return cgi_once(&c->type, value);
	if (rd_span_eq_nocase(name, "Location"))
		return cgi_once(&c->location, value);
	if (c->fields == RD_CGI_FIELDS)
		return false;
	c->field[c->fields].name = name;
	c->field[c->fields++].value = value;
	return true;
}

static bool cgi_is_local(const struct rd_cgi *c)
{
	return c->location.at && c->location.at[0] == '/' && !c->status && !c->type.at &&
	       !c->has_length && c->fields == 0;
}

int rd_cgi_parse(const char *buf, size_t len, struct rd_cgi *c)
{
	size_t at = 0, most = len < RD_CGI_HEAD ? len : RD_CGI_HEAD;

	c->status = 0;
	c->has_length = false;
	c->length = 0;
	c->type = c->location = (struct rd_span){ NULL, 0 };
	c->fields = 0;
	for (;;) {
		struct rd_span line = cgi_line(buf, most, &at);

		if (!line.at)
			return len < RD_CGI_HEAD ? 0 : -1;
		if (line.len == 0)
			break;
		if (!cgi_field(c, line))
			return -1;
	}
	if (!c->type.at && !c->location.at && !c->status)
		return -1;
	c->local = cgi_is_local(c);
	if (!c->status)
		c->status = c->location.at ? 302 : 200;
	return (int)at;
}
