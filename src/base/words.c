/*
 * words - a list of strings with a NULL behind the last.
 * Thread:  any; nothing is kept.
 */
#include "base/words.h"

#include <stdlib.h>
#include <string.h>

void rd_words_free(char **words)
{
	for (size_t i = 0; words && words[i]; i++)
		free(words[i]);
	free(words);
}

char **rd_words_copy(const char *const *words)
{
	size_t n = 0;
	char **copy;

	while (words && words[n])
		n++;
	copy = calloc(n + 1, sizeof(*copy));
	for (size_t i = 0; copy && i < n; i++) {
		copy[i] = strdup(words[i]);
		if (copy[i])
			continue;
		rd_words_free(copy);
		return NULL;
	}
	return copy;
}
