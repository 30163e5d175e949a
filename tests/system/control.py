#!/usr/bin/env python3
"""control - the control lane as its users have it: curl over the Unix socket, and TCP.

The socket is for its owner alone, and gone when the server is. Of two users only
root and the server's own are answered. Over TCP nothing can be changed. What
/metrics says is well formed. While a reload waits for a file, the lane answers. A
browser runs what the page brings, and loads nothing else.
"""

import base64
import errno
import hashlib
import json
import os
import re
import stat
import subprocess
import sys

from exposition import expect, families
from served import SKIPPED, WAIT_S, Failure, Server, main, until

NOBODY = 65534

# A file that is waited for may be named later on, and loaded.
CONF = """
control {{ listen = "unix:{path}" }}
sandbox {{ memory = off read = "{tmp}" }}
listen "127.0.0.1:0" {{ }}
route "/" {{ text = "t" }}
"""


def curl(path, *options, user=None):
	"""Status and body."""
	done = subprocess.run(["curl", "-sS", "--max-time", str(WAIT_S), "-w", "%{http_code}", *options, path],
		capture_output=True, check=False, **({"user": user, "group": user} if user else {}))
	if done.returncode:
		raise Failure(f"curl {path}: {done.stderr.decode()}")
	text = done.stdout.decode()
	return int(text[-3:]), text[:-3]


def reads(where, options):
	expect("health", curl(where + "/health", *options), (200, "alive\n"))
	expect("ready", curl(where + "/ready", *options), (200, "serving\n"))
	got = families(curl(where + "/metrics", *options)[1], False)[0]
	expect("ready in metrics", got["replyd_ready", None], 1)
	if got["process_open_fds", None] < 5 or got["process_resident_memory_bytes", None] < 100000:
		raise Failure(f"not of this process: {got}")
	opened = curl(where + "/metrics", "-H", "Accept: application/openmetrics-text", *options)[1]
	expect("the same in OpenMetrics", set(families(opened, True)[0]), set(got))


def page(where, options):
	"""A browser runs what is in the page, and loads nothing else."""
	status, text = curl(where + "/", "-D", "-", *options)
	head, _, body = text.partition("\r\n\r\n")
	policy = re.search(r"(?mi)^Content-Security-Policy: (.*)\r$", head + "\r")[1]
	rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
	expect("the page", (status, body[:15], len(body) <= 40 << 10), (200, "<!DOCTYPE html>", True))
	expect("what else it may", (rules["default-src"], rules["connect-src"]), ("'none'", "'self'"))
	for tag in ("style", "script"):
		inside = re.findall(f"<{tag}>(.*?)</{tag}>", body, re.DOTALL)
		digests = [base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in inside]
		expect(tag, [f"'sha256-{digest}'" for digest in digests], [rules[tag + "-src"]])


def counted(path):
	"""What clients do is in the numbers."""
	return json.loads(curl("http://t/status", "--unix-socket", path)[1])


def opened(fifo):
	"""Whether someone waits for a writer; then it had one."""
	try:
		os.close(os.open(fifo, os.O_WRONLY | os.O_NONBLOCK))
	except OSError as error:
		if error.errno != errno.ENXIO:
			raise
		return False
	return True


def reload_waits(server, path):
	"""While a reload waits for a file, the lane answers; another reload waits as well."""
	fifo = os.path.join(server.tmp, "fifo")
	file = os.path.join(server.tmp, "replyd.conf")
	os.mkfifo(fifo)
	with open(file, encoding="utf-8") as f:
		was = f.read()
	with open(file, "w", encoding="utf-8") as f:
		f.write(was + f'route "/module" {{ module = "{fifo}" }}\n')
	over_unix = ["--unix-socket", path]
	waiting = []
	for n in (1, 2):
		waiting.append(subprocess.Popen(["curl", "-sS", "-w", "%{http_code}", "-X", "POST", *over_unix,
			"http://t/reload"], stdout=subprocess.PIPE, text=True))
		until(lambda n=n: server.stderr().count("asked for by") == n, f"{n} reloads wait")
		for _ in range(20):
			expect("health meanwhile", curl("http://t/health", *over_unix), (200, "alive\n"))
			expect("status meanwhile", counted(path)["generation"], 1)
			expect("metrics meanwhile", curl("http://t/metrics", *over_unix)[0], 200)
	# One after the other; or both, when the second opens it just then.
	until(lambda: opened(fifo) and False or all(curled.poll() is not None for curled in waiting),
		"both are answered")
	for curled in waiting:
		said = curled.communicate(timeout=WAIT_S)[0]
		if not said.endswith("409") or fifo not in said:
			raise Failure(f"of the reload: {said}")
	with open(file, "w", encoding="utf-8") as f:
		f.write(was)
	expect("reload", curl("http://t/reload", "-X", "POST", *over_unix), (200, "reloaded\n"))


def other_user(path):
	if os.geteuid() != 0:
		return
	for name, mode in ((os.path.dirname(path), 0o755), (path, 0o666)):
		os.chmod(name, mode)
	expect("another user", curl("http://t/health", "--unix-socket", path, user=NOBODY)[0], 403)
	expect("another user", curl("http://t/drain", "-X", "POST", "--unix-socket", path, user=NOBODY)[0], 403)


def test():
	with Server() as server:
		path = os.path.join(server.tmp, "control")
		server.configured(CONF.format(path=path, tmp=server.tmp))
		reload_waits(server, path)
		server.signal()
		expect("it ends", server.process.wait(WAIT_S), 0)
	with Server({"f.txt": b"hello\n"}) as server:
		path = os.path.join(server.tmp, "control")
		server.start("--control", "unix:" + path, "--control", "127.0.0.1:0")
		expect("the socket's mode", stat.S_IMODE(os.stat(path).st_mode), 0o600)
		over_unix = ["--unix-socket", path]
		status = counted(path)
		expect("pid", status["pid"], server.process.pid)
		expect("closed so far", status["counted"]["connections_closed"], 0)
		tcp = status["control"][1].rstrip("/")
		reads("http://t", over_unix)
		reads(tcp, [])
		page("http://t", over_unix)
		page(tcp, [])
		for change in ("/drain", "/stop"):
			expect(f"{change} over TCP", curl(tcp + change, "-X", "POST")[0], 403)
		expect("a client", curl(f"http://127.0.0.1:{server.port}/f.txt", "--http1.0"), (200, "hello\n"))
		until(lambda: counted(path)["closed"]["answered"] == 1, "the close is counted")
		expect("exchanges", counted(path)["counted"]["exchanges"], 1)
		other_user(path)
		expect("ready", curl("http://t/ready", *over_unix)[0], 200)
		expect("drain", curl("http://t/drain", "-X", "POST", *over_unix), (202, "draining\n"))
		expect("it ends", server.process.wait(WAIT_S), 0)
		expect("the socket is gone", os.path.exists(path), False)


if subprocess.run(["sh", "-c", "command -v curl"], stdout=subprocess.DEVNULL, check=False).returncode:
	print("skipped: there is no curl")
	sys.exit(SKIPPED)
sys.exit(main(test))
