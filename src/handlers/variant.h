/*
 * variant - in which coding a file is sent to who asks.
 */
#ifndef RD_HANDLERS_VARIANT_H
#define RD_HANDLERS_VARIANT_H

#include "codec/accept.h"
#include "handlers/cache.h"

struct replyd_exchange;

/*
 * Of the codings that were found beside the file and those that can be made (bits
 * 1 << RD_CODING_...; identity is always there): the one that the client wants most; among those
 * that it wants alike, one that was found. Identity also where the client refuses them all: a reply
 * that it may not understand is more than none (RFC 9110 §12.4.1).
 */
enum rd_coding rd_variant_choose(const struct rd_accept *accept, unsigned found, unsigned makes);

/*
 * The variant to answer x with, which lives as long as the file. Codes it when it is the first time
 * that this is asked for; who asks meanwhile gets another. x->reply is begun anew then.
 */
const struct rd_variant *rd_variant_find(struct rd_cache *cache, struct rd_file *file,
					 struct replyd_exchange *x);

#endif
