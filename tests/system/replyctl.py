#!/usr/bin/env python3
"""replyctl - the administrator's program against a real server, and against what is none.

Each command does what it says; each fault has its exit status and its words: no
such socket, nobody there any more, not allowed, no control lane, no answer in time.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading

from served import WAIT_S, Failure, Server, main, until

DONE, REFUSED, USAGE, UNREACHED = 0, 1, 2, 3
NOBODY = 65534
CONF = """
control {{ listen = {{ "unix:{path}", "127.0.0.1:0" }} }}
listen "127.0.0.1:0" {{ }}
route "/" {{ files = "{root}" }}
route "/wait" {{ program = {{ "/bin/sh", "-c", "while :; do sleep 0.1; done" }} }}
"""


def replyctl(*arguments, status=DONE, user=None, env=None, program=None):
	"""What it prints; where it is to fail, what it says, and nothing was printed."""
	done = subprocess.run([program or os.environ["REPLYCTL"], *arguments], stdin=subprocess.DEVNULL,
		capture_output=True, text=True, timeout=WAIT_S, check=False,
		env={**os.environ, **(env or {})}, **({"user": user, "group": user} if user else {}))
	if done.returncode != status:
		raise Failure(f"replyctl {arguments}: status {done.returncode}, not {status}: {done.stdout}{done.stderr}")
	if (done.stdout if status else done.stderr):
		raise Failure(f"replyctl {arguments}: {done.stdout}{done.stderr}")
	return done.stderr if status else done.stdout


def expect(what, got, wanted):
	"""`wanted`: a text that is all of it, or a pattern that is in it."""
	if not (wanted.search(got) if isinstance(wanted, re.Pattern) else wanted == got):
		raise Failure(f"{what}: {got!r}, not {wanted!r}")


def has(text):
	return re.compile(text, re.MULTILINE)


def usage():
	for arguments, says in (
			((), "the command is missing"),
			(("frobnicate",), "'frobnicate' is no command"),
			(("status", "now"), "status: 'now' is too much"),
			(("log",), "log: the LEVEL is missing"),
			(("log", "note", "now"), "log: 'now' is too much"),
			(("log", "a b"), "log: 'a b' is no level"),
			(("drain", "--json"), "--json: not with drain"),
			(("-t", "soon", "status"), "--timeout: 'soon' is no time"),
			(("-t", "0s", "status"), "--timeout: '0s' is no time"),
			(("-s", "control.sock", "status"), "--socket: 'control.sock': "),
			(("-s", "/" + "a" * 200, "status"), "--socket: '/aaa"),
			(("--frobnicate",), "unrecognized option"),
	):
		said = replyctl(*arguments, status=USAGE)
		if says not in said or "Try 'replyctl --help'" not in said:
			raise Failure(f"{arguments}: {said}")
	expect("help", replyctl("--help"), has("^Usage: replyctl"))
	expect("version", replyctl("-V"), has(r"^replyctl \(replyd\) \d"))


def unreached(tmp):
	path = os.path.join(tmp, "none")
	expect("no socket", replyctl("-s", path, "status", status=UNREACHED),
		f"replyctl: {path}: there is no such socket: no server runs that has its control lane there\n")
	with socket.socket(socket.AF_UNIX) as once:
		once.bind(path)
	expect("nobody any more", replyctl("-s", path, "drain", status=UNREACHED), has("the server has ended$"))
	expect("no socket", replyctl("-s", os.path.abspath(__file__), "drain", status=UNREACHED), has("it is no socket$"))
	with socket.socket() as closed:
		closed.bind(("127.0.0.1", 0))
		expect("nobody", replyctl("-s", f"127.0.0.1:{closed.getsockname()[1]}", "status", status=UNREACHED),
			has("nobody listens there$"))
	if not os.path.exists("/run/replyd/control.sock"):
		expect("the default", replyctl("status", status=UNREACHED), has("^replyctl: /run/replyd/control.sock: "))


def answered(reply, *arguments, status):
	"""What replyctl says to a server of its own, which reads a request and sends that; None: nothing, and stays."""
	with socket.socket() as listener:
		listener.bind(("127.0.0.1", 0))
		listener.listen()

		def serve():
			client, _ = listener.accept()
			with client:
				while b"\r\n\r\n" not in client.recv(65536, socket.MSG_PEEK):
					pass
				client.recv(65536)
				if reply is None:
					client.recv(1)
				else:
					client.sendall(reply)

		thread = threading.Thread(target=serve)
		thread.start()
		said = replyctl("-s", f"127.0.0.1:{listener.getsockname()[1]}", *arguments, status=status)
		thread.join(WAIT_S)
		return said


def strange():
	"""Servers that are no control lane, or break off."""
	page = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
	lane = b"HTTP/1.1 %b\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%b"
	for reply, command, status, says in (
			(page, "status", UNREACHED, "it is no control lane: its status cannot be read"),
			(page.replace(b"hello", b"[{}]\n"), "status", UNREACHED, "its status cannot be read"),
			(page.replace(b"hello", b'{"a":'), "status", UNREACHED, "its status cannot be read"),
			(page.replace(b"200 OK", b"404 Not Found"), "drain", UNREACHED,
				"it is no control lane that knows 'drain': 404 Not Found"),
			(b"", "status", UNREACHED, "the server closed without a reply"),
			(b"220 mail.example ESMTP\r\n", "status", UNREACHED, "this is not an HTTP/1 reply"),
			(page.replace(b"200 OK", b"500 \x1b[2JOops"), "stop", REFUSED, "stop: 500 ?[2JOops\n"),
			(lane % (b"409 Conflict", 9, b"line one\n"), "reload", REFUSED, "reload: line one\n"),
			(lane % (b"503 Busy", 10, b"\x1b[31mred\n\n"), "ready", REFUSED, "ready: ?[31mred\n"),
			(lane % (b"503 Busy", 0, b""), "ready", REFUSED, "ready: 503 Busy\n"),
	):
		said = answered(reply, command, status=status)
		if says not in said:
			raise Failure(f"{reply} to {command}: {said}")
	said = answered(None, "-t", "100ms", "health", status=UNREACHED)
	expect("no answer", said, has(": timed out$"))


def not_allowed(path, tcp):
	for command in (["reload"], ["drain"], ["stop"], ["log", "note"]):
		expect("over TCP", replyctl("-s", tcp, *command, status=REFUSED),
			f"replyctl: {command[0]}: only over a Unix socket may this be asked for\n")
	if os.geteuid() != 0:
		return
	program = shutil.copy(os.environ["REPLYCTL"], os.path.dirname(path))
	os.chmod(os.path.dirname(path), 0o755)
	expect("another's socket", replyctl("-s", path, "status", status=UNREACHED, user=NOBODY, program=program),
		has(": permission denied: "))
	os.chmod(path, 0o666)
	expect("another user", replyctl("-s", path, "drain", status=REFUSED, user=NOBODY, program=program),
		"replyctl: drain: only root and the server's own user may ask\n")
	os.chmod(path, 0o600)


def shown(path, server):
	text = replyctl("-s", path, "status")
	for row in (rf"^replyd +serving, version [0-9.]+, process {server.process.pid}, up ",
			rf"^listens +http://127.0.0.1:{server.port}/$", rf"^control +unix:{path}$",
			r"^workers +\d+ running, \d+ blocked, \d+ asleep, 0 stuck, of 64$",
			r"^queue +0 of 8192, ", r"^connections +\d+ open: ", r"^spool +0 of 4.00GiB$",
			r"^process +.*MiB resident, ", r"^counted +1 connections_accepted$", r"^closed +1 answered$",
			r"^route +exchanges +>=400 .*\nGET / +1 +0( +\d[0-9.]*[mu]?s?){4}$"):
		expect("status", text, has(row))
	if "\x1b" in text or " 0 " in text[text.index("counted"):text.index("\nroute ")]:
		raise Failure(f"status: {text}")
	expect("process", json.loads(replyctl("status", "--json", "--socket=" + path))["pid"], server.process.pid)


def messages(server, path):
	"""Of a reload as the level has it."""
	for level, says in (("error", False), ("warning", False), ("note", True)):
		expect("log", replyctl("-s", path, "log", level), level + "\n")
		before = len(server.stderr())
		expect("reload", replyctl("-s", path, "reload"), "reloaded\n")
		expect(f"at {level} the log has the reload", "reloaded, generation" in server.stderr()[before:], says)
	expect("no level", replyctl("-s", path, "log", "loud", status=REFUSED),
		"replyctl: log: the level is error, warning or note\n")


def at_work(path, server):
	"""A program that waits for its client's end holds a worker, which is shown."""
	with socket.create_connection(("127.0.0.1", server.port)) as client:
		client.sendall(b"GET /wait HTTP/1.1\r\nHost: t\r\n\r\n")
		until(lambda: re.search(r"^ +\d+  blocked  perform +\d+[.0-9]*[mu]?s +\d+  127\.0\.0\.1 +/wait$",
			replyctl("-s", path, "workers"), re.MULTILINE), "the worker")
		told = json.loads(replyctl("-s", path, "-j", "workers"))["workers"]
		expect("workers at work", [w["route"] for w in told if w["state"] == "blocked"], ["/wait"])
	until(lambda: not re.search("blocked", replyctl("-s", path, "workers")), "the worker's rest")


def test():
	usage()
	with Server({"f.txt": b"hello\n"}) as server:
		path = os.path.join(server.tmp, "control")
		unreached(server.tmp)
		strange()
		server.configured(CONF.format(path=path, root=server.root))
		tcp = json.loads(replyctl("-s", path, "-j", "status"))["control"][1][len("http://"):-1]
		server.replyc(server.url("f.txt"))
		until(lambda: json.loads(replyctl("-s", path, "-j", "status"))["closed"]["answered"] == 1, "one is answered")
		shown(path, server)
		not_allowed(path, tcp)
		for at in (path, "unix:" + path, tcp):
			expect("ready", replyctl("-s", at, "ready"), "serving\n")
			expect("health", replyctl("-s", at, "health"), "alive\n")
			expect("metrics", replyctl("-s", at, "metrics"), has("^replyd_ready 1$"))
		messages(server, path)
		at_work(path, server)
		with open(os.path.join(server.tmp, "replyd.conf"), "a", encoding="utf-8") as conf:
			conf.write("nonsense = 1\n")
		expect("a wrong reload", replyctl("-s", path, "reload", status=REFUSED),
			has(r"^replyctl: reload: .*replyd.conf:\d+: .*nonsense"))
		expect("no control lane", replyctl("-s", f"127.0.0.1:{server.port}", "drain", status=UNREACHED),
			has("it is no control lane that knows 'drain': 40"))
		with open("/dev/full", "wb") as full:
			done = subprocess.run([os.environ["REPLYCTL"], "-s", path, "status"], stdout=full,
				stderr=subprocess.PIPE, text=True, timeout=WAIT_S, check=False)
		expect("a full disk", f"{done.returncode} {done.stderr}", has("^1 replyctl: standard output: No space"))
		expect("drain", replyctl("-s", path, "drain"), "draining\n")
		expect("it ends", str(server.process.wait(WAIT_S)), "0")
	with Server() as server:
		path = os.path.join(server.tmp, "control")
		server.configured(CONF.format(path=path, root=server.root))
		with socket.create_connection(("127.0.0.1", server.port)) as client:
			client.sendall(b"GET / HTTP/1.1\r\n")
			expect("stop", replyctl("-s", path, "stop"), "stopping\n")
			expect("it ends", str(server.process.wait(WAIT_S)), "0")


sys.exit(main(test))
