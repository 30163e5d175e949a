#!/usr/bin/env python3
"""promtool - programs of others read what replyd says, and have nothing to say of it.

promtool reads /metrics and its own files in contrib, whose rules ask for nothing
that is not there; the strict parser of Python's client library reads the
OpenMetrics text, and finds the same families.
"""

import os
import re
import shutil
import subprocess
import sys

from exposition import families
from served import SKIPPED, WAIT_S, Client, Failure, Server, main, until

CONTRIB = os.path.join(os.environ["top_srcdir"], "contrib")
RULES = os.path.join(CONTRIB, "prometheus.rules.yml")
CONF = """
control {{ listen = "unix:{path}" }}
listen "127.0.0.1:0" {{ }}
route "/a\\"b\\\\c\u00e9" {{ text = "t" }}
"""


def skip(why):
	print(f"skipped: {why}")
	sys.exit(SKIPPED)


if not shutil.which("promtool"):
	skip("there is no promtool")
sys.path.append("/usr/lib/python3/dist-packages")	# Debian's, whichever python3 this is
try:
	from prometheus_client.openmetrics.parser import text_string_to_metric_families as parsed
except ImportError:
	skip("there is no python3-prometheus-client")


def promtool(*arguments, text=None):
	"""What it says."""
	done = subprocess.run(["promtool", *arguments], input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
		text=True, timeout=WAIT_S, check=False)
	if done.returncode:
		raise Failure(f"promtool {' '.join(arguments)}: {done.stdout}")
	return done.stdout


def metrics(path, accept):
	client = Client(None, unix=True, address=path)
	client.send(b"GET /metrics HTTP/1.1\r\nHost: t\r\nAccept: %s\r\nConnection: close\r\n\r\n" % accept)
	text = client.take().body.decode("utf-8")
	client.close()
	return text


def rules(there):
	"""Each name that the rules ask for is there."""
	promtool("check", "rules", RULES)
	promtool("check", "config", "--syntax-only", os.path.join(CONTRIB, "prometheus.yml"))
	with open(RULES, encoding="utf-8") as file:
		asked = set(re.findall(r"\breplyd_[a-z_]+", file.read()))
	if not asked or asked - there:
		raise Failure(f"not there: {asked - there}, of {asked}")


def test():
	with Server() as server:
		path = os.path.join(server.tmp, "control")
		server.configured(CONF.format(path=path))
		for name, status in ((b"/a%22b%5Cc%C3%A9", 200), (b"/", 404)):
			client = Client(server)
			client.send(b"GET %s HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n" % name)
			if client.take().status != status:
				raise Failure(f"not {status}: {name}")
			client.close()
		until(lambda: metrics(path, b"*/*").count("replyd_route_exchanges_total{") == 2, "both are counted")
		text = metrics(path, b"*/*")
		said = promtool("check", "metrics", text=text)
		if said:
			raise Failure(f"promtool says: {said}")
		rules({name for name, _ in families(text, False)[0]})
		found = [family.name for family in parsed(metrics(path, b"application/openmetrics-text"))]
		if sorted(found) != sorted(name.removesuffix("_total") for name in families(text, False)[1]):
			raise Failure(f"in OpenMetrics: {found}")
		server.signal()
		server.process.wait(WAIT_S)


sys.exit(main(test))
