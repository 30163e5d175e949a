#!/usr/bin/env python3
"""sandbox - a module that tries what no server does is refused each time, and the server serves on.

Each attempt is refused by its part of the sandbox alone, and comes through where
that part is off, so that it is seen to be the sandbox that refuses. A reload that
needs more than the start named is refused in words, and the old one serves on.
"""

import os
import re
import socket
import subprocess
import sys

from served import AS, SKIPPED, WAIT_S, Client, Failure, Server, main, until

MODULE = os.path.join(os.environ["top_builddir"], "tests/system/.libs/intruder.so")
FILES, CALLS, MEMORY = "files", "calls", "memory"
CONF = """
sandbox {{ files = {files} calls = {calls} memory = {memory} {more} }}
listen "127.0.0.1:0" {{ }}
queue {{ shed = no }}
route "/" {{ files = "{dir}/www" }}
route "/in" {{ upload = "{dir}/up" delete = yes }}
route "/try" {{ module = "{module}" }}
route "/id" {{ program = {{ "{dir}/id" }} }}
{routes}
"""


def expect(what, got, wanted):
	if got != wanted:
		raise Failure(f"{what}: {got!r}, not {wanted!r}")


def skip_without():
	"""By what --test says of this system."""
	with Server() as server:
		done = subprocess.run([os.environ["REPLYD"], *AS, "--test", "--config", configure(server)],
			stdin=subprocess.DEVNULL, capture_output=True, timeout=WAIT_S, check=False, text=True)
		lacking = re.findall(r"^sandbox: (\w+ off: .*)$", done.stdout, re.MULTILINE)
		if lacking:
			expect("it cannot be required", required(server).returncode, 1)
			print(f"skipped: {lacking[0]}")
			sys.exit(SKIPPED)
		expect("--test", (done.returncode, done.stdout.split("\n")[1:]),
			(0, ["sandbox: files on", "sandbox: calls on", "sandbox: memory on", ""]))
		expect("it can be required", required(server).returncode, 0)


def required(server):
	return subprocess.run([os.environ["REPLYD"], *AS, "--test", "--config",
		configure(server, files="require", calls="require", memory="require")],
		stdin=subprocess.DEVNULL, capture_output=True, timeout=WAIT_S, check=False)


def configure(server, routes="", more="", **parts):
	words = {FILES: "on", CALLS: "on", MEMORY: "on", **parts}
	for name in ("up", "other"):
		os.makedirs(os.path.join(server.tmp, name), exist_ok=True)
	program = os.path.join(server.tmp, "id")
	with open(program, "w", encoding="ascii") as file:
		file.write("#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\n'; id -u\n")
	os.chmod(program, 0o755)
	path = os.path.join(server.tmp, "replyd.conf")
	with open(path, "w", encoding="utf-8") as file:
		file.write(CONF.format(dir=server.tmp, module=MODULE, routes=routes, more=more, **words))
	return path


def ask(server, path, method="GET", body=b""):
	client = Client(server)
	client.send(b"%s %s HTTP/1.1\r\nHost: t\r\nContent-Length: %d\r\n\r\n" % (method.encode(), path.encode(), len(body)) + body)
	got = client.take()
	client.close()
	return got.status, bytes(got.body).decode()


def attempt(server, name, word=""):
	status, text = ask(server, f"/try?try={name}&with={word}")
	if status != 200:
		raise Failure(f"{name}: {status}")
	return text.strip()


def attempts(server, port):
	"""What is tried, with what, the part that refuses it and how."""
	return (
		("read", "/etc/shadow", FILES, "EACCES"),
		("read", server.tmp + "/../", FILES, "EACCES"),
		("write", server.root + "/new", FILES, "EACCES"),
		("write", "/etc/new", FILES, "EACCES"),
		("exec", "/bin/sh", CALLS, "EPERM"),
		("spawn", "/bin/true", CALLS, "EPERM"),
		("fork", "", CALLS, "EPERM"),
		("connect", port, CALLS, "EPERM"),
		("fastopen", port, CALLS, "EPERM"),
		("datagram", port, CALLS, "EPERM"),
		("root", "", CALLS, "EPERM"),
		("trace", "", CALLS, "EPERM"),
		("mmap", "", MEMORY, "EPERM"),
		("mprotect", "", MEMORY, "EPERM"),
	)


def works(server):
	"""All that it serves, it serves in the sandbox as well."""
	expect("a file", ask(server, "/f"), (200, "a file\n"))
	expect("an upload", ask(server, "/in/new", "PUT", b"n" * 100000)[0], 201)
	expect("the same again", ask(server, "/in/new", "PUT", b"n")[0], 204)
	expect("what was uploaded", ask(server, "/in/new"), (200, "n"))
	expect("removed", ask(server, "/in/new", "DELETE")[0], 204)
	expect("a program", ask(server, "/id"), (200, f"{os.geteuid()}\n"))


def all_refused(port):
	with Server({"f": b"a file\n"}) as server:
		server.start(config=configure(server))
		for _ in range(2):
			for name, word, _, error in attempts(server, port):
				expect(f"{name} {word}", attempt(server, name, word), error)
			works(server)
		server.stop()


def by_its_part(port, off):
	"""Without one part, what it refuses comes through, unless another refuses it as well."""
	harmful = ("exec", "trace", "write")	# the end of the server, of this test; a file in /etc
	with Server({"f": b"a file\n"}) as server:
		server.start(config=configure(server, **{off: "off"}))
		for name, word, part, error in attempts(server, port):
			if part != off:
				expect(f"{name} {word}, {off} off", attempt(server, name, word), error)
			elif name in ("spawn", "connect", "fastopen"):	# the part for files says so, too
				got = attempt(server, name, word)
				if got != "EACCES" and (name == "spawn" or got != "done"):	# newer kernels do
					raise Failure(f"{name}: {got}")
			elif name not in harmful and (os.geteuid() == 0 or name not in ("read", "root")):
				expect(f"{name} {word}, {off} off", attempt(server, name, word), "done")
		works(server)
		server.stop()


def more_paths():
	"""What is named besides may be read, or written."""
	with Server({"f": b"a file\n"}) as server:
		other = os.path.join(server.tmp, "other")
		server.start(config=configure(server, more=f'write = {{ "{other}" }}'))
		expect("a directory that is named", attempt(server, "write", other + "/new"), "done")
		expect("one that is not", attempt(server, "write", server.root + "/new"), "EACCES")
		server.stop()


def reload(server, routes, says):
	before = len(server.stderr())
	configure(server, routes)
	server.process.send_signal(1)
	until(lambda: re.search(r"reloaded.*\n", server.stderr()[before:]), "the reload")
	if not re.search(says, server.stderr()[before:]):
		raise Failure(f"not {says}: {server.stderr()[before:]}")


def reloads():
	"""More than the start named needs a new start; less, or the same, does not."""
	with Server({"f": b"a file\n"}) as server, Server() as elsewhere:
		server.start(config=configure(server))
		reload(server, f'route "/x" {{ files = "{elsewhere.root}" }}',
			r'not reloaded: .*route "/x": files: .* is outside of the sandbox of files')
		reload(server, f'route "/x" {{ upload = "{server.root}" }}',
			r'not reloaded: .*route "/x": upload: .* is outside of the sandbox of files')
		reload(server, 'route "/x" { program = { "/bin/ls" } }',
			r'not reloaded: .*route "/x": program: /bin/ls: it was not there.*needs a new start')
		reload(server, 'route "/x" { fastcgi = "127.0.0.1:9" }',
			r'not reloaded: .*route "/x": fastcgi: the sandbox has no connections')
		works_still = ask(server, "/id")
		expect("the old one", works_still, (200, f"{os.geteuid()}\n"))
		reload(server, f'route "/x" {{ files = "{server.root}" }}', r": reloaded, generation 2")
		expect("the new one", ask(server, "/x/f"), (200, "a file\n"))
		expect("a module, anew", attempt(server, "mmap"), "EPERM")
		server.signal()
		expect("its end", server.process.wait(WAIT_S), 0)


def connects(port):
	"""To application servers, where there are any."""
	with Server({"f": b"a file\n"}) as server:
		server.start(config=configure(server, f'route "/app" {{ fastcgi = "127.0.0.1:{port}" }}'))
		expect("connect", attempt(server, "connect", port), "done")
		expect("fastopen", attempt(server, "fastopen", port), "EPERM")
		expect("exec", attempt(server, "exec", "/bin/sh"), "EPERM")
		server.stop()


def test():
	skip_without()
	with socket.create_server(("127.0.0.1", 0)) as listener:
		port = listener.getsockname()[1]
		all_refused(port)
		for part in (FILES, CALLS, MEMORY):
			by_its_part(port, part)
		connects(port)
	more_paths()
	reloads()


sys.exit(main(test))
