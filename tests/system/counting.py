"""counting - servers that answer as a test says and count what they are asked, and a terminal."""

import fcntl
import os
import pty
import re
import selectors
import socket
import struct
import subprocess
import termios
import threading

from served import WAIT_S, Failure

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	b"3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n")


class Counting:
	"""A server in one thread: `reply` is given the number of the request, from 1, and its head,
	and gives the bytes, and whether the connection ends after them; None for no reply."""

	def __init__(self, reply):
		self.reply, self.count, self.accepted, self.ended = reply, 0, 0, 0
		self.heads = []
		self.listener = socket.create_server(("127.0.0.1", 0), backlog=1000)
		self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/"
		self.select = selectors.DefaultSelector()
		self.select.register(self.listener, selectors.EVENT_READ)
		self.stop, self.stopped = os.pipe()
		self.select.register(self.stop, selectors.EVENT_READ)
		self.thread = threading.Thread(target=self.run)

	def __enter__(self):
		self.thread.start()
		return self

	def __exit__(self, *_):
		os.close(self.stopped)
		self.thread.join()
		for key in list(self.select.get_map().values()):
			if not isinstance(key.fileobj, int):
				key.fileobj.close()
		os.close(self.stop)
		self.select.close()

	def run(self):
		while True:
			for key, _ in self.select.select():
				if key.fileobj == self.stop:
					return
				if key.fileobj is self.listener:
					client = self.listener.accept()[0]
					self.accepted += 1
					self.select.register(client, selectors.EVENT_READ, bytearray())
				else:
					self.read(key.fileobj, key.data)

	def close(self, client):
		self.select.unregister(client)
		client.close()

	def read(self, client, come):
		try:
			data = client.recv(65536)
		except ConnectionError:
			data = b""
		if not data:
			self.ended += 1
			self.close(client)
			return
		come += data
		while b"\r\n\r\n" in come:
			head, _, rest = come.partition(b"\r\n\r\n")
			length = re.search(rb"\r\nContent-Length: (\d+)", head)
			length = int(length[1]) if length else 0
			if len(rest) < length:
				return
			come[:] = rest[length:]
			self.heads.append(bytes(head + b"\r\n\r\n" + rest[:length]))
			self.count += 1
			told = self.reply(self.count, client)
			if told:
				client.sendall(told[0])
			if told and told[1]:
				self.close(client)
				return


def always(data, last=False):
	return lambda number, client: (data, last)


def check(what, got, wanted):
	if got != wanted:
		raise Failure(f"{what}: {got}, not {wanted}")


def started(*arguments, columns=100, out=False, **more):
	"""replyc with its error on a terminal of 25 lines, also its output where `out`; and the other end of that."""
	master, slave = pty.openpty()
	fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("4H", 25, columns, 0, 0))
	process = subprocess.Popen([os.environ["REPLYC"], *arguments], stdin=subprocess.DEVNULL,
		stdout=slave if out else subprocess.DEVNULL, stderr=slave,
		env={**os.environ, "TERM": "xterm", "NO_COLOR": "", **more})
	os.close(slave)
	return process, master


def rest(process, master, status=0):
	"""What it still writes there, until it ends, with this status."""
	told = b""
	try:
		while data := os.read(master, 65536):
			told += data
	except OSError:		# the other end is closed
		pass
	os.close(master)
	check("status", process.wait(WAIT_S), status)
	return told


def on_a_terminal(*arguments, **more):
	"""All that replyc writes to a terminal, output and error."""
	return rest(*started(*arguments, out=True, **more))
