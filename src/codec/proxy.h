/*
 * proxy - the header by which a balancer says whose connection it passes on: the PROXY protocol,
 * versions 1 and 2.
 */
#ifndef RD_CODEC_PROXY_H
#define RD_CODEC_PROXY_H

#include <stddef.h>
#include <stdint.h>

enum { RD_PROXY_MAX = 4096 }; /* bytes of a header that is taken */

/* One end of a connection; IPv4 as ::ffff:a.b.c.d. */
struct rd_proxy_end {
	uint8_t ip[16];
	uint16_t port;
};

struct rd_proxy {
	enum rd_proxy_of {
		RD_PROXY_OWN,	  /* the balancer's own: it looks whether the server is there */
		RD_PROXY_UNKNOWN, /* it cannot say whose */
		RD_PROXY_IP,	  /* from `from`, who came to `to` */
		RD_PROXY_UNIX,	  /* somebody's on its own machine */
	} of;
	struct rd_proxy_end from, to;
};

/*
 * Reads the header that buf[0..len) begins with: its length, 0 for "more is needed", or -1: it is
 * none, or longer than RD_PROXY_MAX, or its checksum is wrong. What is extended in it is skipped.
 */
int rd_proxy_parse(const char *buf, size_t len, struct rd_proxy *proxy);

#endif
