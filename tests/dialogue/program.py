"""program - one program that a dialogue starts: replyd or the test host.

Its output goes to files in the dialogue's directory and is looked at there.
"""

import os
import re
import resource
import signal
import subprocess
import time

from client import Failure
from escape import show

LOOK_S = 0.003
START_S = 10
DRAIN_S = 15
SANITIZER = re.compile(rb"ERROR: \w+Sanitizer|WARNING: ThreadSanitizer|runtime error:")


class Program:
	def __init__(self, argv, root, base, wait_s, nofile=None):
		"""root: where it runs; base: path its output files' names begin with."""
		self.wait_s, self.base, self.answered = wait_s, base, 0
		self.addresses = []

		def limit():
			if nofile:
				resource.setrlimit(resource.RLIMIT_NOFILE, (nofile, nofile))

		env = {k: v for k, v in os.environ.items() if not k.startswith(("NOTIFY_", "LISTEN_"))}
		with open(f"{base}.out", "wb") as out, open(f"{base}.err", "wb") as err:
			self.process = subprocess.Popen(argv, cwd=root, env=env, stdin=subprocess.PIPE,
				stdout=out, stderr=err, preexec_fn=limit, start_new_session=True)

	def output(self, kind):
		with open(f"{self.base}.{kind}", "rb") as file:
			return file.read()

	def ready(self):
		"""Wait for the ready line, and take the addresses from it."""
		def line():
			return re.search(rb"ready on (.+)\n", self.output("out") + self.output("err"))

		self._until(lambda: line() or self.process.poll() is not None, START_S)
		if not line():
			raise Failure("a line 'ready on ADDRESS'", self.story())
		for word in re.split(r"[ ,]+", line()[1].decode()):
			found = re.fullmatch(r"(?:\w+://)?(?:(unix:)(.+)|\[?(.+?)\]?:(\d+)/?)", word)
			if found:
				self.addresses.append(found[2] or (found[3], int(found[4])))
		if not self.addresses:
			raise Failure("an address in the ready line", line()[0].decode())
		self.answered = self.output("out").count(b"\n")

	def ask(self, line):
		"""Send a line to its input; the line it answers on its output."""
		try:
			self.process.stdin.write(line.encode() + b"\n")
			self.process.stdin.flush()
		except OSError:
			raise Failure(f"an answer to {line}", self.story()) from None

		def whole():
			return self.output("out").split(b"\n")[:-1]
		self._until(lambda: len(whole()) > self.answered or self.process.poll() is not None)
		if len(whole()) <= self.answered:
			raise Failure(f"an answer to {line}", self.story())
		self.answered += 1
		return whole()[self.answered - 1].decode()

	def expect_exit(self, statuses=None):
		"""It ends by itself, with one of these (None: with any status)."""
		try:
			self.process.wait(DRAIN_S)
		except subprocess.TimeoutExpired:
			raise Failure("the program's end", self.story()) from None
		if statuses and self.process.returncode not in statuses:
			raise Failure(f"exit status {'|'.join(map(str, statuses))}", self.story())

	def expect_output(self, kind, regex):
		def found():
			return re.search(regex, self.output(kind).decode("latin-1"))

		self._until(lambda: found() or self.process.poll() is not None)
		if not found():
			raise Failure(f"{kind} ~ {regex}", show(self.output(kind)))

	def reload(self):
		"""SIGHUP, and the line that says what came of it."""
		def lines():
			return len(re.findall(rb"reloaded.*\n", self.output("err")))

		before = lines()
		self.process.send_signal(signal.SIGHUP)
		self._until(lambda: lines() > before or self.process.poll() is not None)
		if lines() == before:
			raise Failure("a line 'reloaded' or 'not reloaded'", self.story())

	def finish(self):
		"""A program that still runs drains on SIGTERM, ends with 0, and no sanitizer complains."""
		if self.process.poll() is None:
			self.process.terminate()
			self.expect_exit([0])
		if self.process.returncode < 0:
			raise Failure("no death by signal", self.story())
		if SANITIZER.search(self.output("err")):
			raise Failure("no sanitizer report", "one, see below")

	def kill(self):
		"""Leave nothing behind, nor what it may have started itself."""
		try:
			os.killpg(self.process.pid, signal.SIGKILL)
		except ProcessLookupError:
			pass
		self.process.wait()
		self.process.stdin.close()

	def _until(self, fact, wait_s=None):
		until = time.monotonic() + (wait_s or self.wait_s)
		while not fact() and time.monotonic() < until:
			time.sleep(LOOK_S)

	def story(self):
		"""What has become of it."""
		status = self.process.poll()
		if status is None:
			return "still running"
		return f"died of {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
