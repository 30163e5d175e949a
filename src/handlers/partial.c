/*
 * partial - answers a request for parts of a file: one as it is, several as multipart/byteranges.
 * Thread:  any worker.
 * Owns:    what stands between the parts, until the body is sent.
 */
#include "handlers/partial.h"

#include "app/exchange.h"
#include "codec/range.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

enum { BOUNDARY = 32 + 1 };

/* The body of several: before each range what announces it, behind the last what ends them. */
struct several {
	struct rd_file *file;
	char *announced;
	struct rd_part part[2 * RD_RANGE_MOST + 2]; /* and an empty one */
};

static void several_free(void *owner)
{
	struct several *s = owner;

	rd_file_drop(s->file);
	free(s->announced);
	free(s);
}

/* One that no file can hold but by chance. */
static void partial_boundary(char out[BOUNDARY])
{
	uint64_t chance[2] = { 0, 0 };

	if (getrandom(chance, sizeof(chance), GRND_NONBLOCK) != sizeof(chance))
		chance[0] = (uintptr_t)out; /* so early after the start of the system */
	snprintf(out, BOUNDARY, "%016" PRIx64 "%016" PRIx64, chance[0], chance[1]);
}

static struct rd_part partial_of(const struct rd_variant *v, const struct rd_range *range)
{
	return (struct rd_part){
		.bytes = v->bytes ? v->bytes + range->first : NULL,
		.file = v->fd,
		.offset = (off_t)range->first,
		.left = range->last - range->first + 1,
	};
}

static void partial_body(struct rd_body *body, const struct rd_part *first,
			 const struct rd_part *next, void (*release)(void *), void *owner)
{
	*body = (struct rd_body){
		.bytes = first->bytes,
		.file = first->file,
		.offset = first->offset,
		.left = first->left,
		.next = next,
		.release = release,
		.owner = owner,
	};
}

static int partial_one(struct replyd_exchange *x, struct rd_file *file, const struct rd_variant *v,
		       const struct rd_range *range)
{
	struct rd_reply *reply = &x->reply;
	struct rd_part part = partial_of(v, range);
	char content[RD_RANGE_CONTENT];

	reply->status = 206;
	reply->length = part.left;
	rd_file_fields(file, v, file->type, reply);
	rd_range_content(content, range, v->size);
	rd_reply_field(reply, "Content-Range", content);
	partial_body(&reply->body, &part, NULL, rd_file_drop, file);
	return 206;
}

/* All that stands between the ranges, one behind the other; NULL when there is no memory. */
static char *several_announce(struct several *s, const char *boundary, const struct rd_variant *v,
			      const struct rd_range *ranges, unsigned count)
{
	const char *type = s->file->type;
	size_t size = 1, at = 0;

	for (unsigned i = 0; i <= count; i++)
		size += rd_range_part(NULL, 0, boundary, type, i < count ? &ranges[i] : NULL,
				      v->size);
	s->announced = malloc(size);
	if (!s->announced)
		return NULL;
	for (unsigned i = 0; i <= count; i++) {
		struct rd_part *part = &s->part[2 * i];

		part->bytes = s->announced + at;
		part->file = -1;
		part->left = rd_range_part(s->announced + at, size - at, boundary, type,
					   i < count ? &ranges[i] : NULL, v->size);
		at += part->left;
		if (i < count)
			part[1] = partial_of(v, &ranges[i]);
	}
	return s->announced;
}

static int partial_several(struct replyd_exchange *x, struct rd_file *file,
			   const struct rd_variant *v, const struct rd_range *ranges,
			   unsigned count)
{
	struct several *s = calloc(1, sizeof(*s));
	struct rd_reply *reply = &x->reply;
	char boundary[BOUNDARY], type[64];

	if (!s)
		return 503;
	s->file = file;
	partial_boundary(boundary);
	if (!several_announce(s, boundary, v, ranges, count)) {
		free(s);
		return 503;
	}
	reply->status = 206;
	reply->length = rd_range_multipart(boundary, file->type, ranges, count, v->size);
	snprintf(type, sizeof(type), "multipart/byteranges; boundary=%s", boundary);
	rd_file_fields(file, v, type, reply);
	partial_body(&reply->body, &s->part[0], &s->part[1], several_free, s);
	return 206;
}

int rd_partial_reply(struct replyd_exchange *x, struct rd_file *file, const struct rd_variant *v)
{
	struct rd_range ranges[RD_RANGE_MOST];
	char content[RD_RANGE_CONTENT];
	unsigned count;
	int status;

	if (v->made)
		return 200;
	status = rd_range_parse(rd_head_field(&x->head, FIELD_RANGE), v->size, ranges, &count);
	if (status == 416) {
		rd_range_content(content, NULL, v->size);
		rd_reply_field(&x->reply, "Content-Range", content);
	}
	if (status != 206)
		return status;
	if (count == 1)
		return partial_one(x, file, v, ranges);
	/* Content-Encoding would have a client decode the multipart body, not what was coded */
	return v->coding ? 200 : partial_several(x, file, v, ranges, count);
}
