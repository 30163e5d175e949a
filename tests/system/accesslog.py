#!/usr/bin/env python3
"""accesslog - a line for each request: as others read it, whatever clients send; over rotations and
reloads none is lost or doubled; and where nothing takes the lines, clients notice nothing.
"""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import threading

from served import AS, WAIT_S, Client, Failure, Server, main, until

CONF = """
listen "127.0.0.1:0" {{ }}
listen "unix:{tmp}/socket" {{ }}
control {{ listen = "unix:{tmp}/control" }}
queue {{ shed = no }}
route "/" {{ text = "hello" }}
route "/echo" {{ echo = yes body_max = 1MiB }}
{log}
"""
COMBINED = re.compile(r'^127\.0\.0\.1 - - \[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] '
	r'"GET /a\?b=%22 HTTP/1\.1" 200 5 "http://a\.example/" "x\\x22\\x5C \\xC3\\xA4"$')
CLIENTS, EACH, ROTATIONS = 4, 500, 5


def lines(path):
	"""What is there by now, in whole lines."""
	try:
		with open(path, encoding="utf-8") as file:
			return file.read().split("\n")[:-1]
	except FileNotFoundError:
		return []


def write(server, log):
	path = os.path.join(server.tmp, "replyd.conf")
	with open(path, "w", encoding="utf-8") as file:
		file.write(CONF.format(tmp=server.tmp, log=log))
	return path


def start(server, log, *options):
	server.start(*options, config=write(server, log))


def get(server, path, *fields):
	client = Client(server)
	client.send(b"".join([f"GET {path} HTTP/1.1\r\nHost: t\r\n".encode(), *(f + b"\r\n" for f in fields), b"\r\n"]))
	got = client.take()
	client.close()
	return got


def control(server, path, *options):
	done = subprocess.run(["curl", "-sS", "--max-time", str(WAIT_S), "--unix-socket",
		os.path.join(server.tmp, "control"), "http://localhost/" + path, *options], capture_output=True, text=True, check=True)
	return done.stdout


def dropped(server):
	return int(re.search(r'^replyd_records_dropped_total{group="clients"} (\d+)$', control(server, "metrics"), re.M)[1])


def ended(server):
	"""Well, though it had something to say."""
	server.signal()
	if server.process.wait(WAIT_S) != 0:
		raise Failure(f"it ended badly: {server.stderr()}")
	server.unharmed()


def by_option():
	"""--access-log FILE is combined; - is standard output, behind the line that says it is ready."""
	with Server({"a": b"hello"}) as server:
		log = os.path.join(server.tmp, "log")
		for where in log, "-":
			server.start("--access-log", where)
			subprocess.run(["curl", "-sS", "-A", 'x"\\ ä', "-e", "http://a.example/", "-o", "/dev/null",
				server.url("a?b=%22")], check=True, timeout=WAIT_S)
			server.stop()
			got = lines(log if where == log else os.path.join(server.tmp, "out"))
			if not COMBINED.match(got[-1]) or len(got) != (1 if where == log else 2):
				raise Failure(f"{where}: {got}")


def logfmt(line):
	return dict(pair.split("=", 1) for pair in shlex.split(line))


def hostile(form, read):
	"""What a client sends forges no line, and no value of another name."""
	with Server() as server:
		log = os.path.join(server.tmp, "log")
		start(server, f'access_log {{ to = "{log}" format = {form} }}')
		agent = b'x" status=1 y="\\",\x09\xff\xc3\xa4 {"status":1}'
		get(server, "/%22", b"User-Agent: " + agent, b"Referer: a\\", b'X-Request-Id: a"b')
		get(server, "/x", b"X-Request-Id: mine-1")
		client = Client(server)
		client.send(b"\x01\x02\r\n\r\n")
		client.take()
		server.stop()
		got = sorted((read(line) for line in lines(log)), key=lambda entry: int(entry["connection"]))
		if len(got) != 3 or [str(entry["status"]) for entry in got] != ["200", "200", "400"]:
			raise Failure(f"{form}: {got}")
		if got[0]["target"] != "/%22" or got[0]["host"] != "t" or got[0]["route"] != "/":
			raise Failure(f"{form}: {got[0]}")
		if form == "json" and got[0]["agent"] != agent.decode(errors="replace"):
			raise Failure(f"{form}: {got[0]['agent']!r}")
		if got[1]["id"] != "mine-1" or got[0].get("id") == 'a"b' or got[2]["close"] != "bad-request":
			raise Failure(f"{form}: {got}")


def ids():
	"""Replies say their ids while lines have them, or where their requests do."""
	with Server() as server:
		log = os.path.join(server.tmp, "log")
		start(server, f'access_log {{ to = "{log}" format = combined }}')
		if get(server, "/x").field(b"X-Request-Id") or get(server, "/x", b"X-Request-Id: a").field(b"X-Request-Id") != b"a":
			raise Failure("an id that was not asked for, or not the one that was")
		write(server, f'access_log {{ to = "{log}" format = "{{id}}" }}')
		control(server, "reload", "-d", "")
		said = get(server, "/x").field(b"X-Request-Id")
		ended(server)
		if not said or lines(log)[-1] != said.decode() or not re.fullmatch(r"[0-9a-f]{16}", said.decode()):
			raise Failure(f"{said}: {lines(log)}")


def counts():
	"""Bytes, numbers of connections, why one closed, and times that add up."""
	with Server() as server:
		log = os.path.join(server.tmp, "log")
		start(server, f'access_log {{ to = "{log}" format = json }}')
		client = Client(server)
		request = b"POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\n"
		client.send(request)
		client.send(b"abcde")
		first = client.take()
		client.send(b"GET / HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
		client.take()
		client.end()
		one, two = until(lambda: len(lines(log)) == 2 and [json.loads(line) for line in lines(log)], "two lines")
		if one["received"] != len(request) + 5 or one["body"] != len(first.body) or one["sent"] <= one["body"]:
			raise Failure(f"{one}")
		if two["connection"] != one["connection"] or (one["exchange"], two["exchange"]) != (1, 2):
			raise Failure(f"{one} {two}")
		if "close" in one or two["close"] != "answered":
			raise Failure(f"{one} {two}")
		stages = ("kernel_us", "queue_us", "read_us", "perform_us", "send_us")
		if any(entry["total_us"] != sum(entry[stage] for stage in stages) for entry in (one, two)):
			raise Failure(f"{one} {two}")
		server.stop()


def load(server, number, failures):
	try:
		client = Client(server)
		for i in range(EACH):
			client.send(f"GET /{number}/{i} HTTP/1.1\r\nHost: t\r\n\r\n".encode())
			if client.take().status != 200:
				raise Failure(f"{number}: no 200")
		client.close()
	except (Failure, OSError) as failure:
		failures.append(failure)


def in_threads(server):
	failures = []
	threads = [threading.Thread(target=load, args=(server, n, failures)) for n in range(CLIENTS)]
	for thread in threads:
		thread.start()
	return threads, failures


def joined(threads, failures):
	for thread in threads:
		thread.join()
	if failures:
		raise Failure(f"clients: {failures[0]}")


def rotates():
	"""Under load: what was asked stands there once, in the order of each connection."""
	with Server() as server:
		log = os.path.join(server.tmp, "log")
		start(server, f'access_log {{ to = "{log}" format = "{{target}}" }}')
		threads, failures = in_threads(server)
		for n in range(ROTATIONS):
			until(lambda: lines(log) or not any(t.is_alive() for t in threads), "lines")
			os.rename(log, f"{log}.{n}")
			server.process.send_signal(signal.SIGUSR1 if n % 2 else signal.SIGHUP)
			until(lambda: os.path.exists(log), "a new log")
		joined(threads, failures)
		ended(server)
		got = [line for n in range(ROTATIONS) for line in lines(f"{log}.{n}")] + lines(log)
		expected = {f"/{n}/{i}" for n in range(CLIENTS) for i in range(EACH)}
		if len(got) != len(expected) or set(got) != expected:
			raise Failure(f"{len(got)} lines, {len(set(got))} different, of {len(expected)}")


def takes_nothing(name):
	"""A pipe that nobody reads, a full disk: every client is answered, what is not written is counted."""
	with Server() as server:
		path = os.path.join(server.tmp, "pipe") if name == "pipe" else name
		if name == "pipe":
			os.mkfifo(path, 0o600)
		start(server, f'access_log {{ to = "{path}" format = "{{target}} {"x" * 1500}" }}')
		threads, failures = in_threads(server)
		joined(threads, failures)
		ended(server)
		told = [int(n) for n in re.findall(r"access log: \S+ .*requests that are not in it: (\d+)$", server.stderr(), re.M)]
		told += [int(n) for n in re.findall(r"records of requests dropped: (\d+);", server.stderr())]
		if not 0 < sum(told) <= CLIENTS * EACH or (name != "pipe" and sum(told) != CLIENTS * EACH):
			raise Failure(f"{path}: {server.stderr()}")


def is_counted():
	with Server() as server:
		start(server, 'access_log { to = "/dev/full" }')
		for n in range(1, 4):
			get(server, "/")
			until(lambda n=n: dropped(server) == n, f"{n} dropped")
		ended(server)


def reloads():
	"""Another place, another form, none, and one again; what is wrong changes nothing."""
	with Server() as server:
		log, other = os.path.join(server.tmp, "log"), os.path.join(server.tmp, "other")
		may = f'\nsandbox {{ write = {{ "{server.tmp}" }} }}'

		def changed(text, number, path=None, expected=""):
			write(server, text + may)
			server.process.send_signal(signal.SIGHUP)
			until(lambda: f"generation {number}\n" in server.stderr(), "the reload")
			get(server, f"/{number}")
			until(lambda: not path or expected in lines(path), f"/{number}")

		start(server, may)
		get(server, "/1")
		changed(f'access_log {{ to = "{log}" format = "{{target}}" }}', 2, log, "/2")
		changed(f'access_log {{ to = "{other}" format = "{{status}} {{target}}" }}', 3, other, "200 /3")
		changed("", 4)
		changed('access_log { to = "./log" format = "{target}!" }', 5, log, "/5!")
		write(server, f'access_log {{ to = "{log}" format = "{{nothing}}" }}' + may)
		server.process.send_signal(signal.SIGHUP)
		until(lambda: "{nothing} is none of the names" in server.stderr(), "the refusal")
		get(server, "/6")
		ended(server)
		if lines(log) != ["/2", "/5!", "/6!"] or lines(other) != ["200 /3"]:
			raise Failure(f"{lines(log)} {lines(other)}")


WRONG = [
	('access_log { format = json }', ":8: access_log: it does not say where it goes"),
	('access_log { to = log }', 'access_log: to: "log" is neither stdout, syslog nor journal'),
	('access_log { to = "/tmp/a" format = "{x}" }', "access_log: format: {x} is none of the names"),
	('access_log { to = "/tmp/a" format = "x" }', "access_log: format: it is neither combined"),
	('access_log { to = "/tmp/a" }\nstages = no', "access_log: there is none without stages"),
	('access_log { to = "/nowhere/log" }', "access_log: to: /nowhere/log: No such file"),
]


def is_refused():
	for text, why in WRONG:
		with Server() as server:
			test = [] if "nowhere" in text else ["--test"]
			done = subprocess.run([os.environ["REPLYD"], *AS, *test, "--config", write(server, text)],
				capture_output=True, text=True, timeout=WAIT_S, check=False)
			if done.returncode != 1 or why not in done.stderr:
				raise Failure(f"{text}: {done.returncode}: {done.stderr}")


def test():
	by_option()
	hostile("json", json.loads)
	hostile("logfmt", logfmt)
	ids()
	counts()
	rotates()
	takes_nothing("pipe")
	takes_nothing("/dev/full")
	is_counted()
	reloads()
	is_refused()


sys.exit(main(test))
