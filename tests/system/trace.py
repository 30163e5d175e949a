#!/usr/bin/env python3
"""trace - what happens to connections, as those who trace see it while it happens.

Clients do what is known: two requests on one connection, a slow one, one that may not come in, one
that breaks off. The story of each is told exactly, to each who traces what he asked for. Who does
not read misses some, is told how many, and holds nobody up. More than eight are refused; the end of
the server ends it.
"""

import json
import os
import re
import signal
import subprocess
import threading

from served import WAIT_S, Client, Failure, Server, main, until

SLOW_US = 300000
TRACERS = 8
MANY, LONG = 4000, 1000			# requests, and bytes of a target: more than is kept for one who does not read
CONF = """
listen "127.0.0.1:0" {{ access {{ deny = {{ "127.0.0.3" }} }} }}
control {{ listen = {{ "unix:{tmp}/control", "127.0.0.1:0" }} }}
queue {{ shed = no }}
route "/hello" {{ text = "hello" }}
route "/slow" {{ program = {{ "/bin/sh", "-c", "sleep 0.3; printf 'Content-Type: text/plain\\r\\n\\r\\nslept'" }} }}
"""


def expect(what, got, wanted):
	if got != wanted:
		raise Failure(f"{what}: {got!r}, not {wanted!r}")


def get(path):
	return f"GET {path} HTTP/1.1\r\nHost: t\r\n\r\n".encode()


class Tracer:
	"""Reads /trace, once it is known to be traced."""

	def __init__(self, server, query=""):
		self.path = os.path.join(server.tmp, f"trace{id(self)}")
		with open(self.path, "wb") as out:
			self.process = subprocess.Popen(["curl", "-sSN", "--unix-socket", os.path.join(server.tmp, "control"),
				"http://localhost/trace" + query], stdout=out)
		self.expect_begin()

	def expect_begin(self):
		first = until(lambda: self.events() or self.process.poll() is not None and ["ended"], "the trace")[0]
		if first == "ended" or first["event"] != "tracing" or first["wall_us"] < first["at_us"]:
			raise Failure(f"it begins: {first}")

	def events(self):
		with open(self.path, encoding="utf-8") as file:
			return [json.loads(line) for line in file.read().split("\n")[:-1]]

	def story(self, connection):
		"""What happened to that one, in its order."""
		return [e for e in self.events() if e.get("connection") == connection]

	def until(self, connection, event, n=1):
		"""That has happened so often to it."""
		until(lambda: len([e for e in self.story(connection) if e["event"] == event]) >= n,
			f"{event} of {connection}: {self.story(connection)}")

	def rests(self, connection, exchanges):
		"""It has had so many exchanges, and waits for the next one."""
		def found():
			events = [e["event"] for e in self.story(connection)]
			return events.count("exchange") == exchanges and events[-1] == "parked"
		until(found, f"{exchanges} exchanges of {connection}, and its rest")

	def slow(self):
		"""The connections that had a slow exchange."""
		return {e["connection"] for e in self.events() if e.get("total_us", 0) >= SLOW_US}

	def newest(self, more_than):
		"""The connection that was accepted last, once there are more."""
		def found():
			numbers = [e["connection"] for e in self.events() if e["event"] == "accepted"]
			return max(numbers) if len(numbers) > more_than else None
		return until(found, "another connection")

	def ended(self):
		if self.process.wait(WAIT_S) != 0:
			raise Failure(f"the stream broke off: curl {self.process.returncode}")

	def leave(self):
		self.process.terminate()
		self.process.wait()


def told(story):
	return " ".join(e["event"] for e in story)


def like(what, story, pattern):
	"""Its events are these, and none before the one before it."""
	if not re.fullmatch(pattern, told(story)):
		raise Failure(f"{what}: {told(story)}")
	times = [e["at_us"] for e in story]
	if times != sorted(times):
		raise Failure(f"{what}: {times}")


def keep_alive(server, tracer):
	client = Client(server)
	client.send(get("/hello?a=\xff"))
	client.take()
	number = tracer.newest(0)
	tracer.rests(number, 1)
	client.send(get("/hello"))
	client.take()
	tracer.rests(number, 2)
	client.close()
	tracer.until(number, "closed")
	story = tracer.story(number)
	like("keep-alive", story, "accepted (parked woken )?exchange parked woken exchange parked woken closed")
	one, two = [e for e in story if e["event"] == "exchange"]
	expect("client", {e["client"] for e in story}, {"127.0.0.1"})
	expect("exchanges", [(e["exchange"], e["route"], e["method"], e["status"], e["body"]) for e in (one, two)],
		[(1, "/hello", "GET", 200, 5), (2, "/hello", "GET", 200, 5)])
	expect("targets", [e["target"] for e in (one, two)], ["/hello?a=\xff", "/hello"])
	expect("received", [e["received"] for e in (one, two)], [len(get("/hello?a=\xff")), len(get("/hello"))])
	for e in one, two:
		stamps = [e[s + "_at_us"] for s in ("arrived", "queued", "started", "read", "performed", "sent")]
		if stamps != sorted(stamps) or e["total_us"] != stamps[-1] - stamps[0]:
			raise Failure(f"stamps: {e}")
	expect("parked", [e["for"] for e in story if e["event"] == "parked"][-1], "read")
	expect("closed", (story[-1]["reason"], story[-1]["accepted_at_us"]), ("peer", story[0]["at_us"]))


def refused(server, tracer):
	client = Client(server, source="127.0.0.3")
	client.send(get("/hello"))
	expect("refused", client.take().status, 403)
	client.close()
	number = tracer.newest(1)
	tracer.until(number, "closed")
	story = tracer.story(number)
	like("refused", story, "accepted shed (parked )?closed")
	expect("refused", {(e["client"], e.get("reason")) for e in story if "reason" in e}, {("127.0.0.3", "denied")})


def breaks_off(server, tracer):
	client = Client(server)
	client.send(b"GET /hello HTTP/1.1\r\nHost:")
	number = tracer.newest(2)
	tracer.until(number, "parked")
	client.close()
	tracer.until(number, "closed")
	like("broken off", tracer.story(number), "accepted (parked woken )+closed")
	expect("broken off", tracer.story(number)[-1]["reason"], "peer-cut")


def slow(server, tracer, slower):
	client = Client(server)
	client.send(get("/hello"))
	client.take()
	number = tracer.newest(3)
	tracer.rests(number, 1)
	client.send(get("/slow"))
	client.take()
	tracer.rests(number, 2)
	slower.until(number, "exchange", 2)
	story = slower.story(number)
	like("slow", story, "accepted (parked woken )?exchange parked woken exchange")
	if story[-1]["perform_us"] < SLOW_US or story[-1]["route"] != "/slow":
		raise Failure(f"slow: {story[-1]}")
	expect("of all", {e["connection"] for e in slower.events() if "connection" in e}, tracer.slow())
	client.close()
	tracer.until(number, "closed")


def filters(server, tracer):
	"""Of a route, of a client; what is no filter."""
	other, route = Tracer(server, "?client=127.0.0.2"), Tracer(server, "?route=%2Fhello")
	client = Client(server, source="127.0.0.2")
	client.send(get("/slow"))
	client.take()
	number = other.newest(0)
	other.rests(number, 1)
	if route.story(number):
		raise Failure(f"of /hello: {route.story(number)}")
	client.send(get("/hello"))
	client.take()
	route.until(number, "exchange", 2)
	like("of the route", route.story(number), "accepted (parked woken )?exchange parked woken exchange")
	client.close()
	one = Client(server)
	one.send(get("/hello"))
	one.take()
	one.close()
	tracer.until(tracer.newest(5), "closed")
	expect("of the client", {e.get("client", "127.0.0.2") for e in other.events()}, {"127.0.0.2"})
	other.leave()
	route.leave()
	for query, says in ("?client=x", b"client: "), ("?slower_us=1ms", b"slower_us: "), ("?route=x", b"route: "):
		control = Client(server, address=os.path.join(server.tmp, "control"), unix=True)
		control.send(f"GET /trace{query} HTTP/1.1\r\nHost: t\r\n\r\n".encode())
		got = control.take()
		expect(query, (got.status, got.body[:len(says)]), (400, says))
		control.close()


def asks(server):
	"""One who traces, and has not read yet."""
	client = Client(server, address=os.path.join(server.tmp, "control"), unix=True)
	client.send(get("/trace"))
	return client


def traces(server):
	"""One who traces; who left before him may do so still."""
	def took():
		client = asks(server)
		client.fill()
		if client.came.startswith(b"HTTP/1.1 200"):
			return client
		client.close()
		return None
	return until(took, "room for one who traces")


def bounded(server):
	"""Beside the one that there is."""
	most = [traces(server) for _ in range(TRACERS - 1)]
	last = asks(server)
	expect("one more", last.take().status, 503)
	last.close()
	for client in most:
		client.close()


def does_not_read(server):
	"""All is answered; and he is told how much he missed."""
	lazy = traces(server)
	client = Client(server)
	sent = get("/hello?" + "a" * LONG) * MANY
	threading.Thread(target=client.send, args=(sent,), daemon=True).start()
	for _ in range(MANY):
		expect("status", client.take().status, 200)

	def known():
		lazy.fill()
		missed = sum(int(n) for n in re.findall(rb'"event": "missed", "at_us": \d+, "count": (\d+)\}', lazy.came))
		seen = len(re.findall(rb'"event": "exchange"', lazy.came))
		return (seen, missed) if missed and seen + missed >= MANY else None
	seen, missed = until(known, "what he missed")
	if seen >= MANY:
		raise Failure(f"{seen} seen, {missed} missed, of {MANY}")
	client.close()
	lazy.close()


def shown(server):
	"""replyctl trace, as people read it, until Ctrl-C; and what it is refused."""
	path = os.path.join(server.tmp, "shown")
	with open(path, "wb") as out:
		process = subprocess.Popen([os.environ["REPLYCTL"], "-s", os.path.join(server.tmp, "control"), "trace",
			"--client", "127.0.0.4", "--route", "/slow", "--slower-than", "100ms"], stdout=out)

	def lines():
		with open(path, encoding="ascii") as file:
			return file.read().splitlines()

	perform = re.compile(r" #\d+      GET /slow 200  in \d+  out \d+ .*  perform \S+ .*  total \S+$")

	def asked():
		client = Client(server, source="127.0.0.4")
		client.send(get("/slow"))
		client.take()
		client.close()
		told = lines()	# the first client may have come before the tracer
		first = [i for i, line in enumerate(told) if "  accepted  " in line]
		story = told[first[0]:] if first else []
		return story if any(perform.search(line) for line in story) else None
	story = until(asked, "what is shown")
	process.send_signal(signal.SIGINT)
	expect("Ctrl-C", process.wait(WAIT_S), 0)
	if not re.fullmatch(r"\d\d:\d\d:\d\d\.\d{6} +#\d+  accepted  127\.0\.0\.4", story[0]):
		raise Failure(f"shown: {story}")
	for arguments, status in (("--route", "/x"), 1), (("--client", "x"), 1), (("--slower-than", "x"), 2):
		done = subprocess.run([os.environ["REPLYCTL"], "-s", os.path.join(server.tmp, "control"), "trace", *arguments],
			capture_output=True, timeout=WAIT_S, check=False)
		expect(arguments, (done.returncode, done.stdout), (status, b""))


def printed():
	"""replyd --trace, without a control lane: how its listeners came to be, then its clients."""
	with Server() as server:
		server.start("--trace")
		client = Client(server)
		client.send(get("/"))
		client.take()
		client.close()
		until(lambda: " closed " in server.stderr(), "the end of the client")
		server.signal()
		expect("status", server.process.wait(WAIT_S), 0)
		words = [line.split()[1 if "#" not in line else 2] for line in server.stderr().splitlines()]
		expect("printed", words[:6], ["socket", "bind", "listen"] * 2)
		expect("printed", re.sub("parked woken ", "", " ".join(words[6:])), "accepted GET closed")
		server.unharmed()


def over_tcp(server):
	"""Whoever can connect there is told nothing of clients."""
	done = subprocess.run(["curl", "-sS", "--unix-socket", os.path.join(server.tmp, "control"), "http://localhost/status"],
		capture_output=True, check=True)
	(url,) = [u for u in json.loads(done.stdout)["control"] if u.startswith("http:")]
	got = subprocess.run(["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--max-time", str(WAIT_S), url + "trace"],
		capture_output=True, check=True)
	expect("over TCP", got.stdout, b"403")


def test():
	with Server() as server:
		server.configured(CONF.format(tmp=server.tmp))
		tracer, slower = Tracer(server), Tracer(server, f"?slower_us={SLOW_US}")
		keep_alive(server, tracer)
		refused(server, tracer)
		breaks_off(server, tracer)
		slow(server, tracer, slower)
		slower.leave()
		filters(server, tracer)
		over_tcp(server)
		shown(server)
		bounded(server)
		does_not_read(server)
		stays = traces(server)
		waits = Client(server)
		waits.send(get("/hello"))
		waits.take()
		server.signal()
		expect("status", server.process.wait(WAIT_S), 0)	# the log may say that records were dropped
		tracer.ended()
		if "drain" not in [e.get("reason") for e in tracer.events()]:
			raise Failure("the last that was closed is not told")
		stays.close()
		waits.close()
		server.unharmed()
	printed()


if __name__ == "__main__":
	raise SystemExit(main(test))
