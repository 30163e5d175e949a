#!/usr/bin/env python3
"""upgrade - SIGUSR2 has a new program serve in place of the old one, and nothing is lost.

20 times, or as often as REPLYD_UPGRADES says, while clients ask: on keep-alive
connections, pipelined, with a connection for each request whose request is sent
at once or a while later, with bodies that are half sent, with large replies that
are read slowly; half of them over the Unix socket. What is asserted:

  No connection is refused, and every request that was sent has its whole reply
      on the connection that it was sent on, the first time. Only what was
      pipelined behind a reply that says it is the last may be unanswered, and
      is asked again.
  Every old process ends with status 0 and has cut nothing off.
  Each new process has as many descriptors as the first had.

What is wrong changes nothing: a program that is none, that ends, that is never
ready, a configuration that is wrong. What comes meanwhile: a second SIGUSR2, a
reload, a stop. Who has dropped root still binds low ports, and systemd is told.
"""

import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

from served import AS, WAIT_S, Client, Failure, Server, adopt, main, pattern, until

UPGRADES = int(os.environ.get("REPLYD_UPGRADES", "20"))
LARGE = pattern(3000000)
BODY = pattern(60000)
CONF = """
process {{ upgrade = {limit} {who} }}
queue {{ shed = no }}
listen "{listen}" {{ }}
listen "unix:{tmp}/socket" {{ }}
control {{ listen = {{ "unix:{tmp}/control" }} }}
route "/" {{ files = "{tmp}/www" }}
route "/text" {{ text = "{text}" }}
route "/health" {{ health = yes }}
route "/echo" {{ echo = yes }}
{more}
"""
WAITS = """#!/bin/sh
while [ ! -e {tmp}/go ]; do sleep 0.01; done
exec {real} "$@"
"""


class Upgraded(Server):
	"""Serves by a program of its own, which is replaced; `pid` is who serves now."""

	def __init__(self, who="", listen="127.0.0.1:0"):
		super().__init__({"small.txt": b"hello\n", "large.bin": LARGE})
		os.chmod(self.tmp, 0o777)
		self.real, self.program = os.environ["REPLYD"], os.path.join(self.tmp, "replyd")
		self.who, self.listen, self.old = who, listen, []
		self.install()
		self.write("one")

	def __exit__(self, *_):
		pids = {self.pid(), *self.old} - {0, self.process.pid}
		for pid in pids:
			try:
				os.kill(pid, signal.SIGKILL)
			except ProcessLookupError:
				pass
		super().__exit__()
		for pid in pids:
			try:
				os.waitpid(pid, 0)
			except ChildProcessError:	# its parent was not waited for, or it was
				pass

	def install(self, text=None):
		"""A program in place of the one there: replyd, or what the text is."""
		new = self.program + ".new"
		if text is None:
			shutil.copy(self.real, new)
		else:
			with open(new, "w", encoding="utf-8") as file:
				file.write(text.format(tmp=self.tmp, real=self.real))
			os.chmod(new, 0o755)
		os.rename(new, self.program)

	def write(self, text, limit="60s", more=""):
		with open(os.path.join(self.tmp, "conf"), "w", encoding="utf-8") as file:
			file.write(CONF.format(tmp=self.tmp, text=text, limit=limit, more=more, who=self.who,
				listen=self.listen))

	def begin(self, who=AS):
		os.environ["REPLYD"] = self.program
		try:
			self.start("--pid-file", os.path.join(self.tmp, "pid"), config=os.path.join(self.tmp, "conf"),
				who=who)
		finally:
			os.environ["REPLYD"] = self.real

	def pid(self):
		try:
			with open(os.path.join(self.tmp, "pid"), encoding="utf-8") as file:
				return int(file.read() or 0)
		except FileNotFoundError:
			return 0

	def ask(self, number=signal.SIGUSR2):
		os.kill(self.pid(), number)

	def upgrade(self):
		"""When another process serves."""
		before = self.pid()
		self.ask()
		until(lambda: self.pid() not in (0, before), f"an upgrade: {self.stderr()[-2000:]}")
		self.old.append(before)

	def wait(self, pid):
		if pid == self.process.pid:
			return self.process.wait(WAIT_S)
		return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

	def gone(self):
		"""All that have served before end well."""
		for pid in self.old:
			status = self.wait(pid)
			if status != 0:
				raise Failure(f"{pid} ended with {status}: {self.stderr()[-2000:]}")
		self.old = []

	def said(self, what, times=1):
		until(lambda: len(re.findall(what, self.stderr())) >= times,
			f"{what} in {self.stderr()[-2000:]}")

	def answers(self, text):
		for unix in (False, True):
			client = Client(self, unix=unix)
			got = get(client, "text")
			if got.body != text:
				raise Failure(f"not {text}: {got.body}")
			client.close()

	def end(self):
		pid = self.pid()
		self.ask(signal.SIGTERM)
		self.old.append(pid)
		self.gone()
		self.unharmed()
		for left in ("pid", "socket", "control"):
			if os.path.exists(os.path.join(self.tmp, left)):
				raise Failure(f"{left} is left behind")
		if re.search(r"cut off: [1-9]", self.stderr()):
			raise Failure(f"cut off: {self.stderr()[-2000:]}")

	def children(self):
		found = []
		for task in os.listdir(f"/proc/{self.pid()}/task"):
			with open(f"/proc/{self.pid()}/task/{task}/children", encoding="utf-8") as file:
				found += file.read().split()
		return sorted(int(pid) for pid in found if not helps(pid))

	def child(self):
		return until(self.children, "the new program")[0]


def helps(pid):
	"""It is the one that starts the others."""
	with open(f"/proc/{pid}/comm", encoding="utf-8") as file:
		return file.read() == "replyd-starter\n"


def request(client, name, fields="", method="GET", body=b""):
	client.send(f"{method} /{name} HTTP/1.1\r\nHost: t\r\n{fields}\r\n".encode() + body)


def get(client, name):
	request(client, name)
	return taken(client)


def taken(client, body=None):
	got = client.take()
	if not got:
		raise Failure("the stream ended in place of a reply")
	if got.status != 200 or body not in (None, got.body):
		raise Failure(f"a wrong reply: {got.head} {got.body[:80]}")
	return got


def last(got):
	return b"connection: close" in got.head.lower()


class Asker:
	def __init__(self, server, manner, number):
		self.server, self.number, self.asked, self.again, self.failure = server, number, 0, 0, None
		self.client, self.stop, self.manner = None, threading.Event(), manner.__name__
		self.thread = threading.Thread(target=self.run, args=(manner,), daemon=True)
		self.thread.start()

	def run(self, manner):
		try:
			while not self.stop.is_set():
				manner(self)
				self.asked += 1
			self.drop()
		except Exception as failure:	# whatever it is, the test has failed
			self.failure = f"{self.manner} of {self.number}: {failure!r}"

	def connected(self, **options):
		if not self.client:
			self.client = Client(self.server, unix=self.number % 2 == 0, **options)
		return self.client

	def drop(self):
		if self.client:
			self.client.close()
			self.client = None

	def took(self, body=None):
		"""A reply; after the last one the stream ends."""
		got = taken(self.client, body)
		if last(got):
			self.client.end()
			self.drop()
		return got


def keep_alive(a):
	for name, body in (("text", b"one"), ("small.txt", b"hello\n"), ("health", None)):
		request(a.connected(), name)
		a.took(body)


def pauses(a):
	"""Between two requests, so that a hand-over comes there too."""
	keep_alive(a)
	time.sleep(0.02 * (a.asked % 5))


def pipelined(a):
	left = 6
	while left:
		a.connected().send(b"GET /small.txt HTTP/1.1\r\nHost: t\r\n\r\n" * left)
		while left and a.client:
			got = taken(a.client, b"hello\n")
			left -= 1
			if last(got):
				a.drop()
				a.again += left


def once(a):
	request(a.connected(), "text", "Connection: close\r\n")
	a.took(b"one")


def late(a):
	"""The request comes a while after the connection."""
	a.connected()
	time.sleep(0.03 * (a.asked % 6))
	once(a)


def echo(a):
	half = len(BODY) // 2
	request(a.connected(), "echo", f"Content-Length: {len(BODY)}\r\n", "POST", BODY[:half])
	time.sleep(0.02 * (a.asked % 5))
	a.client.send(BODY[half:])
	a.took(BODY)


def slow(a):
	request(a.connected(rcvbuf=8192), "large.bin", "Connection: close\r\n")
	a.client.fill()
	time.sleep(0.05 * (a.asked % 4))
	a.took(LARGE)


def control(a):
	"""The control lane goes along."""
	if not a.client:
		a.client = lane(a.server)
	request(a.client, "ready")
	a.took(b"serving\n")


def lane(server):
	return Client(server, unix=True, address=os.path.join(server.tmp, "control"))


MANNERS = (keep_alive, keep_alive, pauses, pauses, pipelined, pipelined, once, once, late, late,
	echo, echo, slow, slow, control)


def under_load():
	with Upgraded() as server:
		server.begin()
		server.upgrade()
		server.gone()
		server.answers(b"one")			# so it has all its descriptors
		first = len(os.listdir(f"/proc/{server.pid()}/fd"))
		askers = [Asker(server, manner, n) for n, manner in enumerate(MANNERS)]
		for turn in range(UPGRADES):
			if turn % 4 == 0:
				server.install()
			server.upgrade()
			whole(askers)
		for asker in askers:
			asker.stop.set()
		for asker in askers:
			asker.thread.join(WAIT_S)
			if asker.thread.is_alive():
				raise Failure("a client waits for ever")
		whole(askers)
		if not all(asker.asked for asker in askers):
			raise Failure("a client asked nothing")
		server.gone()
		until(lambda: len(os.listdir(f"/proc/{server.pid()}/fd")) <= first, f"{first} descriptors")
		print(f"{UPGRADES} upgrades; {sum(a.asked for a in askers)} turns of {len(askers)} clients; "
			f"pipelined behind a last reply: {sum(a.again for a in askers)}")
		server.end()


def whole(askers):
	for asker in askers:
		if asker.failure:
			raise Failure(f"{asker.failure}; {asker.server.stderr()[-2000:]}")


def waited_for():
	"""Clients of the old one that have asked nothing yet, or not again."""
	with Upgraded() as server:
		server.begin()
		fresh, idle = Client(server, unix=True), Client(server)
		get(idle, "text")
		control = lane(server)
		get(control, "health")
		asked = Client(server, unix=True)	# accepted after the fresh one: so that one is, too
		get(asked, "text")
		asked.close()
		server.upgrade()
		old = server.old[0]
		server.answers(b"one")
		for client in (fresh, idle):
			until(lambda c=client: last(get(c, "text")), "the last reply")	# its main may be busy yet
			client.end()
			client.close()
		get(control, "ready")
		control.close()
		if server.wait(old) != 0:
			raise Failure(f"the old one: {server.stderr()}")
		server.old = []
		server.end()


def wrong():
	"""Programs that do not come to serve, and then one that does."""
	with Upgraded() as server:
		server.begin()
		server.install("no program\n")
		server.ask()
		server.said(r"upgrade: /.*/replyd cannot be started: Exec format error; this one serves on")
		server.answers(b"one")
		server.install("#!/bin/sh\nexit 3\n")
		server.ask()
		server.said("upgrade: the new program ended with status 3 before it was ready")
		server.answers(b"one")
		server.install("#!/bin/sh\nkill -ABRT $$\n")
		server.ask()
		server.said("upgrade: the new program ended by signal 6 before it was ready")
		server.install()
		server.write("two", more="nonsense")
		server.ask()
		server.said("conf:.*\n.*upgrade: the new program ended with status 1 before it was ready")
		server.answers(b"one")
		server.write("one", limit="200ms")
		server.ask(signal.SIGHUP)
		server.said("reloaded, generation 2")
		server.install("#!/bin/sh\nexec sleep 1000\n")
		server.ask()
		child = server.child()
		server.said("upgrade: the new program was not ready in 200 ms and was ended")
		until(lambda: not os.path.exists(f"/proc/{child}"), "its end")
		server.answers(b"one")
		server.install()
		server.write("one")
		server.ask(signal.SIGHUP)
		server.said("reloaded, generation 3")
		server.write("two")
		server.upgrade()
		server.gone()	# until then it may accept one more
		server.answers(b"two")
		server.end()


def meanwhile():
	"""A second signal and a reload while the new program waits; a reload after it has taken over."""
	with Upgraded() as server:
		server.begin()
		server.install(WAITS)
		server.ask()
		child = server.child()
		server.ask()
		server.said(rf"upgrade: not once more: process {child} is about to take over")
		server.write("two")
		server.ask(signal.SIGHUP)
		server.said("reloaded, generation 2")
		server.answers(b"two")
		old = server.pid()
		with open(os.path.join(server.tmp, "go"), "w", encoding="utf-8"):
			pass
		until(lambda: server.pid() not in (0, old), "the upgrade")
		if server.pid() == child:
			raise Failure("it has taken over with the configuration before the reload")
		server.old.append(old)
		server.gone()
		server.answers(b"two")
		holds = Client(server, unix=True)
		get(holds, "text")
		holder = server.pid()
		server.upgrade()
		server.write("three")
		os.kill(holder, signal.SIGUSR2)
		server.said(rf"upgrade: not once more: process {server.pid()} serves already")
		os.kill(holder, signal.SIGHUP)
		server.said(rf"upgrade: signal 1 is passed on to process {server.pid()}")
		until(lambda: server.stderr().count("reloaded, generation 2") == 2, "the reload")
		server.answers(b"three")
		holds.close()
		server.end()


def stopped():
	"""Both end, and nothing is left."""
	with Upgraded() as server:
		server.begin()
		server.install(WAITS)
		server.ask()
		child = server.child()
		server.old.append(server.pid())
		server.ask(signal.SIGTERM)
		server.gone()
		server.said("upgrade: given up, since the server is to stop")
		if os.path.exists(f"/proc/{child}"):
			raise Failure("the new program is still there")
		for left in ("pid", "socket", "control"):
			if os.path.exists(os.path.join(server.tmp, left)):
				raise Failure(f"{left} is left behind")
		server.unharmed()


def dropped():
	"""It was root: the new one is the same user, serves the low port, and binds another."""
	if os.geteuid() != 0:
		print("not root: no user to drop to")
		return
	host, nobody = "127.0.0.88", pwd.getpwnam("nobody").pw_uid
	with Upgraded(who='user = "nobody"', listen="127.0.0.1:0") as server:
		low = f'listen "{host}:81" {{ }}'
		server.write("one", more=low)
		server.begin(who=[])
		for turn in (82, 83):
			server.upgrade()
			if os.stat(f"/proc/{server.pid()}").st_uid != nobody:
				raise Failure("it is another user")
			server.write("two", more=f'{low}\nlisten "{host}:{turn}" {{ }}')
			server.ask(signal.SIGHUP)
			server.said("reloaded, generation 2", turn - 81)
			for port in (81, turn):
				client = Client(server, address=(host, port))
				get(client, "text")
				client.close()
		server.end()


def notified():
	"""systemd hears whom to follow, and is not told that the service stops."""
	with open(os.path.join(os.environ["top_builddir"], "config.h"), encoding="utf-8") as file:
		if "#define HAVE_LIBSYSTEMD 1" not in file.read():
			print("without libsystemd nobody is told")
			return
	with Upgraded() as server, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
		manager.settimeout(WAIT_S)
		manager.bind(os.path.join(server.tmp, "notify"))
		manager.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
		with open(os.path.join(server.tmp, "err"), "wb") as errors:
			server.process = subprocess.Popen([server.program, *AS, "--pid-file",
				os.path.join(server.tmp, "pid"), "--config", os.path.join(server.tmp, "conf")],
				env={**os.environ, "NOTIFY_SOCKET": os.path.join(server.tmp, "notify")},
				stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors)

		def heard():
			text, fields = manager.recvmsg(4096, 64)[:2]
			return int.from_bytes(fields[0][2][:4], sys.byteorder), text.decode()

		def expects(who, what):
			pid, text = heard()
			if pid != who or not text.startswith(what):
				raise Failure(f"{text} of {pid}, not {what} of {who}")

		old = server.process.pid
		expects(old, "READY=1\n")
		server.upgrade()
		expects(old, f"MAINPID={server.pid()}")
		expects(server.pid(), "READY=1\n")
		server.gone()
		server.old.append(server.pid())
		server.ask(signal.SIGTERM)
		expects(server.old[0], "STOPPING=1\n")
		server.gone()


def test():
	adopt()
	for part in (waited_for, wrong, meanwhile, stopped, dropped, notified, under_load):
		began = time.monotonic()
		part()
		print(f"{part.__name__}: {time.monotonic() - began:.1f} s")


if __name__ == "__main__":
	sys.exit(main(test))
