#!/usr/bin/env python3
"""hostile - four workers, 800 clients that mean no good, and replyc is answered 100 times.

200 hold half a head, 200 are silent, 200 sit idle on keep-alive, and 200 never
read their reply of 1 MiB, half of them on the Unix socket, where the kernel does
not take it all. Every time replyc asks, it gets the reply. Prints the median of
how long that took, and does not judge it.
"""

import statistics
import sys
import time

from served import Client, Failure, Server, descriptors, main, pattern, until

EACH = 200
TIMES = 100
HOSTS = " HTTP/1.1\r\nHost: t\r\n\r\n"
FILES = {"f.txt": b"hello\n", "large.bin": pattern(1 << 20)}


def half_head(server, _):
	client = Client(server)
	client.send(b"GET /f.txt HTTP/1.1\r\nHo")
	return client


def silent(server, _):
	return Client(server, unix=True)	# on TCP the kernel would hold it back for a second


def idle(server, _):
	client = Client(server)
	client.send(f"GET /f.txt{HOSTS}".encode())
	if client.take().body != FILES["f.txt"]:
		raise Failure("a wrong reply")
	return client


def unread(server, number):
	client = Client(server, unix=number % 2 == 0, rcvbuf=4096)
	client.send(f"GET /large.bin{HOSTS}".encode())
	client.fill()			# it has begun
	return client


def test():
	descriptors(4 * EACH + 200)
	with Server(FILES) as server:
		server.start("-w", "4")
		files = server.open_files()
		clients = [make(server, number) for make in (idle, unread, silent, half_head)
			for number in range(EACH)]
		until(lambda: server.open_files() >= files + len(clients), "all to be open")
		took = []
		for _ in range(TIMES):
			began = time.monotonic()
			if server.replyc(server.url("f.txt")) != FILES["f.txt"]:
				raise Failure("replyc prints something else")
			took.append(time.monotonic() - began)
		for client in clients:
			client.close()
		server.stop()
		print(f"replyc, started and answered: median {statistics.median(took) * 1000:.2f} ms,"
			f" worst {max(took) * 1000:.2f} ms")


sys.exit(main(test))
