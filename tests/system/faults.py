#!/usr/bin/env python3
"""faults - the system fails under the installed program: the disk is full, the log cannot be written,
an interface goes away and comes back. What could not be done is said to who asked; all else is
served. In namespaces of its own, for which it has to be root.
"""

import errno
import os
import shutil
import subprocess
import sys

from served import AS, SKIPPED, Client, Failure, Server, main, until

ADDRESS = "192.0.2.1"
BODY = b"b" * (200 << 10)		# longer than memory is to hold
CONFIG = """
listen "127.0.0.1:0" {{}}
queue {{ shed = no }}
listen "{address}:{port}" {{}}
body {{ directory = "{disk}" }}
route "/" {{ files = "{root}" }}
route "/echo" {{ echo = yes }}
route "/in" {{ upload = "{disk}" }}
"""


def enter():
	"""Begin anew in a mount and a network namespace, which end with this process."""
	if os.geteuid() != 0 or not shutil.which("unshare") or not shutil.which("ip"):
		print("skipped: needs root, unshare and ip")
		sys.exit(SKIPPED)
	if subprocess.run(["unshare", "--mount", "--net", "true"], check=False,
			stderr=subprocess.DEVNULL).returncode != 0:
		print("skipped: no namespaces can be made here")
		sys.exit(SKIPPED)
	os.execvp("unshare", ["unshare", "--mount", "--net", sys.executable, __file__, "inside"])


def run(*argv):
	subprocess.run(argv, check=True, stdin=subprocess.DEVNULL)


def plug():
	run("ip", "link", "add", "there", "type", "veth", "peer", "name", "behind")
	run("ip", "address", "add", ADDRESS + "/24", "dev", "there")
	run("ip", "link", "set", "there", "up")


class Configured(Server):
	"""Serves by a file, and says all that it says to a full device."""

	def serve(self):
		self.disk = os.path.join(self.tmp, "disk")
		os.mkdir(self.disk)
		run("mount", "-t", "tmpfs", "-o", "size=1m", "none", self.disk)
		file = os.path.join(self.tmp, "replyd.conf")
		with open(file, "w", encoding="ascii") as config:
			config.write(CONFIG.format(address=ADDRESS, port=8080, disk=self.disk, root=self.root))
		self.process = subprocess.Popen([os.environ["REPLYD"], *AS, "--config", file],
			stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=open("/dev/full", "wb"))
		line = self.process.stdout.readline().decode()
		if "ready on http://127.0.0.1:" not in line:
			raise Failure(f"not ready: {line}")
		self.port = int(line.split("127.0.0.1:")[1].split("/")[0])

	def fill(self):
		"""Leaves not a page."""
		with open(os.path.join(self.disk, ".filler"), "wb", buffering=0) as file:
			try:
				while True:
					file.write(b"f" * 4096)
			except OSError as error:
				if error.errno != errno.ENOSPC:
					raise

	def empty(self):
		os.remove(os.path.join(self.disk, ".filler"))


def asks(server, method, path, body=b""):
	"""The status, on a connection of its own."""
	client = Client(server)
	client.send(b"%s %s HTTP/1.1\r\nHost: t\r\nContent-Length: %d\r\n\r\n" % (method, path, len(body)))
	try:
		client.send(body)
	except ConnectionError:
		pass				# the reply is there all the same
	status = client.take().status
	client.close()
	return status


def wants(server, cases):
	for method, path, body, status in cases:
		got = asks(server, method, path, body)
		if got != status:
			raise Failure(f"{method} {path}: {got}, not {status}")


def disk_is_full(server):
	ever = [(b"GET", b"/small.txt", b"", 200), (b"POST", b"/echo", b"short", 200)]
	full = [(b"POST", b"/echo", BODY, 507), (b"PUT", b"/in/new", BODY, 507)]
	well = [(b"POST", b"/echo", BODY, 200), (b"PUT", b"/in/new", BODY, 201),
		(b"GET", b"/in/new", b"", 200), (b"DELETE", b"/in/new", b"", 405)]
	wants(server, ever)		# then it has begun, with all that it keeps open
	before = server.open_files()
	server.fill()
	wants(server, ever + full + ever + full)
	until(lambda: server.open_files() <= before, "the descriptors of what failed")
	server.empty()
	wants(server, ever + well)
	if os.listdir(server.disk) != ["new"]:
		raise Failure(f"left on the disk: {os.listdir(server.disk)}")


def asked_there(client):
	client.send(b"GET /small.txt HTTP/1.1\r\nHost: t\r\n\r\n")
	if client.take().body != b"hello\n":
		raise Failure(f"not served at {ADDRESS}")


class There(Client):
	"""A client at the address that comes and goes."""

	def __init__(self, server):
		super().__init__(server, address=(ADDRESS, 8080))


def interface_goes_away(server):
	client = There(server)
	asked_there(client)
	run("ip", "link", "delete", "there")
	wants(server, [(b"GET", b"/small.txt", b"", 200)])
	plug()
	for _ in range(3):
		again = There(server)
		asked_there(again)
		again.close()
	client.close()


def test():
	run("ip", "link", "set", "lo", "up")
	plug()
	with Configured({"small.txt": b"hello\n"}) as server:
		server.serve()
		try:
			disk_is_full(server)
			interface_goes_away(server)
			server.signal()
			if server.process.wait() != 0:
				raise Failure("it did not end well")
		finally:
			server.process.kill()
			server.process.wait()
			run("umount", server.disk)


if sys.argv[1:] != ["inside"]:
	enter()
sys.exit(main(test))
