#!/usr/bin/env python3
"""control - the control lane as its users have it: curl over the Unix socket, and TCP.

The socket is for its owner alone, and gone when the server is. Of two users only
root and the server's own are answered. Over TCP nothing can be changed. What
/metrics says is well formed: each family has its HELP and TYPE, once and before
its samples, each sample stands once, counters end in _total.
"""

import json
import os
import re
import stat
import subprocess
import sys

from served import SKIPPED, WAIT_S, Failure, Server, main, until

SAMPLE = re.compile(r'([a-z_]+)(\{[a-z]+="[^"\\]*"(?:,[a-z]+="[^"\\]*")*\})? ([0-9.e+-]+)\Z')
NOBODY = 65534


def curl(path, *options, user=None):
	"""Status and body."""
	done = subprocess.run(["curl", "-sS", "--max-time", str(WAIT_S), "-w", "%{http_code}", *options, path],
		capture_output=True, check=False, **({"user": user, "group": user} if user else {}))
	if done.returncode:
		raise Failure(f"curl {path}: {done.stderr.decode()}")
	text = done.stdout.decode()
	return int(text[-3:]), text[:-3]


def expect(what, got, wanted):
	if got != wanted:
		raise Failure(f"{what}: {got!r}, not {wanted!r}")


def families(text, opened):
	"""Holds the text format against its rules; the samples."""
	samples, types, family = {}, {}, None
	for line in text.splitlines():
		if line == "# EOF" and opened:
			continue
		if line.startswith("# HELP "):
			family = line.split(" ", 3)[2]
			expect(f"{family} is described once", family in types, False)
		elif line.startswith("# TYPE "):
			_, _, name, kind = line.split(" ")
			expect("TYPE follows HELP", name, family)
			types[family] = kind
		else:
			found = SAMPLE.match(line)
			if not found:
				raise Failure(f"no sample: {line}")
			name = found[1]
			expect("of its family", name, family + ("_total" if opened and types[family] == "counter" else ""))
			expect(f"{name} is a counter", name.endswith("_total"), types[family] == "counter")
			expect(f"{line} stands once", (name, found[2]) in samples, False)
			samples[name, found[2]] = float(found[3])
	return samples


def reads(where, options):
	expect("health", curl(where + "/health", *options), (200, "alive\n"))
	expect("ready", curl(where + "/ready", *options), (200, "serving\n"))
	got = families(curl(where + "/metrics", *options)[1], False)
	expect("ready in metrics", got["replyd_ready", None], 1)
	if got["process_open_fds", None] < 5 or got["process_resident_memory_bytes", None] < 100000:
		raise Failure(f"not of this process: {got}")
	opened = curl(where + "/metrics", "-H", "Accept: application/openmetrics-text", *options)[1]
	expect("the same in OpenMetrics", set(families(opened, True)), set(got))


def counted(path):
	"""What clients do is in the numbers."""
	return json.loads(curl("http://t/status", "--unix-socket", path)[1])


def other_user(path):
	if os.geteuid() != 0:
		return
	for name, mode in ((os.path.dirname(path), 0o755), (path, 0o666)):
		os.chmod(name, mode)
	expect("another user", curl("http://t/health", "--unix-socket", path, user=NOBODY)[0], 403)
	expect("another user", curl("http://t/drain", "-X", "POST", "--unix-socket", path, user=NOBODY)[0], 403)


def test():
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
