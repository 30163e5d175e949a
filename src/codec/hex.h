/* hex - hexadecimal digits, both ways. */
#ifndef RD_CODEC_HEX_H
#define RD_CODEC_HEX_H

/* The value of a hexadecimal digit, -1 for any other byte. */
static inline int rd_hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte that the two characters after a '%' stand for; -1 when they are no digits. */
static inline int rd_hex_pair(const char *at)
{
	int high = rd_hex_value(at[0]), low = rd_hex_value(at[1]);

	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

#endif
