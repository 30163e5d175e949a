/*
 * words - a list of strings with a NULL behind the last.
 */
#ifndef RD_BASE_WORDS_H
#define RD_BASE_WORDS_H

/* A copy, also of NULL, which is none; NULL when there is no memory. */
char **rd_words_copy(const char *const *words);
void rd_words_free(char **words);

#endif
