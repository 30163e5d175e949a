#!/usr/bin/env python3
"""spool - clients that do not read their replies, and clients that send long bodies, share what
temporary files may hold. More than that they never do; who needs more is cut off, or told 503; others
are served; and when they have left nothing is kept.
"""

import os
import re
import sys

from served import Client, Failure, Server, main, until

CLIENTS = 8
MOST = 3 * 1024 * 1024
LONG = 10 * 1024 * 1024			# of a reply: more than any socket takes
BODY = 1024 * 1024			# four of them are more than MOST
PROGRAM = f"""#!/bin/sh
printf 'Content-Type: text/plain\\n\\n'
exec head -c {LONG} /dev/zero
"""
CONFIGURATION = """
listen "127.0.0.1:0" {{ }}
control {{ listen = "unix:{control}" }}
queue {{ shed = no }}
body {{ max = 2MiB }}
spool {{ max = {most}B }}
route "/" {{ files = "{root}" }}
route "/echo" {{ echo = yes }}
route "/long" {{
	program = "{program}"
	time_limit = 0s
}}
"""


def metric(server, name):
	client = Client(server, unix=True)
	client.send(b"GET /metrics HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
	found = re.search(rb"^%s (\d+)$" % re.escape(name.encode()), client.take().body, re.MULTILINE)
	client.close()
	if not found:
		raise Failure(f"no metric {name}")
	return int(found[1])


def held(server):
	"""What temporary files hold; never more than they may."""
	now = metric(server, "replyd_spool_bytes")
	if now > MOST:
		raise Failure(f"temporary files hold {now} bytes, over {MOST}")
	return now


def closed(server):
	held(server)
	return metric(server, 'replyd_connections_closed_total{group="clients",reason="spool"}')


def served(server):
	client = Client(server)
	client.send(b"GET /f.txt HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
	if client.take().body != b"hello\n":
		raise Failure("others are not served")
	client.close()


def replies(server):
	clients = [Client(server, rcvbuf=4096) for _ in range(CLIENTS)]
	for client in clients:
		client.send(b"GET /long HTTP/1.1\r\nHost: t\r\n\r\n")
	until(lambda: closed(server) == CLIENTS, "each is cut off")
	served(server)
	for client in clients:
		client.close()
	until(lambda: held(server) == 0, "what they did not take is dropped")
	if "spool.max" not in server.stderr():
		raise Failure(f"the log does not say so: {server.stderr()}")


def bodies(server):
	"""Each is sent but for its last byte, so that it is kept; then the last that fits is answered."""
	clients = []
	while closed(server) == CLIENTS:
		clients.append(Client(server))
		clients[-1].send(b"POST /echo HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\n"
			b"Content-Length: %d\r\n\r\n" % BODY)
		before = held(server)
		clients[-1].send(b"x" * (BODY - 1))
		until(lambda before=before: held(server) > before + BODY // 2 or closed(server) > CLIENTS, "it is kept")
	got = clients[-1].take()
	while got.status == 100:
		got = clients[-1].take()
	if got.status != 503:
		raise Failure(f"of a body too many: {got.status}")
	served(server)
	for client in clients:
		client.close()
	until(lambda: held(server) == 0, "the bodies are dropped")


def test():
	with Server({"f.txt": b"hello\n"}) as server:
		program = os.path.join(server.tmp, "program")
		with open(program, "w", encoding="utf-8") as file:
			file.write(PROGRAM)
		os.chmod(program, 0o755)
		server.configured(CONFIGURATION.format(control=server.unix, most=MOST, root=server.root, program=program))
		replies(server)
		bodies(server)
		server.signal()
		if server.process.wait(60):
			raise Failure(f"the server failed: {server.stderr()}")
		server.unharmed()


sys.exit(main(test))
