"""served - the installed replyd, for the system tests: started, asked, ended.

Every wait ends with Failure after WAIT_S, or as the call says. A server is of
this process alone: stop() or the end of the `with` ends it by its id.
"""

import ctypes
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True			# the source tree may be read-only
signal.signal(signal.SIGINT, signal.default_int_handler)	# a shell's background job ignores it, and what that starts
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "dialogue"))

import reply

WAIT_S = 60				# a sanitizer beside other tests is slow
SKIPPED = 77
AS = os.environ["REPLYD_AS"].split()	# how root starts it
SANITIZER = re.compile(r"ERROR: \w+Sanitizer|WARNING: ThreadSanitizer|runtime error:")
PATTERN_LINE = 16
HELPERS = ("replyd-spawner", "replyd-starter")
CALM = """
listen "127.0.0.1:0" {{ }}
listen "unix:{unix}" {{ }}
queue {{ shed = no }}
route "/" {{ files = "{root}" }}
"""


class Failure(Exception):
	"""What was expected did not come."""


def pattern(size):
	"""So many bytes; no two lines of 16 are the same."""
	return b"".join(b"%015d\n" % n for n in range(size // PATTERN_LINE + 1))[:size]


def until(fact, what, wait_s=WAIT_S):
	"""Wait for what fact() says; its first true value."""
	end = time.monotonic() + wait_s
	while True:
		value = fact()
		if value:
			return value
		if time.monotonic() > end:
			raise Failure(f"not in time: {what}")
		time.sleep(0.005)


def adopt():
	"""Processes below this one that lose their parent become its own, to be waited for."""
	if ctypes.CDLL(None, use_errno=True).prctl(36, 1, 0, 0, 0) != 0:	# PR_SET_CHILD_SUBREAPER
		raise OSError(ctypes.get_errno(), "prctl")


RESERVED = []


def reserved_port():
	"""One that a server may be told to take, and that no connection is given while this test runs."""
	s = socket.socket()
	s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
	s.bind(("127.0.0.1", 0))
	RESERVED.append(s)
	return s.getsockname()[1]


def descriptors(needed):
	"""Have so many, or skip the test."""
	hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
	if hard != resource.RLIM_INFINITY and hard < needed:
		print(f"skipped: needs {needed} descriptors, the limit is {hard}")
		sys.exit(SKIPPED)
	resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))


def children(pid):
	"""The programs that a server has started and not waited for; those that help it are none."""
	found = []
	for task in os.listdir(f"/proc/{pid}/task"):
		try:
			with open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as file:
				found += [int(child) for child in file.read().split()]
		except (FileNotFoundError, ProcessLookupError):
			pass			# the thread has ended meanwhile
	return [child for child in found if command(child) not in (*HELPERS, None)]


def command(pid):
	"""Its name as the kernel has it; None: it is no more."""
	try:
		with open(f"/proc/{pid}/comm", encoding="utf-8", errors="replace") as file:
			return file.read().strip()
	except (FileNotFoundError, ProcessLookupError):
		return None


class Server:
	"""replyd with a directory of its own, `root`, below another, `tmp`."""

	def __init__(self, files=()):
		self.tmp = tempfile.mkdtemp(prefix="replyd-")
		self.root = os.path.join(self.tmp, "www")
		self.unix = os.path.join(self.tmp, "socket")
		self.process, self.port, self.addresses = None, 0, []
		os.mkdir(self.root)
		for name, data in dict(files).items():
			with open(os.path.join(self.root, name), "wb") as file:
				file.write(data)

	def __enter__(self):
		return self

	def __exit__(self, *_):
		if self.process and self.process.poll() is None:
			self.process.kill()
			self.process.wait()
		shutil.rmtree(self.tmp)

	def configured(self, text):
		"""As this configuration says, whose first address is one of 127.0.0.1."""
		path = os.path.join(self.tmp, "replyd.conf")
		with open(path, "w", encoding="utf-8") as file:
			file.write(text)
		self.start(config=path)

	def start(self, *options, files=True, config=None, who=AS):
		"""On a free port of 127.0.0.1, and on the Unix socket; serves `root`, or no files. Or as
		the configuration file says. Where no option says else, nobody is refused for what he
		waited: beside other tests, under a sanitizer, a server is slow, and that is not overload."""
		if not options and not config:
			self.configured(CALM.format(unix=self.unix, root=self.root))
			return
		out, err = (os.path.join(self.tmp, name) for name in ("out", "err"))
		argv = [os.environ["REPLYD"], *who]
		if config:
			argv += ["--config", config]
		else:
			argv += ["--listen", "127.0.0.1:0", "--listen", "unix:" + self.unix]
		env = {k: v for k, v in os.environ.items() if not k.startswith(("NOTIFY_", "LISTEN_"))}
		with open(out, "wb") as to, open(err, "wb") as errors:
			self.process = subprocess.Popen([*argv, *options, *([self.root] if files and not config else [])], env=env,
				stdin=subprocess.DEVNULL, stdout=to, stderr=errors)

		def line():
			with open(out, encoding="utf-8") as file:
				return re.search(r"ready on .*\n", file.read())

		until(lambda: line() or self.process.poll() is not None, "the ready line")
		if not line():
			raise Failure(f"the server ended: {self.stderr()}")
		found = re.findall(r"(127\.0\.0\.\d+):(\d+)", line()[0])
		self.addresses = [(host, int(port)) for host, port in found]
		self.port = self.addresses[0][1]

	def stderr(self):
		with open(os.path.join(self.tmp, "err"), encoding="utf-8", errors="replace") as file:
			return file.read()

	def signal(self):
		self.process.send_signal(signal.SIGTERM)

	def ended(self):
		"""It has ended or does so now, with status 0, and says of nothing that it cut it off."""
		try:
			status = self.process.wait(WAIT_S)
		except subprocess.TimeoutExpired:
			raise Failure(f"the server does not end: {self.stderr()}") from None
		said = re.sub(r"^replyd: stopped; connections finished: \d+, cut off: 0\n\Z", "",
			self.stderr(), flags=re.MULTILINE)
		if status != 0 or said:
			raise Failure(f"the server ended with status {status}: {self.stderr()}")

	def unharmed(self):
		"""No sanitizer complained."""
		found = SANITIZER.search(self.stderr())
		if found:
			raise Failure(f"a sanitizer: {self.stderr()[found.start():][:4000]}")

	def stop(self):
		self.signal()
		self.ended()

	def open_files(self):
		"""How many descriptors it has."""
		return len(os.listdir(f"/proc/{self.process.pid}/fd"))

	def sanitized(self, which):
		"""Such a sanitizer keeps what was freed; whether all was freed it says itself."""
		with open(f"/proc/{self.process.pid}/maps", encoding="utf-8", errors="replace") as file:
			return re.search(rf"/lib{which}\.", file.read()) is not None

	def memory(self):
		"""Bytes that are its own, and present."""
		with open(f"/proc/{self.process.pid}/status", encoding="utf-8") as file:
			return int(re.search(r"RssAnon:\s*(\d+) kB", file.read())[1]) * 1024

	def url(self, name):
		return f"http://127.0.0.1:{self.port}/{name}"

	def replyc(self, *arguments):
		"""What replyc prints."""
		done = subprocess.run([os.environ["REPLYC"], *arguments], stdin=subprocess.DEVNULL,
			capture_output=True, timeout=WAIT_S, check=False)
		if done.returncode != 0:
			raise Failure(f"replyc {arguments}: {done.stderr.decode(errors='replace')}")
		return done.stdout


class Client:
	"""One connection, and what has come on it and was not taken yet."""

	def __init__(self, server, unix=False, rcvbuf=None, address=None, source=None):
		self.came, self.ended = bytearray(), False
		self.sock = socket.socket(socket.AF_UNIX if unix else socket.AF_INET)
		self.sock.settimeout(WAIT_S)
		if rcvbuf:
			self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
		try:
			if source:
				self.sock.bind((source, 0))
			self.sock.connect(address or (server.unix if unix else ("127.0.0.1", server.port)))
		except OSError:
			self.sock.close()
			raise

	def close(self):
		self.sock.close()

	def send(self, data):
		self.sock.sendall(data)

	def fill(self):
		"""Waits for more, or for the end. TimeoutError, ConnectionError as the kernel says."""
		data = self.sock.recv(1 << 18)
		self.ended = not data
		self.came += data

	def take(self, head_only=False):
		"""The next reply, None where the stream ends before its first byte."""
		while True:
			got = reply.read(self.came, head_only, self.ended)
			if got:
				del self.came[:got[1]]
				return got[0]
			if self.ended and self.came:
				raise Failure(f"a reply was cut short after {len(self.came)} bytes")
			if self.ended:
				return None
			self.fill()

	def end(self):
		"""The end of the stream, and nothing before it."""
		while not self.ended and not self.came:
			self.fill()
		if self.came:
			raise Failure(f"unasked: {bytes(self.came[:80])}")


def main(test):
	"""Runs a test's function; its exit status."""
	try:
		test()
	except (Failure, OSError, reply.Malformed) as failure:
		print(f"FAILED: {type(failure).__name__}: {failure}")
		return 1
	return 0
