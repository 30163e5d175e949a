#!/usr/bin/env python3
"""reload - 200 reloads under load lose no request and no connection.

Clients ask all the time: on keep-alive, pipelined, with a connection for each
request, by uploads whose bodies come on both sides of a reload, for replies that
another thread gives later, and for long ones that they read slowly. Each reload
replaces the module that answers, and its text; some configurations are wrong, and
some modules. For each client:

  Every request has a whole reply, 200 and right; no connection ends unasked.
  What is asked when a reload is done is answered by the new, also on a connection
      that was there before.
  What was begun before is answered, and what is wrong changes nothing.

At the end the server has the descriptors, threads and loaded modules that it had at
the start, and its memory has not grown.
"""

import os
import re
import shutil
import signal
import sys
import threading

from served import WAIT_S, Client, Failure, Server, main, pattern, until

RELOADS = int(os.environ.get("RELOADS", "200"))
MODULES = os.path.join(os.environ["top_builddir"], "tests", "system", ".libs")
LABELS = ("one", "two")
LARGE = pattern(3000000)
BODY = pattern(150000)
GROWTH = 16 << 20			# of the memory: one generation that stays has more in 15 reloads
CONFIG = """
listen "127.0.0.1:0" {{ }}
listen "unix:{tmp}/socket" {{ }}
queue {{ shed = no }}
{listen}
route "/" {{ files = "www" }}
route "/text" {{ text = "{text}" }}
route "/echo" {{ echo = yes body_max = 1MiB }}
route "/in" {{ upload = "www" }}
route "/m" {{ module = "./module.so" settings = {{ "word={text}" }} }}
route "/n" {{ module = "./module.so" }}
"""


class Reloaded(Server):
	"""A server that reloads its configuration."""

	def __init__(self):
		super().__init__({"small.txt": b"hello\n", "large.bin": LARGE})
		self.generation, self.wrong, self.label = 1, 0, None

	def module(self, name):
		"""Another file in the place of the module."""
		path = os.path.join(self.tmp, "module.so")
		shutil.copy(os.path.join(MODULES, f"module_{name}.so"), path + ".new")
		os.rename(path + ".new", path)

	def write(self, label, listen="", more=""):
		text = CONFIG.format(tmp=self.tmp, text=label, listen=listen) + more
		with open(os.path.join(self.tmp, "conf"), "w", encoding="utf-8") as file:
			file.write(text)

	def begin(self):
		self.module(LABELS[0])
		self.write(LABELS[0])
		self.start(config=os.path.join(self.tmp, "conf"))
		self.label = LABELS[0]

	def said(self, pattern_of, count):
		"""The log has that so many times now."""
		until(lambda: len(re.findall(pattern_of, self.stderr())) >= count or
			self.process.poll() is not None, f"{count} times {pattern_of}")
		if self.process.poll() is not None:
			raise Failure(f"the server has ended: {self.stderr()}")

	def reload(self):
		self.process.send_signal(signal.SIGHUP)
		self.generation += 1
		self.said(rf": reloaded, generation {self.generation}\n", 1)

	def refuses(self, why):
		self.process.send_signal(signal.SIGHUP)
		self.wrong += 1
		self.said("not reloaded: ", self.wrong)
		if not re.search(why, self.stderr().rsplit("not reloaded: ", 1)[1]):
			raise Failure(f"not {why}: {self.stderr()[-300:]}")

	def threads(self):
		return len(os.listdir(f"/proc/{self.process.pid}/task"))

	def modules(self):
		with open(f"/proc/{self.process.pid}/maps", encoding="utf-8") as file:
			return len(set(re.findall(r"\S+ \S+ \S+ \S+ (\d+) +/memfd:module", file.read())))


class Asker:
	"""A client that asks in its manner until it is told to stop."""

	def __init__(self, server, manner, number):
		self.server, self.number, self.asked, self.failure = server, number, 0, None
		self.stop = threading.Event()
		self.client = None
		self.thread = threading.Thread(target=self.run, args=(manner,), daemon=True)
		self.thread.start()

	def run(self, manner):
		try:
			while not self.stop.is_set():
				manner(self)
				self.asked += 1
			if self.client:
				self.client.close()
		except Exception as failure:	# whatever it is, the test has failed
			self.failure = failure

	def connected(self, fresh=False, **options):
		if fresh or not self.client:
			self.client = Client(self.server, unix=self.number % 2 == 0, **options)
		return self.client

	def ask(self, client, name, fields="", method="GET", body=b""):
		client.send(f"{method} /{name} HTTP/1.1\r\nHost: t\r\n{fields}\r\n".encode() + body)

	def answer(self, client, right, status=200):
		got = client.take()
		if not got:
			raise Failure("the stream ended in place of a reply")
		if got.status != status or not right(got.body):
			raise Failure(f"a wrong reply: {got.head} {got.body[:80]}")
		return got


def of_a_label(body):
	return body.split()[0].decode() in LABELS


def keep_alive(a):
	client = a.connected()
	for name in ("text", "m", "n", "small.txt"):
		a.ask(client, name)
		a.answer(client, of_a_label if name != "small.txt" else lambda body: body == b"hello\n")


def pipelined(a):
	client = a.connected()
	for name in ("m", "text", "m", "text"):
		a.ask(client, name)
	for _ in range(4):
		a.answer(client, of_a_label)


def once(a):
	client = a.connected(fresh=True)
	a.ask(client, "m", "Connection: close\r\n")
	a.answer(client, of_a_label)
	client.end()
	client.close()
	a.client = None


def in_between(a, method, name, body, right, status):
	"""A request whose second half is sent when a reload has come between."""
	client, half = a.connected(), len(body) // 2
	a.ask(client, name, f"Content-Length: {len(body)}\r\n", method, body[:half])
	before = a.server.generation
	while a.server.generation == before and not a.stop.wait(0.002):
		pass
	client.send(body[half:])
	a.answer(client, right, status)


def echo(a):
	in_between(a, "POST", "echo", BODY, lambda body: body == BODY, 200)


def upload(a):
	client, name = a.connected(), f"in/up{a.number}"
	in_between(a, "PUT", name, BODY, lambda body: True, 201 if a.asked == 0 else 204)
	a.ask(client, f"up{a.number}")
	a.answer(client, lambda body: body == BODY)


def later(a):
	client = a.connected()
	a.ask(client, f"m/later?ms={a.asked % 7 * 30}")
	a.answer(client, lambda body: re.fullmatch(rb"later (one|two) /later\n", body))


def slow(a):
	"""Reads on when a reload has come between."""
	lent = a.number % 4 < 2
	client = a.connected(fresh=True, rcvbuf=8192)
	a.ask(client, "m/lend" if lent else "large.bin", "Connection: close\r\n")
	client.fill()
	before = a.server.generation
	while a.server.generation < before + 2 and not a.stop.wait(0.002):
		pass
	a.answer(client, (lambda body: len(set(body)) == 1 and len(body) == 1 << 20) if lent
		else lambda body: body == LARGE)
	client.end()
	client.close()
	a.client = None


MANNERS = (keep_alive, keep_alive, pipelined, once, once, echo, upload, later, slow, slow)


def whole(askers):
	for asker in askers:
		if asker.failure:
			raise Failure(f"{asker.failure!r}; {asker.server.stderr()[-2000:]}")


def go_wrong(server, turn):
	"""What cannot be changes nothing."""
	kind = turn // 10 % 5
	if kind == 0:
		server.write(server.label, more="route { }\n")
		server.refuses("conf:")
	elif kind == 1:
		server.write(server.label, more='route "/x" { module = "none.so/none" }\n')
		server.refuses('route "/x": module: .*none.so/none: ')
	elif kind == 2:
		server.write(server.label, listen='listen "unix:/no/such/directory" { }')
		server.refuses("bind unix:/no/such/directory")
	elif kind == 3:
		server.write(server.label, more='route "/x" { module = "./module.so" settings = { "fail=not today" } }\n')
		server.refuses("module.so: not today")
	else:
		server.module("wrong")
		server.refuses("module.so: it is for version")


def right_now(client, label, turn):
	"""On a connection that outlives all reloads."""
	for name in ("text", "m"):
		client.send(f"GET /{name} HTTP/1.1\r\nHost: t\r\n\r\n".encode())
		got = client.take()
		if not got or got.status != 200 or got.body.split()[0] != label.encode():
			raise Failure(f"reload {turn}: not {label}: {got and got.body}")


def settled(server):
	"""When nothing goes on, and the workers that came for the load have left."""
	return (server.open_files(), server.threads(), server.modules())


def as_before(first, now):
	"""What there is now, when it is no more than at first; a busy machine may have had more workers."""
	return now if now[1] <= first[1] and (now[0], now[2]) == (first[0], first[2]) else None


def test():
	with Reloaded() as server:
		server.begin()
		old = Client(server)
		right_now(old, server.label, 0)
		first, memory = settled(server), None
		askers = [Asker(server, manner, n) for n, manner in enumerate(MANNERS * 2)]
		for turn in range(1, RELOADS + 1):
			if turn % 10 == 5:
				go_wrong(server, turn)
				right_now(old, server.label, turn)
			server.label = LABELS[turn % 2]
			server.module(server.label)
			other = f'listen "unix:{server.tmp}/other{turn % 3}" {{ }}'
			server.write(server.label, listen=other if turn % 4 == 0 else "")
			server.reload()
			right_now(old, server.label, turn)
			whole(askers)
			if turn == RELOADS // 4:
				memory = server.memory()
		for asker in askers:
			asker.stop.set()
		for asker in askers:
			asker.thread.join(WAIT_S)
			if asker.thread.is_alive():
				raise Failure("a client waits for ever")
		whole(askers)
		if not all(asker.asked for asker in askers):
			raise Failure("a client asked nothing")
		server.write(server.label)
		server.reload()
		last = until(lambda: as_before(first, settled(server)), f"as it was: {first}")
		grown = server.memory() - memory
		print(f"{sum(a.asked for a in askers)} turns of {len(askers)} clients, {RELOADS} reloads; "
			f"descriptors, threads, modules: {first}, {last}; memory {grown:+} bytes")
		if grown > GROWTH and not server.sanitized("tsan"):
			raise Failure("the memory grows")
		old.close()
		server.signal()
		if server.process.wait(WAIT_S) != 0:
			raise Failure(f"it did not end well: {server.stderr()[-2000:]}")


if __name__ == "__main__":
	# What a sanitizer keeps back of what was freed is no growth.
	os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1"
	sys.exit(main(test))
