#!/usr/bin/env python3
"""clients - 64 clients at once for 5 s, and every reply is the right one.

Each asks in its own manner: one request after the other on one connection, many
at once on one connection (pipelined, and cut into pieces anywhere), one request
a connection by HTTP/1.1 and by 1.0; half of them over the Unix socket. A reply
is right when its status, its fields and its body are those of the file, and
when it says that it is the last exactly if it is.
"""

import random
import sys
import threading
import time

from served import Client, Failure, Server, main, pattern

CLIENTS = 64
SECONDS = 5
FILES = {
	"small.txt": b"hello\n",
	"empty.txt": b"",
	"page.html": pattern(5000),
	"kept.bin": pattern(60000),		# from memory
	"sent.bin": pattern(300000),		# from the file
}
TYPES = {"txt": b"text/plain", "html": b"text/html", "bin": b"application/octet-stream"}


class Asker:
	"""One of the clients."""

	def __init__(self, server, number):
		self.server, self.random, self.unix = server, random.Random(number), number % 2 == 0
		self.manner = (self.one_by_one, self.pipelined, self.once, self.once_1_0)[number // 2 % 4]
		self.replies, self.failure, self.tags = 0, None, {}
		self.thread = threading.Thread(target=self.run, daemon=True)

	def run(self):
		until = time.monotonic() + SECONDS
		try:
			while time.monotonic() < until or self.replies == 0:
				self.manner()
		except Exception as failure:	# whatever it is, the test has failed
			self.failure = failure

	def connect(self):
		return Client(self.server, unix=self.unix)

	def request(self, version="1.1", fields=""):
		"""Some request; (its bytes, what checks the reply)."""
		name = self.random.choice(list(FILES))
		kind = self.random.choice(("get", "get", "get", "head", "missing", "unmodified"))
		method = "HEAD" if kind == "head" else "GET"
		if kind == "missing":
			name = "no-" + name
		elif kind == "unmodified" and name not in self.tags:
			kind = "get"
		elif kind == "unmodified":
			fields += f"If-None-Match: {self.tags[name]}\r\n"
		text = f"{method} /{name} HTTP/{version}\r\nHost: t\r\n{fields}\r\n"
		return text.encode(), (name, kind)

	def check(self, got, asked, last):
		name, kind = asked
		if got is None:
			raise Failure(f"no reply for {asked}")
		status = {"missing": 404, "unmodified": 304}.get(kind, 200)
		body = FILES[name] if status == 200 and kind != "head" else b""
		right = got.status == status and (status == 404 or got.body == body)
		if right and status == 200:
			right = (got.field(b"Content-Length") == b"%d" % len(FILES[name])
				and got.field(b"Content-Type").startswith(TYPES[name.split(".")[1]]))
			self.tags[name] = got.field(b"ETag").decode()
		if not right or (got.field(b"Connection") == b"close") != last:
			raise Failure(f"{asked}: {got.head}, {len(got.body)} bytes")
		self.replies += 1

	def one_by_one(self):
		client = self.connect()
		for _ in range(50):
			data, asked = self.request()
			client.send(data)
			self.check(client.take(asked[1] == "head"), asked, False)
		client.close()

	def pipelined(self):
		client = self.connect()
		for _ in range(5):
			asked = [self.request() for _ in range(self.random.randrange(1, 20))]
			data = b"".join(request for request, _ in asked)
			while data:
				size = self.random.choice((1, 30, 500, 5000))
				client.send(data[:size])
				data = data[size:]
			for _, what in asked:
				self.check(client.take(what[1] == "head"), what, False)
		client.close()

	def once(self):
		self.ask_once("1.1", "Connection: close\r\n")

	def once_1_0(self):
		self.ask_once("1.0", "")

	def ask_once(self, version, fields):
		client = self.connect()
		data, asked = self.request(version, fields)
		client.send(data)
		self.check(client.take(asked[1] == "head"), asked, True)
		client.end()
		client.close()


def test():
	with Server(FILES) as server:
		server.start()
		askers = [Asker(server, number) for number in range(CLIENTS)]
		for asker in askers:
			asker.thread.start()
		for asker in askers:
			asker.thread.join()
		failures = [asker for asker in askers if asker.failure]
		if failures:
			raise Failure(f"{len(failures)} clients: {failures[0].failure!r}; {server.stderr()}")
		server.stop()
		print(f"{sum(asker.replies for asker in askers)} replies")


sys.exit(main(test))
