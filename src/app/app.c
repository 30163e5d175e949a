/*
 * app - which route answers an exchange, and what goes for all exchanges of a route.
 * Thread:  made by one; then any worker's.
 * Owns:    the hosts, their routes and pages.
 */
#include "app/app.h"

#include "app/auth.h"
#include "app/cors.h"
#include "app/pages.h"
#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Exact names before wildcards, longer wildcards before shorter, any at the end. */
static bool app_before(const char *a, const char *b)
{
	if (!*a || !*b)
		return *a;
	if ((*a == '*') != (*b == '*'))
		return *b == '*';
	return *a == '*' && strlen(a) > strlen(b);
}

struct rd_host *rd_app_host(struct rd_app *app, const char *name)
{
	struct rd_host *host, **list;
	size_t at = 0;

	for (size_t i = 0; i < app->hosts; i++)
		if (strcasecmp(app->host[i]->name, name) == 0)
			return app->host[i];
	list = realloc(app->host, (app->hosts + 1) * sizeof(*list));
	if (!list)
		return NULL;
	app->host = list;
	host = calloc(1, sizeof(*host));
	if (!host || !(host->name = strdup(name))) {
		free(host);
		return NULL;
	}
	while (at < app->hosts && !app_before(name, list[at]->name))
		at++;
	memmove(&list[at + 1], &list[at], (app->hosts - at) * sizeof(*list));
	list[at] = host;
	app->hosts++;
	return host;
}

void rd_app_free(struct rd_app *app)
{
	for (size_t i = 0; i < app->hosts; i++) {
		rd_router_free(&app->host[i]->router);
		rd_pages_free(app->host[i]->pages);
		free(app->host[i]->name);
		free(app->host[i]);
	}
	free(app->host);
	*app = (struct rd_app){ 0 };
}

/* Without the port; an IPv6 address keeps its brackets. */
static struct rd_span app_host_name(struct rd_span host)
{
	const char *colon = host.len ? memrchr(host.at, ':', host.len) : NULL;

	if (colon && !memchr(colon, ']', (size_t)(host.at + host.len - colon)))
		host.len = (size_t)(colon - host.at);
	if (host.len > 1 && host.at[host.len - 1] == '.') /* the name's root */
		host.len--;
	return host;
}

static bool app_host_is(const char *name, struct rd_span asked)
{
	size_t len = strlen(name);

	if (!*name)
		return true;
	if (*name != '*')
		return rd_span_eq_nocase(asked, name);
	return asked.len >= len && /* "*.a" is not ".a" */
	       strncasecmp(asked.at + asked.len - (len - 1), name + 1, len - 1) == 0;
}

static struct rd_host *app_find_host(const struct rd_app *app, struct rd_span asked)
{
	for (size_t i = 0; i < app->hosts; i++)
		if (app_host_is(app->host[i]->name, asked))
			return app->host[i];
	return NULL;
}

static void app_allow(struct rd_reply *reply, unsigned methods)
{
	char list[128] = "", *end = list;

	for (int m = 0; m < METHOD_COUNT; m++)
		if (methods & 1u << m)
			end = stpcpy(stpcpy(end, end > list ? ", " : ""), rd_method_word(m));
	rd_reply_field(reply, "Allow", list);
}

/* The answer to OPTIONS; its reply is complete. */
static int app_options(struct replyd_exchange *x, unsigned methods)
{
	app_allow(&x->reply, methods);
	return x->reply.status = 204;
}

int rd_app_find(const struct rd_app *app, struct replyd_exchange *x)
{
	struct rd_span asked = x->framing.host;

	x->host = app_find_host(app, asked.at ? app_host_name(asked) : (struct rd_span){ "", 0 });
	if (!x->host)
		return 421;
	if (x->target.form == RD_TARGET_ASTERISK) /* of the server, not of what it has */
		return app_options(x, RD_METHODS_ANY | 1u << METHOD_OPTIONS);
	x->route = rd_router_find(&x->host->router, x->head.method, x->path, x->target.path_len,
				  &x->rest);
	return x->route ? 0 : 404;
}

int rd_app_admit(struct replyd_exchange *x)
{
	const struct rd_policy *policy = &x->route->policy;
	const struct rd_route *route = x->route;
	unsigned allowed = route->allowed | 1u << METHOD_OPTIONS;
	int status;

	if (policy->cors && rd_cors_preflight(policy->cors, x))
		return x->reply.status;
	if (policy->auth && (status = rd_auth_check(policy->auth, x)))
		return status;
	if (!(allowed & 1u << x->head.method))
		return 405;
	if (!(route->methods & 1u << x->head.method)) /* OPTIONS, which none of them takes itself */
		return app_options(x, allowed);
	return route->handler.admit ? route->handler.admit(x, route->data) : 0;
}

const char *replyd_rest(struct replyd_exchange *x)
{
	return x->path + x->rest;
}

const char *replyd_param(struct replyd_exchange *x, const char *name)
{
	struct rd_span value = { NULL, 0 };
	const char *text;

	if (x->route)
		value = rd_pattern_param(&x->route->pattern, x->path, x->target.path_len, name);
	if (!value.at)
		return NULL;
	text = rd_arena_text(&x->memory, value.at, value.len);
	if (text)
		return text;
	x->reply.fault = RD_NO_MEMORY;
	return "";
}

void rd_app_fields(struct replyd_exchange *x)
{
	const struct rd_policy *policy = &x->route->policy;
	enum rd_method method = x->head.method;
	struct rd_reply *reply = &x->reply;
	char age[64];

	if (policy->cors)
		rd_cors_fields(policy->cors, x);
	if (policy->cache_s >= 0 && (method == METHOD_GET || method == METHOD_HEAD) &&
	    (reply->status < 300 || reply->status == 304)) {
		snprintf(age, sizeof(age), "max-age=%ld", policy->cache_s);
		rd_reply_field(reply, "Cache-Control", age);
	}
	if (policy->fields)
		rd_reply_lines(reply, policy->fields);
	if (reply->status == 405 && !rd_reply_says(reply, "Allow"))
		app_allow(reply, (x->route->allowed | 1u << METHOD_OPTIONS) & ~(1u << method));
	if (!reply->fault)
		reply->fault = rd_reply_lacks(reply);
}

static void app_page(struct replyd_exchange *x, int status)
{
	if (!rd_pages_reply(x->host ? x->host->pages : NULL, &x->reply, status))
		rd_reply_page(&x->reply, status);
}

const char *rd_app_fault(const struct replyd_exchange *x, int status)
{
	const struct rd_reply *reply = &x->reply;
	const char *fault = reply->fault;

	if (!fault && (status < 0 || (status > 0 && status < 200) || status > 599))
		fault = "it returned what is no status";
	if (!fault && reply->state == PIECES_SENT && status && status != reply->status)
		fault = "it failed when a part of its reply was sent";
	if (!fault && !status && !reply->status)
		fault = "it gave no reply";
	if (fault)
		rd_log("%.*s %.200s: the handler's fault: %s", (int)x->head.method_text.len,
		       x->head.method_text.at, x->path, fault);
	return fault;
}

/* A part of the reply is out: it ends well, or it is cut off. */
static void app_end_sent(struct replyd_exchange *x, bool wrong)
{
	struct rd_reply *reply = &x->reply;

	if (!wrong && !reply->cut && reply->pieces.len > 0)
		replyd_flush(x);
	reply->cut = reply->cut || wrong;
}

static void app_fail(struct replyd_exchange *x, const char *fault)
{
	int status = x->reply.relayed ? 502 : 500;

	if (x->reply.state == PIECES_SENT)
		return;
	rd_reply_reset(&x->reply);
	app_page(x, fault == RD_NO_MEMORY ? 503 : status);
}

void rd_app_end(struct replyd_exchange *x, int status)
{
	struct rd_reply *reply = &x->reply;
	const char *fault = rd_app_fault(x, status);
	bool wrong = fault || (status && status != reply->status);

	if (fault)
		app_fail(x, fault);
	if (reply->state == PIECES_SENT || (reply->raw && !wrong)) {
		app_end_sent(x, wrong);
		return;
	}
	if (reply->state == PIECES_KEPT)
		rd_reply_gather(reply);
	if (wrong && !fault) {
		rd_reply_drop_content(reply);
		reply->raw = false;
		app_page(x, status);
	}
	if (x->route)
		rd_app_fields(x);
	if (reply->fault) /* no room for the route's, or not complete with them */
		app_fail(x, rd_app_fault(x, 0));
}
