#!/usr/bin/env python3
"""examples - each program of examples/ is started, asked, and broken on purpose."""

import http.client
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import zlib

HERE = os.path.join(os.environ["top_builddir"], "examples")
failures = 0


def check(what, value, expected):
	global failures
	if value != expected:
		failures += 1
		print(f"FAILED: {what}: {value!r}, expected {expected!r}")


class Example:
	"""A running example; port is that of its HTTP address."""

	def __init__(self, name, *before, after=()):
		env = dict(os.environ)
		if name == "hello":	# leaves its server to the end of the process
			env["ASAN_OPTIONS"] = "detect_leaks=0"
		self.process = subprocess.Popen(
			[os.path.join(HERE, name), *before, "127.0.0.1:0", *after],
			stderr=subprocess.PIPE, text=True, env=env)
		self.ports = []
		while len(self.ports) < 1 + len(after):
			line = self.process.stderr.readline()
			if not line:
				raise SystemExit(f"{name} does not serve")
			self.ports += [int(n) for n in re.findall(r"127\.0\.0\.1:(\d+)", line)]
		self.said = []
		self.reader = threading.Thread(target=lambda: self.said.append(self.process.stderr.read()), daemon=True)
		self.reader.start()

	def ask(self, method, path, body=None, port=None):
		connection = http.client.HTTPConnection("127.0.0.1", port or self.ports[0], timeout=30)
		connection.request(method, path, body)
		reply = connection.getresponse()
		text = reply.read()
		connection.close()
		return reply.status, text.decode()

	def stop(self, number=signal.SIGTERM):
		self.process.send_signal(number)
		status = self.process.wait(30)
		check("exit status", status, 0 if number == signal.SIGTERM else -number)
		if number == signal.SIGTERM and status != 0:
			self.reader.join(30)
			print(*self.said)


def hello():
	e = Example("hello")
	check("hello", e.ask("GET", "/hello"), (200, "hello, world\n"))
	check("hello by name", e.ask("GET", "/hello?name=a%20b"), (200, "hello, a b\n"))
	check("hello by POST", e.ask("POST", "/hello")[0], 405)
	check("nothing there", e.ask("GET", "/x")[0], 404)
	e.stop()


def line():
	e = Example("line", after=("127.0.0.1:0",))
	ports = set(e.ports)
	answers = {}
	for port in ports:
		with socket.create_connection(("127.0.0.1", port), 30) as s:
			s.sendall(b"anna\n")
			s.shutdown(socket.SHUT_WR)
			answers[port] = s.makefile("rb").read()
	lines = [p for p in ports if answers[p] == b"555-0101\n"]
	check("one address answers lines", len(lines), 1)
	(web,) = ports - set(lines)
	check("by HTTP", e.ask("GET", "/bert", port=web), (200, "555-0102\n"))
	check("nobody", e.ask("GET", "/none", port=web)[0], 404)
	e.stop()


def wait():
	e = Example("wait")
	waiting, heard = [], 0
	for _ in range(200):	# with four workers
		s = socket.create_connection(("127.0.0.1", e.ports[0]), 30)
		s.sendall(b"GET /wait HTTP/1.0\r\n\r\n")
		waiting.append(s)
	for s in waiting[:20]:	# they leave
		s.close()
	for s in waiting[20:]:	# what is said before one waits, it does not hear
		while not select.select([s], [], [], 0.05)[0]:
			check("sent", e.ask("POST", "/send", "news")[0] in (200, 503), True)
		reply = s.makefile("rb").read()
		s.close()
		if reply.startswith(b"HTTP/1.1 503 "):	# the machine is busy: it had waited too long
			continue
		heard += 1
		check("heard", (b" 200 " in reply, reply.endswith(b"news")), (True, True))
	check("some heard", heard > 0, True)
	s = socket.create_connection(("127.0.0.1", e.ports[0]), 30)
	s.sendall(b"GET /wait HTTP/1.0\r\n\r\n")
	s.close()
	e.stop()


def upload():
	with tempfile.TemporaryDirectory() as directory:
		e = Example("upload", directory)
		body = os.urandom(3_000_000)
		check("stored", e.ask("PUT", "/f", body),
		      (201, f"{len(body)} bytes, crc32 {zlib.crc32(body):08x}\n"))
		with open(os.path.join(directory, "f"), "rb") as f:
			check("whole", f.read() == body, True)
		s = socket.create_connection(("127.0.0.1", e.ports[0]), 30)
		s.sendall(b"PUT /half HTTP/1.1\r\nHost: t\r\nContent-Length: 10\r\n\r\nhello")
		s.shutdown(socket.SHUT_WR)
		check("half", s.makefile("rb").read()[:12], b"HTTP/1.1 400")
		check("only what is whole", os.listdir(directory), ["f"])
		check("dot files", e.ask("PUT", "/.f", b"x")[0], 403)
		e.stop()


def kv():
	if not os.access(os.path.join(HERE, "kv"), os.X_OK):
		print("kv: left out, there is no SQLite")
		return
	with tempfile.TemporaryDirectory() as directory:
		store = os.path.join(directory, "store")
		e = Example("kv", store)
		check("no key", e.ask("GET", "/kv/a")[0], 404)
		check("put", e.ask("PUT", "/kv/a", '{"n": 1}'), (204, ""))
		check("get", e.ask("GET", "/kv/a"), (200, '{"n": 1}\n'))
		check("no JSON", e.ask("PUT", "/kv/a", "{")[0], 400)
		check("as it was", e.ask("GET", "/kv/a"), (200, '{"n": 1}\n'))
		check("replaced", e.ask("PUT", "/kv/a", "[2]")[0], 204)
		for i in range(20):
			check("put", e.ask("PUT", f"/kv/n{i:02}", str(i))[0], 204)
		e.stop(signal.SIGKILL)
		e = Example("kv", store)
		check("after a kill", e.ask("GET", "/kv/a"), (200, "[2]\n"))
		names = json.loads(e.ask("GET", "/kv?prefix=n")[1])
		check("list", names, [f"n{i:02}" for i in range(20)])
		check("delete", e.ask("DELETE", "/kv/a")[0], 204)
		check("deleted", e.ask("DELETE", "/kv/a")[0], 404)
		e.stop()


for example in (hello, line, wait, upload, kv):
	example()
sys.exit(failures > 0)
