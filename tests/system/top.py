#!/usr/bin/env python3
"""top - replyctl top on a terminal: what it shows of a server, its keys, and its end.

Numbers appear and move; keys sort, filter, turn the page; another size is used; a
server that goes is said to be gone, and the next one is shown. However it ends, the
terminal is as it was. What is no terminal is refused. Colour heeds NO_COLOR.
"""

import http.server
import json
import os
import re
import signal
import subprocess
import sys
import threading

from served import WAIT_S, Failure, Server, main
from terminal import Terminal

REPLYCTL = os.environ["REPLYCTL"]
CONF = """
control {{ listen = "unix:{path}" }}
listen "127.0.0.1:0" {{ }}
route "/" {{ files = "{root}" }}
"""
STAGES = ["queue", "perform"]


class Lane(http.server.ThreadingHTTPServer):
	"""A control lane that says what `status` and `workers` are."""

	def __init__(self):
		super().__init__(("127.0.0.1", 0), Answer)
		self.up = 0
		self.workers = [{"place": n, "state": state, "stage": "perform", "route": f"GET /{state}",
			"client": "127.0.0.1", "age_us": 10 ** n, "exchanges": n} for n, state in
			enumerate(("running", "blocked", "asleep", "stuck"))]

	def handle_error(self, *_):	# pylint: disable=arguments-differ
		"""Who asked has ended meanwhile."""

	def status(self):
		"""Each look finds a second more, with 10 exchanges of one route and 1 of another."""
		self.up += 1
		return {"pid": 42, "state": "serving", "uptime_s": self.up, "version": "1.2", "generation": 3,
			"workers": {"running": 1, "blocked": 1, "asleep": 1, "stuck": 1, "limit": 8},
			"counted": {"exchanges": 11 * self.up}, "stages": STAGES, "routes": [
				self.route("GET /often", 10, 20), self.route("GET /slow", 1, 3000)]}

	def route(self, name, rate, us):
		times = {f"{q}_us": us * n for n, q in enumerate(("p50", "p90", "p99", "max"), 1)}
		return {"route": name, "exchanges": rate * self.up, "status": {"500": self.up},
			"stages": {stage: times for stage in STAGES}}


class Answer(http.server.BaseHTTPRequestHandler):
	def do_GET(self):		# pylint: disable=invalid-name
		what = {"/status": self.server.status, "/workers": lambda: {"workers": self.server.workers}}
		body = json.dumps(what[self.path]()).encode()
		self.send_response(200)
		self.send_header("Content-Type", "application/json")
		self.send_header("Content-Length", str(len(body)))
		self.end_headers()
		self.wfile.write(body)

	def log_message(self, *_):	# pylint: disable=arguments-differ
		pass


def expect(what, got, wanted):
	if got != wanted:
		raise Failure(f"{what}: {got!r}, not {wanted!r}")


def top(where, env=None, **size):
	return Terminal([REPLYCTL, "-s", where, "--interval=50ms", "top"], env=env, **size)


def ends(terminal, status):
	expect("status", terminal.ended(), status)
	expect("the terminal is as it was", terminal.restored(), True)


def keys(where):
	with top(where) as t:
		t.shows(r"^replyd 1\.2 serving  up .*127\.0\.0\.1:")
		t.shows(r"^each second  11 exchanges")
		t.shows(r"^workers +\[!#=\.    \] #1 run =1 block \.1 sleep !1 stuck of 8$")
		t.shows(r"^GET /often +10 +1 +20us +60us +20us +60us\nGET /slow +1 +1 +3\.00ms +9\.00ms")
		t.type("s" * len(("refused", "name", STAGES[0])))
		t.shows(r"^GET /slow .*\nGET /often ")
		t.type("/OFT")
		t.shows(r"^filter: OFT_")
		t.type("q\x7f\n")
		t.shows(r"^filter: OFT$")
		t.until(lambda text: "/slow" not in text, "the filter")
		t.type("\x1b")
		t.shows("^GET /slow ")
		t.type("\t")
		t.shows(r"^ +3 stuck +perform +1\.00ms +3 127\.0\.0\.1 +GET /stuck\n +2 asleep ")
		t.type("\x1bOB\x1bOB")	# down: there is room for all
		t.type("s")
		t.shows(r"^ +3 stuck .*\n +0 running ")
		t.type(" ")
		t.shows("^paused")
		t.resize(12, 50)
		t.shows("^replyd 1.2 serving  up [^ ]+  process 42  configur$")
		t.shows("^ +3 stuck .*\n +0 running .*\nq quit  Tab routes ")
		t.type("\x1b[6~")	# a page down
		t.until(lambda text: " stuck    perform" not in text, "the next page")
		t.type("p\tp")
		t.shows("^GET /slow .* 3.00ms")
		t.resize(40, 132)
		t.shows(r"^GET /slow +1 +1 +3\.00ms +9\.00ms")
		t.type("q")
		ends(t, 0)


def colours(where):
	with top(where) as t:
		t.shows("stuck of 8")
		expect("colour", b"\x1b[31m" in t.output, True)
		t.type("q")
		ends(t, 0)
	with top(where, env={"NO_COLOR": "1"}) as t:
		t.shows("stuck of 8")
		expect("NO_COLOR", re.search(rb"\x1b\[(3|4|9)\d", t.output), None)
		t.type("q")
		ends(t, 0)


def signals(where):
	for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
		with top(where) as t:
			t.shows("stuck of 8")
			os.kill(t.pid, number)
			ends(t, -number)
	with top(where) as t:
		t.shows("stuck of 8")
		t.type("\x03")
		ends(t, -signal.SIGINT)


def refused(where):
	for argv, env, says in (
			(["top"], {}, "top: it needs a terminal"),
			(["--interval=x", "top"], {}, "--interval: 'x' is no time"),
			(["-i", "1s", "status"], {}, "--interval: not with status"),
	):
		done = subprocess.run([REPLYCTL, "-s", where, *argv], env={**os.environ, **env}, stdin=subprocess.DEVNULL,
			capture_output=True, text=True, timeout=WAIT_S, check=False)
		if done.returncode not in (1, 2) or says not in done.stderr:
			raise Failure(f"{argv}: {done.returncode} {done.stderr}")
	with top(where, env={"TERM": "no-such-terminal"}) as t:
		t.until(lambda text: "TERM names no terminal" in text, "an unknown terminal")
		expect("status", t.ended(), 1)


def goes_and_comes():
	"""A real server: its numbers move; it goes; the next one at its socket is seen."""
	with Server({"f.txt": b"hello\n"}) as server:
		path = os.path.join(server.tmp, "control")
		with top(path, cols=160) as t:
			t.shows("^no answer: there is no such socket")
			server.configured(CONF.format(path=path, root=server.root))
			t.shows(f"serving .* process {server.process.pid} ")
			t.until(lambda text: "no answer" not in text, "the answer")
			t.shows("^connections +0 open")
			server.replyc(server.url("f.txt"))
			was = server.process.pid
			server.signal()
			expect("it ends", server.process.wait(WAIT_S), 0)
			t.shows("^no answer: ")
			t.shows(f"process {was} ")
			server.configured(CONF.format(path=path, root=server.root))
			t.shows(f"serving .* process {server.process.pid} ")
			t.until(lambda text: "no answer" not in text, "the answer of the next")
			t.type("q")
			ends(t, 0)


def silent():
	"""A server that does not answer holds no key up."""
	with Server() as server:
		path = os.path.join(server.tmp, "control")
		server.configured(CONF.format(path=path, root=server.root))
		with top(path, cols=160) as t:
			t.shows("^connections ")
			os.kill(server.process.pid, signal.SIGSTOP)
			t.type("/x")
			t.shows("^filter: x_")
			t.type("\nq")
			ends(t, 0)
		os.kill(server.process.pid, signal.SIGCONT)
		server.stop()


def test():
	with Lane() as lane:
		threading.Thread(target=lane.serve_forever, daemon=True).start()
		where = f"127.0.0.1:{lane.server_port}"
		keys(where)
		colours(where)
		signals(where)
		refused(where)
		lane.shutdown()
	goes_and_comes()
	silent()


sys.exit(main(test))
