#!/usr/bin/env python3
"""hostile - four workers, clients of every kind that mean no good, and an honest one is answered.

Idle on keep-alive; connected and silent; a head, a body that drip; replies of a file, a handler and
a program without end that are never read; half-closed; reset in the middle of each. While all of
them are there, replyc is answered again and again, and when they have gone, so have their
descriptors. A slow reader, who takes what waits for it, is no such client: it gets its reply whole.
"""

import os
import socket
import struct
import sys
import threading
import time

from served import Client, Failure, Server, descriptors, main, pattern, until

EACH = 40
TIMES = 50
HOSTS = b" HTTP/1.1\r\nHost: t\r\n\r\n"
FILES = {"f.txt": b"hello\n", "large.bin": pattern(1 << 20), "slow.bin": pattern(16 << 20)}
PROGRAM = "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\n'\nexec yes\n"
CONFIG = """workers {{ max = 4 }} queue {{ shed = no }}
deadlines {{ write = {write} }}
limits {{
	write_rate = {rate}
	backlog = 1MiB
}}
listen "127.0.0.1:0" {{ }}
listen "unix:{unix}" {{ }}
route "/" {{ files = "{root}" }}
route "/take" {{ echo = yes }}
route "/endless" {{ program = {{"{program}"}} }}
"""


def asks(server, target, unix=False, rcvbuf=None):
	client = Client(server, unix, rcvbuf)
	client.send(b"GET /" + target.encode() + HOSTS)
	return client


def idle(server):
	client = asks(server, "f.txt")
	if client.take().body != FILES["f.txt"]:
		raise Failure("a wrong reply")
	return client


def silent(server):
	return Client(server, unix=True)	# on TCP the kernel would hold it back for a second


def head(server):
	client = Client(server)
	client.send(b"GET /f.txt HTTP/1.1\r\nX: ")
	return client


def body(server):
	client = Client(server)
	client.send(b"POST /take HTTP/1.1\r\nHost: t\r\nContent-Length: 100000\r\n\r\n")
	return client


def file(server):
	return asks(server, "large.bin", rcvbuf=4096)


def file_unix(server):
	return asks(server, "large.bin", unix=True)


def endless(server):
	return asks(server, "endless", rcvbuf=4096)


def half_closed(server):
	client = asks(server, "large.bin", rcvbuf=4096)
	client.sock.shutdown(socket.SHUT_WR)
	return client


KINDS = (idle, silent, head, body, file, file_unix, endless, half_closed)
DRIPS = (head, body)


def reset(client):
	if client.sock.family == socket.AF_INET:
		client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
	client.close()


def drip(clients, stop):
	"""A byte each, as long as their server wants it; and one client after the other is reset."""
	while not stop.wait(0.05):
		for client in clients:
			try:
				client.send(b"x")
			except OSError:
				pass


def start(server, write, rate):
	program = os.path.join(server.tmp, "endless")
	with open(program, "w", encoding="ascii") as file_:
		file_.write(PROGRAM)
	os.chmod(program, 0o755)
	config = os.path.join(server.tmp, "replyd.conf")
	with open(config, "w", encoding="ascii") as file_:
		file_.write(CONFIG.format(write=write, rate=rate, unix=server.unix, root=server.root,
			program=program))
	server.start(config=config)


def answered(server):
	for _ in range(TIMES):
		if server.replyc(server.url("f.txt")) != FILES["f.txt"]:
			raise Failure("replyc prints something else")


def all_kinds():
	"""None of them keeps the honest client from its replies, and nothing of them stays."""
	with Server(FILES) as server:
		start(server, "30s", "500B")
		answered(server)
		server.replyc(server.url("large.bin"))	# both files are kept open from here on
		files = server.open_files()
		clients = [(kind, kind(server)) for kind in KINDS for _ in range(EACH)]
		stop = threading.Event()
		dripping = threading.Thread(target=drip, args=(
			[client for kind, client in clients if kind in DRIPS], stop))
		dripping.start()
		try:
			answered(server)
			for number, (kind, client) in enumerate(clients):
				if number % 2:		# in the middle of what it does
					reset(client)
					clients[number] = kind, kind(server)
			answered(server)
		finally:
			stop.set()
			dripping.join()
		for number, (_, client) in enumerate(clients):
			(client.close if number % 2 else lambda: reset(client))()
		until(lambda: server.open_files() <= files, "the descriptors to return")
		answered(server)
		server.stop()


def too_slow():
	"""Who takes nothing of a reply that waits loses it. On its side, that shows only when it reads:
	before the end comes what the kernel has for it."""
	with Server(FILES) as server:
		start(server, "500ms", "1B")
		answered(server)
		files = server.open_files()
		clients = [asks(server, "slow.bin", rcvbuf=4096) for _ in range(EACH)]
		for client in clients:
			client.fill()			# the reply has begun
		until(lambda: server.open_files() <= files + 1, "all to be cut off")	# the file is kept
		for client in clients:
			client.close()
		answered(server)
		server.stop()


def slow_reader():
	"""A client that goes on reading is given all the time that it takes, over many windows."""
	with Server(FILES) as server:
		start(server, "1s", "1B")
		client = asks(server, "slow.bin", rcvbuf=65536)
		end = time.monotonic() + 4	# less than a third of what the kernel holds for it
		while time.monotonic() < end:
			client.came += client.sock.recv(4096)
			time.sleep(0.01)
		if client.take().body != FILES["slow.bin"]:
			raise Failure("the slow reader has something else")
		client.close()
		server.stop()


def test():
	descriptors(2 * len(KINDS) * EACH + 200)
	for one in (all_kinds, too_slow, slow_reader):
		print(f"{one.__name__} ...", flush=True)
		one()


sys.exit(main(test))
