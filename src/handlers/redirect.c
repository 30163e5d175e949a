/*
 * redirect - sends clients elsewhere. What comes from the request is encoded anew, and begins with
 * a slash or is empty, so that it neither ends the field nor changes the host.
 * Thread:  any worker.
 */
#include "handlers/redirect.h"

#include "app/app.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct rd_redirect {
	int status;
	bool rest;
	size_t len;
	char to[];
};

static bool redirect_status_ok(int status)
{
	return (status >= 301 && status <= 303) || status == 307 || status == 308;
}

/* Visible ASCII, as URIs are. */
static bool redirect_to_ok(const char *to, bool rest)
{
	for (const char *p = to; *p; p++)
		if (*p <= ' ' || *p >= 127)
			return false;
	return *to && !(rest && strpbrk(to, "?#"));
}

struct rd_redirect *rd_redirect_new(int status, const char *to, bool rest)
{
	struct rd_redirect *r;
	size_t len = strlen(to);

	if (!redirect_status_ok(status) || !redirect_to_ok(to, rest) || len > RD_REPLY_FIELDS / 2) {
		errno = EINVAL;
		return NULL;
	}
	r = malloc(sizeof(*r) + len + 1);
	if (!r)
		return NULL;
	*r = (struct rd_redirect){ .status = status, .rest = rest, .len = len };
	memcpy(r->to, to, len + 1);
	return r;
}

/* Writes `to`, the rest and the query. False when that is too long. */
static bool redirect_join(const struct rd_redirect *r, struct replyd_exchange *x, char *out,
			  size_t size)
{
	const char *rest = replyd_rest(x);
	size_t rest_len = strlen(rest), len = r->len;
	struct rd_span query = x->target.query;

	memcpy(out, r->to, len);
	if (rest_len > 0 && len > 0 && out[len - 1] == '/')
		len--;
	len += rd_target_encode(rest, rest_len, out + len, size - len);
	if (len + 1 + query.len + 1 > size)
		return false;
	if (query.at) {
		out[len++] = '?';
		memcpy(out + len, query.at, query.len);
		len += query.len;
	}
	out[len] = '\0';
	return true;
}

static int redirect_perform(struct replyd_exchange *x, void *data)
{
	const struct rd_redirect *r = data;
	char to[RD_REPLY_FIELDS - 1024]; /* leaves room for the other fields */

	if (r->rest && !redirect_join(r, x, to, sizeof(to)))
		return 414;
	rd_reply_field(&x->reply, "Location", r->rest ? to : r->to);
	return r->status;
}

const struct rd_handler rd_redirect = {
	.name = "redirect",
	.methods = RD_METHODS_ANY,
	.perform = redirect_perform,
	.release = free,
};
