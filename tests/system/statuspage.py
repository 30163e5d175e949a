#!/usr/bin/env python3
"""statuspage - the control lane's page, in Chromium.

It loads without a complaint and asks nobody else. Its numbers move when clients
ask, and a stuck worker is to be seen, and is not any more. On a phone nothing
is wider than the screen; in the dark it is dark. What a server says it shows as
text, whatever that is; 1000 workers and 50 routes have their place; when there
is no answer it says so, and goes on when there is one.
"""

import contextlib
import http.server
import json
import os
import sys
import threading

from served import SKIPPED, WAIT_S, Client, Failure, Server, main, until
from browser_driver import Browser, missing

BUILT = os.path.join(os.environ["top_builddir"], "tests", "system", ".libs")
STUCK = 2
PHONE, DESK = 360, 1200

CONF = """stages = {stages}
listen "127.0.0.1:0" {{ }}
control {{ listen = {{ "unix:{unix}", "127.0.0.1:0" }} }}
workers {{ min = {stuck} grace = 100ms stuck = 8 }}
route "/m" {{
	module = "{built}/module_one.so"
	settings = {{ "word={tmp}/there" }}
	time_limit = 100ms
}}
route "/plain" {{ text = "plain" }}
"""

HOSTILE = '<img src="x" onerror="window.harmed = 1"><script>window.harmed = 1</script>'
LONG = "GET " + "/{segment}" * 60
WORKERS, ROUTES = 1000, 50
STAGES = ("kernel", "queue", "read", "perform", "send", "total")

TEXT = "return document.querySelector(arguments[0]).textContent"
COUNT = "return document.querySelectorAll(arguments[0]).length"
WIDTH = "return document.documentElement.scrollWidth"
PAPER = "return getComputedStyle(document.documentElement).backgroundColor"
REACHED = """
	const cells = document.querySelectorAll("#cells .cell");
	cells[0].focus();
	cells[0].dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
	return document.activeElement === cells[1] && document.querySelector("#worker").textContent"""


def expect(what, got, wanted):
	if got != wanted:
		raise Failure(f"{what}: {got!r}, not {wanted!r}")


def answered(browser):
	"""A second, as the page has it; 0 before it knows."""
	text = browser.run(TEXT, "#tiles .value") if browser.run(COUNT, "#tiles .value") else ""
	return float("".join(c for c in text if c in "0123456789.") or 0)


def quiet(browser, site):
	"""Nothing is said on the console, and nobody else was asked."""
	said = [entry["message"] for entry in browser.log("browser")]
	asked = [told["request"]["url"] for method, told in browser.events() if method == "Network.requestWillBeSent"]
	others = [url for url in asked if not url.startswith((site, "data:", "chrome:"))]
	if said or others:
		raise Failure(f"on the console: {said}; asked besides: {others}")
	if site + "status" not in asked:
		raise Failure(f"asked only {asked}")


@contextlib.contextmanager
def asking(server):
	"""A client asks all the while."""
	over, client = threading.Event(), Client(server)

	def go_on():
		while not over.wait(0.005):
			client.send(b"GET /plain HTTP/1.1\r\nHost: t\r\n\r\n")
			client.take()

	thread = threading.Thread(target=go_on)
	thread.start()
	try:
		yield
	finally:
		over.set()
		thread.join()
		client.close()


def stuck_ones(browser, server):
	clients = [Client(server) for _ in range(STUCK)]
	for client in clients:
		client.send(b"GET /m/stuck HTTP/1.1\r\nHost: t\r\n\r\n")
	until(lambda: browser.run(COUNT, "#cells .cell.stuck") == STUCK, "the stuck are shown")
	until(lambda: "Longest at work: Worker" in browser.run(TEXT, "#worker")
		and "/m for 127.0.0.1" in browser.run(TEXT, "#worker"), "what the longest is at")
	until(lambda: f"{STUCK} stuck" in browser.run(TEXT, "#picture .workers .note"), "the picture counts them")
	with open(os.path.join(server.tmp, "there"), "w", encoding="utf-8"):
		pass
	until(lambda: browser.run(COUNT, "#cells .cell.stuck") == 0, "they have returned")
	for client in clients:
		client.close()


def size(browser, width):
	browser.tell("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=False)
	return until(lambda: browser.run(WIDTH) <= width and browser.run(WIDTH), f"it fits {width} pixels")


def scheme(browser, name):
	browser.tell("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": name}])
	return browser.run(PAPER)


def look(browser):
	size(browser, PHONE)
	until(lambda: browser.run(COUNT, "#picture .down") == 1, "the picture goes downwards")
	size(browser, DESK)
	until(lambda: browser.run(COUNT, "#picture .across") == 1, "the picture goes across")
	light, dark = scheme(browser, "light"), scheme(browser, "dark")
	if light == dark or not light or not dark:
		raise Failure(f"light: {light}, dark: {dark}")


def ask(server, path):
	"""What the control lane answers."""
	client = Client(server, unix=True)
	try:
		client.send(f"GET {path} HTTP/1.1\r\nHost: t\r\n\r\n".encode())
		return client.take()
	finally:
		client.close()


def page(server):
	"""The fields that a browser goes by, and the document."""
	got = ask(server, "/")
	names = (b"Content-Type", b"Content-Security-Policy")
	return {name.decode(): got.field(name).decode() for name in names}, bytes(got.body)


@contextlib.contextmanager
def shown(browser, stages):
	"""A server, and its page in the browser; the page's address."""
	with Server() as server:
		server.configured(CONF.format(unix=server.unix, tmp=server.tmp, built=BUILT, stuck=STUCK, stages=stages))
		url = next(url for url in json.loads(ask(server, "/status").body)["control"] if url.startswith("http:"))
		browser.load(url)
		until(lambda: browser.run(TEXT, "#state") == "serving", "the state")
		yield server, url
		browser.load("about:blank")
		browser.log("browser")			# of its end
		browser.events()
		server.signal()
		expect("exit status", server.process.wait(WAIT_S), 0)


def real(browser):
	"""What the page has of the server's other answers."""
	with shown(browser, "on") as (server, url):
		Canned.page = page(server)
		with asking(server):
			until(lambda: answered(browser) > 1, "the numbers move")
			until(lambda: "/plain" in browser.run(TEXT, "#bars"), "its route has a bar")
		until(lambda: answered(browser) == 0, "they come to rest")
		stuck_ones(browser, server)
		look(browser)
		quiet(browser, url)


def without_stages(browser):
	with shown(browser, "off") as (server, url):
		with asking(server):
			until(lambda: "stages is off" in browser.run(TEXT, "#routes-none"), "why there are no bars")
		quiet(browser, url)


def stages(i):
	return {stage: {"count": 10, "sum_us": 1000 * i + 10, "p50_us": 90, "p90_us": 150, "p99_us": 400, "max_us": 900}
		for stage in STAGES}


def canned(up_s):
	"""What a large server under attack may say."""
	names = [HOSTILE, LONG, "GET /\u202egnp.exe"] + [f"GET /{i}" for i in range(ROUTES - 3)]
	routes = [{"route": name, "exchanges": 10, "status": {"200": 9, "500": 1}, "stages": stages(i)}
		for i, name in enumerate(names)]
	workers = [{"place": i, "group": "clients", "state": "running" if i % 2 else "asleep", "stage": "perform", "route": HOSTILE,
		"client": HOSTILE, "age_us": 10 ** (i % 8), "exchanges": i, "connection": i} for i in range(WORKERS)]
	return {"/status": {
		"version": "1", "pid": 1, "state": "serving", "uptime_s": up_s, "generation": 1,
		"listeners": ["http://127.0.0.1:1/" + "x" * 300], "control": [],
		"workers": {"running": 500, "blocked": 0, "asleep": 500, "stuck": 0, "limit": WORKERS},
		"queue": {"length": 123456, "limit": 1000000, "wait_us": 123456789},
		"connections": {"open": 1000000, "parked": 1000000, "queued": 0, "worked_on": 0, "limit": 1000000},
		"counted": {HOSTILE: 1, "exchanges": int(up_s * 1e7), "connections_accepted": int(up_s * 1e6)},
		"closed": {HOSTILE: 1}, "stages": STAGES, "routes": routes, "recent": routes, "span_s": 60,
		"process": {"threads": 1000, "resident_bytes": 1 << 40, "cpu_us": 1},
	}, "/workers": {"workers": workers}}


class Canned(http.server.BaseHTTPRequestHandler):
	"""Has the page that replyd has, and such answers; none while it is `silent`."""
	protocol_version = "HTTP/1.1"
	page = silent = None
	asked = 0

	def log_message(self, *_):
		pass

	def do_GET(self):
		if Canned.silent:
			self.close_connection = True
			return
		fields, body = Canned.page
		if self.path != "/":
			Canned.asked += 1
			fields, body = {}, json.dumps(canned(Canned.asked)[self.path]).encode()
		self.send_response(200)
		for name, value in {**fields, "Content-Length": len(body)}.items():
			self.send_header(name, value)
		self.end_headers()
		self.wfile.write(body)


def large(browser, url):
	browser.load(url)
	until(lambda: browser.run(COUNT, "#cells .cell") == WORKERS, "all workers")
	browser.click("#routes-more")
	expect("routes", browser.run(COUNT, "#bars > li"), ROUTES)
	expect("as text", HOSTILE in browser.run(TEXT, "#bars"), True)
	expect("visibly", "\u202e" in browser.run(TEXT, "#bars"), False)
	for section in ("workers", "routes", "time", "counters"):
		browser.click(f"#{section} summary")
	until(lambda: HOSTILE in browser.run(TEXT, "#workers table") and HOSTILE in browser.run(TEXT, "#routes table"), "the tables")
	expect("elements of theirs", browser.run(COUNT, "main img, main script"), 0)
	expect("script of theirs", browser.run("return window.harmed === undefined"), True)
	if "Worker 1: " not in browser.run(REACHED):
		raise Failure(f"by the keys: {browser.run(REACHED)}")
	look(browser)
	quiet(browser, url)


def silence(browser):
	Canned.silent = True
	until(lambda: "does not answer" in browser.run(TEXT, "#alarm"), "it is said")
	expect("the state", browser.run(TEXT, "#state"), "no answer")
	Canned.silent = False
	until(lambda: browser.run(TEXT, "#alarm") == "", "it is over")
	expect("the state", browser.run(TEXT, "#state"), "serving")


def test():
	if missing():
		print(f"skipped: there is no {missing()}")
		sys.exit(SKIPPED)
	with Browser() as browser:
		real(browser)
		without_stages(browser)
		with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Canned) as server:
			server.daemon_threads = True
			threading.Thread(target=server.serve_forever, daemon=True).start()
			try:
				large(browser, f"http://127.0.0.1:{server.server_port}/")
				silence(browser)
			finally:
				browser.load("about:blank")
				server.shutdown()


if __name__ == "__main__":
	sys.exit(main(test))
