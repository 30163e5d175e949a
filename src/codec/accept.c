/*
 * accept - which coding of a representation a client wants.
 */
#include "codec/accept.h"

#include "codec/list.h"
#include "codec/token.h"

static const char *const words[RD_CODING_COUNT] = {
	[RD_CODING_BR] = "br",
	[RD_CODING_ZSTD] = "zstd",
	[RD_CODING_GZIP] = "gzip",
	[RD_CODING_IDENTITY] = "identity",
};

const char *rd_accept_word(enum rd_coding coding)
{
	return coding == RD_CODING_IDENTITY ? NULL : words[coding];
}

/* "0.5" in thousandths (RFC 9110 §12.4.2), or -1. */
static int accept_qvalue(struct rd_span s)
{
	int value = 0, unit = 1000;

	for (size_t i = 0; i < s.len; i++) {
		if (i == 1 ? s.at[i] != '.' : s.at[i] < '0' || s.at[i] > '9')
			return -1;
		if (i == 1)
			continue;
		value += (s.at[i] - '0') * unit;
		unit /= 10;
	}
	return s.len == 0 || s.len > 5 || value > 1000 ? -1 : value;
}

/* The weight that an element gives to its coding, in thousandths, or -1. */
static int accept_weight(struct rd_span element, struct rd_span *coding)
{
	const char *semicolon = memchr(element.at, ';', element.len);
	struct rd_span weight;

	*coding = element;
	if (semicolon == NULL)
		return 1000;
	coding->len = (size_t)(semicolon - element.at);
	*coding = rd_span_trim(*coding);
	weight = (struct rd_span){ semicolon + 1,
				   element.len - (size_t)(semicolon + 1 - element.at) };
	weight = rd_span_trim(weight);
	if (weight.len < 2 || rd_span_lower(weight.at[0]) != 'q' || weight.at[1] != '=')
		return -1;
	return accept_qvalue((struct rd_span){ weight.at + 2, weight.len - 2 });
}

static void accept_raise(uint16_t *weight, int value)
{
	if (*weight <= value)
		*weight = (uint16_t)(value + 1);
}

void rd_accept_field(struct rd_accept *accept, struct rd_span value)
{
	struct rd_span element, coding;

	accept->present = true;
	while (rd_list_next(&value, &element)) {
		int weight = accept_weight(element, &coding);

		if (weight < 0 || !rd_token(coding)) {
			accept->malformed = true;
			return;
		}
		for (int i = 0; i < RD_CODING_COUNT; i++)
			if (rd_span_eq_nocase(coding, words[i]))
				accept_raise(&accept->weight[i], weight);
		if (rd_span_eq_nocase(coding, "x-gzip"))
			accept_raise(&accept->weight[RD_CODING_GZIP], weight);
		if (rd_span_eq(coding, "*"))
			accept_raise(&accept->others, weight);
	}
}

/* How much the client wants a coding, 0 for not at all; identity a little when it is not named. */
static int accept_wanted(const struct rd_accept *accept, int coding)
{
	bool identity = coding == RD_CODING_IDENTITY;
	int weight = accept->weight[coding] ? accept->weight[coding] : accept->others;

	if (!accept->present || accept->malformed)
		return identity ? 2 : 1;
	return weight ? weight - 1 : identity;
}

int rd_accept_choose(const struct rd_accept *accept, unsigned available)
{
	int best = -1, most = 0;

	for (int i = 0; i < RD_CODING_COUNT; i++) {
		int wanted = accept_wanted(accept, i);

		if ((available & 1u << i) && wanted > most) {
			best = i;
			most = wanted;
		}
	}
	return best;
}
