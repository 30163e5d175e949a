"""browser_driver - a Chromium without a window, for the system tests; chromedriver leads it.

Nothing of it outlives the `with`, nor goes beyond loopback: every other name is
not found, and what the browser asks of its own accord is switched off.
"""

import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile

from served import WAIT_S, Failure, until

ARGUMENTS = (
	"--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic",
	"--no-first-run", "--no-default-browser-check", "--no-proxy-server", "--disable-sync",
	"--disable-background-networking", "--disable-component-update", "--disable-default-apps",
	"--force-prefers-reduced-motion",	# a page that scrolls smoothly cannot be clicked at once
	"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


def missing():
	"""The name of a program that it needs and that is not installed, or None."""
	return next((name for name in ("chromium", "chromedriver") if not shutil.which(name)), None)


class Browser:
	"""One, with an empty profile."""

	def __init__(self):
		self.tmp = tempfile.mkdtemp(prefix="replyd-browser-")
		self.driver = self.connection = None
		self.session = ""

	def __enter__(self):
		try:
			self.start()
		except BaseException:
			self.__exit__()
			raise
		return self

	def __exit__(self, *_):
		try:
			if self.session:
				self.ask("DELETE", "")
		except (OSError, http.client.HTTPException, Failure):
			pass				# it is killed below
		if self.connection:
			self.connection.close()
		if self.driver:
			with contextlib.suppress(ProcessLookupError):
				os.killpg(self.driver.pid, signal.SIGKILL)
			self.driver.wait()
		shutil.rmtree(self.tmp, ignore_errors=True)

	def start(self):
		out = os.path.join(self.tmp, "out")
		with open(out, "wb") as to:
			self.driver = subprocess.Popen(["chromedriver", "--port=0"], stdin=subprocess.DEVNULL,
				stdout=to, stderr=to, env={**os.environ, "HOME": self.tmp, "TMPDIR": self.tmp},
				start_new_session=True)

		def port():
			with open(out, encoding="utf-8", errors="replace") as file:
				return re.search(r"started successfully on port (\d+)", file.read())

		until(lambda: port() or self.driver.poll() is not None, "chromedriver")
		if not port():
			raise Failure("chromedriver ended")
		self.connection = http.client.HTTPConnection("127.0.0.1", int(port()[1]), timeout=WAIT_S)
		profile = "--user-data-dir=" + os.path.join(self.tmp, "profile")
		answer = self.ask("POST", "/session", {"capabilities": {"alwaysMatch": {
			"goog:chromeOptions": {"args": [*ARGUMENTS, profile],
				"binary": shutil.which("chromium")},
			"goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}}})
		self.session = "/session/" + answer["sessionId"]

	def ask(self, method, path, what=None):
		"""One command; what the answer calls its value."""
		body = json.dumps(what or {}) if method == "POST" else None
		self.connection.request(method, self.session + path, body,
			{"Content-Type": "application/json"})
		reply = self.connection.getresponse()
		value = json.loads(reply.read())["value"]
		if reply.status != 200:
			raise Failure(f"{method} {path}: {value['error']}: {value['message'].splitlines()[0]}")
		return value

	def load(self, url):
		self.ask("POST", "/url", {"url": url})

	def reload(self):
		self.ask("POST", "/refresh")

	def run(self, script, *arguments):
		"""What the script returns, or what it promises."""
		return self.ask("POST", "/execute/sync", {"script": script, "args": arguments})

	def tell(self, command, **parameters):
		"""What the DevTools protocol has a command for."""
		return self.ask("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

	def click(self, selector):
		"""As a hand does it: where the element can be seen and nothing covers it."""
		found = self.ask("POST", "/element", {"using": "css selector", "value": selector})
		self.ask("POST", f"/element/{next(iter(found.values()))}/click")

	def log(self, kind):
		"""What came into this log since it was last read."""
		return self.ask("POST", "/se/log", {"type": kind})

	def events(self):
		"""What the network has told since it was last asked: (method, parameters)."""
		messages = (json.loads(entry["message"])["message"] for entry in self.log("performance"))
		return [(m["method"], m["params"]) for m in messages if m["method"].startswith("Network.")]
