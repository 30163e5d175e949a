/*
 * cors - which scripts of other origins a browser lets read the replies. The reply says it; the
 * browser decides. Who is not listed gets the same reply without the permission.
 * Thread:  made by one; then any worker's, which only read.
 * Owns:    copies of what it was made from.
 */
#include "app/cors.h"

#include "app/exchange.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct rd_cors {
	char **origin; /* NULL-terminated; empty where any */
	bool any, credentials;
	char *methods, *headers; /* headers may be NULL */
	long max_age_s;
};

static bool cors_copy_origins(struct rd_cors *cors, const char *const *origins)
{
	size_t n = 0;

	while (origins[n])
		n++;
	cors->any = n == 1 && strcmp(origins[0], "*") == 0;
	if (cors->any)
		n = 0;
	cors->origin = calloc(n + 1, sizeof(*cors->origin));
	if (!cors->origin)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!(cors->origin[i] = strdup(origins[i])))
			return false;
	return true;
}

struct rd_cors *rd_cors_new(const struct rd_cors_config *config)
{
	struct rd_cors *cors = calloc(1, sizeof(*cors));

	if (!cors)
		return NULL;
	cors->max_age_s = config->max_age_s;
	cors->methods = strdup(config->methods);
	cors->headers = config->headers ? strdup(config->headers) : NULL;
	if (!cors->methods || (config->headers && !cors->headers) ||
	    !cors_copy_origins(cors, config->origins)) {
		rd_cors_free(cors);
		return NULL;
	}
	cors->credentials = config->credentials && !cors->any;
	return cors;
}

void rd_cors_free(struct rd_cors *cors)
{
	if (!cors)
		return;
	for (char **origin = cors->origin; origin && *origin; origin++)
		free(*origin);
	free(cors->origin);
	free(cors->methods);
	free(cors->headers);
	free(cors);
}

/* The only field of that name; at is NULL also where there are two. */
static struct rd_span cors_single(const struct replyd_exchange *x, enum rd_field_id id)
{
	unsigned i = 0;
	const struct rd_field *field = rd_head_next(&x->head, id, &i);

	if (!field || rd_head_next(&x->head, id, &i))
		return (struct rd_span){ NULL, 0 };
	return field->value;
}

/* Our own text of the request's origin, byte for byte the same; NULL where it is not listed. */
static const char *cors_origin(const struct rd_cors *cors, const struct replyd_exchange *x)
{
	struct rd_span asked = cors_single(x, FIELD_ORIGIN);

	if (!asked.at)
		return NULL;
	for (char **origin = cors->origin; *origin; origin++)
		if (rd_span_eq(asked, *origin))
			return *origin;
	return NULL;
}

bool rd_cors_preflight(const struct rd_cors *cors, struct replyd_exchange *x)
{
	struct rd_reply *reply = &x->reply;
	char age[32];

	if (x->head.method != METHOD_OPTIONS || !cors_single(x, FIELD_ORIGIN).at ||
	    !cors_single(x, FIELD_ACCESS_CONTROL_REQUEST_METHOD).at)
		return false;
	reply->status = 204;
	if (!cors->any && !cors_origin(cors, x))
		return true;
	rd_reply_field(reply, "Access-Control-Allow-Methods", cors->methods);
	if (cors->headers)
		rd_reply_field(reply, "Access-Control-Allow-Headers", cors->headers);
	if (cors->max_age_s >= 0) {
		snprintf(age, sizeof(age), "%ld", cors->max_age_s);
		rd_reply_field(reply, "Access-Control-Max-Age", age);
	}
	return true;
}

void rd_cors_fields(const struct rd_cors *cors, struct replyd_exchange *x)
{
	const char *origin = cors->any ? "*" : cors_origin(cors, x);

	if (origin)
		rd_reply_field(&x->reply, "Access-Control-Allow-Origin", origin);
	if (origin && cors->credentials)
		rd_reply_field(&x->reply, "Access-Control-Allow-Credentials", "true");
	if (!cors->any) /* said also to who asks without an origin: a cache keeps both apart */
		rd_reply_field(&x->reply, "Vary", "Origin");
}
