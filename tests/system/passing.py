"""passing - starts the installed replyd with sockets that are open already, as systemd does."""

import os
import re
import signal
import socket
import subprocess
import sys

from served import AS, WAIT_S, Failure, Server, descriptors, until

FIRST = 2000				# descriptors that nothing else has
descriptors(FIRST + 1000)
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
	def writes(self, config):
		path = os.path.join(self.tmp, "replyd.conf")
		with open(path, "w", encoding="utf-8") as file:
			file.write(config + f'\nqueue {{ shed = no }}\nroute "/" {{ files = "{self.root}" }}\n')
		return path

	def rereads(self, config):
		self.writes(config)
		self.process.send_signal(signal.SIGHUP)

	def pass_(self, config, *passed, **environment):
		"""Start with sockets, each (socket, name), by a configuration."""
		path = self.writes(config)
		fds = [os.dup2(s.fileno(), FIRST + n) for n, (s, _) in enumerate(passed)]
		names = ":".join(name for _, name in passed)
		env = {k: v for k, v in os.environ.items() if not k.startswith(("NOTIFY_", "LISTEN_"))}
		env |= environment
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
