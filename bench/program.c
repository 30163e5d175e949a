/*
 * program - what bench/compare has run for each request: it says 1 KiB, by CGI,
 * or by HTTP to a client whose socket it has as standard input and output.
 * Linked statically, so that what is measured is the server that starts it.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BODY = 1024 };

static const char cgi[] = "Content-Type: text/plain\r\nContent-Length: 1024\r\n\r\n";
static const char http[] = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
			   "Content-Length: 1024\r\nConnection: close\r\n\r\n";

/* 0, or 1 where the request ended before its head did. */
static int read_head(void)
{
	char buf[4096];
	size_t len = 0;
	ssize_t got;

	while (len < 4 || memcmp(buf + len - 4, "\r\n\r\n", 4) != 0) {
		got = read(0, buf + len, sizeof buf - len);
		if (got <= 0)
			return 1;
		len += (size_t)got;
	}
	return 0;
}

int main(void)
{
	char out[sizeof http + BODY];
	const char *head = getenv("GATEWAY_INTERFACE") ? cgi : http;
	size_t len = strlen(head);

	if (head == http && read_head() != 0)
		return 1;
	memcpy(out, head, len);
	memset(out + len, 'x', BODY);
	return write(1, out, len + BODY) == (ssize_t)(len + BODY) ? 0 : 1;
}
