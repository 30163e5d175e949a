#!/usr/bin/env python3
"""fair - a greedy address and an honest one share two workers behind a program that blocks.

The greedy one has 40 connections and the honest one 4, and for each that has its reply it opens
another and asks again. The program says who asked when it begins, and ends when it is told to: judged is whose
requests are begun, in which order. Each has half of the workers.

Where the greedy one has filled the queue, the honest one is not refused: what it sends makes the
greedy one's oldest go. And a limit by address is one of that address alone: a line service with a
rate says its busy line to who asks too often, and answers another.

All but the last goes for who is behind a balancer as well, whose connections all come from one address.
"""

import os
import re
import select
import socket
import sys

from served import Client, Failure, Server, main, until

GREEDY, HONEST = "127.0.0.2", "127.0.0.3"
BALANCER = "127.0.0.1"
WORKERS = 2
GREEDY_AT_ONCE, HONEST_AT_ONCE = 40, 4
TURNS = 60
LENGTH = 16			# of the queue that is filled
LINES = 100
REQUEST = b"GET / HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"
PROGRAM = """#!/bin/sh
echo "$REMOTE_ADDR" >>begun
read go <gate
printf 'Content-Type: text/plain\\n\\n%s\\n' "$REMOTE_ADDR"
"""
CONFIGURATION = """
listen "127.0.0.1:0" {{ proxy = {{"127.0.0.1"}} }}
control {{ listen = "unix:{control}" }}
workers {{ max = {workers} }}
queue {{
	length = {length}
	shed = no
}}
route "/" {{
	program = "{program}"
	directory = "{directory}"
	time_limit = 0s
}}
"""
LINE = """
listen "127.0.0.1:0" {
	protocol = line
	busy = "busy\\n"
	limits {
		rate = 1
		burst = 1
	}
}
"""


INETD = """
listen "127.0.0.1:0" {{
	protocol = line
	inetd = yes
	program = "{program}"
	limits {{
		rate = 1
		burst = 1
	}}
}}
"""
HELLO = """#!/bin/sh
read line
echo "$line"
"""


def expect(what, got, wanted):
	if got != wanted:
		raise Failure(f"{what}: {got}, not {wanted}")


class Gated:
	"""A server whose program waits at a gate."""

	def __init__(self, server, length, behind):
		self.server, self.behind = server, behind
		program = os.path.join(server.tmp, "program")
		with open(program, "w", encoding="utf-8") as file:
			file.write(PROGRAM)
		os.chmod(program, 0o755)
		self.log = os.path.join(server.tmp, "begun")
		with open(self.log, "w", encoding="utf-8"):
			pass
		gate = os.path.join(server.tmp, "gate")
		os.mkfifo(gate)
		self.gate = os.open(gate, os.O_RDWR)
		server.configured(CONFIGURATION.format(control=server.unix, workers=WORKERS,
			length=length, program=program, directory=server.tmp))

	def begun(self):
		with open(self.log, encoding="utf-8") as file:
			return file.read().split()

	def release(self, count=1):
		os.write(self.gate, b"\n" * count)

	def metric(self, name, labels):
		client = Client(self.server, unix=True)
		client.send(b"GET /metrics HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
		found = re.search(rb'^%s\{group="clients"%s\} (\d+)$' % (name.encode(), labels.encode()),
			client.take().body, re.MULTILINE)
		client.close()
		if not found:
			raise Failure(f"no metric {name}")
		return int(found[1])

	def until_metric(self, name, wanted, labels=""):
		until(lambda: self.metric(name, labels) == wanted, f"{name}{labels} to be {wanted}")

	def ask(self, address, count):
		said = f"PROXY TCP4 {address} 192.0.2.1 1 2\r\n".encode() if self.behind else b""
		clients = [Client(self.server, source=BALANCER if self.behind else address) for _ in range(count)]
		for client in clients:
			client.of = address
			client.send(said + REQUEST)
		return clients


def served(clients):
	"""One of them who has a reply now, and the reply."""
	ready, _, _ = select.select([client.sock for client in clients], [], [], 60)
	if not ready:
		raise Failure("no reply in time")
	client = next(client for client in clients if client.sock is ready[0])
	return client, client.take()


def share(behind):
	with Server() as server:
		gated = Gated(server, 1000, behind)
		clients = gated.ask(GREEDY, GREEDY_AT_ONCE)
		gated.until_metric("replyd_queue_length", GREEDY_AT_ONCE - WORKERS)
		until(lambda: len(gated.begun()) == WORKERS, "the workers to be busy")
		clients += gated.ask(HONEST, HONEST_AT_ONCE)
		gated.until_metric("replyd_queue_length", len(clients) - WORKERS)
		for turn in range(TURNS):
			gated.release()
			client, got = served(clients)
			expect("status", got.status, 200)
			clients.remove(client)
			clients += gated.ask(client.of, 1)
			client.close()
			until(lambda turn=turn: len(gated.begun()) == WORKERS + turn + 1, "the next to begin")
			gated.until_metric("replyd_queue_length", len(clients) - WORKERS)
		begun = gated.begun()[WORKERS:]
		print(f"begun: {begun.count(HONEST)} of the honest one, {begun.count(GREEDY)} of the greedy one")
		if abs(begun.count(HONEST) - begun.count(GREEDY)) > 2:
			raise Failure(f"not in turn: {begun}")
		gated.release(len(clients))
		for client in clients:
			expect("status", client.take().status, 200)
			client.close()
		server.stop()


def full(behind):
	with Server() as server:
		gated = Gated(server, LENGTH, behind)
		greedy = gated.ask(GREEDY, WORKERS)
		until(lambda: len(gated.begun()) == WORKERS, "the workers to be busy")
		greedy += gated.ask(GREEDY, LENGTH)
		gated.until_metric("replyd_queue_length", LENGTH)
		greedy += gated.ask(GREEDY, GREEDY_AT_ONCE - len(greedy))
		gated.until_metric("replyd_shed_total", GREEDY_AT_ONCE - WORKERS - LENGTH, ',cause="full"')
		honest = gated.ask(HONEST, HONEST_AT_ONCE)
		gated.until_metric("replyd_shed_total", HONEST_AT_ONCE, ',cause="fair"')
		gated.release(WORKERS + LENGTH)
		for client in honest:
			expect("status of the honest one", client.take().status, 200)
		status = [client.take().status for client in greedy]
		expect("served of the greedy one", status.count(200), WORKERS + LENGTH - HONEST_AT_ONCE)
		expect("refused of it", status.count(503), GREEDY_AT_ONCE - status.count(200))
		for client in greedy + honest:
			client.close()
		server.stop()


def said(server, address):
	"""What a line is answered with."""
	client = Client(server, source=address)
	client.send(b"hello\n")
	client.sock.shutdown(socket.SHUT_WR)
	while not client.ended:
		client.fill()
	client.close()
	return bytes(client.came)


def rate():
	with Server() as server:
		server.configured(LINE)
		answers = [said(server, GREEDY) for _ in range(LINES)]
		expect("first", answers[0], b"hello\n")
		if b"busy\n" not in answers:
			raise Failure(f"{LINES} lines, and not once busy")
		expect("others", set(answers) - {b"hello\n", b"busy\n"}, set())
		expect("another's", said(server, HONEST), b"hello\n")
		if f"limits: {GREEDY} asks more than 1 times a second" not in server.stderr():
			raise Failure(f"the log does not say so: {server.stderr()}")
		server.unharmed()
		server.signal()
		server.process.wait(60)


def inetd_rate():
	"""A program that has the socket itself: who asks too often is closed without a word."""
	with Server() as server:
		program = os.path.join(server.tmp, "hello")
		with open(program, "w", encoding="utf-8") as file:
			file.write(HELLO)
		os.chmod(program, 0o755)
		server.configured(INETD.format(program=program))
		answers = []
		while len(answers) < LINES and b"" not in answers:
			try:
				answers.append(said(server, GREEDY))
			except OSError:
				answers.append(b"")
		expect("first", answers[0], b"hello\n")
		expect("last", answers[-1], b"")
		expect("another's", said(server, HONEST), b"hello\n")
		server.unharmed()
		server.signal()
		server.process.wait(60)


def test():
	for behind in (False, True):
		share(behind)
		full(behind)
	rate()
	inetd_rate()


sys.exit(main(test))
