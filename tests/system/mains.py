#!/usr/bin/env python3
"""mains - several main threads, each with a queue and workers, serve as one server.

Their connections have numbers of their own. While clients ask, reloads add and
remove addresses, and upgrades go from one number of mains to another: no
connection is refused, each request has its whole reply, as upgrade.py has it.
The watchdog hears of one that stands still while the others go on.
"""

import json
import os
import re
import select
import signal
import subprocess
import sys

from notify import Manager
from served import AS, WAIT_S, Client, Failure, Server, adopt, main, until
from upgrade import MANNERS, UPGRADES, Asker, Upgraded, get, whole

CLIENTS = 60
STUCK_S = 2
HELD = """
mains = 2
workers {{ max = 2 }}
queue {{ shed = no }}
listen "127.0.0.1:0" {{ }}
route "/text" {{ text = one }}
route "/hold" {{ program = {{ "/bin/sh", "-c", "while [ ! -e {tmp}/go ]; do sleep 0.01; done; echo; echo" }} time_limit = 1h }}
"""


def numbered():
	"""No two connections have the same number, and all mains have had some."""
	with Server({"f": b"hello\n"}) as server:
		log = os.path.join(server.tmp, "log")
		server.configured(f'mains = 4\nqueue {{ shed = no }}\nlisten "127.0.0.1:0" {{ }}\n'
			f'access_log {{ to = "{log}" format = json }}\nroute "/" {{ files = "{server.root}" }}\n')
		clients = [Client(server) for _ in range(CLIENTS)]
		for client in clients:
			get(client, "f")
			client.close()
		server.stop()
		with open(log, encoding="utf-8") as file:
			numbers = [json.loads(line)["connection"] for line in file]
		if len(set(numbers)) != CLIENTS or {number % 4 for number in numbers} != {0, 1, 2, 3}:
			raise Failure(f"the numbers: {sorted(numbers)}")


class Mains(Upgraded):
	"""Has a further address, or not; `mains` is how many there are from the next start on."""

	def says(self, mains, further):
		more = f'listen "127.0.0.2:{self.port}" {{ }}' if further else ""
		self.write("one", more=f"mains = {mains}\n{more}")

	def reload(self, generation):
		self.ask(signal.SIGHUP)
		until(lambda: self.stderr().count(f"reloaded, generation {generation}\n") > 0,
			f"the reload: {self.stderr()[-2000:]}")


def under_load():
	with Mains() as server:
		server.write("one", more="mains = 2")
		server.begin()
		askers = [Asker(server, manner, n) for n, manner in enumerate(MANNERS)]
		for turn in range(UPGRADES):
			server.says((3, 1, 2, 4)[turn % 4], further=turn % 2 == 0)
			with open(os.path.join(server.tmp, "err"), "w", encoding="utf-8"):
				pass		# so that what is said of generations is of this process
			server.reload(2)
			if turn % 2 == 0:
				client = Client(server, address=("127.0.0.2", server.port))
				get(client, "text")
				client.close()
			whole(askers)
			server.upgrade()
			whole(askers)
		for asker in askers:
			asker.stop.set()
		for asker in askers:
			asker.thread.join(WAIT_S)
			if asker.thread.is_alive():
				raise Failure("a client waits for ever")
		whole(askers)
		if not all(asker.asked for asker in askers):
			raise Failure("a client asked nothing")
		server.gone()
		server.end()


def watched():
	"""The only worker of one main is held: it is said, though the other main goes on."""
	with open(os.path.join(os.environ["top_builddir"], "config.h"), encoding="utf-8") as file:
		if "#define HAVE_LIBSYSTEMD 1" not in file.read():
			print("without libsystemd nobody is told")
			return
	with Server() as server:
		manager = Manager(server)
		path = os.path.join(server.tmp, "conf")
		with open(path, "w", encoding="utf-8") as file:
			file.write(HELD.format(tmp=server.tmp))
		with open(os.path.join(server.tmp, "err"), "wb") as errors:
			server.process = subprocess.Popen([os.environ["REPLYD"], *AS, "--config", path],
				env={**os.environ, "NOTIFY_SOCKET": manager.path,
					"WATCHDOG_USEC": str(STUCK_S * 1000000)},
				stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors)
		manager.awaits(lambda: manager.told, "that it serves")
		port = int(re.search(r"127\.0\.0\.1:(\d+)", manager.told.pop()["STATUS"])[1])
		holds = Client(server, address=("127.0.0.1", port))
		holds.send(b"GET /hold HTTP/1.1\r\nHost: t\r\n\r\n")
		manager.awaits(lambda: manager.told, "that one is stalled")
		if manager.told.pop()["STATUS"] != "Stalled: workers":
			raise Failure(f"{manager.told}")
		answered = 0
		clients = [Client(server, address=("127.0.0.1", port)) for _ in range(CLIENTS)]
		for client in clients:
			client.send(b"GET /text HTTP/1.1\r\nHost: t\r\n\r\n")
		if not select.select([client.sock for client in clients], [], [], WAIT_S)[0]:
			raise Failure("no reply by the other main")
		with open(os.path.join(server.tmp, "go"), "w", encoding="utf-8"):
			pass
		for client in clients:		# those of the one that was held, too
			answered += client.take().status == 200
			client.close()
		if answered != CLIENTS:
			raise Failure(f"{answered} of {CLIENTS}")
		before = manager.beats
		manager.awaits(lambda: manager.beats > before, "that it moves")
		holds.close()
		server.signal()
		if server.process.wait(WAIT_S) != 0:
			raise Failure(f"its end: {server.stderr()}")
		server.unharmed()


def test():
	adopt()
	for part in (numbered, watched, under_load):
		part()
		print(part.__name__)


if __name__ == "__main__":
	sys.exit(main(test))
