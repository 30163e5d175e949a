/*
 * encode - which contents are worth coding, and codes them, whole and in memory.
 */
#ifndef RD_HANDLERS_ENCODE_H
#define RD_HANDLERS_ENCODE_H

#include "codec/accept.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bits 1 << RD_CODING_...: what rd_encode can make. */
#define RD_ENCODE_MAKES (1u << RD_CODING_BR | 1u << RD_CODING_GZIP)

/* Whether a content of that type (parameters and all) and size is to be coded when asked for. */
bool rd_encode_worth(const char *type, uint64_t size);

/* Whether the type says that its content is compressed already: no coding makes it smaller. */
bool rd_encode_packed(const char *type);

/*
 * in[0..len) in that coding, malloc'd, *out_len bytes, the same each time. NULL with errno: EFBIG
 * when that would not be shorter, ENOMEM.
 */
char *rd_encode(enum rd_coding coding, const char *in, size_t len, size_t *out_len);

#endif
