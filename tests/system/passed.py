#!/usr/bin/env python3
"""passed - sockets that another process opened, passed as systemd passes them (LISTEN_FDS).

One that listens is used where its address is named, or its name; one that nobody names is a
fault, and nothing is half started. A client's is gone on with. What is passed with the socket of a
Unix path is not removed.
"""

import os
import re
import signal
import socket
import subprocess
import sys

from passing import REQUEST, Passing, asked, connected, listening
from served import WAIT_S, Failure, main, until


def by_address():
	with Passing({"f.txt": b"hi\n"}) as server, listening() as a, connected(a) as early:
		port = a.getsockname()[1]
		server.pass_(f'listen "127.0.0.1:{port}" {{ }}', (a, "any"))
		if f"ready on http://127.0.0.1:{port}/\n" not in server.ready():
			raise Failure(server.stdout())
		asked(early)				# was there before the server
		with connected(a) as late:
			asked(late)
		server.stop()
		with connected(a):			# the giver has it still: nobody is refused
			pass


def by_name():
	path = os.path.join(os.environ.get("TMPDIR", "/tmp"), f"replyd-passed-{os.getpid()}")
	with Passing({"f.txt": b"hi\n"}) as server, listening() as a, listening() as b, \
			listening(socket.AF_UNIX, path) as c:
		try:
			server.pass_('listen "systemd:two" { }\nlisten "systemd:one" { }',
				(a, "one"), (b, "two"), (c, "two"))
			ports = [s.getsockname()[1] for s in (b, a)]
			expected = f"http://127.0.0.1:{ports[0]}/ unix:{path} http://127.0.0.1:{ports[1]}/\n"
			if expected not in server.ready():
				raise Failure(f"{server.stdout()}, not {expected}")
			for s in a, b, c:
				with connected(s) as client:
					asked(client)
			reloads(server, a, b)
			server.signal()
			if server.process.wait(WAIT_S) != 0 or not os.path.exists(path):
				raise Failure(f"{server.process.returncode}: {server.stderr()}")
		finally:
			os.unlink(path)


def sharing(sockets):
	"""So many at one address, which the kernel shares the clients out to."""
	found = []
	for _ in range(sockets):
		s = socket.socket()
		s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
		s.bind(found[0].getsockname() if found else ("127.0.0.1", 0))
		s.listen(100)
		found.append(s)
	return found


def shared():
	"""More of one address than there are mains, and fewer: each is served."""
	for sockets in 3, 1:
		with Passing({"f.txt": b"hi\n"}) as server:
			found = sharing(sockets)
			early = [connected(found[0]) for _ in range(20)]
			url = f"http://127.0.0.1:{found[0].getsockname()[1]}/"
			server.pass_('mains = 2\nlisten "systemd:web" { }', *[(s, "web") for s in found])
			if f"ready on {url}\n" not in server.ready():
				raise Failure(server.stdout())
			for client in early:
				asked(client)
				client.close()
			reloads(server, *found)
			said = "of 2 mains 1 serve there, since so many sockets were passed"
			if (said in server.stderr()) != (sockets == 1):
				raise Failure(server.stderr())
			server.signal()
			if server.process.wait(WAIT_S) != 0:
				raise Failure(f"{server.process.returncode}: {server.stderr()}")
			for s in found:
				s.close()


def reloads(server, *listeners):
	"""The names mean the same, and the sockets go over."""
	server.process.send_signal(signal.SIGHUP)
	until(lambda: "reloaded" in server.stderr(), "the reload")
	if "not reloaded" in server.stderr():
		raise Failure(server.stderr())
	for s in listeners:
		with connected(s) as client:
			asked(client)


def unnamed():
	with Passing() as server, listening() as a, listening() as b:
		port, other = a.getsockname()[1], b.getsockname()[1]
		server.pass_(f'listen "127.0.0.1:{port}" {{ }}', (a, "x"), (b, "y"))
		server.refuses(rf"replyd: 127\.0\.0\.1:{other}: a socket was passed for it, as \"y\", [^\n]*\n")


def missing():
	with Passing() as server, listening() as a:
		server.pass_('listen "systemd:z" { }', (a, "x"))
		server.refuses(r"replyd: [^\n]*:1: listen \"systemd:z\": systemd:z: no socket [^\n]*\n")


def no_socket():
	with Passing({"f.txt": b"hi\n"}) as server, listening() as a, \
			socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagram, open("/dev/null", "rb") as file:
		server.pass_('listen "systemd:x" { }', (datagram, "d"), (file, "f"), (a, "x"))
		server.ready()
		with connected(a) as client:
			asked(client)
		said = r'replyd: of no use as a socket: descriptor %d, passed as "%s": [^\n]*\n'
		if not re.fullmatch(said % (3, "d") + said % (4, "f"), server.stderr()):
			raise Failure(server.stderr())


def clients():
	"""Accepted by another process, and left to this one; one of them has asked meanwhile."""
	with Passing({"f.txt": b"hi\n"}) as server, listening() as a, listening() as gone:
		pairs = [(connected(a), a.accept()[0]) for _ in range(20)]
		lost = connected(gone), gone.accept()[0]
		pairs[0][0].sendall(REQUEST)
		server.pass_(f'listen "127.0.0.1:{a.getsockname()[1]}" {{ }}',
			*[(theirs, "c") for _, theirs in [*pairs, lost]], (a, "x"))
		for _, theirs in [*pairs, lost]:
			theirs.close()
		server.ready()
		until(lambda: pairs[0][0].recv(4096).endswith(b"hi\n"), "the reply to what was asked before")
		for _ in range(2):
			for ours, _ in pairs:
				asked(ours)
		lost[0].settimeout(WAIT_S)
		if lost[0].recv(1):
			raise Failure("nobody listens there, and it was answered")
		server.stop()
		for ours, _ in pairs:
			ours.close()
		lost[0].close()


def tested():
	"""--test takes it on trust that the sockets will be there."""
	with Passing() as server:
		path = os.path.join(server.tmp, "t.conf")
		with open(path, "w", encoding="utf-8") as file:
			file.write('listen "systemd:a" { protocol = line }\nlisten "systemd:b" { protocol = line }\n'
				f'route "/" {{ files = "{server.root}" }}\n')
		subprocess.run([os.environ["REPLYD"], "-t", "-c", path], check=True, timeout=WAIT_S)


def run():
	for case in by_address, by_name, shared, unnamed, missing, no_socket, clients, tested:
		print(case.__name__, flush=True)
		case()


sys.exit(main(run))
