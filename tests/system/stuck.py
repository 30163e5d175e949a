#!/usr/bin/env python3
"""stuck - every worker is stuck in a handler, and the server goes on.

The clients of the late handlers read 504, others are served by new workers, by a
new configuration too; the control lane says how it stands, and the log where the
handlers are. When these return, what they say is dropped, there are as many
threads as before, and what they held of the old configuration is gone.
"""

import json
import os
import re
import signal
import sys

from served import WAIT_S, Client, Failure, Server, main, until

BUILT = os.path.join(os.environ["top_builddir"], "tests", "system", ".libs")
WORKERS = 2


def conf(server, kind):
	"""Of /m, with this module; nothing else has a time limit."""
	return f"""listen "127.0.0.1:0" {{ }}
control {{ listen = {{ "unix:{server.unix}" }} }}
workers {{ max = {WORKERS} min = {WORKERS} grace = 100ms stuck = 8 }}
route "/m" {{
	module = "{BUILT}/module_{kind}.so"
	settings = {{ "word={server.tmp}/there" }}
	time_limit = 100ms
}}
route "/plain" {{ text = "plain" }}
"""


def write(server, kind):
	with open(os.path.join(server.tmp, "replyd.conf"), "w", encoding="utf-8") as file:
		file.write(conf(server, kind))


def ask(client, path):
	client.send(f"GET {path} HTTP/1.1\r\nHost: t\r\n\r\n".encode())
	return client.take()


def expect(what, value, wanted):
	if value != wanted:
		raise Failure(f"{what}: {value!r}, expected {wanted!r}")


def control(server, path):
	client = Client(server, unix=True)
	try:
		return ask(client, path)
	finally:
		client.close()


def stuck(server):
	return json.loads(control(server, "/status").body)["workers"]["stuck"]


def threads(server):
	return len(os.listdir(f"/proc/{server.process.pid}/task"))


def generation(server):
	return json.loads(control(server, "/status").body)["generation"]


def loaded(server, name):
	"""Whether it is in memory: the copy that a module is loaded from has its name."""
	with open(f"/proc/{server.process.pid}/maps", encoding="utf-8") as file:
		return f"/memfd:{name} " in file.read()


def all_stuck(server):
	"""Each client of a late handler reads 504, as its last reply."""
	clients = [Client(server) for _ in range(WORKERS)]
	for client in clients:
		client.send(b"GET /m/stuck HTTP/1.1\r\nHost: t\r\n\r\n")
	for client in clients:
		got = client.take()
		expect("of a late handler", (got.status, got.field(b"Connection")), (504, b"close"))
		client.end()
		client.close()
	until(lambda: stuck(server) == WORKERS, "all are written off")


def meanwhile(server, plain):
	expect("another", ask(plain, "/plain").status, 200)
	expect("the module", ask(plain, "/m").body[:3], b"one")
	expect("health", control(server, "/health").body, b"alive\n")
	metrics = control(server, "/metrics").body.decode()
	for sample in (f'replyd_workers{{group="clients",state="stuck"}} {WORKERS}',
			f'replyd_exchanges_late_total{{group="clients"}} {WORKERS}'):
		if sample + "\n" not in metrics:
			raise Failure(f"{sample} is not in {metrics}")


def test():
	with Server() as server:
		server.configured(conf(server, "one"))
		plain = Client(server)
		expect("before", ask(plain, "/m").status, 200)
		before = threads(server)
		all_stuck(server)
		until(lambda: len(re.findall(r"module_one\.so.* stuck_until_there\n", server.stderr())) == WORKERS,
			"the stacks name the function")
		meanwhile(server, plain)
		write(server, "two")
		server.process.send_signal(signal.SIGHUP)
		until(lambda: generation(server) == 2, "the reload")
		expect("the new one", ask(plain, "/m").body[:3], b"two")
		expect("still stuck", stuck(server), WORKERS)
		expect("in memory", loaded(server, "module_one.so"), True)
		with open(os.path.join(server.tmp, "there"), "w", encoding="utf-8"):
			pass
		until(lambda: stuck(server) == 0, "they return")
		expect("afterwards", ask(plain, "/m/stuck").body, b"there\n")
		until(lambda: threads(server) == before, "as many threads as before")
		until(lambda: not loaded(server, "module_one.so"), "the old one is let go")
		plain.close()
		server.signal()
		expect("exit status", server.process.wait(WAIT_S), 0)
		server.unharmed()


if __name__ == "__main__":
	sys.exit(main(test))
