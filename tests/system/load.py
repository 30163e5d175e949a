#!/usr/bin/env python3
"""load - replyc load counts what its servers count, and measures from when requests were due.

Most servers here are of this test: each reads requests, counts them, and answers as its function
says. What is asserted of time is only that it was not less than it must have been.
"""

import collections
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import time

from counting import CHUNKED, OK, Counting, always, check, on_a_terminal
from served import WAIT_S, Failure, Server, main, until

def load(*arguments, status=0):
	"""What it prints as JSON."""
	done = subprocess.run([os.environ["REPLYC"], "load", "--json", *arguments],
		stdin=subprocess.DEVNULL, capture_output=True, timeout=WAIT_S, check=False)
	if done.returncode != status:
		raise Failure(f"load {arguments}: {done.returncode}: {done.stderr.decode()}")
	told = json.loads(done.stdout)
	told["stderr"] = done.stderr.decode()
	return told


def failures(told):
	return {name: count for name, count in told["failures"].items() if count}


def counts():
	"""What is due is asked, once each, and every byte is counted."""
	with Counting(always(OK)) as server:
		told = load("-r", "250", "-d", "1s", "-c", "8", server.url)
		check("requests", told["requests"], {"due": 250, "asked": 250, "replied": 250, "good": 250,
			"failed": 0, "left": 0})
		check("counted by the server", server.count, 250)
		check("connections", server.accepted, 8)
		check("status", told["status"], {"200": 250})
		check("received", told["bytes"]["received"], 250 * len(OK))
		check("sent", told["bytes"]["sent"], sum(len(head) for head in server.heads))
		check("measured", told["good_us"]["count"], 250)


def warm_up():
	with Counting(always(OK)) as server:
		told = load("-r", "100", "-d", "1s", "--warm-up", "500ms", server.url)
		check("counted by the server", server.count, 100)
		check("requests", [told["requests"][key] for key in ("due", "replied")], [50, 50])


def without_a_rate():
	with Counting(always(OK)) as server:
		told = load("-d", "300ms", "-c", "3", server.url)
		check("counted by the server", server.count, told["requests"]["replied"])
		check("connections", server.accepted, 3)
		check("rate", told["rate"]["wanted"], None)


def close():
	with Counting(always(OK)) as server:
		told = load("-r", "100", "-d", "500ms", "--close", server.url)
		check("replied", told["requests"]["replied"], 50)
		check("connections", server.accepted, 50)
		if not all(b"\r\nConnection: close\r\n" in head for head in server.heads):
			raise Failure("the server was not told that it is the last")


def stall():
	"""Half a second without an answer is in the figures of all who would have asked in it."""
	def reply(number, _):
		if number == 200:
			time.sleep(0.5)
		return OK, False

	with Counting(reply) as server:
		told = load("-r", "400", "-d", "2s", "-c", "4", server.url)
		check("replied", told["requests"]["replied"], 800)
		latency = told["good_us"]
		if latency["max"] < 490000 or latency["p90"] < 250000:
			raise Failure(f"the stall is not in the figures: {latency}")


def give_up():
	with Counting(lambda number, client: None) as server:
		told = load("-r", "100", "-d", "300ms", "-c", "1000", "--give-up", "100ms", server.url,
			status=1)
		check("failures", failures(told), {"gave_up": 30})
		until(lambda: server.ended == 30, "the connections to be closed")
	with Counting(lambda number, client: None) as server:	# all but two wait for a connection
		told = load("-r", "100", "-d", "500ms", "-c", "2", "--give-up", "100ms", server.url,
			status=1)
		check("failed or left", told["requests"]["failed"] + told["requests"]["left"], 50)
		check("failures", list(failures(told)), ["gave_up"])
		until(lambda: server.count == told["requests"]["asked"], "what was asked to be counted")


def unanswered():
	def reset(_, client):
		client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
		return b"", True

	for reply, failure in ((reset, "reset"), (always(b"", True), "closed"),
			(always(OK[:-1], True), "closed"), (always(b"220 ready\r\n"), "malformed")):
		with Counting(reply) as server:
			told = load("-r", "100", "-d", "100ms", server.url, status=1)
			check(failure, failures(told), {failure: 10})

	with socket.socket() as nobody:
		nobody.bind(("127.0.0.1", 0))
		url = f"http://127.0.0.1:{nobody.getsockname()[1]}/"
		told = load("-r", "100", "-d", "100ms", url, status=1)
		check("refused", failures(told), {"refused": 10})
		if "no reply came" not in told["stderr"]:
			raise Failure(told["stderr"])


def replies():
	"""However they end; a connection is used again where it can be."""
	ended = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
	for reply, connections in ((always(CHUNKED), 1), (always(b"HTTP/1.1 204 None\r\n\r\n"), 1),
			(always(b"HTTP/1.0 200 OK\r\n\r\nhello", True), 20), (always(ended), 20)):
		with Counting(reply) as server:
			told = load("-r", "100", "-d", "200ms", "-c", "1", server.url)
			check("replied", told["requests"]["replied"], 20)
			check("connections", server.accepted, connections)

	with Counting(lambda number, client: (OK if number % 2 else OK.replace(b"200", b"503"), False)) as \
			server:
		told = load("-r", "100", "-d", "200ms", server.url)
		check("status", told["status"], {"200": 10, "503": 10})
		check("good", [told["requests"]["good"], told["good_us"]["count"]], [10, 10])
		check("bad", told["bad_us"]["count"], 10)


def sent():
	with Counting(always(OK)) as server:
		load("-r", "10", "-d", "100ms", "-H", "X-A: b", "-H", "Host: c", "-b", "body", server.url)
		head = server.heads[0]
		if not (head.startswith(b"POST / HTTP/1.1\r\n") and b"\r\nX-A: b\r\n" in head
				and head.count(b"Host:") == 1 and head.endswith(b"\r\n\r\nbody")):
			raise Failure(f"asked {head}")
	with Counting(always(OK[:-5])) as server:
		load("-r", "10", "-d", "300ms", "-c", "1", "-m", "HEAD", server.url)
		check("connections", server.accepted, 1)


def interrupt():
	with Counting(always(OK)) as server:
		process = subprocess.Popen([os.environ["REPLYC"], "load", "--json", "-r", "200", "-d", "1h",
			server.url], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
		until(lambda: server.count >= 50, "fifty requests")
		process.send_signal(signal.SIGINT)
		out, err = process.communicate(timeout=WAIT_S)
		told = json.loads(out)
		check("status", process.returncode, 0)
		check("interrupted", told["interrupted"], True)
		if not 50 <= told["requests"]["replied"] <= server.count or b"interrupted after" not in err:
			raise Failure(f"{server.count} asked: {told}, {err}")


def installed():
	"""The real server: HTTP and lines, TCP and Unix sockets, a name with several addresses."""
	with Server({"f.txt": b"hello\n"}) as server:
		server.start()
		told = load("-r", "500", "-d", "1s", server.url("f.txt"))
		check("status", told["status"], {"200": 500})
		check("failures", failures(told), {})
		one = len(server.replyc("--include", server.url("f.txt"))) - len("Connection: close\r\n")
		check("received", told["bytes"]["received"], 500 * one)
		told = load("-r", "50", "-d", "200ms", f"http://localhost:{server.port}/f.txt")
		check("status", told["status"], {"200": 10})
		server.stop()
	with Server() as server:
		server.start("--line", files=False)
		for address in f"127.0.0.1:{server.port}", f"unix:{server.unix}":
			told = load("-r", "100", "-d", "500ms", address, "hello", "you")
			check("requests", told["requests"], {"due": 50, "asked": 50, "replied": 50, "good": 50,
				"failed": 0, "left": 0})
			check("received", told["bytes"]["received"], 50 * len("hello you\n"))
		server.stop()


def shown():
	"""The table; bold only where there is a terminal."""
	with Counting(lambda number, client: (OK.replace(b"200", b"404"), False)) as server:
		arguments = ("-r", "100", "-d", "1200ms", server.url)
		done = subprocess.run([os.environ["REPLYC"], "load", *arguments], capture_output=True,
			timeout=WAIT_S, check=True)
		text = done.stdout.decode()
		for line in (r"^requests +number +a second$", r"^  due +120 +100\.0$", r"^  replied +120 ",
				r"^  404 +120$", r"^latency, ms +min +mean +p50 +p90 +p99 +p99\.9 +max$",
				r"^  400 and up( +[0-9]+\.[0-9]{3}){7}$", r"^  received +\d+ "):
			if not re.search(line, text, re.M):
				raise Failure(f"no {line} in\n{text}")
		if "\x1b" in text or b"\r" in done.stderr:
			raise Failure("made for a terminal, and there is none")
		told = on_a_terminal("load", *arguments)
		if b"\x1b[1m404" not in told:
			raise Failure(f"on a terminal: {told}")
		if b"\x1b[1m" in on_a_terminal("load", *arguments, NO_COLOR="1"):
			raise Failure("bold in spite of NO_COLOR")


def usage():
	wrong = collections.OrderedDict((
		(("-r", "0"), "--rate"), (("-r", "1x"), "--rate"), (("-c", "0"), "--connections"),
		(("-d", "10"), "--duration"), (("-d", "0s"), "--duration"), (("--give-up", "0s"), "--give-up"),
		(("-d", "1s", "--warm-up", "1s"), "--warm-up"), (("-m", "A B"), "--method"),
		(("-H", "A"), "--header"), (("-H", "Content-Length: 1"), "--header"), (("--no-such",), "no-such"),
	))
	for options, word in wrong.items():
		done = subprocess.run([os.environ["REPLYC"], "load", *options, "http://127.0.0.1:1/"],
			capture_output=True, timeout=WAIT_S, check=False)
		told = done.stderr.decode()
		if done.returncode != 2 or word not in told or "'replyc load --help'" not in told:
			raise Failure(f"{options}: {done.returncode}: {told}")
	for operands in ((), ("127.0.0.1:1",), ("-b", "x", "127.0.0.1:1", "x"), ("https://a/",)):
		done = subprocess.run([os.environ["REPLYC"], "load", *operands], capture_output=True,
			timeout=WAIT_S, check=False)
		check(f"status for {operands}", done.returncode, 2)


def test():
	for one in (counts, warm_up, without_a_rate, close, stall, give_up, unanswered, replies, sent,
			interrupt, installed, shown, usage):
		print(f"{one.__name__} ...", flush=True)
		one()


sys.exit(main(test))
