#!/usr/bin/env python3
"""soak - everything at once, for RD_SOAK_S seconds (10): honest clients of every kind of work, hostile
ones, resets in the middle of all, programs that are killed, reloads with right and wrong files.

An honest client reads the right reply or is told that there is no room (429, 503, a busy line). When
all have left, the server's descriptors, threads and memory are what they were, no temporary file and
no process is left, and it ends well.
"""

import asyncio
import contextlib
import os
import random
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

from served import AS, SANITIZER, WAIT_S, Client, Failure, Server, children, main, pattern, until
import reply

SECONDS = float(os.environ.get("RD_SOAK_S", "10"))
HONEST, HOSTILE = 12, 40		# clients of each kind at once, in all
RELOAD_S = 1.0
GROWTH = 1.3				# memory may be so many times what it was after the warm-up ...
SLACK = 8 << 20				# ... and so many bytes
LARGE = pattern(1 << 20)
TEXT = b"<p>one line of a page that can be made smaller</p>\n" * 400

CONFIG = """
listen "127.0.0.1:0" {{
	deadlines {{ head = 2s idle = 3s body = 2s write = 2s }}
	limits {{ body_rate = 10KiB backlog = 1MiB }}
}}
listen "unix:{tmp}/line" {{ protocol = line deadlines {{ head = 2s write = 2s }} }}
workers {{ max = 16 }}
queue {{ length = 200 }}
body {{ max = 4MiB directory = "{body}" }}
route "/" {{ files = "{root}" }}
route "/echo" {{ echo = yes }}
route "/in" {{ upload = "{upload}" delete = yes }}
route "/text" {{ text = "{text}" }}
route "/cgi" {{ program = {{ "/bin/sh", "{tmp}/cgi.sh" }} time_limit = 20s }}
route "/endless" {{ program = {{ "/bin/sh", "{tmp}/endless.sh" }} time_limit = 2s }}
"""
CGI = "printf 'Content-Type: text/plain\\n\\nhello %s\\n' \"$QUERY_STRING\"\n"
ENDLESS = "printf 'Content-Type: text/plain\\n\\n'\nwhile :; do echo endless endless endless; done\n"


class Soaked(Server):
	"""replyd by a configuration, which changes."""

	def begin(self):
		for name in ("body", "upload"):
			os.mkdir(os.path.join(self.tmp, name))
		for name, text in (("cgi.sh", CGI), ("endless.sh", ENDLESS)):
			with open(os.path.join(self.tmp, name), "w", encoding="ascii") as file:
				file.write(text)
		self.file = os.path.join(self.tmp, "replyd.conf")
		self.text = 0
		self.write()
		self.errors = open(os.path.join(self.tmp, "err"), "wb")
		self.process = subprocess.Popen([os.environ["REPLYD"], *AS, "--config", self.file],
			stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.errors)
		while "127.0.0.1" not in (line := self.process.stdout.readline().decode()):
			if not line:
				raise Failure(f"not ready: {self.stderr()}")
		self.port = int(line.split("127.0.0.1:")[1].split("/")[0])
		self.idle = self.threads()

	def write(self, wrong=False):
		"""A new file in the place of the old one, at once."""
		self.text += not wrong
		text = CONFIG.format(tmp=self.tmp, root=self.root, body=self.tmp + "/body",
			upload=self.tmp + "/upload", text=f"text {self.text}\\n")
		with tempfile.NamedTemporaryFile("w", dir=self.tmp, delete=False) as file:
			file.write(text + ("rout wrong\n" if wrong else ""))
		os.replace(file.name, self.file)

	def threads(self):
		return len(os.listdir(f"/proc/{self.process.pid}/task"))


class Cut(Failure):
	"""A reply that began, and is not whole."""


class Count:
	"""What happened, by its name."""

	def __init__(self):
		self.of = {}

	def add(self, name):
		self.of[name] = self.of.get(name, 0) + 1


class Talk:
	"""One connection of an honest client."""

	def __init__(self, server):
		self.server, self.came, self.writer = server, bytearray(), None

	async def ask(self, method, path, body=b"", fields=b""):
		"""The reply; on a new connection when there is none."""
		for again in (True, False):
			fresh = self.writer is None
			if fresh:
				self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.server.port)
			try:
				return await self.exchange(method, path, body, fields)
			except (ConnectionError, EOFError):
				self.close()
				if fresh or not again:	# one that was idle may have been closed by its time
					raise

	async def exchange(self, method, path, body, fields):
		self.writer.write(b"%s %s HTTP/1.1\r\nHost: t\r\nContent-Length: %d\r\n%s\r\n"
			% (method, path, len(body), fields) + body)
		ended = False
		while True:
			got = reply.read(self.came, method == b"HEAD", ended)
			if got:
				del self.came[:got[1]]
				if got[0].status < 200:	# 102 asks whether we are there
					continue
				if ended or (got[0].field("connection") or b"") == b"close":
					self.close()
				return got[0]
			if ended and self.came:
				raise Cut(f"{method} {path}: cut short: {bytes(self.came[:200])}")
			if ended:
				raise EOFError
			data = await self.reader.read(1 << 18)
			ended = not data
			self.came += data

	def close(self):
		if self.writer:
			self.writer.close()
		self.writer, self.came = None, bytearray()


def right(got, statuses, body=None):
	"""False where there was no room."""
	if got.status in (429, 503):
		return False
	if got.status not in statuses or (body is not None and got.body != body):
		raise Failure(f"{got.head[:300]} {got.body[:100]}")
	return True


async def program(count, talk, n):
	"""One that is killed is told of by 502, or, where its reply has begun, by an end that is none."""
	killed = count.of.get("killed", 0)
	try:
		ok = right(got := await talk.ask(b"GET", b"/cgi?%d" % n), [200, 502], None)
	except Cut:
		talk.close()
		if count.of.get("killed", 0) == killed:
			raise
		return True
	if ok and got.status == 200 and got.body != b"hello %d\n" % n:
		raise Failure(f"cgi: {got.body}")
	return ok


async def honest(server, count, talk):
	"""One thing, well."""
	n = random.randrange(1, 300000)
	kind = random.randrange(9)
	if kind == 0:
		ok = right(await talk.ask(b"GET", b"/page.html", fields=b"Accept-Encoding: gzip\r\n"), [200])
	elif kind == 1:
		ok = right(await talk.ask(b"GET", b"/large.bin"), [200], LARGE)
	elif kind == 2:
		ok = right(await talk.ask(b"GET", b"/large.bin", fields=b"Range: bytes=%d-\r\n" % n), [206], LARGE[n:])
	elif kind == 3:
		ok = right(got := await talk.ask(b"POST", b"/echo", LARGE[:n]), [200])
		if ok and not got.body.endswith(LARGE[:n]):
			raise Failure("echo")
	elif kind == 4:
		name = b"/in/%d" % n
		ok = right(await talk.ask(b"PUT", name, LARGE[:n]), [201, 204])
		ok = ok and right(await talk.ask(b"GET", name), [200, 404])	# another may take it away
		ok = right(await talk.ask(b"DELETE", name), [204, 404]) and ok
	elif kind == 5:
		ok = await program(count, talk, n)
	elif kind == 6:
		ok = right(got := await talk.ask(b"GET", b"/text"), [200])
		if ok and not re.fullmatch(rb"text \d+\n", got.body):
			raise Failure(f"text: {got.body}")
	elif kind == 7:
		ok = right(await talk.ask(b"GET", b"/missing"), [404])
	else:
		reader, writer = await asyncio.open_unix_connection(server.tmp + "/line")
		writer.write(b"line %d\n" % n)
		said = await reader.read()
		writer.close()
		ok = said == b"line %d\n" % n
		if not ok and not said.startswith(b"busy"):
			raise Failure(f"line: {said}")
	count.add("answered" if ok else "no room")


async def honest_client(server, count, end):
	talk = Talk(server)
	while time.monotonic() < end:
		try:
			await asyncio.wait_for(honest(server, count, talk), WAIT_S)
		except asyncio.TimeoutError:
			raise Failure("an honest client waits for ever") from None
	talk.close()


def reset(writer):
	"""A close that the peer sees as a reset."""
	sock = writer.get_extra_info("socket")
	sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
	writer.transport.abort()


HOSTILE_REQUESTS = (
	b"GET /page.html HTTP/1.1\r\nHo",
	b"",
	b"POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 200000\r\n\r\n" + b"b" * 70000,
	b"PUT /in/half HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nwh",
	b"GET /large.bin HTTP/1.1\r\nHost: t\r\n\r\n" * 4,
	b"GET /endless HTTP/1.1\r\nHost: t\r\n\r\n",
	b"GET /cgi HTTP/1.1\r\nHost: t\r\n\r\n",
	b"GET /text HTTP/1.1\r\nHost: t\r\n\r\n" * 50,
	b"GET / HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
	bytes(range(256)) * 10,
)


async def hostile(server):
	"""Sends some of something, at once or byte by byte; then reads, dawdles, half-closes or resets."""
	reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=4096)
	request = random.choice(HOSTILE_REQUESTS)
	request = request[:random.randrange(len(request) + 1)] if random.random() < 0.3 else request
	if random.random() < 0.2:
		for i in range(min(len(request), 40)):
			if writer.is_closing():
				break
			writer.write(request[i:i + 1])
			await asyncio.sleep(random.random() * 0.1)
	else:
		writer.write(request)
	how = random.randrange(4)
	if how == 0:
		writer.write_eof()
	if how <= 1:
		with contextlib.suppress(asyncio.TimeoutError):
			await asyncio.wait_for(reader.read(200000), 3)
	else:
		await asyncio.sleep(random.random() * 4)
	if random.random() < 0.5:
		reset(writer)
	else:
		writer.close()


async def hostile_client(server, count, end):
	while time.monotonic() < end:
		with contextlib.suppress(OSError):	# which is what it asked for
			await hostile(server)
		count.add("hostile")


async def meddle(server, count, end):
	"""Kills a program now and then, and has the server read its file anew."""
	while time.monotonic() < end:
		await asyncio.sleep(RELOAD_S)
		for pid in children(server.process.pid)[:1]:
			with contextlib.suppress(ProcessLookupError):
				os.kill(pid, signal.SIGKILL)	# a child of the server that we started
			count.add("killed")
		wrong = random.random() < 0.3
		server.write(wrong)
		server.process.send_signal(signal.SIGHUP)
		count.add("wrong files" if wrong else "reloads")


async def crowd(server, count, seconds):
	end = time.monotonic() + seconds
	clients = [honest_client(server, count, end) for _ in range(HONEST)]
	clients += [hostile_client(server, count, end) for _ in range(HOSTILE)]
	await asyncio.gather(*clients, meddle(server, count, end))


def gets(server, path, body):
	client = Client(server)
	client.send(f"GET {path} HTTP/1.1\r\nHost: t\r\n\r\n".encode())
	if client.take().body != body:
		raise Failure(f"{path}: the server does not go on")
	client.close()


def settled(server):
	"""All have left, and the workers that were for them; what it keeps open, it has."""
	gets(server, "/large.bin", LARGE)	# since a reload it may not have been asked for, nor kept open
	gets(server, "/page.html", TEXT)
	until(lambda: not children(server.process.pid), "its programs to end")
	until(lambda: server.threads() <= server.idle, "the workers to leave")
	until(lambda: not os.listdir(server.tmp + "/body"), "no temporary file")
	return server.open_files(), server.memory()


def check_log(server):
	with open(os.path.join(server.tmp, "err"), "rb") as file:
		log = file.read()
	if SANITIZER.search(log.decode(errors="replace")):
		raise Failure(log.decode(errors="replace"))
	strange = [line for line in log.splitlines() if not line.startswith(b"replyd: ")]
	if strange:
		raise Failure(f"on standard error: {strange[:5]}")


def test():
	count = Count()
	with Soaked({"page.html": TEXT, "large.bin": LARGE}) as server:
		server.begin()
		asyncio.run(crowd(server, Count(), SECONDS / 4))
		files, memory = settled(server)
		asyncio.run(crowd(server, count, SECONDS * 3 / 4))
		_, now = settled(server)
		until(lambda: server.open_files() <= files, "its descriptors to be what they were")
		print(", ".join(f"{n} {name}" for name, n in sorted(count.of.items())),
			f"; {memory >> 10} KiB, then {now >> 10} KiB")
		if now > memory * GROWTH + SLACK and not server.sanitized("[at]san"):
			raise Failure("its memory has grown")
		if not count.of.get("answered"):
			raise Failure("nobody was answered")
		gets(server, "/page.html", TEXT)
		server.signal()
		if server.process.wait(WAIT_S) != 0:
			raise Failure(f"it ended with {server.process.returncode}: {server.stderr()}")
		check_log(server)


sys.exit(main(test))
