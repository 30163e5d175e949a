#!/usr/bin/env python3
"""drain - SIGTERM under load loses no reply that was begun. Ten times.

32 clients ask when SIGTERM comes: on keep-alive, pipelined, with a connection
for each request, for small files and for large ones that they read slowly; half
of them over the Unix socket. For each client:

  A reply whose first byte came is whole, and right.
  A request that was in the server's socket before SIGTERM was sent is answered.
      On a Unix socket that is one whose send had returned. On TCP the client
      cannot know, so there only the rule above is held.
  A request that was sent later has a whole reply, or no byte of one: the stream
      ends or is reset, or the connection is refused. The same goes for those
      pipelined behind a reply that says it is the last.
  A client that has asked nothing since its last reply gets the end of the stream.

The server ends with status 0, and says nothing of connections that it cut off.
"""

import sys
import threading
import time

from served import WAIT_S, Client, Failure, Server, main, pattern, until

ROUNDS = 10
CLIENTS = 32
BURST = 5
FILES = {"small.txt": b"hello\n", "large.bin": pattern(6000000)}
SLOW_RCVBUF = 8192


class Load:
	"""What the clients of one round share."""

	def __init__(self, server):
		self.server = server
		self.signalled_ns = None		# when SIGTERM was about to be sent
		self.signalled = threading.Event()


class Asker:
	def __init__(self, load, number):
		self.load, self.unix = load, number % 2 == 0
		self.manner = (self.keep_alive, self.pipelined, self.once, self.slow)[number // 2 % 4]
		self.replies, self.after, self.begun, self.failure = 0, 0, False, None
		self.over = False			# the server is gone, as far as this one can tell
		self.thread = threading.Thread(target=self.run, daemon=True)

	def run(self):
		try:
			while not self.over:
				self.manner()
		except Exception as failure:	# whatever it is, the test has failed
			self.failure = failure

	def connect(self, **options):
		try:
			return Client(self.load.server, unix=self.unix, **options)
		except (ConnectionError, FileNotFoundError):
			if not self.load.signalled_ns:
				raise
			self.over = True
			return None

	def ask(self, client, name, times=1, fields=""):
		"""When the last byte of these requests was with the kernel; None if not all were."""
		try:
			client.send(f"GET /{name} HTTP/1.1\r\nHost: t\r\n{fields}\r\n".encode() * times)
		except ConnectionError:
			return None
		return time.monotonic_ns()

	def answered(self, client, name, sent_ns):
		"""Takes a reply; False where none came, which may be so."""
		try:
			got = client.take()
		except ConnectionError as error:
			if client.came:
				raise Failure(f"reset after {len(client.came)} bytes of a reply") from error
			got = None
		if got:
			if got.status != 200 or got.body != FILES[name]:
				raise Failure(f"a wrong reply: {got.head}")
			self.replies += 1
			self.after += self.load.signalled_ns is not None
			self.over = self.over or got.field(b"Connection") == b"close"
			return True
		self.over = True
		before = self.load.signalled_ns
		if not before or (self.unix and sent_ns and sent_ns < before):
			raise Failure("a request that came before SIGTERM has no reply")
		return False

	def keep_alive(self):
		client = self.connect()
		while client and self.answered(client, "small.txt", self.ask(client, "small.txt")):
			if self.over:
				client.end()
				break
		if client:
			client.close()

	def pipelined(self):
		client = self.connect()
		while client and not self.over:
			sent_ns = self.ask(client, "small.txt", BURST)
			for _ in range(BURST):
				if not self.answered(client, "small.txt", sent_ns):
					break
				if self.over:
					break		# it said so: what was sent behind is not read
		if client:
			client.close()

	def once(self):
		client = self.connect()
		if client:
			sent_ns = self.ask(client, "small.txt", fields="Connection: close\r\n")
			if self.answered(client, "small.txt", sent_ns):
				client.end()
				self.over = False
			client.close()

	def slow(self):
		"""Has begun to read when SIGTERM comes, and reads on only then."""
		client = self.connect(rcvbuf=SLOW_RCVBUF)
		sent_ns = self.ask(client, "large.bin")
		client.fill()
		self.begun = True
		self.load.signalled.wait(WAIT_S)
		if not self.answered(client, "large.bin", sent_ns):
			raise Failure("a reply that was begun is lost")
		client.end()
		client.close()
		self.over = True


def turn():
	with Server(FILES) as server:
		server.start()
		load = Load(server)
		askers = [Asker(load, number) for number in range(CLIENTS)]
		for asker in askers:
			asker.thread.start()
		until(lambda: all(a.failure or a.begun or a.replies > 2 for a in askers), "the load")
		load.signalled_ns = time.monotonic_ns()
		server.signal()
		load.signalled.set()
		for asker in askers:
			asker.thread.join(WAIT_S)
			if asker.thread.is_alive():
				raise Failure(f"a client waits for ever: {asker.manner.__name__}")
			if asker.failure:
				raise Failure(f"{asker.manner.__name__}: {asker.failure!r}; {server.stderr()}")
		server.ended()
		return [sum(asker.replies for asker in askers), sum(asker.after for asker in askers)]


def test():
	for _ in range(ROUNDS):
		print("{} replies, {} after the signal".format(*turn()), flush=True)


sys.exit(main(test))
