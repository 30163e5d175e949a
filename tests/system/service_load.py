#!/usr/bin/env python3
"""service_load - the service under a systemd of its own, while clients ask.

16 clients ask without a pause: half of them by a connection for each request, half on keep-alive.

  Reloads: no error of any kind.
  Restarts: no connection is refused and no reply is cut; a connection on which nothing is asked
      stays open, and the next process answers on it.
  kill -9: no connection is refused; of the requests only those in flight are lost.
"""

import socket
import threading

from serviced import CONF, WAIT_S, Failure, main, shown, systemctl, until

CLIENTS = 16
RELOADS = 10
RESTARTS = 5
KILLS = 8
IDLE = 100
ADDRESS = ("127.0.0.1", 80)
REQUEST = b"GET / HTTP/1.1\r\nHost: t\r\n\r\n"
ONCE = b"GET / HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"


class Lost(Exception):
	"""The stream ended before the first byte of the reply."""


def reply(client):
	"""One reply, whole: whether another may follow."""
	got = b""
	while b"\r\n\r\n" not in got:
		try:
			piece = client.recv(65536)
		except ConnectionResetError:
			piece = b""
		if not piece:
			raise Failure(f"a head was cut: {got}") if got else Lost()
		got += piece
	head, body = got.split(b"\r\n\r\n", 1)
	fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
	if not head.startswith(b"HTTP/1.1 200 "):
		raise Failure(f"answered {head}")
	while len(body) < int(fields[b"content-length"]):
		piece = client.recv(65536)
		if not piece:
			raise Failure("a body was cut")
		body += piece
	return fields.get(b"connection") != b"close"


class Asker:
	def __init__(self, number):
		self.keeps = number % 2 == 0
		self.replies, self.lost, self.failure, self.over = 0, 0, None, False
		self.client = None
		self.thread = threading.Thread(target=self.run, daemon=True)
		self.thread.start()

	def run(self):
		while not self.over:
			try:
				self.ask()
			except (Lost, ConnectionResetError, BrokenPipeError):
				self.lost += 1
				self.close()
			except Exception as failure:	# whatever it is, the test has failed
				self.failure = failure
				return
		self.close()

	def close(self):
		if self.client:
			self.client.close()
		self.client = None

	def ask(self):
		if not self.client:
			self.client = socket.create_connection(ADDRESS, WAIT_S)	# refused: a failure
		self.client.sendall(REQUEST if self.keeps else ONCE)
		goes_on = reply(self.client)
		self.replies += 1
		if not goes_on:
			self.close()


class Load:
	def __enter__(self):
		self.askers = [Asker(n) for n in range(CLIENTS)]
		self.moves()
		return self

	def __exit__(self, *_):
		for asker in self.askers:
			asker.over = True
		for asker in self.askers:
			asker.thread.join(WAIT_S)
		self.judge()

	def judge(self):
		for asker in self.askers:
			if asker.failure:
				raise Failure(f"keeps {asker.keeps}: {type(asker.failure).__name__}: {asker.failure}")

	def moves(self):
		"""Each client has another reply."""
		before = [asker.replies for asker in self.askers]

		def moved():
			self.judge()
			return all(asker.replies > n + 1 for asker, n in zip(self.askers, before))

		until(moved, "a reply for each client")

	def lost(self):
		return sum(asker.lost for asker in self.askers)


def reloads():
	with open(CONF + "replyd.conf", "a", encoding="utf-8") as file:
		file.write("queue { shed = no }\n")	# a busy machine is not overload
	systemctl("start", "replyd")
	with Load() as load:
		for _ in range(RELOADS):
			systemctl("reload", "replyd")
			load.moves()
	if load.lost():
		raise Failure(f"{load.lost()} requests were lost")


def idle_clients():
	clients = [socket.create_connection(ADDRESS, WAIT_S) for _ in range(IDLE)]
	for client in clients:
		client.sendall(REQUEST)
	for client in clients:
		if not reply(client):
			raise Failure("not kept alive")
	return clients


def restarts():
	clients = idle_clients()
	with Load() as load:
		for _ in range(RESTARTS):
			was = shown("MainPID")
			systemctl("restart", "replyd")
			load.moves()
			if shown("MainPID") == was:
				raise Failure("it was not restarted")
			for client in clients:
				client.sendall(REQUEST)
				if not reply(client):
					raise Failure("not kept alive by the next process")
	if load.lost():
		raise Failure(f"{load.lost()} requests were lost")
	until(lambda: shown("NFileDescriptorStore") == "2", "nothing kept but what it listens on")
	for client in clients:
		client.close()


def kills():
	with Load() as load:
		for n in range(KILLS):
			systemctl("kill", "--signal", "KILL", "--kill-who", "main", "replyd")
			until(lambda n=n: shown("NRestarts") == str(n + 1), "a restart")
			load.moves()
			if load.lost() > CLIENTS * (n + 1):
				raise Failure(f"{load.lost()} requests were lost after {n + 1} kills")


def stop():
	"""What was kept goes with the service."""
	client = idle_clients()[0]
	systemctl("stop", "replyd")
	if shown("NFileDescriptorStore") != "0" or client.recv(1):
		raise Failure("it is stopped, and something is kept")
	try:
		socket.create_connection(ADDRESS, WAIT_S)
		raise Failure("it is stopped, and somebody listens")
	except ConnectionRefusedError:
		pass


main(reloads, restarts, kills, stop)
