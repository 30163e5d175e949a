#!/usr/bin/env python3
"""cluster - three replyd behind a real HAProxy lose nothing that need not be lost.

Three network namespaces with a replyd in each hang on a bridge in a fourth, where
HAProxy runs with examples/cluster/haproxy.cfg as it stands: PROXY protocol, health
checks, agent checks. Under the load of replyc load

  the client's own address is what a program behind all this sees;
  one is killed: what fails was in flight on it, and the others have all the rest;
  it comes back, and is given requests again;
  one is drained while a request is performed: its agent says so, nothing fails;
  one becomes slow: its weight falls, and with it its share; nothing fails;
  it recovers, and its weight is the full one again.

The namespaces, and all that runs in them, end with this process.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading

from served import SKIPPED, WAIT_S, Failure, main, until

CONF = """
listen "*:8080" {{ proxy = {{"10.77.0.1"}} }}
control {{ listen = {{"unix:{dir}/control.sock"}} agent = {{"*:8081"}} }}
workers {{ max = 4 }}
route "/ready" {{ health = yes }}
route "/" {{ program = {{"{tmp}/answer", "{dir}", "{name}"}} }}
"""
ANSWER = """#!/bin/sh
printf 'Content-Type: text/plain\\n\\n'
read -r delay <"$1/delay"
case $PATH_INFO in /long) : >"$1/begun"; until test -e "$1/go"; do sleep 0.02; done;; esac
test "$delay" = 0 || sleep "$delay"
echo "$2 $REMOTE_ADDR"
"""
ADMIN = "global\n\tstats socket {tmp}/admin.sock mode 600\n"
NAMES = ("one", "two", "three")
RATE = 30
CONNECTIONS = 64


def tool(name):
	return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def needs():
	"""In a network namespace of its own; or skipped."""
	missing = [name for name in ("haproxy", "ip", "unshare", "nsenter") if not tool(name)]
	if missing:
		print(f"skipped: {' and '.join(missing)} not installed")
		sys.exit(SKIPPED)
	if "RD_CLUSTER" in os.environ:
		return
	tried = subprocess.run(["unshare", "--net", tool("ip"), "link", "add", "rd0", "type", "veth", "peer", "name",
		"rd1"], capture_output=True, check=False)
	if os.getuid() != 0 or tried.returncode != 0:
		print("skipped: needs to be root, and to make network namespaces")
		sys.exit(SKIPPED)
	os.environ["RD_CLUSTER"] = "1"
	os.execvp("unshare", ["unshare", "--net", sys.executable, *sys.argv])


def ip(*words, within=None):
	argv = (["nsenter", f"--net=/proc/{within}/ns/net"] if within else []) + [tool("ip"), *words]
	subprocess.run(argv, check=True, stdin=subprocess.DEVNULL)


class Node:
	"""A namespace, and the replyd in it."""

	def __init__(self, cluster, name, address):
		self.cluster, self.name, self.process = cluster, name, None
		self.dir = os.path.join(cluster.tmp, name)
		os.mkdir(self.dir)
		os.chmod(self.dir, 0o777)
		self.set_delay(0)
		self.write("replyd.conf", CONF.format(dir=self.dir, tmp=cluster.tmp, name=name))
		self.holder = subprocess.Popen(["unshare", "--net", "sh", "-c", "echo; exec cat"],
			stdin=subprocess.PIPE, stdout=subprocess.PIPE)
		self.holder.stdout.read(1)
		pid = self.holder.pid
		ip("link", "add", "rd-" + name, "type", "veth", "peer", "name", "eth0", "netns", str(pid))
		ip("link", "set", "rd-" + name, "master", "rd-bridge", "up")
		ip("link", "set", "lo", "up", within=pid)
		ip("address", "add", address + "/24", "dev", "eth0", within=pid)
		ip("link", "set", "eth0", "up", within=pid)
		self.start()

	def write(self, name, text):
		with open(os.path.join(self.dir, "next"), "w", encoding="utf-8") as file:
			file.write(text)
		os.rename(file.name, os.path.join(self.dir, name))

	def set_delay(self, seconds):
		self.write("delay", f"{seconds}\n")

	def start(self):
		path = os.path.join(self.dir, "out")
		with open(path, "wb") as out, open(os.path.join(self.dir, "err"), "ab") as err:
			self.process = subprocess.Popen(["nsenter", f"--net=/proc/{self.holder.pid}/ns/net",
				os.environ["REPLYD"], *os.environ["REPLYD_AS"].split(), "--config",
				os.path.join(self.dir, "replyd.conf")],
				stdin=subprocess.DEVNULL, stdout=out, stderr=err)

		def ready():
			with open(path, encoding="utf-8") as file:
				return "ready on" in file.read() or self.process.poll() is not None

		until(ready, f"the ready line of {self.name}")
		if self.process.poll() is not None:
			raise Failure(f"{self.name} ended: {self.stderr()}")

	def stderr(self):
		with open(os.path.join(self.dir, "err"), encoding="utf-8", errors="replace") as file:
			return file.read()

	def end(self, sig):
		self.process.send_signal(sig)
		return self.process.wait(WAIT_S)

	def close(self):
		if self.process and self.process.poll() is None:
			self.end(signal.SIGKILL)
		self.holder.stdin.close()
		self.holder.wait()


class Cluster:
	def __init__(self):
		self.tmp = tempfile.mkdtemp(prefix="replyd-")
		os.chmod(self.tmp, 0o755)
		self.nodes, self.haproxy = {}, None

	def __enter__(self):
		return self

	def __exit__(self, *_):
		if self.haproxy:
			self.haproxy.kill()
			self.haproxy.wait()
		for node in self.nodes.values():
			node.close()
		shutil.rmtree(self.tmp)

	def start(self):
		with open(os.path.join(self.tmp, "answer"), "w", encoding="ascii") as file:
			file.write(ANSWER)
		os.chmod(file.name, 0o755)
		ip("link", "set", "lo", "up")
		ip("link", "add", "rd-bridge", "type", "bridge")
		ip("address", "add", "10.77.0.1/24", "dev", "rd-bridge")
		ip("link", "set", "rd-bridge", "up")
		for i, name in enumerate(NAMES):
			self.nodes[name] = Node(self, name, f"10.77.0.{11 + i}")
		admin = os.path.join(self.tmp, "admin.cfg")
		with open(admin, "w", encoding="ascii") as file:
			file.write(ADMIN.format(tmp=self.tmp))
		example = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../examples/cluster/haproxy.cfg")
		with open(os.path.join(self.tmp, "haproxy.log"), "wb") as log:
			self.haproxy = subprocess.Popen([tool("haproxy"), "-db", "-f", example, "-f", admin],
				stdin=subprocess.DEVNULL, stdout=log, stderr=log)
		until(lambda: os.path.exists(os.path.join(self.tmp, "admin.sock")) or self.haproxy.poll() is not None,
			"HAProxy's socket")
		if self.haproxy.poll() is not None:
			with open(log.name, encoding="utf-8", errors="replace") as file:
				raise Failure(f"HAProxy ended: {file.read()}")

	def stat(self):
		"""What HAProxy says of each server."""
		with socket.socket(socket.AF_UNIX) as sock:
			sock.connect(os.path.join(self.tmp, "admin.sock"))
			sock.sendall(b"show stat\n")
			text = b"".join(iter(lambda: sock.recv(65536), b"")).decode()
		lines = [line.split(",") for line in text.splitlines() if line]
		rows = [dict(zip(lines[0], line)) for line in lines[1:]]
		return {row["svname"]: row for row in rows if row["svname"] in NAMES}

	def summary(self):
		return ", ".join(f"{name} {row['status']} {row['weight']} {row['stot']}" for name, row in self.stat().items())

	def until_full(self, name):
		"""It is up, and gets all that it can get."""
		def full():
			row = self.stat()[name]
			return row["status"] == "UP" and row["weight"] == "100" and row["agent_status"] == "L7OK"
		try:
			until(full, f"{name} is up, with its whole weight")
		except Failure as failure:
			raise Failure(f"{failure}: {self.stat()[name]}") from None

	def ask(self, path="/"):
		"""The words of a reply, from which client it came, and from whom."""
		with socket.create_connection(("127.0.0.1", 8080), WAIT_S) as sock:
			sock.sendall(f"GET {path} HTTP/1.0\r\nHost: t\r\n\r\n".encode())
			text = b"".join(iter(lambda: sock.recv(65536), b"")).decode()
		if not text.startswith("HTTP/1.1 200") and not text.startswith("HTTP/1.0 200"):
			raise Failure(f"{path}: {text[:200]}")
		return text.split("\r\n\r\n")[1].split()


class Load:
	"""replyc load, and how many requests each server was given meanwhile."""

	def __init__(self, cluster, seconds):
		self.cluster, self.before = cluster, cluster.stat()
		self.process = subprocess.Popen([os.environ["REPLYC"], "load", "--json", "--rate", str(RATE), "--connections",
			str(CONNECTIONS), "--close", "--duration", f"{seconds}s", "http://127.0.0.1:8080/"],
			stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

	def until_shared(self):
		"""All that are up have been given some."""
		def shared():
			now = self.cluster.stat()
			return all(int(now[name]["stot"]) > int(self.before[name]["stot"]) for name in NAMES)
		until(shared, "each server was given a request")

	def end(self, may_fail=0):
		"""Each server's share."""
		out, _ = self.process.communicate(timeout=WAIT_S)
		said = json.loads(out)
		requests, after = said["requests"], self.cluster.stat()
		lost = requests["due"] - requests["good"]
		if lost > may_fail or requests["good"] == 0:
			raise Failure(f"{lost} of {requests['due']} were lost: {said['status']} {said['failures']}")
		given = {name: int(after[name]["stot"]) - int(self.before[name]["stot"]) for name in NAMES}
		return {name: n / max(1, sum(given.values())) for name, n in given.items()}


def killed(cluster):
	one = cluster.nodes["one"]
	load = Load(cluster, 5)
	load.until_shared()
	one.end(signal.SIGKILL)
	load.end(may_fail=CONNECTIONS)			# at most all that were in flight
	until(lambda: cluster.stat()["one"]["status"].startswith("DOWN"), "one is seen to be down")
	share = Load(cluster, 2).end()
	if share["one"] != 0:
		raise Failure(f"the killed one was given {share['one']:.0%}")
	one.start()
	cluster.until_full("one")
	if Load(cluster, 3).end()["one"] == 0:
		raise Failure("the one that came back is given nothing")


def drained(cluster):
	two, said = cluster.nodes["two"], []
	load = Load(cluster, 5)
	load.until_shared()
	asking = [threading.Thread(target=lambda: said.append(cluster.ask("/long")[0]), daemon=True) for _ in range(6)]
	for thread in asking:
		thread.start()
	until(lambda: os.path.exists(os.path.join(two.dir, "begun")), "two performs a long request")
	two.process.send_signal(signal.SIGTERM)
	until(lambda: "DRAIN" in cluster.stat()["two"]["status"], "the balancer knows that two drains")
	for node in cluster.nodes.values():
		node.write("go", "")
	for thread in asking:
		thread.join(WAIT_S)
	if len(said) != len(asking) or "two" not in said:
		raise Failure(f"of {len(asking)} long requests these were answered: {said}")
	if two.process.wait(WAIT_S) != 0:
		raise Failure(f"two ended badly: {two.stderr()}")
	load.end()
	two.start()
	cluster.until_full("two")
	if Load(cluster, 2).end()["two"] == 0:
		raise Failure("the one that was drained is given nothing")


def slowed(cluster):
	three = cluster.nodes["three"]
	three.set_delay(1.5)
	load = Load(cluster, 8)
	until(lambda: int(cluster.stat()["three"]["weight"]) <= 40, "the slow one's weight falls")
	load.end()
	share = Load(cluster, 3).end()
	if share["three"] > 0.25 or share["three"] == 0:
		raise Failure(f"the slow one is given {share['three']:.0%}")
	three.set_delay(0)
	cluster.until_full("three")


def test():
	with Cluster() as cluster:
		cluster.start()
		for name in NAMES:
			cluster.until_full(name)
		name, client = cluster.ask()
		if name not in NAMES or client != "127.0.0.1":
			raise Failure(f"the client behind the balancer is {client}")
		for part in (killed, drained, slowed):
			part(cluster)
			print(f"{part.__name__}: {cluster.summary()}")


needs()
sys.exit(main(test))
