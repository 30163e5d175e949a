/*
 * figure - numbers as people read them, in at most seven columns.
 */
#ifndef RD_BASE_FIGURE_H
#define RD_BASE_FIGURE_H

#include <stdint.h>

enum { RD_FIGURE_TEXT = 32 };

/* Each writes into `text` and returns it. */

/* "0", "999", "12.3k", "4.56M": of what is counted, or happens in a second. */
char *rd_figure_count(double count, char text[RD_FIGURE_TEXT]);
/* "0", "740us", "1.25ms", "12.3s", "5m12s", "3h05m", "12d04h" */
char *rd_figure_us(uint64_t us, char text[RD_FIGURE_TEXT]);
/* "512", "1.5KiB", "64MiB" */
char *rd_figure_bytes(uint64_t bytes, char text[RD_FIGURE_TEXT]);

#endif
