/*
 * fuzz_network - the first address of a network is in it, and with one of its bits changed in it
 * only where that bit is not one that all have.
 */
#include "base/must.h"
#include "codec/network.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd_network network;
	struct rd_networks one = { &network, 1 };
	char text[128];
	const char *why;
	bool ipv4;

	if (size >= sizeof(text))
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	if (!rd_network_parse(text, &network, &why) || network.of != RD_NETWORK_IP)
		return 0;
	MUST(network.bits <= 128 && rd_network_find(&one, NULL) == 0);
	ipv4 = memcmp(network.ip, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12) == 0;
	MUST(rd_network_find(&one, network.ip) ==
	     (ipv4 && network.bits < 96 ? 0 : network.bits + 2));
	for (unsigned bit = ipv4 ? 96 : 128; bit-- > (ipv4 ? 96 : 0);) {
		uint8_t ip[16];

		memcpy(ip, network.ip, sizeof(ip));
		ip[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
		if (bit < network.bits)
			MUST(rd_network_find(&one, ip) == 0);
	}
	return 0;
}
