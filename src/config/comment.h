/*
 * comment - takes the comments out of a configuration file's text.
 */
#ifndef RD_CONFIG_COMMENT_H
#define RD_CONFIG_COMMENT_H

#include <stddef.h>

/*
 * Writes spaces over the comments in text[0..len); lines stay lines. The line of one that does not
 * end, or 0.
 */
int rd_comment_blank(char *text, size_t len);

#endif
