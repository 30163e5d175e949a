#!/usr/bin/env python3
"""programs - three hundred hostile programs at once, and nothing of them stays.

They run by CGI, for a line service and with the client's socket as under inetd;
below is what each does, and how its exchange must end. Meanwhile one client asks
for a text all the time, and is answered. When all is over the server has as many
descriptors as before and no process below it, as many programs as there are
workers run at once, so that no worker is stuck, and it ends with status 0. This
process is the one that orphans are given to: what a program left behind is seen.
"""

import collections
import ctypes
import os
import re
import signal
import socket
import stat
import struct
import sys
import threading
import time

from served import WAIT_S, Client, Failure, Server, children, descriptors, main, reply, until

WORKERS = 320
EACH = 6
KEPT = 1 << 20				# bytes of what came that are looked at
PR_SET_CHILD_SUBREAPER = 36
ESCAPED = b"sleep\0" b"86399\0"		# what left its group: this test's to end

# What a program does once it knows what is wanted of it. `head` writes a head by CGI alone.
SCRIPT = r"""#!/bin/sh
head() { [ "$1" != cgi ] || printf 'Content-Type: text/plain\n\n'; }
if [ "$1" = cgi ]; then
	what=${PATH_INFO#/}
elif ! read -r what; then
	exit 1
fi
case $what in
fine) head "$1"; echo done ;;
nothing) ;;
fails) exit 3 ;;
early) head "$1"; echo done; exec >&-; exec sleep 1000 ;;
shut) exec <&- >&- 2>&-; exec sleep 1000 ;;
deaf) head "$1"; echo done; exec sleep 0.1 ;;
grandchild) head "$1"; echo done; sleep 1000 & ;;
stubborn-grandchild) head "$1"; echo done; (trap '' TERM HUP; exec sleep 1000) & ;;
stopped-grandchild) head "$1"; echo done; sleep 1000 & kill -STOP $! ;;
writing-grandchild) head "$1"; echo done; yes >&2 & ;;
escapes)	# it has left the group when it says so
	head "$1"; exec 3>&1
	said=$(setsid sh -c 'echo done; exec sleep 86399 >&3' &)
	echo "$said" ;;
errors) head "$1"; echo done; yes error | head -c 1000000 >&2 ;;
killed) head "$1"; printf half; kill -SEGV $$ ;;
group) head "$1"; printf half; kill -KILL 0 ;;
killed-later) head "$1"; printf half; sleep 0.2; kill -KILL $$ ;;
malformed) echo '<html>' ;;
forged) printf 'Content-Type: text/plain\nX: a\001b\n\n' ;;
short) printf 'Content-Type: a/b\nContent-Length: 9\n\ndone\n' ;;
long) printf 'Content-Type: a/b\nContent-Length: 2\n\ndone\n' ;;
endless-head) exec yes 'X-Field: value' ;;
endless-line) exec cat /dev/zero ;;
unread) head "$1"; exec yes ;;
left) head "$1"; echo started; exec sleep 1000 ;;
silent) exec sleep 1000 ;;
ignores) trap '' TERM HUP INT; while :; do sleep 1000; done ;;
stops) kill -STOP $$; exec sleep 1000 ;;
half-head) printf 'Content-Type: text'; exec sleep 1000 ;;
half) head "$1"; printf half; exec sleep 1000 ;;
endless) head "$1"; exec yes ;;
error-flood) yes error >&2 ;;
many) for i in 1 2 3 4 5; do sleep 1000 & done; wait ;;
hold) head "$1"; read -r line <"$HELD"; echo done ;;
esac
"""

CUT = "cut off"
FAILED = "error: the request failed\n"
DONE = "done\n"

# Without a limit of time worth the name: what is wanted, and how it may end by CGI (a status, or CUT
# in the middle of a reply), and what a line service and inetd may say (None: it is not asked).
QUICK = (
	("fine", (200,), (DONE,), (DONE,)),
	("nothing", (502,), ("",), ("",)),
	("fails", (502,), ("",), ("",)),
	("early", (200,), (DONE,), None),
	("shut", (502,), ("",), None),
	("deaf", (200,), (DONE,), (DONE,)),
	("grandchild", (200,), (DONE,), (DONE,)),
	("stubborn-grandchild", (200,), (DONE,), (DONE,)),
	("stopped-grandchild", (200,), (DONE,), (DONE,)),
	("writing-grandchild", (200,), (DONE,), (DONE,)),
	("escapes", (200,), (DONE,), (DONE,)),
	("errors", (200,), (DONE,), (DONE,)),
	("killed", (502, CUT), ("half",), ("half",)),
	("group", (502, CUT), ("half",), ("half",)),
	("killed-later", (502, CUT), ("half",), ("half",)),
	("malformed", (502,), None, None),
	("forged", (502,), None, None),
	("short", (502, CUT), None, None),
	("long", (502, CUT), None, None),
	("endless-head", (502,), None, None),
	("endless-line", (502,), None, None),
	("unread", (CUT,), (CUT,), None),
	("left", None, None, None),
)
# With one second.
LATE = (
	("silent", (504,), (FAILED,), ("",)),
	("ignores", (504,), (FAILED,), ("",)),
	("stops", (504,), (FAILED,), ("",)),
	("half-head", (504,), None, None),
	("half", (504, CUT), ("half", FAILED), ("", "half")),
	("endless", (504, CUT), (CUT, FAILED), (CUT, "")),
	("error-flood", (504,), (FAILED,), ("",)),
	("many", (504,), (FAILED,), ("",)),
)

PROGRAM = 'program = {{"{0}", "{1}"}} environment = {{"HELD={2}"}} time_limit = {3}'


def configuration(script, held):
	lines = ['listen "127.0.0.1:0" { }']
	services = (("line", "120s"), ("inetd", "120s"), ("line", "1s"), ("inetd", "1s"))
	for number, (mode, limit) in enumerate(services, 2):
		program = PROGRAM.format(script, mode, held, limit)
		lines.append(f'listen "127.0.0.{number}:0" {{ protocol = line {program}'
			f' inetd = {"yes" if mode == "inetd" else "no"} }}')
	for path, limit in (("/quick", "120s"), ("/late", "1s")):
		lines.append(f'route "{path}" {{ {PROGRAM.format(script, "cgi", held, limit)} }}')
	lines.append('route "/text" { text = "hello" }')
	lines.append(f"workers {{ max = {WORKERS} grace = 60s }} queue {{ shed = no }}")
	lines.append("limits { backlog = 256KiB }")
	return "\n".join(lines) + "\n"


class Guest:
	"""One client of one program: `ends` is how its exchange may end, None where it leaves."""

	def __init__(self, server, mode, late, row):
		self.server, self.mode, self.late = server, mode, late
		self.what, self.ends = row[0], row[1 + ("cgi", "line", "inetd").index(mode)]
		self.came, self.length, self.failure = bytearray(), 0, None
		self.thread = threading.Thread(target=self.run, daemon=True)

	def run(self):
		try:
			with socket.create_connection(self.address(), WAIT_S) as self.sock:
				self.talk()
		except Exception as failure:	# whatever it is, the test has failed
			self.failure = f"{type(failure).__name__}: {failure}"

	def address(self):
		if self.mode == "cgi":
			return self.server.addresses[0]
		return self.server.addresses[("line", "inetd").index(self.mode) + (3 if self.late else 1)]

	def ask(self):
		if self.mode != "cgi":
			return self.what.encode() + b"\n"
		path = f"/{'late' if self.late else 'quick'}/{self.what}"
		body = b"x" * 60000 if self.what == "deaf" else b""
		return (f"POST {path} HTTP/1.1\r\nHost: t\r\nConnection: close\r\n"
			f"Content-Length: {len(body)}\r\n\r\n").encode() + body

	def talk(self):
		self.sock.settimeout(WAIT_S)
		self.sock.sendall(self.ask())
		if self.what == "unread":
			self.server.unread.wait(WAIT_S)
		while b"started" not in self.came and self.receive():
			pass
		if self.what == "left":
			self.leave()
		elif self.end() not in self.ends:
			self.failure = f"ended with {self.end()!r}: {bytes(self.came[:200])!r}"

	def receive(self):
		try:
			data = self.sock.recv(1 << 16)
		except ConnectionResetError:
			data = b""
		self.length += len(data)
		self.came += data[:max(0, KEPT - len(self.came))]
		return data

	def leave(self):
		if b"started" not in self.came:
			raise Failure(f"the program has not started: {bytes(self.came[:200])!r}")
		self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

	def end(self):
		if self.length > KEPT or self.what == "unread":
			return CUT		# none of these programs ends by itself
		if self.mode != "cgi":
			return CUT if self.came[:2] == b"y\n" else self.came.decode()
		got = reply.read(self.came, False, True)
		return got[0].status if got else CUT


class Honest:
	"""Asks for a text until it is told to stop; each is answered."""

	def __init__(self, server):
		self.server, self.over, self.failure = server, threading.Event(), None
		self.took = []
		self.thread = threading.Thread(target=self.run, daemon=True)
		self.thread.start()

	def run(self):
		try:
			while not self.over.is_set():
				began = time.monotonic()
				client = Client(self.server)
				client.send(b"GET /text HTTP/1.1\r\nHost: t\r\n\r\n")
				got = client.take()
				client.close()
				if not got or got.status != 200 or got.body != b"hello":
					raise Failure("a wrong reply")
				self.took.append(time.monotonic() - began)
				time.sleep(0.01)
		except Exception as failure:
			self.failure = f"{type(failure).__name__}: {failure}"

	def end(self):
		self.over.set()
		self.thread.join(WAIT_S)
		if self.failure or not self.took:
			raise Failure(f"the honest client: {self.failure}")
		print(f"the honest client asked {len(self.took)} times, worst {max(self.took) * 1000:.1f} ms")


def childless(server):
	"""Until every program has ended."""
	try:
		until(lambda: not children(server.process.pid), "every program to be ended")
	except Failure as failure:
		for pid in children(server.process.pid):
			with open(f"/proc/{pid}/environ", "rb") as file:
				environ = re.findall(rb"(?:PATH_INFO|TCPLOCALIP)=[^\0]*", file.read())
			with open(f"/proc/{pid}/cmdline", "rb") as file:
				print("still there:", pid, file.read().split(b"\0"), environ)
		raise failure


def guests(server):
	made = []
	for late, rows in ((False, QUICK), (True, LATE)):
		for row in rows:
			for mode, ends in zip(("cgi", "line", "inetd"), row[1:]):
				if ends or row[0] == "left":
					made += [Guest(server, mode, late, row) for _ in range(EACH)]
	return made


def attend(server):
	"""All of them at once."""
	all_guests = guests(server)
	for guest in all_guests:
		guest.thread.start()
	others = [guest for guest in all_guests if guest.what != "unread"]
	end = time.monotonic() + 2 * WAIT_S
	for guest in others:
		guest.thread.join(max(0, end - time.monotonic()))
	# The others read only now; until then each was cut off, or the backlog is full.
	childless(server)
	server.unread.set()
	for guest in all_guests:
		guest.thread.join(WAIT_S)
		if guest.thread.is_alive():
			guest.failure = "has not ended"
	wrong = [f"{g.mode} {g.what}: {g.failure}" for g in all_guests if g.failure]
	for line, times in collections.Counter(wrong).items():
		print(f"{times} times {line}")
	if wrong:
		raise Failure(f"{len(wrong)} of {len(all_guests)} exchanges ended wrong")
	print(f"{len(all_guests)} programs")
	return all_guests


def every_worker_works(server, held):
	"""As many programs at once as there are workers; each waits until it is let go."""
	rows = [Guest(server, "cgi", False, ("hold", (200,))) for _ in range(WORKERS)]
	for guest in rows:
		guest.thread.start()
	until(lambda: len(children(server.process.pid)) == WORKERS, f"{WORKERS} programs at once")
	with open(held, "w", encoding="ascii") as fifo:
		fifo.write("go\n" * WORKERS)
		fifo.flush()
		for guest in rows:
			guest.thread.join(WAIT_S)
	wrong = [guest.failure for guest in rows if guest.failure or guest.thread.is_alive()]
	if wrong:
		raise Failure(f"of those that were held {len(wrong)} ended wrong: {wrong[0]}")


def orphans():
	"""What a program left, as its command; all but the escaped have ended, and are waited for."""
	left = {}
	for pid in children(os.getpid()):
		with open(f"/proc/{pid}/stat", encoding="ascii") as file:
			zombie = re.search(r"\) (\S)", file.read())[1] == "Z"
		if zombie:
			os.waitpid(pid, 0)
		else:
			with open(f"/proc/{pid}/cmdline", "rb") as file:
				left[pid] = file.read()
	return left


def end_orphans(server, escaped):
	def none_but_escaped():
		found = orphans()
		found.pop(server.process.pid, None)
		return found if all(command == ESCAPED for command in found.values()) else None

	until(lambda: none_but_escaped() is not None, "the end of what the programs left behind")
	found = none_but_escaped()
	if len(found) != escaped:
		raise Failure(f"{len(found)} have escaped, not {escaped}")
	for pid in found:
		os.kill(pid, signal.SIGKILL)
		os.waitpid(pid, 0)


def test():
	if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
		raise OSError(ctypes.get_errno(), "prctl")
	descriptors(16 * WORKERS)
	with Server() as server:
		script, held = (os.path.join(server.tmp, name) for name in ("hostile", "held"))
		with open(script, "w", encoding="ascii") as file:
			file.write(SCRIPT)
		os.chmod(script, stat.S_IRWXU)
		os.mkfifo(held)
		server.unread = threading.Event()
		server.configured(configuration(script, held))
		honest = Honest(server)
		until(lambda: honest.took or honest.failure, "the first reply")
		files = server.open_files() - 1	# the honest client may be there, or not
		all_guests = attend(server)
		every_worker_works(server, held)
		honest.end()
		until(lambda: server.open_files() <= files + 1, "every descriptor to be closed")
		childless(server)
		end_orphans(server, sum(guest.what == "escapes" for guest in all_guests))
		server.signal()
		if server.process.wait(WAIT_S) != 0:
			raise Failure(f"the server ended with status {server.process.returncode}")
		if orphans():
			raise Failure("a process is left")
		server.unharmed()


sys.exit(main(test))
