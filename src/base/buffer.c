/*
 * buffer - bytes that grow.
 * Thread:  the owner's.
 * Never:   stops for lack of memory: it says so.
 */
#include "base/buffer.h"

#include "base/must.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool rd_buffer_reserve(struct rd_buffer *b, size_t more)
{
	size_t size = b->size ? b->size : 256;
	char *at;

	if (b->size - b->len >= more)
		return true;
	while (size - b->len < more) {
		if (size > (size_t)-1 / 2)
			return false;
		size *= 2;
	}
	at = realloc(b->at, size);
	if (!at)
		return false;
	b->at = at;
	b->size = size;
	return true;
}

bool rd_buffer_add(struct rd_buffer *b, const void *bytes, size_t len)
{
	if (!rd_buffer_reserve(b, len))
		return false;
	if (len)
		memcpy(b->at + b->len, bytes, len);
	b->len += len;
	return true;
}

bool rd_buffer_text(struct rd_buffer *b, const char *text)
{
	return rd_buffer_add(b, text, strlen(text));
}

bool rd_buffer_vprint(struct rd_buffer *b, const char *format, va_list args)
{
	size_t room = b->size - b->len;
	va_list again;
	int len;
	bool fits;

	va_copy(again, args);
	len = vsnprintf(room ? b->at + b->len : NULL, room, format, args);
	MUST(len >= 0);
	fits = (size_t)len < room;
	if (!fits && rd_buffer_reserve(b, (size_t)len + 1)) {
		vsnprintf(b->at + b->len, (size_t)len + 1, format, again);
		fits = true;
	}
	if (fits)
		b->len += (size_t)len;
	va_end(again);
	return fits;
}

bool rd_buffer_print(struct rd_buffer *b, const char *format, ...)
{
	va_list args;
	bool room;

	va_start(args, format);
	room = rd_buffer_vprint(b, format, args);
	va_end(args);
	return room;
}

void rd_buffer_drop(struct rd_buffer *b, size_t len)
{
	MUST(len <= b->len);
	if (len && len < b->len)
		memmove(b->at, b->at + len, b->len - len);
	b->len -= len;
}

void rd_buffer_free(struct rd_buffer *b)
{
	free(b->at);
	*b = (struct rd_buffer){ 0 };
}
