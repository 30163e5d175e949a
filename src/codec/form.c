/*
 * form - names and values of a query or of an application/x-www-form-urlencoded body.
 */
#include "codec/form.h"

#include "codec/hex.h"

/* Decodes from..end to its own place, and writes a NUL after it: at `end` at the latest. */
static struct rd_span form_decode(char *from, char *end)
{
	char *to = from;
	const char *at = from;

	for (; at < end; at++) {
		int byte = *at == '%' && end - at > 2 ? rd_hex_pair(at + 1) : -1;

		if (byte >= 0)
			at += 2;
		else
			byte = *at == '+' ? ' ' : *at;
		*to++ = (char)byte;
	}
	*to = '\0';
	return (struct rd_span){ from, (size_t)(to - from) };
}

bool rd_form_next(struct rd_form *form, struct rd_span *name, struct rd_span *value)
{
	while (form->at < form->end) {
		char *pair = form->at;
		char *end = memchr(pair, '&', (size_t)(form->end - pair));
		char *equals;

		form->at = end ? end + 1 : form->end;
		if (end == NULL)
			end = form->end;
		if (end == pair)
			continue;

		equals = memchr(pair, '=', (size_t)(end - pair));
		*value = form_decode(equals ? equals + 1 : end, end);
		*name = form_decode(pair, equals ? equals : end);
		return true;
	}
	return false;
}
