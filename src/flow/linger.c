/*
 * linger - after the last reply: reads off what still comes.
 * Thread:  the owner's.
 * Never:   waits, sends.
 */
#include "flow/linger.h"

void rd_linger_begin(struct rd_conn *c, uint64_t now_us)
{
	rd_transport_shutdown(&c->transport);
	if (c->session)
		c->protocol->release(c);
	c->lingering = true;
	c->deadline_us = now_us + RD_LINGER_US;
}

enum rd_verdict rd_linger_advance(struct rd_conn *c, uint64_t now_us, char *scratch, size_t size)
{
	size_t got, limit = 16; /* reads in one turn */

	if (c->expired || now_us >= c->deadline_us) /* it may never pause, and so never park */
		return RD_CLOSE;
	while (limit-- > 0) {
		switch (rd_transport_recv(&c->transport, scratch, size, &got)) {
		case IO_OK:
			break;
		case IO_AGAIN:
			return RD_WANTS_READ;
		default:
			return RD_CLOSE;
		}
	}
	return RD_MORE;
}
