"""application - a FastCGI application server that a dialogue talks to behind replyd's back.

What it does is said by the last word of the path: /env tells what it was asked, the others
misbehave, each in its own way. A connection that ends while its request is at work is counted.
"""

import itertools
import os
import socket
import struct
import threading

BEGIN, END, PARAMS, STDIN, STDOUT, STDERR = 1, 3, 4, 5, 6, 7
HEAD = b"Content-Type: text/plain\r\n\r\n"
BEHAVIOURS = {}


def record(kind, content=b"", padding=0, version=1, number=1):
	return struct.pack("!BBHHBB", version, kind, number, len(content), padding, 0) \
		+ content + b"p" * padding


def out(text, **more):
	return record(STDOUT, text, **more)


def end(status=0, protocol=0, **more):
	return record(END, struct.pack("!IB3x", status, protocol), **more)


def behaviour(function):
	BEHAVIOURS[function.__name__] = function
	return function


def simple(name, data, then=None):
	"""Sends these bytes; then closes, waits until its peer closes, or reads the next request."""
	def send(request):
		request.send(data)
		return then
	BEHAVIOURS[name] = send


OK = out(HEAD + b"ok\n")
simple("version", OK + end(version=2), "wait")
simple("number", out(HEAD, number=2) + end(), "wait")
simple("number_high", out(HEAD, number=257) + end(), "wait")
simple("management", record(11, bytes(8), number=0) + OK + end(), "wait")
simple("kind", record(STDIN, b"x") + OK + end(), "wait")
simple("behind", OK + out(b"") + out(b"more") + end(), "wait")
simple("end_short", OK + record(END, b"\0\0\0\0"), "wait")
simple("end_long", OK + record(END, bytes(16)), "wait")
simple("end_unknown", OK + end(protocol=9), "wait")
simple("cut_header", out(HEAD) + OK[:5], "close")
simple("cut_content", OK[:20], "close")
simple("cut_late", out(HEAD) + 3 * out(b"a" * 60000) + OK[:20], "close")
simple("cut_padding", OK + end(padding=7)[:-1], "close")
simple("closes", b"", "close")
simple("head_only", out(HEAD[:10]) + end())
simple("garbage", out(b"<html>\n") + end())
simple("empty", end())
simple("long", out(b"Content-Length: 2\r\n" + HEAD + b"abc") + end())
simple("short", out(b"Content-Length: 4\r\n" + HEAD + b"abc") + end())
simple("overloaded", end(protocol=2))
simple("one_only", end(protocol=1))
simple("no_role", end(protocol=3))
simple("silent", b"", "wait")
simple("half", out(HEAD + b"half\n"), "wait")
simple("stray", OK + end() + b"stray")
simple("stale", OK + end(), "close")
simple("early", OK + end(), "close")


@behaviour
def env(request):
	lines = [b"%s=%s" % pair for pair in sorted(request.params.items())]
	lines.append(b"connection %d request %d" % (request.connection, request.number))
	request.send(out(HEAD) + out(b"\n".join(lines) + b"\n\n") + out(request.body[:1000])
		+ out(b"") + end())


@behaviour
def echo(request):
	body = request.body
	pieces = [body[i:i + 65535] for i in range(0, len(body), 65535)]
	request.send(out(HEAD) + b"".join(out(piece) for piece in pieces) + end())


@behaviour
def padding(request):
	request.send(out(HEAD[:3], padding=1) + out(HEAD[3:], padding=255) + record(STDERR, padding=9)
		+ out(b"o", padding=7) + out(b"k\n", padding=8) + out(b"", padding=1) + end(padding=255))


@behaviour
def bytes_(request):
	for byte in out(HEAD, padding=3) + out(b"ok\n") + end(padding=2):
		request.send(bytes([byte]))


@behaviour
def errors(request):
	request.send(record(STDERR, b"first\nsec") + OK + record(STDERR, b"ond\0\n\nthird") + end(status=3))


@behaviour
def errors_endless(request):
	while True:
		request.send(record(STDERR, b"again\n" * 1000))


@behaviour
def endless(request):
	request.send(out(HEAD))
	while True:
		request.send(out(b"a" * 65535))


@behaviour
def dies(request):
	request.send(OK + end())
	return "next"


@behaviour
def seen(request):
	request.application.wait_lost(1)
	request.send(out(HEAD + b"lost\n") + end())


class Request:
	def __init__(self, application, sock, connection, number):
		self.application, self.sock = application, sock
		self.connection, self.number = connection, number
		self.params, self.body = {}, b""

	def send(self, data):
		self.sock.sendall(data)

	def read(self):
		"""All of it; False at the end of the connection."""
		names, kind, content = b"", None, b"-"
		while kind != STDIN or content:
			head = self._exactly(8)
			if not head:
				return False
			version, kind, number, length, pad, _ = struct.unpack("!BBHHBB", head)
			content = self._exactly(length + pad)[:length]
			if version != 1 or number != 1 or kind not in (BEGIN, PARAMS, STDIN):
				raise OSError("a record that no web server writes")
			names += content if kind == PARAMS else b""
			self.body += content if kind == STDIN else b""
			if kind == PARAMS and not content:
				self._pairs(names)
				if self.word() == "early":
					return True
		return True

	def word(self):
		path = self.params.get(b"PATH_INFO") or self.params.get(b"SCRIPT_NAME", b"")
		word = path.rsplit(b"/", 1)[-1].decode()
		return {"bytes": "bytes_"}.get(word, word if word in BEHAVIOURS else "env")

	def _pairs(self, data):
		at = 0
		while at < len(data):
			lengths = []
			for _ in range(2):
				size = data[at]
				if size & 0x80:
					size = struct.unpack_from("!I", data, at)[0] & 0x7fffffff
				at += 4 if data[at] & 0x80 else 1
				lengths.append(size)
			name, value = data[at:at + lengths[0]], data[at + lengths[0]:at + sum(lengths)]
			at += sum(lengths)
			self.params[name] = value

	def _exactly(self, size):
		data = b""
		while len(data) < size:
			piece = self.sock.recv(size - len(data))
			if not piece:
				break
			data += piece
		return data


class Application:
	"""Listens until close(); deaf: it accepts nobody."""

	def __init__(self, path, deaf=False):
		self.path, self.lost, self.changed = path, 0, threading.Condition()
		self.numbers, self.open = itertools.count(1), set()
		unix, tcp = socket.socket(socket.AF_UNIX), socket.socket()
		unix.bind(path)
		tcp.bind(("127.0.0.1", 0))
		self.port = tcp.getsockname()[1]
		self.listeners = [unix, tcp]
		for listener in self.listeners:
			listener.listen(0 if deaf else 128)
			if not deaf:
				threading.Thread(target=self._accept, args=[listener], daemon=True).start()

	def close(self):
		for sock in [*self.listeners, *self.open]:
			try:
				sock.shutdown(socket.SHUT_RDWR)
			except OSError:
				pass
			sock.close()
		os.unlink(self.path)

	def wait_lost(self, number):
		with self.changed:
			self.changed.wait_for(lambda: self.lost >= number, 60)

	def _accept(self, listener):
		while True:
			try:
				sock = listener.accept()[0]
			except OSError:
				return
			self.open.add(sock)
			threading.Thread(target=self._serve, args=[sock, next(self.numbers)], daemon=True).start()

	def _serve(self, sock, connection):
		try:
			for number in itertools.count(1):
				request = Request(self, sock, connection, number)
				if not request.read():
					break
				how = self._perform(request)
				if how == "next":
					sock.recv(1)
				if how:
					break
		except OSError:
			pass
		self.open.discard(sock)
		sock.close()

	def _perform(self, request):
		try:
			how = BEHAVIOURS[request.word()](request)
			if how == "wait" and request.sock.recv(1) == b"":
				raise OSError("the request was given up")
			return how
		except OSError:
			with self.changed:
				self.lost += 1
				self.changed.notify_all()
			raise
