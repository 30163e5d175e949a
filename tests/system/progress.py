#!/usr/bin/env python3
"""progress - a download and a load show on a terminal how far they are, and nowhere else; a file
that was downloaded is there whole, or as it was.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading

from counting import OK, Counting, always, check, rest, started
from served import WAIT_S, Failure, main, pattern, until

SIZE = 8 << 20
HALF = SIZE // 2
BODY = pattern(SIZE)
SIZED = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % SIZE
ENDED = b"HTTP/1.1 200 OK\r\n\r\n"
SGR = re.compile(rb"\x1b\[[0-9;]*m")


class Halting:
	"""Sends the head and half of the body, waits for `go`, and then the rest, or `last`."""

	def __init__(self, head, last=BODY[HALF:]):
		self.head, self.last, self.go = head, last, threading.Event()
		self.listener = socket.create_server(("127.0.0.1", 0))
		self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/"
		self.thread = threading.Thread(target=self.run)

	def __enter__(self):
		self.thread.start()
		return self

	def __exit__(self, *_):
		self.go.set()
		self.thread.join()
		self.listener.close()

	def run(self):
		client = self.listener.accept()[0]
		with client:
			come = b""
			while b"\r\n\r\n" not in come:
				come += client.recv(65536)
			try:
				client.sendall(self.head + BODY[:HALF])
				self.go.wait()
				client.sendall(self.last)
			except ConnectionError:		# replyc was ended
				pass


def read(path):
	with open(path, "rb") as file:
		return file.read()


def shows(master, pattern_):
	"""What comes on the terminal, up to the pattern."""
	told = b""
	while not re.search(pattern_, told):
		told += os.read(master, 65536)
	return told


def download(folder):
	"""Half of it is seen to be there; the file only when all is."""
	path = os.path.join(folder, "file")
	for head, wanted in ((SIZED, rb"\r\[\x1b\[36m#{12}\x1b\[0m\.{12}\]  50 %  4\.0 of 8\.0 MiB, .* s left"),
			(ENDED, rb"\r4\.0 MiB, .* MiB/s")):
		with Halting(head) as server:
			process, master = started("-o", path, server.url)
			shows(master, wanted)
			if os.path.exists(path):
				raise Failure("half a file looks whole")
			server.go.set()
			told = rest(process, master)
			if not re.search(rb"\r +\r$", told):
				raise Failure(f"the line is left behind: {told}")
		check("file", read(path), BODY)
		check("files", os.listdir(folder), ["file"])
		os.unlink(path)


def plain(folder):
	"""No colour with NO_COLOR, and on a terminal that has none; with --trace, only that."""
	path = os.path.join(folder, "file")
	for more in {"NO_COLOR": "1"}, {"TERM": "dumb"}:
		with Halting(SIZED) as server:
			process, master = started("-o", path, server.url, **more)
			told = shows(master, rb"\r\[#{12}\.{12}\]  50 %")
			server.go.set()
			told += rest(process, master)
			if b"\x1b" in told:
				raise Failure(f"{more}: {told}")
	with Halting(SIZED) as server:
		process, master = started("--trace", "-o", path, server.url)
		shows(master, rb"first byte.*\n")
		server.go.set()
		if b"%" in rest(process, master):
			raise Failure("progress within a trace")


def pipe(folder):
	"""Longer than it takes on a terminal to show something, and nothing in a pipe."""
	path = os.path.join(folder, "file")
	with Halting(SIZED) as server, Halting(SIZED) as other:
		process, master = started("-o", path, other.url)
		piped = subprocess.Popen([os.environ["REPLYC"], "-o", path + "2", server.url],
			stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
		shows(master, rb"50 %")
		shows(master, rb"50 %")
		server.go.set()
		other.go.set()
		check("in a pipe", piped.communicate(timeout=WAIT_S), (b"", b""))
		check("status", piped.returncode, 0)
		rest(process, master)
	check("files", (read(path), read(path + "2")), (BODY, BODY))


def cut(folder):
	"""A file that was there stays as it was: cut short, interrupted, refused."""
	path = os.path.join(folder, "file")
	with open(path, "wb") as file:
		file.write(b"before")
	with Halting(SIZED, b"") as server:
		process, master = started("-o", path, server.url)
		shows(master, rb"50 %")
		server.go.set()
		if b"the reply was cut short" not in rest(process, master, 1):
			raise Failure("not said that it was cut short")
	with Halting(SIZED) as server:
		process, master = started("-o", path, server.url)
		shows(master, rb"50 %")
		check("files", len(os.listdir(folder)), 2)
		process.send_signal(signal.SIGINT)
		rest(process, master, -signal.SIGINT)
	for status, options in (1, ("-f",)), (0, ()):
		check("before", read(path), b"before")
		check("files", os.listdir(folder), ["file"])
		with Counting(always(OK.replace(b"200", b"404"))) as server:
			done = subprocess.run([os.environ["REPLYC"], *options, "-o", path, server.url],
				capture_output=True, timeout=WAIT_S, check=False)
			check(f"status {options}", done.returncode, status)
	check("after", read(path), b"hello")


def load(_):
	"""A load shows how far it is; its report follows on a line that is clear."""
	shown = rb"\r\[#*\.+\] +\d+ %  \d+ of 3600 s, \d+ replies/s, p99 \d+\.\d ms"
	with Counting(always(OK)) as server:
		arguments = ("load", "-r", "50", "-d", "1h", server.url)
		for out, more in (True, {}), (True, {"NO_COLOR": "1"}), (False, {}):
			process, master = started(*arguments, out=out, **more)
			told = shows(master, shown if more else shown.replace(rb"#*", rb"\x1b\[36m#*\x1b\[0m"))
			process.send_signal(signal.SIGINT)
			told += rest(process, master)
			check("colour", bool(SGR.search(told)), not more)
			check("clear", bool(re.search(rb"\r +\r" + (rb"http://" if out else rb"replyc: interr"), told)), True)
		process, master = started("load", "--warm-up", "30m", *arguments[1:])
		shows(master, rb" %  \d+ of 3600 s, warm-up ")
		process.send_signal(signal.SIGINT)
		rest(process, master, 1)
		before = server.count
		piped = subprocess.Popen([os.environ["REPLYC"], *arguments], stdout=subprocess.PIPE,
			stderr=subprocess.PIPE)
		until(lambda: server.count > before + 60, "a second's requests")
		piped.send_signal(signal.SIGINT)
		err = piped.communicate(timeout=WAIT_S)[1]
		check("in a pipe", bool(re.fullmatch(rb"replyc: (?!.*%)[^\r]*\n", err, re.S)), True)


def test():
	for one in download, plain, pipe, cut, load:
		print(f"{one.__name__} ...", flush=True)
		with tempfile.TemporaryDirectory(prefix="replyd-") as folder:
			one(folder)


sys.exit(main(test))
