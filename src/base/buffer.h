/*
 * buffer - bytes that grow. All zero is an empty one.
 */
#ifndef RD_BASE_BUFFER_H
#define RD_BASE_BUFFER_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct rd_buffer {
	char *at; /* malloc'd, or NULL while size is 0 */
	size_t len;
	size_t size;
};

/* Each false when there is no memory; the buffer is then as it was. */
bool rd_buffer_reserve(struct rd_buffer *b, size_t more);
bool rd_buffer_add(struct rd_buffer *b, const void *bytes, size_t len);
bool rd_buffer_text(struct rd_buffer *b, const char *text);
bool rd_buffer_print(struct rd_buffer *b, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
bool rd_buffer_vprint(struct rd_buffer *b, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));
/* Forgets the first `len` bytes. */
void rd_buffer_drop(struct rd_buffer *b, size_t len);
/* Gives the memory back; the buffer is empty again. */
void rd_buffer_free(struct rd_buffer *b);

#endif
