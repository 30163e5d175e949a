/*
 * comment - takes the comments out of a configuration file's text.
 *
 * libconfuse would skip them by itself, but 3.3 counts a line too many for each, and two where a
 * comment ends with its line; then no error would name the right one.
 *
 * Never:   takes for a comment what libconfuse would not. '#' begins one anywhere but in quotes;
 *          two slashes, or slash and star, are part of a word unless they begin it.
 */
#include "config/comment.h"

#include <stdbool.h>
#include <string.h>

/* How much it is until behind mark; 0: it does not come. */
static size_t comment_until(const char *at, size_t left, const char *mark)
{
	const char *end = memmem(at, left, mark, strlen(mark));

	return end ? (size_t)(end - at) + strlen(mark) : 0;
}

/* How long what is in quotes here is, or ${NAME}; 0: this is neither. */
static size_t comment_quoted(const char *at, size_t left)
{
	size_t i = 1;

	if (left > 1 && at[0] == '$' && at[1] == '{')
		return comment_until(at, left, "}");
	if (at[0] != '"' && at[0] != '\'')
		return 0;
	while (i < left && at[i] != at[0])
		if (at[i] == '\\')
			i += 2;
		else if (at[0] == '"' && at[i] == '$' && i + 1 < left && at[i + 1] == '{')
			i += 2 + comment_until(at + i + 2, left - i - 2, "}");
		else
			i++;
	return i < left ? i + 1 : left;
}

static bool comment_long(const char *at, size_t left)
{
	return left > 1 && at[0] == '/' && at[1] == '*';
}

/* How long the comment here is, without the end of its line; 0: there is none. */
static size_t comment_here(const char *at, size_t left, bool word)
{
	const char *end;
	size_t i;

	if (!word && comment_long(at, left)) {
		i = comment_until(at + 2, left - 2, "*/");
		return i ? i + 2 : 0;
	}
	if (at[0] != '#' && (word || left < 2 || at[0] != '/' || at[1] != '/'))
		return 0;
	end = memchr(at, '\n', left);
	return end ? (size_t)(end - at) : left;
}

static int comment_line(const char *text, size_t len)
{
	int line = 1;

	for (size_t i = 0; i < len; i++)
		line += text[i] == '\n';
	return line;
}

int rd_comment_blank(char *text, size_t len)
{
	bool word = false;
	size_t i = 0, here;

	while (i < len) {
		here = comment_here(text + i, len - i, word);
		if (here == 0 && !word && comment_long(text + i, len - i))
			return comment_line(text, i);
		for (size_t k = i; k < i + here; k++)
			if (text[k] != '\n')
				text[k] = ' ';
		if (here == 0)
			here = comment_quoted(text + i, len - i);
		word = here == 0 && !memchr(" \t\n{}()=,", text[i], 9);
		i += here ? here : 1;
	}
	return 0;
}
