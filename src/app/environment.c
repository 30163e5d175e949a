/*
 * environment - an exchange as the meta-variables of CGI/1.1.
 * Thread:  the one that has the exchange.
 */
#include "app/environment.h"

#include "app/route.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool environment_one(const struct rd_environment *e, struct rd_buffer *to, const char *name,
			    const char *value)
{
	size_t len = strlen(name);

	for (const char *const *more = e->more; more && *more; more++)
		if (strncmp(*more, name, len) == 0 && (*more)[len] == '=')
			return true; /* it comes later */
	return !value || (rd_buffer_print(to, "%s=%s", name, value) && rd_buffer_add(to, "", 1));
}

static const char *environment_text(struct replyd_exchange *x, struct rd_span s)
{
	return rd_arena_text(&x->memory, s.at ? s.at : "", s.len);
}

/* Where no host was asked for, the address that it was asked at. */
static struct rd_span environment_host(struct replyd_exchange *x)
{
	if (x->framing.host.len > 0)
		return x->framing.host;
	return rd_span_of(x->link && x->link->server ? x->link->server(x) : "localhost");
}

/* The host, without its port; and the port that it names. */
static bool environment_server(struct replyd_exchange *x, const struct rd_environment *e,
			       struct rd_buffer *to)
{
	struct rd_span host = environment_host(x);
	const char *colon = memrchr(host.at, ':', host.len);
	struct rd_span port = { "80", 2 };

	if (colon && memchr(colon, ']', (size_t)(host.at + host.len - colon)))
		colon = NULL; /* of an IPv6 address */
	if (colon && colon + 1 < host.at + host.len) {
		port = (struct rd_span){ colon + 1, (size_t)(host.at + host.len - colon - 1) };
	}
	if (colon)
		host.len = (size_t)(colon - host.at);
	return environment_one(e, to, "SERVER_NAME", environment_text(x, host)) &&
	       environment_one(e, to, "SERVER_PORT", environment_text(x, port));
}

static bool environment_path(struct replyd_exchange *x, const struct rd_environment *e,
			     struct rd_buffer *to)
{
	const char *script = e->script, *info = e->info ? e->info : replyd_rest(x);
	struct rd_span above = { x->path, x->rest };

	if (!script)
		script = environment_text(x, above);
	if (!environment_one(e, to, "SCRIPT_NAME", script) ||
	    !environment_one(e, to, "PATH_INFO", info))
		return false;
	if (e->root && *info) {
		char *translated = rd_arena_take(&x->memory, strlen(e->root) + strlen(info) + 1);

		if (!translated)
			return false;
		stpcpy(stpcpy(translated, e->root), info);
		return environment_one(e, to, "PATH_TRANSLATED", translated);
	}
	return true;
}

static bool environment_body(struct replyd_exchange *x, const struct rd_environment *e,
			     struct rd_buffer *to)
{
	const char *type = replyd_field(x, "Content-Type");
	char length[24];

	snprintf(length, sizeof(length), "%llu", (unsigned long long)x->content_len);
	return environment_one(e, to, "CONTENT_TYPE", type) &&
	       environment_one(e, to, "CONTENT_LENGTH",
			       x->framing.has_length || x->framing.chunked ? length : NULL);
}

/* Those that are not passed on: not the request's own, or said by another variable. */
static bool environment_keeps(const struct rd_environment *e, struct rd_span name)
{
	static const char *const not [] = {
		"Proxy",       "Connection", "Keep-Alive", "Transfer-Encoding",	  "TE",
		"Trailer",     "Upgrade",    "Expect",	   "Proxy-Authorization", "Content-Length",
		"Content-Type"
	};

	for (size_t i = 0; i < sizeof(not ) / sizeof(*not ); i++)
		if (rd_span_eq_nocase(name, not [i]))
			return false;
	if (rd_span_eq_nocase(name, "Authorization"))
		return e->authorization;
	return !memchr(name.at, '_', name.len);
}

static bool environment_fields(struct replyd_exchange *x, const struct rd_environment *e,
			       struct rd_buffer *to)
{
	for (unsigned i = 0; i < x->head.fields; i++) {
		struct rd_span field = x->head.field[i].name;
		char name[256] = "HTTP_";
		bool before = false;

		if (!environment_keeps(e, field) || field.len > sizeof(name) - 6)
			continue;
		for (unsigned j = 0; j < i && !before; j++) /* several are one, joined */
			before = field.len == x->head.field[j].name.len &&
				 strncasecmp(field.at, x->head.field[j].name.at, field.len) == 0;
		if (before)
			continue;
		for (size_t c = 0; c < field.len; c++) {
			char lower = rd_span_lower(field.at[c]);

			name[5 + c] = lower >= 'a' && lower <= 'z' ? (char)(lower - 32)
				      : field.at[c] >= '0' && field.at[c] <= '9' ? field.at[c]
										 : '_';
		}
		name[5 + field.len] = '\0';
		if (!environment_one(e, to, name, replyd_field(x, environment_text(x, field))))
			return false;
	}
	return true;
}

bool rd_environment_add(struct replyd_exchange *x, const struct rd_environment *e,
			struct rd_buffer *to)
{
	const char *user = replyd_user(x), *client = replyd_client(x);
	bool unix_client = strcmp(client, "unix") == 0;

	if (!environment_one(e, to, "GATEWAY_INTERFACE", "CGI/1.1") ||
	    !environment_one(e, to, "SERVER_SOFTWARE", "replyd") ||
	    !environment_one(e, to, "SERVER_PROTOCOL", x->head.minor ? "HTTP/1.1" : "HTTP/1.0") ||
	    !environment_server(x, e, to) ||
	    !environment_one(e, to, "REQUEST_METHOD", replyd_method(x)) ||
	    !environment_one(e, to, "REQUEST_URI", replyd_target(x)) ||
	    !environment_one(e, to, "QUERY_STRING", environment_text(x, x->target.query)) ||
	    !environment_path(x, e, to) || !environment_body(x, e, to))
		return false;
	if (!environment_one(e, to, "REMOTE_ADDR", unix_client ? "unix:" : client) ||
	    !environment_one(e, to, "REMOTE_HOST", client) ||
	    !environment_one(e, to, "AUTH_TYPE", user ? "Basic" : NULL) ||
	    !environment_one(e, to, "REMOTE_USER", user) ||
	    !environment_one(e, to, "REQUEST_ID", replyd_id(x)) ||
	    !environment_one(e, to, "DOCUMENT_ROOT", e->root) ||
	    !environment_one(e, to, "SCRIPT_FILENAME", e->filename) ||
	    !environment_fields(x, e, to))
		return false;
	for (const char *const *more = e->more; more && *more; more++)
		if (!rd_buffer_add(to, *more, strlen(*more) + 1))
			return false;
	return x->reply.fault == NULL; /* no memory for one of the texts */
}
