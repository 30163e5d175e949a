/* utf8 - text that may or may not be UTF-8 (RFC 3629). */
#ifndef RD_BASE_UTF8_H
#define RD_BASE_UTF8_H

#include "base/span.h"

/* The bytes of the sequence that begins the text, which is not empty, and what it says; 0: none. */
size_t rd_utf8_next(struct rd_span text, unsigned *point);

/* Of ASCII or of Latin-1: a terminal may obey either. */
bool rd_utf8_control(unsigned point);

/* For a terminal: puts '?' for each byte of a control, and for each that is not UTF-8. */
void rd_utf8_clean(char *text, size_t len);

#endif
