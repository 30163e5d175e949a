#!/usr/bin/env python3
"""notify - what the service manager is told, and what it is given to keep (NOTIFY_SOCKET, FDSTORE).

Two servers, one after the other, under a service manager that this test is. Each tells that it is
ready, reads its configuration anew, stops. What the first listens on, and the clients on whose
connections nothing is asked, are kept; the second goes on with them.
"""

import array
import os
import re
import select
import signal
import socket
import sys

from passing import REQUEST, Passing, asked
from served import WAIT_S, Failure, main, reserved_port, until

LISTENER, CLIENT = "replyd-listener", "replyd-client"
CLIENTS = 300				# more than go into a message
ROOM = 500
EARLY = 20


class Manager:
	"""The service manager: what it was told, and what it keeps."""

	def __init__(self, server):
		self.server, self.path = server, os.path.join(server.tmp, "notify")
		self.told, self.kept, self.beats = [], [], 0
		self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		self.socket.bind(self.path)
		self.socket.setblocking(False)

	def listen(self):
		"""All that came."""
		while select.select([self.socket], [], [], 0)[0]:
			text, extra, _, _ = self.socket.recvmsg(65536, socket.CMSG_SPACE(253 * 4))
			fds = array.array("i")
			for _, _, data in extra:
				fds.frombytes(data)
			self.take(dict(line.split("=", 1) for line in text.decode().splitlines()), list(fds))

	def take(self, said, fds):
		if "FDSTORE" in said:
			self.kept += [(said["FDNAME"], said.get("FDPOLL"), fd) for fd in fds]
		elif "FDSTOREREMOVE" in said:
			self.forget(said["FDNAME"])
		elif "BARRIER" in said:
			os.close(fds[0])
		elif "WATCHDOG" in said:
			self.beats += 1
		else:
			self.told.append(said)

	def forget(self, name):
		for one in [one for one in self.kept if one[0] == name]:
			os.close(one[2])
			self.kept.remove(one)

	def awaits(self, fact, what):
		def looks():
			self.listen()
			if fact():
				return True
			if self.server.process.poll() is not None:
				raise Failure(f"{what}: it ended: {self.server.stderr()}")
			return False

		until(looks, f"{what}: {self.told} {self.kept}")

	def hears(self, word, text):
		"""That comes next, with that status."""
		self.awaits(lambda: self.told, word)
		said = self.told.pop(0)
		if word not in said or not re.fullmatch(text, said["STATUS"]):
			raise Failure(f"{said}, not {word} and {text}")
		if word == "RELOADING" and not said["MONOTONIC_USEC"].isdigit():
			raise Failure(f"{said}")

	def names(self, *names):
		got = sorted(name for name, _, _ in self.kept)
		if got != sorted(names):
			raise Failure(f"kept are {got}, not {sorted(names)}")

	def environment(self):
		return {"NOTIFY_SOCKET": self.path, "FDSTORE": str(ROOM), "WATCHDOG_USEC": "8000000"}

	def passes(self):
		"""All that is kept, to be passed on."""
		return [(socket.socket(fileno=os.dup(fd)), name) for name, _, fd in self.kept]


def configured(mains, *ports):
	return f"mains = {mains}\n" + "".join(f'listen "127.0.0.1:{port}" {{ }}\n' for port in ports)


def first(server, manager, mains, port, other):
	"""It tells of itself, and keeps what it listens on, through reloads."""
	server.pass_(configured(mains, port), **manager.environment())
	manager.hears("READY", rf"Ready on http://127\.0\.0\.1:{port}/")
	one, two = (f"{LISTENER} 127.0.0.1 {p}" for p in (port, other))
	manager.names(*[one] * mains)
	if manager.kept[0][1] != "0":
		raise Failure("it is watched, though it has no end")
	server.ready()
	server.rereads(configured(mains, port, other))
	manager.hears("RELOADING", "Reloading")
	manager.hears("READY", rf"Ready on http://127\.0\.0\.1:{port}/ http://127\.0\.0\.1:{other}/")
	manager.names(*[one, two] * mains)
	server.rereads("nonsense")
	manager.hears("RELOADING", "Reloading")
	manager.hears("READY", rf"Ready on .*:{other}/; not reloaded: .*nonsense.*")
	server.rereads(configured(mains, port))
	manager.hears("RELOADING", "Reloading")
	manager.hears("READY", rf"Ready on http://127\.0\.0\.1:{port}/")
	manager.names(*[one] * mains)


def beats(manager):
	"""That it moves is said again and again, and nothing else."""
	before = manager.beats
	manager.awaits(lambda: manager.beats > before + 1, "it says that it moves")
	if manager.told:
		raise Failure(f"{manager.told}")


def stops(server, manager):
	server.signal()
	manager.hears("STOPPING", "Stopping: .*")
	manager.awaits(lambda: server.process.poll() is not None, "the end")
	if server.process.returncode:
		raise Failure(f"it ended with {server.process.returncode}: {server.stderr()}")
	server.unharmed()


def connected_to(port):
	return socket.create_connection(("127.0.0.1", port), WAIT_S)


def run(mains):
	with Passing({"f.txt": b"hi\n"}) as server:
		port, other = reserved_port(), reserved_port()
		manager = Manager(server)
		first(server, manager, mains, port, other)
		clients = [connected_to(port) for _ in range(CLIENTS)]
		for client in clients:
			asked(client)
		beats(manager)
		stops(server, manager)
		one = f"{LISTENER} 127.0.0.1 {port}"
		manager.names(*[one] * mains, *[CLIENT] * CLIENTS)
		early = [connected_to(port) for _ in range(EARLY)]	# nobody is refused while there is no server
		clients[0].sendall(REQUEST)	# nor is what is asked now lost
		server.pass_(configured(1, port), *manager.passes(), **manager.environment())
		manager.hears("READY", rf"Ready on http://127\.0\.0\.1:{port}/")
		for one in early:		# though there are more sockets than mains now
			asked(one)
			one.close()
		manager.awaits(lambda: not [1 for one in manager.kept if one[0] == CLIENT], "taken")
		goes_on(clients)
		stops(server, manager)


def goes_on(clients):
	"""The next answers on their connections."""
	clients[0].settimeout(WAIT_S)
	until(lambda: clients[0].recv(4096).endswith(b"hi\n"), "the reply to what was asked meanwhile")
	for client in clients:
		asked(client)


def test():
	for mains in (1, 2):
		run(mains)


if __name__ == "__main__":
	sys.exit(main(test))
