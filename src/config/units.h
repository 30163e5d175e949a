/*
 * units - durations and sizes as people write them: "500ms", "10s", "64KiB".
 * Pure.
 */
#ifndef RD_CONFIG_UNITS_H
#define RD_CONFIG_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RD_UNITS_TEXT = 32 }; /* holds any formatted quantity and its NUL */

/* "500ms", "10s", "5m", "1h", "7d". False when it is none, or more than INT64_MAX milliseconds. */
bool rd_units_duration(const char *text, uint64_t *ms);

/* "4096", "512B", "64KiB", "1MiB", "2GiB". False when it is none, or more than INT64_MAX bytes. */
bool rd_units_size(const char *text, uint64_t *bytes);

/* Digits alone. False when it is none, or more than INT64_MAX. */
bool rd_units_number(const char *text, uint64_t *number);

/* As the functions above read it, in the largest unit that loses nothing. Return buf. */
char *rd_units_duration_text(uint64_t ms, char buf[RD_UNITS_TEXT]);
char *rd_units_size_text(uint64_t bytes, char buf[RD_UNITS_TEXT]);

#endif
