#!/usr/bin/env python3
"""metrics - what /metrics says of routes and of configurations is what was done, and its page says all of it.

Each exchange is in the numbers of its route, whatever the route's name is. A
reload that fails is seen, and so is the next that does not. Who waits in the
kernel while the server has as many as it may is in its queue. However many routes
there are, there are no more series than the page says. The families in
replyd(8) are those that there are.
"""

import json
import os
import re
import resource
import sys
import time

from exposition import expect, families
from served import WAIT_S, Client, Failure, Server, main, until

CONF = """
control {{ listen = "unix:{path}" }}
listen "127.0.0.1:0" {{ }}
queue {{ shed = no }}
route "/hello" {{ text = "hello" }}
route "/a\\"b\\\\cd\u00e9" {{ text = "odd" }}
{more}
"""
ODD = '{route="/a\\"b\\\\cd%C3%A9",status="200"}'
ASKED = 5
ROUTES, MOST = 300, 256
BUCKETS = 16
DESCRIPTORS, HELD = 160, 7


def looked(path, at):
	client = Client(None, unix=True, address=path)
	client.send(b"GET %s HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n" % at)
	body = client.take().body
	client.close()
	return body


def metrics(path):
	"""Samples, and families."""
	return families(looked(path, b"/metrics").decode("ascii"), False)


def ask(server, path, status=200):
	client = Client(server)
	client.send(b"GET %s HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n" % path.encode("latin-1"))
	expect(path, client.take().status, status)
	client.close()


def reload(path, status):
	client = Client(None, unix=True, address=path)
	client.send(b"POST /reload HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
	expect("reload", client.take().status, status)
	client.close()


def routes(server, path):
	"""What was asked is counted once its reply is with the kernel."""
	for _ in range(ASKED):
		ask(server, "/hello")
	ask(server, "/a%22b%5Ccd%C3%A9")
	ask(server, "/nothing", 404)
	until(lambda: sum(value for (name, _), value in metrics(path)[0].items()
		if name == "replyd_route_exchanges_total") == ASKED + 2, "all are counted")
	got = metrics(path)[0]
	expect("of /hello", got["replyd_route_exchanges_total", '{route="/hello",status="200"}'], ASKED)
	expect("of the odd one", got["replyd_route_exchanges_total", ODD], 1)
	names = [route["route"] for route in json.loads(looked(path, b"/status"))["routes"]]
	expect("names in /status", sorted(names), ["", '/a"b\\cd\u00e9', "/hello"])
	expect("of none", got["replyd_route_exchanges_total", '{route="(none)",status="404"}'], 1)
	for stage in ("perform", "total"):
		labels = f'{{route="/hello",stage="{stage}"}}'
		expect(stage, got["replyd_route_duration_seconds_count", labels], ASKED)
		if not 0 < got["replyd_route_duration_seconds_sum", labels] < 60 * ASKED and stage == "total":
			raise Failure(f"{stage}: {got['replyd_route_duration_seconds_sum', labels]} s")
	for stage in ("kernel", "queue", "read", "perform", "send", "total"):
		expect(stage, got["replyd_stage_duration_seconds_count", f'{{stage="{stage}"}}'], ASKED + 2)
	for way in ("received", "sent"):
		if got[f"replyd_route_{way}_bytes_total", '{route="/hello"}'] < ASKED * len("hello"):
			raise Failure(f"{way}: {got}")


def asks_when(server, path):
	"""When a request arrived the kernel is asked of one in 8 of a connection, and of each while one is traced."""
	def kept(n, most):
		before = counts()
		client = Client(server)
		for _ in range(n):
			client.send(b"GET /hello HTTP/1.1\r\nHost: t\r\n\r\n")
			expect("status", client.take().status, 200)
		client.close()
		until(lambda: counts()[1] == before[1] + n, "all are counted")
		expect("the kernel was asked", counts()[0] - before[0], most)

	def counts():
		got = metrics(path)[0]
		return [got["replyd_stage_duration_seconds_count", f'{{stage="{stage}"}}'] for stage in ("kernel", "total")]

	kept(17, 3)
	tracer = Client(None, unix=True, address=path)
	tracer.send(b"GET /trace HTTP/1.1\r\nHost: t\r\n\r\n")
	if b"tracing" not in tracer.sock.recv(4096):
		raise Failure("the trace does not begin")
	kept(9, 9)
	tracer.close()


def configurations(server, path):
	"""Of two reloads the first fails."""
	def said():
		got = metrics(path)[0]
		return [got["replyd_config_" + name, None] for name in ("generation", "last_reload_successful",
			"last_reload_success_timestamp_seconds")]

	file = os.path.join(server.tmp, "replyd.conf")
	with open(file, encoding="utf-8") as f:
		was = f.read()
	first = said()
	expect("at first", first[:2], [1, 1])
	with open(file, "a", encoding="utf-8") as f:
		f.write("nonsense\n")
	reload(path, 409)
	expect("refused", said(), [1, 0, first[2]])
	with open(file, "w", encoding="utf-8") as f:
		f.write(was)
	reload(path, 200)
	now = said()
	expect("reloaded", now[:2], [2, 1])
	if not first[2] <= now[2] <= time.time() + 1:
		raise Failure(f"reloaded at {now[2]}, opened at {first[2]}")


def page(path):
	"""The manual page has each family, and no other."""
	with open(os.path.join(os.environ["top_srcdir"], "doc", "replyd.8"), encoding="utf-8") as file:
		section = re.search(r"^\.Sh METRICS$(.*?)^\.Sh ", file.read(), re.MULTILINE | re.DOTALL)[1]
	items = re.findall(r"^\.It Li (\S+)$", section, re.MULTILINE)
	expect("families in replyd(8)", sorted(items), sorted(metrics(path)[1]))


def backlog():
	"""The server has as many connections as it may; the kernel holds those that come then."""
	resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))
	with Server() as server:
		path = os.path.join(server.tmp, "control")
		server.configured(CONF.format(path=path, more=""))
		got = metrics(path)[0]
		listener = f'{{group="clients",listener="http://127.0.0.1:{server.port}/"}}'
		with open("/proc/sys/net/core/somaxconn", encoding="ascii") as file:
			expect("the limit", got["replyd_accept_queue_limit", listener], min(4096, int(file.read())))
		expect("nobody", got["replyd_accept_queue_length", listener], 0)
		for name in ("overflows", "drops"):
			if not got[f"replyd_host_listen_{name}_total", None] >= 0:
				raise Failure(f"{name}: {got}")
		clients = []
		for _ in range(int(got["replyd_connections_limit", '{group="clients"}']) + HELD):
			clients.append(Client(server))
			clients[-1].send(b"GET")		# the kernel may hold back who says nothing
		until(lambda: metrics(path)[0]["replyd_accept_queue_length", listener] == HELD, "they wait in the kernel")
		for client in clients:
			client.close()
		until(lambda: metrics(path)[0]["replyd_accept_queue_length", listener] == 0, "it is empty again")
		server.signal()
		server.process.wait(WAIT_S)


def bounded():
	with Server() as server:
		path = os.path.join(server.tmp, "control")
		more = "\n".join(f'route "/r{n}" {{ text = "t" }}' for n in range(ROUTES))
		server.configured(CONF.format(path=path, more=more))
		client = Client(server)
		for n in range(ROUTES):
			client.send(b"GET /r%d HTTP/1.1\r\nHost: t\r\n\r\n" % n)
			expect("status", client.take().status, 200)
		client.close()
		other = "replyd_route_exchanges_total", '{route="(other)",status="200"}'
		until(lambda: metrics(path)[0].get(other) == ROUTES + 4 - MOST, "all are counted")
		by_route = [name for name, labels in metrics(path)[0] if labels and "route=" in labels]
		expect("series of durations", by_route.count("replyd_route_duration_seconds_bucket"),
			(MOST - 3) * 2 * (BUCKETS + 1))
		server.stop()


def test():
	with Server() as server:
		path = os.path.join(server.tmp, "control")
		server.configured(CONF.format(path=path, more=""))
		routes(server, path)
		asks_when(server, path)
		configurations(server, path)
		page(path)
		server.signal()
		expect("it ends", server.process.wait(WAIT_S), 0)
	bounded()
	backlog()


sys.exit(main(test))
