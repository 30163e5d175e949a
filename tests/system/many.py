#!/usr/bin/env python3
"""many - 5 000 connections open at once, and one honest client among them.

Most have asked once and sit on keep-alive, the others have never sent a byte
(half of those on the Unix socket: on TCP the kernel may hold them back for a
second). While all are open, replyc is answered. Half of them close, and the
server's descriptors return; then SIGTERM comes, and each of the others gets the
end of its stream and not a byte.

Skipped where the limit of open files is too low. Prints, and does not judge,
what an idle connection costs in memory.
"""

import sys

from served import Client, Failure, Server, descriptors, main, until

IDLE = 4600
SILENT = 400
SERVERS_OWN = 1100		# descriptors beside the connections: kept files, listeners
REQUEST = b"GET /f.txt HTTP/1.1\r\nHost: t\r\n\r\n"
FILES = {"f.txt": b"hello\n"}


def idle(server):
	client = Client(server)
	client.send(REQUEST)
	got = client.take()
	if not got or got.status != 200 or got.body != FILES["f.txt"]:
		raise Failure(f"a wrong reply: {got and got.head}")
	return client


def test():
	descriptors(IDLE + SILENT + SERVERS_OWN)
	with Server(FILES) as server:
		server.start()
		files, memory = server.open_files(), server.memory()

		clients = [idle(server) for _ in range(IDLE)]
		until(lambda: server.open_files() >= files + IDLE, "the idle ones to be open")
		print(f"{(server.memory() - memory) // IDLE} bytes for an idle connection")

		clients += [Client(server, unix=n % 2 == 0) for n in range(SILENT)]
		until(lambda: server.open_files() >= files + IDLE + SILENT, "all to be open")
		if server.replyc(server.url("f.txt")) != FILES["f.txt"]:
			raise Failure("replyc prints something else")

		left, closed = clients[:IDLE // 2], clients[IDLE // 2:]
		for client in closed:
			client.close()
		until(lambda: server.open_files() == files + len(left), "the descriptors to return")
		server.signal()
		for client in left:
			client.end()
		server.ended()


sys.exit(main(test))
