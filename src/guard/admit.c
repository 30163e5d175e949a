/*
 * admit - who comes in by a listener.
 * Thread:  main's, before anyone else knows of the connection.
 */
#include "guard/admit.h"

#include "base/must.h"
#include "codec/network.h"
#include "codec/proxy.h"

static const uint8_t *admit_ip(const struct rd_sockaddr *at, uint8_t ip[16])
{
	return rd_address_ip(at, ip) ? ip : NULL;
}

bool rd_admit_believes(const struct rd_networks *balancers, const struct rd_sockaddr *peer)
{
	uint8_t ip[16];

	return rd_network_find(balancers, admit_ip(peer, ip)) > 0;
}

bool rd_admit_may(const struct rd_access *access, const struct rd_sockaddr *client)
{
	uint8_t ip[16];

	return rd_access_may(access, admit_ip(client, ip));
}

static void admit_end(const struct rd_proxy *p, const struct rd_proxy_end *end,
		      struct rd_sockaddr *at)
{
	*at = (struct rd_sockaddr){ .sa.sa_family = AF_UNIX, .len = sizeof(at->sa.sa_family) };
	if (p->of == RD_PROXY_IP)
		rd_address_make(at, end->ip, end->port);
}

/* A whole header of `len` bytes is there, at the start of what was seen. */
static enum rd_whose admit_take(struct rd_transport *t, char *seen, size_t len,
				const struct rd_proxy *p, struct rd_sockaddr *client)
{
	struct rd_sockaddr local;
	size_t got;

	if (rd_transport_recv(t, seen, len, &got) != IO_OK)
		return WHOSE_GONE;
	MUST(got == len);
	if (p->of != RD_PROXY_IP && p->of != RD_PROXY_UNIX)
		return WHOSE_BALANCER;
	admit_end(p, &p->from, client);
	admit_end(p, &p->to, &local);
	return rd_plain_tell(t, client, &local) ? WHOSE_CLIENT : WHOSE_NO_MEMORY;
}

enum rd_whose rd_admit_read(struct rd_transport *t, struct rd_sockaddr *client)
{
	struct rd_proxy proxy;
	char seen[RD_PROXY_MAX];
	bool last = false;
	size_t got;
	int len;

	for (;;) {
		switch (rd_plain_peek(t, seen, sizeof(seen), &got)) {
		case IO_OK:
			break;
		case IO_AGAIN:
			return WHOSE_IS_TO_COME;
		default:
			return WHOSE_GONE;
		}
		len = rd_proxy_parse(seen, got, &proxy);
		if (len > 0)
			return admit_take(t, seen, (size_t)len, &proxy, client);
		if (len < 0 || last)
			return WHOSE_WRONG;
		last = rd_plain_ended(t);
		if (!last)
			return WHOSE_IS_TO_COME;
	}
}
