#!/usr/bin/env python3
"""stages - where an exchange's time went: what /status and Server-Timing say of exchanges whose
stages are known to have taken long.

A body that comes in two parts is long in `read`, a slow program in `perform`, a client that does
not take its reply in `send`; requests that came together are counted each. Nothing is said of how
long anything may take at most.
"""

import json
import os
import re
import socket
import subprocess
import time

from served import WAIT_S, Client, Failure, Server, main, until

BUILT = os.path.join(os.environ["top_builddir"], "tests", "system", ".libs")
PAUSE_S = 0.3
LONG_US = 250000			# what of the pause is surely in the stage
BIG = 32 << 20				# more than the kernel keeps for a client
FIRST = []				# what who asked first was told
CONF = """
{stages}
listen "127.0.0.1:0" {{ }}
listen "unix:{tmp}/socket" {{ }}
listen "127.0.0.2:0" {{ protocol = line program = {{ "/bin/cat" }} }}
control {{ listen = "unix:{tmp}/control" }}
queue {{ shed = no }}
route "/" {{ files = "{root}" }}
route "/hello" {{ text = "hello" server_timing = yes }}
route "/slow" {{ program = {{ "/bin/sh", "-c", "sleep {pause}; printf 'Content-Type: text/plain\\r\\n\\r\\nslept'" }} server_timing = yes }}
route "/echo" {{ echo = yes }}
host "example.org" {{ route "/user/{{id}}" {{ text = "u" }} }}
"""
LATE = """
workers {{ grace = 10ms }}
route "/late" {{ module = "{built}/module_one.so" settings = {{ "word={tmp}/there" }} time_limit = 300ms }}
"""


def status(server):
	done = subprocess.run(["curl", "-sS", "--max-time", str(WAIT_S), "--unix-socket",
		os.path.join(server.tmp, "control"), "http://localhost/status"], capture_output=True, check=True)
	return json.loads(done.stdout)


def route(server, name, which="routes"):
	"""What it says of that route; None: nothing."""
	found = [r for r in status(server)[which] if r["route"] == name]
	if len(found) > 1:
		raise Failure(f"{name} stands there twice")
	return found[0] if found else None


def counted(server, name, n):
	"""Once so many exchanges of that route have ended."""
	until(lambda: (route(server, name) or {"exchanges": 0})["exchanges"] >= n, f"{n} of {name}")
	found = route(server, name)
	if found["exchanges"] != n:
		raise Failure(f"{found['exchanges']} of {name}, not {n}")
	return found


def longest(found, stage):
	"""The exchanges of a route took long in this stage, and in `total`, and in no other."""
	for word, times in found["stages"].items():
		is_long = times["max_us"] >= LONG_US
		if is_long != (word in (stage, "total")) and (word in (stage, "total") or times["max_us"] >= LONG_US * 20):
			raise Failure(f"{found['route']}: {word} took {times['max_us']} us")


def ask(client, *requests):
	client.send(b"".join(requests))
	return [client.take() for _ in requests]


def get(path, host="t", more=""):
	return f"GET {path} HTTP/1.1\r\nHost: {host}\r\n{more}\r\n".encode()


def waits(server, request, **options):
	"""A client, alone there, who sends that, and then lets the server wait for him for a while."""
	def connections(name):
		return status(server)["connections"][name]
	until(lambda: connections("open") == 0, "the clients before it have left")
	client = Client(server, **options)
	client.send(request)
	until(lambda: connections("parked") == 1, "the server waits")
	time.sleep(PAUSE_S)
	return client


def alone(server):
	"""One request, and its Server-Timing."""
	client = Client(server)
	(got,) = ask(client, get("/hello"))
	timing = re.findall(r"([a-z]+);dur=(\d+\.\d{3})", (got.field(b"Server-Timing") or b"").decode())
	if [word for word, _ in timing] != ["kernel", "queue", "read", "perform"]:
		raise Failure(f"Server-Timing: {got.fields}")
	FIRST.append(status(server))
	found = counted(server, "/hello", 1)
	if found["status"] != {"200": 1} or found["received_bytes"] != len(get("/hello")):
		raise Failure(f"{found}")
	size = len(got.head) + len("\r\n\r\n") + len(got.body)
	if found["sent_bytes"] != size:
		raise Failure(f"{found['sent_bytes']} bytes were sent, {size} came")
	if any(times["count"] != 1 for times in found["stages"].values()):
		raise Failure(f"{found}")
	client.close()


def together(server):
	client = Client(server)
	ask(client, *[get("/user/7", "example.org")] * 20)
	counted(server, "example.org /user/{id}", 20)
	client.close()


def body_in_parts(server):
	client = waits(server, b"POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 10\r\n\r\n12345")
	client.send(b"67890")
	client.take()
	longest(counted(server, "/echo", 1), "read")
	client.close()


def slow(server):
	client = Client(server)
	(got,) = ask(client, get("/slow"))
	if got.body != b"slept":
		raise Failure(f"{got.body}")
	longest(counted(server, "/slow", 1), "perform")
	client.close()


def not_taken(server):
	client = waits(server, get("/big"), rcvbuf=4096)
	if route(server, "GET /"):
		raise Failure("it counts before its reply is sent")
	client.take()
	longest(counted(server, "GET /", 1), "send")
	client.close()


def broken_off(server):
	"""Its client goes: it counts, but its end is not seen."""
	client = Client(server, rcvbuf=4096)
	client.send(get("/big"))
	client.fill()
	client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
	client.close()
	found = counted(server, "GET /", 2)
	if found["stages"]["send"]["count"] != 1 or found["stages"]["perform"]["count"] != 2:
		raise Failure(f"{found}")
	if found["sent_bytes"] >= 2 * BIG:
		raise Failure(f"{found['sent_bytes']} bytes were sent of a reply that broke off")


def refused(server):
	client = Client(server)
	client.send(b"GET /\0 HTTP/1.1\r\n\r\n")
	client.take()
	found = counted(server, "", 1)
	if found["status"] != {"400": 1}:
		raise Failure(f"{found}")
	client.close()


def lines(server):
	client = Client(server, address=server.addresses[1])
	client.send(b"hello\n")
	while not client.ended:
		client.fill()
	found = counted(server, f"127.0.0.2:{server.addresses[1][1]}", 1)
	if found["received_bytes"] != 6 or found["sent_bytes"] != 6 or found["status"] != {"0": 1}:
		raise Failure(f"{found}")
	client.close()


def late(server):
	"""Its handler does not return: it is answered in its stead, or cut off, and counts as that says."""
	client = Client(server)
	client.send(get("/late/stuck"))
	got = client.take()
	found = counted(server, "GET,POST /late", 1)
	longest(found, "perform")
	size = len(got.head) + len("\r\n\r\n") + len(got.body)
	if found["status"] != {"504": 1} or found["sent_bytes"] != size:
		raise Failure(f"{found}, {size} bytes came")
	client = Client(server)
	client.send(get("/hello") + get("/late/stuck/piece"))
	while not client.ended:
		client.fill()
	counted(server, "/hello", 1)
	found = counted(server, "GET,POST /late", 2)
	if found["status"] != {"200": 1, "504": 1} or found["sent_bytes"] <= size:
		raise Failure(f"{found}")
	with open(os.path.join(server.tmp, "there"), "w", encoding="utf-8"):
		pass
	until(lambda: status(server)["workers"]["stuck"] == 0, "it returns")
	counted(server, "GET,POST /late", 2)


def unix(server):
	"""The kernel tells of no arrival there."""
	server.unix = os.path.join(server.tmp, "socket")
	client = Client(server, unix=True)
	ask(client, get("/hello"))
	counted(server, "/hello", 2)
	client.close()


def recent(server):
	"""What was there when it was first asked for is not in it, but for who asked first."""
	before = FIRST[0]
	if before["recent"] != before["routes"]:
		raise Failure(f"who asks first is told {before['recent']}")
	client = Client(server)
	ask(client, get("/hello"))
	counted(server, "/hello", 3)
	now = status(server)
	is_now = [r for r in now["recent"] if r["route"] == "/hello"]
	if not now["span_s"] > 0 or not is_now or is_now[0]["exchanges"] < 1 or before["stages"][-1] != "total":
		raise Failure(f"{now['recent']}")
	client.close()


def off(server):
	client = Client(server)
	(got,) = ask(client, get("/hello"))
	if got.field(b"Server-Timing") or status(server)["routes"]:
		raise Failure("it measures without stages")
	client.close()


def begin(server, stages):
	server.configured(CONF.format(tmp=server.tmp, root=server.root, pause=PAUSE_S, stages=stages))


def test():
	with Server({"big": bytes(BIG)}) as server:
		begin(server, "")
		for part in alone, together, body_in_parts, slow, not_taken, broken_off, refused, lines, unix, recent:
			part(server)
		server.stop()
		begin(server, LATE.format(built=BUILT, tmp=server.tmp))
		late(server)
		server.signal()
		if server.process.wait(WAIT_S) != 0:
			raise Failure(f"it did not end well: {server.stderr()}")
		begin(server, "stages = no")
		off(server)
		server.stop()
		server.unharmed()


if __name__ == "__main__":
	raise SystemExit(main(test))
