#!/usr/bin/env python3
"""privileges - started as root: it has to be told whom it becomes, and is that one for good.

It binds a low port and reads its files' directory as root, and serves as someone
else who could do neither; of all capabilities it has the one that a reload may
need, and with it a reload binds another low port. Its Unix sockets are its own.
Programs are started as it; another user for them is refused.
"""

import os
import pwd
import re
import socket
import stat
import subprocess
import sys

from served import AS, SKIPPED, WAIT_S, Client, Failure, Server, main, until

WHO = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
HOST = "127.0.0.87"			# no other test binds low ports there
BIND_LOW = 1 << 10
CONF = """
process {{ user = "nobody" {more} }}
listen "127.0.0.1:0" {{ }} queue {{ shed = no }}
{listen}
control {{ listen = {{ "unix:{dir}/control" }} }}
route "/" {{ files = "{dir}/www" }}
route "/id" {{ program = {{ "{dir}/id" }} {user} }}
"""


def said(*options):
	"""What it says, and its exit status."""
	done = subprocess.run([os.environ["REPLYD"], *options], stdin=subprocess.DEVNULL,
		capture_output=True, timeout=WAIT_S, check=False, text=True)
	return done.returncode, done.stderr


def expect(what, got, wanted):
	if got != wanted:
		raise Failure(f"{what}: {got!r}, not {wanted!r}")


def matches(what, got, wanted):
	if not re.search(wanted, got):
		raise Failure(f"{what}: {got!r}, not {wanted!r}")


def status(server):
	"""What the kernel says of it."""
	with open(f"/proc/{server.process.pid}/status", encoding="utf-8") as file:
		return dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)


def is_who(server, kept):
	"""Not root in any of its ids, and with no capability but `kept`; in no thread."""
	now = status(server)
	expect("user", now["Uid"].split(), [str(WHO.pw_uid)] * 4)
	expect("group", now["Gid"].split(), [str(WHO.pw_gid)] * 4)
	expect("groups", now["Groups"].split(), [str(WHO.pw_gid)])
	for name, wanted in ("CapPrm", kept), ("CapEff", kept), ("CapBnd", kept), ("CapInh", 0), ("CapAmb", 0):
		expect(name, int(now[name], 16), wanted)
	expect("no_new_privs", now["NoNewPrivs"], "1")
	for task in os.listdir(f"/proc/{server.process.pid}/task"):
		with open(f"/proc/{server.process.pid}/task/{task}/status", encoding="utf-8") as file:
			if "\nUid:\t" + "\t".join([str(WHO.pw_uid)] * 4) + "\n" not in file.read():
				raise Failure(f"the thread {task} is another user")


def low_port():
	"""One below 1024 that is free."""
	for port in range(700, 1024):
		with socket.socket() as sock:
			try:
				sock.bind((HOST, port))
			except OSError:
				continue
			return port
	raise Failure("no free port below 1024")


def get(server, path, address=None):
	client = Client(server, address=address)
	client.send(b"GET %s HTTP/1.1\r\nHost: t\r\n\r\n" % path.encode())
	got = client.take()
	client.close()
	return got.status, bytes(got.body)


def configure(server, **words):
	text = CONF.format(dir=server.tmp, **{"more": "", "listen": "", "user": "", **words})
	path = os.path.join(server.tmp, "replyd.conf")
	with open(path, "w", encoding="utf-8") as file:
		file.write(text)
	return path


def untold():
	"""As root, and nobody is named."""
	exit_status, text = said("--listen", "127.0.0.1:0", "/")
	expect("untold", exit_status, 1)
	matches("untold", text, r"\Areplyd: it does not serve as root unless it is told to: .*--user .*process\.user")


def wrong(server):
	for options, text in ((("--user", "no-such-user"), "--user: no-such-user: no such user"),
			(("--user", "nobody", "--group", "no-such-group"), "--user: no-such-group: no such group"),
			(("--group", "root"), "--group: root: a group goes with a user")):
		exit_status, told = said(*options, "--listen", "127.0.0.1:0", "/")
		expect(options, (exit_status, told), (1, f"replyd: {text}\n"))
	path = configure(server, user='user = "daemon"')
	exit_status, told = said("--test", "--config", path)
	expect("a program's user", exit_status, 1)
	matches("a program's user", told, r'replyd\.conf:7: route "/id": user: the server becomes nobody, and so do its')
	exit_status, told = said("--test", "--config", path, "--user", "root")
	expect("where it stays root", (exit_status, told), (0, ""))


def by_option():
	"""Without a configuration there is no reload, and nothing is kept for one."""
	with Server({"f": b"a file\n"}) as server:
		server.start("--list", who=["--user", "nobody"])
		is_who(server, 0)
		expect("a file", get(server, "/f"), (200, b"a file\n"))
		expect("its socket", os.stat(server.unix).st_uid, WHO.pw_uid)
		server.stop()


def by_file(server):
	port = low_port()
	server.start(config=configure(server, listen=f'listen "{HOST}:{port}" {{ }}'), who=[])
	is_who(server, BIND_LOW)
	expect("on a low port", get(server, "/f", (HOST, port)), (200, b"a file\n"))
	expect("a program", get(server, "/id"), (200, b"%d\n" % WHO.pw_uid))
	control = os.stat(os.path.join(server.tmp, "control"))
	expect("the control socket", (control.st_uid, stat.S_IMODE(control.st_mode)), (WHO.pw_uid, 0o600))

	port = low_port()
	configure(server, listen=f'listen "{HOST}:{port}" {{ }}', more='group = "root"')
	server.process.send_signal(1)
	until(lambda: "reloaded, generation 2" in server.stderr(), "the reload")
	expect("on another low port", get(server, "/f", (HOST, port)), (200, b"a file\n"))
	matches("a group is changed", server.stderr(), r"process\.group: changed; it needs a new start")
	is_who(server, BIND_LOW)
	server.signal()
	expect("its end", server.process.wait(WAIT_S), 0)


def test():
	if not AS:
		print("skipped: it is started as root here, which needs root")
		sys.exit(SKIPPED)
	untold()
	by_option()
	with Server({"f": b"a file\n"}) as server:
		os.chmod(server.tmp, 0o755)
		program = os.path.join(server.tmp, "id")
		with open(program, "w", encoding="ascii") as file:
			file.write("#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\n'; exec id -u\n")
		os.chmod(program, 0o755)
		wrong(server)
		by_file(server)


# What is no longer root's cannot be looked at by LeakSanitizer.
os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
sys.exit(main(test))
