#!/usr/bin/env python3
"""truncate - a file that becomes shorter while it is sent: the reply ends before its length, and
nothing is sent in place of what is missing. So for the whole, for one part, for several, for a
coded file; and the server goes on.
"""

import os
import sys

from served import Client, Failure, Server, main, pattern

SIZE = 64 << 20				# more than the sockets hold
LEFT = 1 << 20
CASES = (				# the file that is sent, what is asked for, how long that is at least
	("whole.bin", b"", SIZE),
	("one.bin", b"Range: bytes=1000-\r\n", SIZE - 1000),
	("several.bin", b"Range: bytes=0-9,100-\r\n", SIZE - 90),
	("coded.bin.br", b"Accept-Encoding: br\r\n", SIZE),
)


def ask(server, name, fields, least):
	with open(os.path.join(server.root, name), "wb") as file:
		file.write(pattern(LEFT))
		file.truncate(SIZE)
	asked = name.removesuffix(".br").encode()
	client = Client(server, rcvbuf=65536)
	client.send(b"GET /" + asked + b" HTTP/1.1\r\nHost: t\r\n" + fields + b"\r\n")
	client.fill()
	os.truncate(os.path.join(server.root, name), LEFT)
	while not client.ended:
		client.fill()
	client.close()
	head, body = bytes(client.came).split(b"\r\n\r\n", 1)
	lengths = [int(line[16:]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length: ")]
	if len(lengths) != 1 or lengths[0] < least:
		raise Failure(f"{name}: {head}")
	if not 0 < len(body) < lengths[0]:
		raise Failure(f"{name}: {len(body)} of {lengths[0]} bytes came")


def test():
	with Server({"small.txt": b"hello\n", "coded.bin": b"plain"}) as server:
		server.start()
		for case in CASES:
			ask(server, *case)
		client = Client(server)
		client.send(b"GET /small.txt HTTP/1.1\r\nHost: t\r\n\r\n")
		if client.take().body != b"hello\n":
			raise Failure("the server does not go on")
		client.close()
		server.stop()


sys.exit(main(test))
