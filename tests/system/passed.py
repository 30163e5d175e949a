#!/usr/bin/env python3
"""passed - sockets that another process opened, passed as systemd passes them (LISTEN_FDS).

One that listens is used where its address is named, or its name; one that nobody names is a
fault, and nothing is half started. A client's is gone on with. What is passed with the socket of a
Unix path is not removed.
"""

import os
import re
import signal
import socket
import subprocess
import sys

from served import AS, WAIT_S, Failure, Server, main, until

FIRST = 100				# descriptors that nothing else has
# In the child: puts them where they belong, and becomes the server.
PASS = f"""
import os, sys
n = int(sys.argv[1])
for i in range(n):
	os.dup2({FIRST} + i, 3 + i)
os.closerange(3 + n, {FIRST} + n)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=sys.argv[1], LISTEN_FDNAMES=sys.argv[2])
os.execv(sys.argv[3], sys.argv[3:])
"""
REQUEST = b"GET /f.txt HTTP/1.1\r\nHost: t\r\n\r\n"


class Passing(Server):
	def pass_(self, config, *passed):
		"""Start with sockets, each (socket, name), by a configuration."""
		path = os.path.join(self.tmp, "replyd.conf")
		with open(path, "w", encoding="utf-8") as file:
			file.write(config + f'\nroute "/" {{ files = "{self.root}" }}\n')
		fds = [os.dup2(s.fileno(), FIRST + n) for n, (s, _) in enumerate(passed)]
		names = ":".join(name for _, name in passed)
		env = {k: v for k, v in os.environ.items() if not k.startswith(("NOTIFY_", "LISTEN_"))}
		with open(os.path.join(self.tmp, "out"), "wb") as out, \
				open(os.path.join(self.tmp, "err"), "wb") as err:
			self.process = subprocess.Popen([sys.executable, "-c", PASS, str(len(fds)), names,
				os.environ["REPLYD"], *AS, "--config", path], env=env, pass_fds=fds,
				stdin=subprocess.DEVNULL, stdout=out, stderr=err)
		for fd in fds:
			os.close(fd)

	def stdout(self):
		with open(os.path.join(self.tmp, "out"), encoding="utf-8") as file:
			return file.read()

	def ready(self):
		until(lambda: "ready on" in self.stdout() or self.process.poll() is not None, "ready")
		if self.process.poll() is not None:
			raise Failure(f"it ended: {self.stderr()}")
		return self.stdout()

	def refuses(self, pattern):
		if self.process.wait(WAIT_S) != 1 or not re.fullmatch(pattern, self.stderr()):
			raise Failure(f"status {self.process.returncode}, and: {self.stderr()}")
		if self.stdout():
			raise Failure(f"it says that it serves: {self.stdout()}")


def listening(family=socket.AF_INET, address=("127.0.0.1", 0)):
	s = socket.socket(family, socket.SOCK_STREAM)
	s.bind(address)
	s.listen(100)
	return s


def asked(client):
	client.settimeout(WAIT_S)
	client.sendall(REQUEST)
	got = b""
	while not got.endswith(b"\r\n\r\nhi\n"):
		piece = client.recv(4096)
		if not piece:
			raise Failure(f"no reply but {got}")
		got += piece
	if not got.startswith(b"HTTP/1.1 200"):
		raise Failure(f"answered {got}")
	return got


def connected(to):
	return socket.create_connection(to.getsockname()) if to.family == socket.AF_INET \
		else unix(to.getsockname())


def unix(path):
	s = socket.socket(socket.AF_UNIX)
	s.connect(path)
	return s


def by_address():
	with Passing({"f.txt": b"hi\n"}) as server, listening() as a, connected(a) as early:
		port = a.getsockname()[1]
		server.pass_(f'listen "127.0.0.1:{port}" {{ }}', (a, "any"))
		if f"ready on http://127.0.0.1:{port}/\n" not in server.ready():
			raise Failure(server.stdout())
		asked(early)				# was there before the server
		with connected(a) as late:
			asked(late)
		server.stop()
		with connected(a):			# the giver has it still: nobody is refused
			pass


def by_name():
	path = os.path.join(os.environ.get("TMPDIR", "/tmp"), f"replyd-passed-{os.getpid()}")
	with Passing({"f.txt": b"hi\n"}) as server, listening() as a, listening() as b, \
			listening(socket.AF_UNIX, path) as c:
		try:
			server.pass_('listen "systemd:two" { }\nlisten "systemd:one" { }',
				(a, "one"), (b, "two"), (c, "two"))
			ports = [s.getsockname()[1] for s in (b, a)]
			expected = f"http://127.0.0.1:{ports[0]}/ unix:{path} http://127.0.0.1:{ports[1]}/\n"
			if expected not in server.ready():
				raise Failure(f"{server.stdout()}, not {expected}")
			for s in a, b, c:
				with connected(s) as client:
					asked(client)
			reloads(server, a, b)
			server.signal()
			if server.process.wait(WAIT_S) != 0 or not os.path.exists(path):
				raise Failure(f"{server.process.returncode}: {server.stderr()}")
		finally:
			os.unlink(path)


def reloads(server, *listeners):
	"""The names mean the same, and the sockets go over."""
	server.process.send_signal(signal.SIGHUP)
	until(lambda: "reloaded" in server.stderr(), "the reload")
	if "not reloaded" in server.stderr():
		raise Failure(server.stderr())
	for s in listeners:
		with connected(s) as client:
			asked(client)


def unnamed():
	with Passing() as server, listening() as a, listening() as b:
		port, other = a.getsockname()[1], b.getsockname()[1]
		server.pass_(f'listen "127.0.0.1:{port}" {{ }}', (a, "x"), (b, "y"))
		server.refuses(rf"replyd: 127\.0\.0\.1:{other}: a socket was passed for it, as \"y\", [^\n]*\n")


def missing():
	with Passing() as server, listening() as a:
		server.pass_('listen "systemd:z" { }', (a, "x"))
		server.refuses(r"replyd: [^\n]*:1: listen \"systemd:z\": systemd:z: no socket [^\n]*\n")


def no_socket():
	with Passing({"f.txt": b"hi\n"}) as server, listening() as a, \
			socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagram, open("/dev/null", "rb") as file:
		server.pass_('listen "systemd:x" { }', (datagram, "d"), (file, "f"), (a, "x"))
		server.ready()
		with connected(a) as client:
			asked(client)
		said = r'replyd: of no use as a socket: descriptor %d, passed as "%s": [^\n]*\n'
		if not re.fullmatch(said % (3, "d") + said % (4, "f"), server.stderr()):
			raise Failure(server.stderr())


def clients():
	"""Accepted by another process, and left to this one; one of them has asked meanwhile."""
	with Passing({"f.txt": b"hi\n"}) as server, listening() as a, listening() as gone:
		pairs = [(connected(a), a.accept()[0]) for _ in range(20)]
		lost = connected(gone), gone.accept()[0]
		pairs[0][0].sendall(REQUEST)
		server.pass_(f'listen "127.0.0.1:{a.getsockname()[1]}" {{ }}',
			*[(theirs, "c") for _, theirs in [*pairs, lost]], (a, "x"))
		for _, theirs in [*pairs, lost]:
			theirs.close()
		server.ready()
		until(lambda: pairs[0][0].recv(4096).endswith(b"hi\n"), "the reply to what was asked before")
		for _ in range(2):
			for ours, _ in pairs:
				asked(ours)
		lost[0].settimeout(WAIT_S)
		if lost[0].recv(1):
			raise Failure("nobody listens there, and it was answered")
		server.stop()
		for ours, _ in pairs:
			ours.close()
		lost[0].close()


def tested():
	"""--test takes it on trust that the sockets will be there."""
	with Passing() as server:
		path = os.path.join(server.tmp, "t.conf")
		with open(path, "w", encoding="utf-8") as file:
			file.write('listen "systemd:a" { protocol = line }\nlisten "systemd:b" { protocol = line }\n'
				f'route "/" {{ files = "{server.root}" }}\n')
		subprocess.run([os.environ["REPLYD"], "-t", "-c", path], check=True, timeout=WAIT_S)


def run():
	for case in by_address, by_name, unnamed, missing, no_socket, clients, tested:
		print(case.__name__, flush=True)
		case()


sys.exit(main(run))
