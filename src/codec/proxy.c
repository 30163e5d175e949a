/*
 * proxy - the header by which a balancer says whose connection it passes on. The sections are those
 * of HAProxy's doc/proxy-protocol.txt.
 * Thread:  any.
 */
#include "codec/proxy.h"

#include "base/span.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <string.h>

enum {
	TEXT_MAX = 107, /* §2.1: of a line, with its CRLF */
	FIXED = 16,	/* §2.2: what every binary header has */
	UNIX_ENDS = 216,
	CRC32C = 3, /* §2.2.3 */
	CRC_LEN = 4,
};

static const char signature[12] = "\r\n\r\n\0\r\nQUIT\n";
static const char word[] = "PROXY ";

static uint16_t proxy_u16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

static uint32_t proxy_u32(const uint8_t *at)
{
	return (uint32_t)proxy_u16(at) << 16 | proxy_u16(at + 2);
}

static void proxy_map(uint8_t ip[16], const void *ipv4)
{
	memset(ip, 0, 10);
	memset(ip + 10, 0xff, 2);
	memcpy(ip + 12, ipv4, 4);
}

/* What stands before the next space, or is left. */
static struct rd_span proxy_word(struct rd_span *line)
{
	const char *space = line->len ? memchr(line->at, ' ', line->len) : NULL;
	struct rd_span w = { line->at, space ? (size_t)(space - line->at) : line->len };
	size_t used = w.len + (space != NULL);

	line->at += used;
	line->len -= used;
	return w;
}

static bool proxy_ip(struct rd_span text, int family, uint8_t ip[16])
{
	char copy[INET6_ADDRSTRLEN];
	struct in_addr ipv4;

	if (text.len >= sizeof(copy) || memchr(text.at, '\0', text.len))
		return false;
	memcpy(copy, text.at, text.len);
	copy[text.len] = '\0';
	if (family == AF_INET6)
		return inet_pton(AF_INET6, copy, ip) == 1;
	if (inet_pton(AF_INET, copy, &ipv4) != 1)
		return false;
	proxy_map(ip, &ipv4);
	return true;
}

static bool proxy_port(struct rd_span text, uint16_t *port)
{
	unsigned value = 0;

	if (text.len < 1 || text.len > 5 || (text.at[0] == '0' && text.len > 1))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] < '0' || text.at[i] > '9')
			return false;
		value = value * 10 + (unsigned)(text.at[i] - '0');
	}
	*port = (uint16_t)value;
	return value <= UINT16_MAX;
}

/* §2.1, what stands between "PROXY " and CRLF. */
static bool proxy_line(struct rd_span line, struct rd_proxy *p)
{
	bool ends_in_space = line.len > 0 && line.at[line.len - 1] == ' ';
	struct rd_span family = proxy_word(&line);
	int af = rd_span_eq(family, "TCP6") ? AF_INET6 : AF_INET;

	p->of = RD_PROXY_UNKNOWN;
	if (rd_span_eq(family, "UNKNOWN"))
		return true;
	p->of = RD_PROXY_IP;
	return (af == AF_INET6 || rd_span_eq(family, "TCP4")) &&
	       proxy_ip(proxy_word(&line), af, p->from.ip) &&
	       proxy_ip(proxy_word(&line), af, p->to.ip) &&
	       proxy_port(proxy_word(&line), &p->from.port) &&
	       proxy_port(proxy_word(&line), &p->to.port) && line.len == 0 && !ends_in_space;
}

static int proxy_text(struct rd_span buf, struct rd_proxy *p)
{
	size_t seen = buf.len < TEXT_MAX ? buf.len : TEXT_MAX, begin = sizeof(word) - 1;
	const char *cr = memchr(buf.at, '\r', seen), *lf = memchr(buf.at, '\n', seen);
	size_t len;

	if (!cr || cr + 1 == buf.at + seen)
		return lf || seen == TEXT_MAX ? -1 : 0;
	len = (size_t)(cr - buf.at) + 2;
	if (lf != cr + 1 || len < begin + 2)
		return -1;
	return proxy_line((struct rd_span){ buf.at + begin, len - begin - 2 }, p) ? (int)len : -1;
}

/* CRC-32C (RFC 9260 appendix A), of what comes after what gave `crc`. */
static uint32_t proxy_crc(uint32_t crc, const uint8_t *at, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		crc ^= at[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0x82f63b78) : 0);
	}
	return crc;
}

/* The checksum of a header whose own stands at at[sum..sum + 4), where zeros are taken for it. */
static bool proxy_sum_is_right(const uint8_t *at, size_t len, size_t sum)
{
	static const uint8_t zeros[CRC_LEN];
	uint32_t crc = proxy_crc(UINT32_MAX, at, sum);

	crc = proxy_crc(crc, zeros, CRC_LEN);
	crc = ~proxy_crc(crc, at + sum + CRC_LEN, len - sum - CRC_LEN);
	return crc == proxy_u32(at + sum);
}

/* §2.2.3: what is extended is skipped, but for a checksum. */
static bool proxy_extended(const uint8_t *at, size_t len, size_t from)
{
	while (from < len) {
		size_t value;

		if (len - from < 3)
			return false;
		value = proxy_u16(at + from + 1);
		if (value > len - from - 3)
			return false;
		if (at[from] == CRC32C &&
		    (value != CRC_LEN || !proxy_sum_is_right(at, len, from + 3)))
			return false;
		from += 3 + value;
	}
	return true;
}

/* §2.2, of both ends; `size` is that of an address. */
static void proxy_ends(const uint8_t *at, size_t size, struct rd_proxy *p)
{
	if (size == 4) {
		proxy_map(p->from.ip, at);
		proxy_map(p->to.ip, at + size);
	} else {
		memcpy(p->from.ip, at, size);
		memcpy(p->to.ip, at + size, size);
	}
	p->from.port = proxy_u16(at + 2 * size);
	p->to.port = proxy_u16(at + 2 * size + 2);
	p->of = RD_PROXY_IP;
}

/* §2.2, a whole header. Of whom nothing is said, what else stands there is not looked at. */
static bool proxy_binary_whole(const uint8_t *at, size_t len, struct rd_proxy *p)
{
	static const size_t ends[] = { 0, 12, 36, UNIX_ENDS }; /* by family */
	unsigned command = at[12] & 0xf, family = at[13] >> 4, transport = at[13] & 0xf;

	if (command > 1)
		return false;
	p->of = RD_PROXY_OWN;
	if (command == 0)
		return true;
	p->of = RD_PROXY_UNKNOWN;
	if (family > 3 || transport > 2)
		return false;
	if (family == 0)
		return true;
	if (len - FIXED < ends[family] || !proxy_extended(at, len, FIXED + ends[family]))
		return false;
	if (transport == 1 && family == 3)
		p->of = RD_PROXY_UNIX;
	else if (transport == 1)
		proxy_ends(at + FIXED, family == 1 ? 4 : 16, p);
	return true;
}

static int proxy_binary(const uint8_t *at, size_t len, struct rd_proxy *p)
{
	size_t whole;

	if (len > 12 && at[12] >> 4 != 2)
		return -1;
	if (len < FIXED)
		return 0;
	whole = FIXED + (size_t)proxy_u16(at + 14);
	if (whole > RD_PROXY_MAX)
		return -1;
	if (len < whole)
		return 0;
	return proxy_binary_whole(at, whole, p) ? (int)whole : -1;
}

/* As far as it has come, what is there begins as `prefix` does. */
static bool proxy_begins(const char *buf, size_t len, const char *prefix, size_t size)
{
	return memcmp(buf, prefix, len < size ? len : size) == 0;
}

int rd_proxy_parse(const char *buf, size_t len, struct rd_proxy *p)
{
	*p = (struct rd_proxy){ .of = RD_PROXY_UNKNOWN };
	if (len == 0)
		return 0;
	if (proxy_begins(buf, len, signature, sizeof(signature)))
		return proxy_binary((const uint8_t *)buf, len, p);
	if (proxy_begins(buf, len, word, sizeof(word) - 1))
		return proxy_text((struct rd_span){ buf, len }, p);
	return -1;
}
