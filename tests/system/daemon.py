#!/usr/bin/env python3
"""daemon - in the background: the command ends when the server serves, and says when it cannot.

The pid file names the server, and is locked: a second start is refused, a stale
file is not in the way. The server has no terminal and none of the command's
descriptors; what it says goes to syslog; relative paths still mean what they
meant. The init script of contrib starts, asks, reloads and stops one.
"""

import os
import re
import signal
import socket
import subprocess
import sys

from served import AS, WAIT_S, Client, Failure, Server, adopt, main, reserved_port, until

CONF = """
listen "127.0.0.1:0" { }
queue { shed = no }
route "/" { files = "www" }
route "/text" { text = "%s" }
route "/true" { program = { "/bin/true" } }
"""
# A /dev of its own, with the test's log socket in it.
OWN_DEV = """
for one in null random urandom; do
	: >"$0/$one"
	mount --bind "/dev/$one" "$0/$one" || exit 77
done
mount --rbind "$0" /dev || exit 77
exec "$@"
"""


def expect(what, got, wanted):
	if got != wanted:
		raise Failure(f"{what}: {got!r}, not {wanted!r}")


def matches(what, got, wanted):
	if not re.search(wanted, got):
		raise Failure(f"{what}: {got!r}, not {wanted!r}")


class Daemon(Server):
	"""One that is not this process's child, until it has lost its parents."""

	def __init__(self):
		super().__init__({"a.txt": b"hello\n"})
		self.pid_file = os.path.join(self.tmp, "pid")
		self.write("one")

	def __exit__(self, *_):
		pid = self.pid()
		if pid:
			os.kill(pid, signal.SIGKILL)
			os.waitpid(pid, 0)
		super().__exit__()

	def write(self, text, more=""):
		with open(os.path.join(self.tmp, "conf"), "w", encoding="utf-8") as file:
			file.write(CONF % text + more)

	def pid(self):
		"""0 where there is none."""
		try:
			with open(self.pid_file, encoding="utf-8") as file:
				return int(file.read() or 0)
		except FileNotFoundError:
			return 0

	def command(self, *options, before=(), config="conf"):
		"""What the command says, and its exit status; where it listens, if it does."""
		done = subprocess.run([*before, os.environ["REPLYD"], *AS, "--daemon", "--pid-file", "pid",
			"--config", config, *options], cwd=self.tmp, stdin=subprocess.DEVNULL,
			capture_output=True, timeout=WAIT_S, check=False, text=True)
		found = re.search(r"ready on http://127\.0\.0\.1:(\d+)/", done.stdout)
		if found:
			self.port = int(found[1])
		return done.returncode, done.stderr

	def get(self, name):
		client = Client(self)
		client.send(f"GET /{name} HTTP/1.0\r\n\r\n".encode())
		got = client.take()
		client.close()
		return got.body

	def ends(self, number=signal.SIGTERM):
		pid = self.pid()
		os.kill(pid, number)
		return os.waitpid(pid, 0)[1]


def process(pid):
	"""Parent, group and session of it."""
	with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
		return [int(word) for word in file.read().rsplit(")", 1)[1].split()[1:4]]


def starts(server):
	expect("started", server.command(), (0, ""))
	pid = server.pid()
	parent, group, session = process(pid)
	expect("its parent", parent, os.getpid())
	expect("its group", group, session)
	if session in (pid, os.getsid(0)):
		raise Failure(f"it leads a session, or is in that of its command: {session}")
	for fd in range(3):
		expect(f"descriptor {fd}", os.readlink(f"/proc/{pid}/fd/{fd}"), "/dev/null")
	expect("its reply", server.get("a.txt"), b"hello\n")


def refuses(server):
	"""Another start while it serves, and one that cannot serve."""
	pid = server.pid()
	status, said = server.command()
	expect("a second one", status, 1)
	matches("a second one", said, rf"^replyd: pid: already running as pid {pid}\n$")
	expect("the pid file", server.pid(), pid)
	expect("stopped", server.ends(), 0)
	if os.path.exists(server.pid_file):
		raise Failure("the pid file is still there")
	for options in ("--trace",), ("--access-log", "-"):	# nobody would see it
		status, said = server.command(*options)
		expect(f"{options}", status, 2)
		matches(f"{options}", said, "^replyd: --daemon leaves standard output and standard error: ")
	status, said = server.command(config="none")
	expect("without a configuration", status, 1)
	matches("without a configuration", said, r"^replyd: none: ")
	with socket.create_server(("127.0.0.1", 0)) as taken:
		server.write("one", f'listen "127.0.0.1:{taken.getsockname()[1]}" {{ }}')
		status, said = server.command()
	expect("an address in use", status, 1)
	matches("an address in use", said, r"^replyd: bind 127\.0\.0\.1:\d+: Address already in use\n$")
	expect("the pid file then", os.path.exists(server.pid_file), False)
	server.write("one")
	expect("wrong usage", server.command("--line")[0], 2)


def stale(server):
	"""Left by one that was killed; and with the id of somebody who runs."""
	expect("started", server.command(), (0, ""))
	expect("killed", server.ends(signal.SIGKILL), signal.SIGKILL)
	with open(server.pid_file, "w", encoding="utf-8") as file:
		file.write(f"{os.getpid()}\n")
	expect("started again", server.command(), (0, ""))
	if server.pid() == os.getpid():
		raise Failure("the pid file is the old one")
	expect("stopped", server.ends(), 0)


def syslog(server):
	"""And a reload, by which relative paths have to be found again."""
	dev = os.path.join(server.tmp, "dev")
	os.mkdir(dev)
	with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log:
		log.settimeout(WAIT_S)
		log.bind(os.path.join(dev, "log"))
		os.chmod(os.path.join(dev, "log"), 0o777)
		namespace = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]
		status, said = server.command(before=[*namespace, "sh", "-c", OWN_DEV, dev])
		if status == 77 or "unshare" in said:
			print(f"syslog is not looked at: no namespace for /dev: {said}")
			return
		expect("started", (status, said), (0, ""))
		pid = server.pid()
		server.write("two")
		os.kill(pid, signal.SIGHUP)
		matches("syslog", log.recv(1024).decode(),
			rf"^<29>.* replyd\[{pid}\]: conf: reloaded, generation 2$")
		expect("the new text", server.get("text"), b"two")
		expect("the file", server.get("a.txt"), b"hello\n")
		server.write("three", "wrong")
		os.kill(pid, signal.SIGHUP)
		matches("syslog", log.recv(1024).decode(), rf"^<27>.* replyd\[{pid}\]: not reloaded: conf:")
		expect("stopped", server.ends(), 0)


class Script(Daemon):
	"""By contrib/replyd.init."""

	def __init__(self):
		super().__init__()
		self.defaults = os.path.join(self.tmp, "defaults")
		self.port = reserved_port()
		self.write("one")
		with open(self.defaults, "w", encoding="utf-8") as file:
			file.write(f'DAEMON={os.environ["REPLYD"]}\nCONFIG=conf\nPIDFILE={self.pid_file}\n'
				f'OPTIONS="{" ".join(AS)}"\nPATH={os.environ["PATH"]}:/usr/sbin:/sbin\n')

	def write(self, text, more=""):
		with open(os.path.join(self.tmp, "conf"), "w", encoding="utf-8") as file:
			file.write((CONF % text).replace("127.0.0.1:0", f"127.0.0.1:{self.port}") + more)

	def script(self, word, status, said=""):
		done = subprocess.run([os.path.join(os.environ["top_builddir"], "contrib/replyd.init"), word],
			cwd=self.tmp, env={**os.environ, "REPLYD_DEFAULTS": self.defaults},
			stdin=subprocess.DEVNULL, capture_output=True, timeout=WAIT_S, check=False, text=True)
		if done.returncode != status or said not in done.stdout + done.stderr:
			raise Failure(f"{word}: status {done.returncode}, not {status}: {done.stdout}{done.stderr}")
		return done.stdout

	def gone(self, pid):
		"""The script only looks at its pid file; the process is this one's to wait for."""
		expect("its end", os.waitpid(pid, 0)[1], 0)


def script(server):
	server.script("status", 3, "is not running")
	server.script("reload", 7, "is not running")
	server.script("start", 0, "ready on ")
	pid = server.pid()
	server.script("status", 0, f"is running, as {pid}\n")
	server.script("start", 0, "is running already")
	server.write("two")
	server.script("reload", 0)
	until(lambda: server.get("text") == b"two", "the reload")
	server.write("three", "wrong")
	server.script("force-reload", 1, "conf:")
	server.script("restart", 1, "conf:")
	expect("the pid", server.pid(), pid)
	server.write("three")
	server.script("restart", 0, "ready on ")
	server.gone(pid)
	expect("the text", server.get("text"), b"three")
	pid = server.pid()
	server.script("stop", 0)
	server.gone(pid)
	server.script("status", 3)
	server.script("stop", 0, "is not running")
	server.script("try-restart", 0)
	with open(server.pid_file, "w", encoding="utf-8") as file:
		file.write(f"{pid}\n")
	server.script("status", 1, "is dead")
	os.unlink(server.pid_file)
	server.script("gibberish", 2, "Usage")


def test():
	adopt()
	with Daemon() as server:
		starts(server)
		refuses(server)
		stale(server)
		syslog(server)
	with Script() as server:
		script(server)


if __name__ == "__main__":
	sys.exit(main(test))
