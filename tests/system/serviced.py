"""serviced - for tests of the units as installed: they run in a container with a systemd of its own,
where they are called with the word "inside"."""

import os
import subprocess
import sys
import time

WAIT_S = 60
CONF = os.environ["SITE"].removeprefix(os.environ["REPLYD_ROOT"]) \
	.replace("/share/replyd/www", "/etc/replyd/")


class Failure(Exception):
	"""What was expected did not come."""


def until(fact, what):
	end = time.monotonic() + WAIT_S
	while not fact():
		if time.monotonic() > end:
			raise Failure(f"not in time: {what}")
		time.sleep(0.01)


def systemctl(*words, fails=False):
	done = subprocess.run(["systemctl", *words], capture_output=True, text=True, check=False,
		timeout=WAIT_S)
	if bool(done.returncode) != fails:
		raise Failure(f"systemctl {' '.join(words)}: {done.returncode} {done.stderr}")
	return done.stdout.strip()


def shown(name, unit="replyd"):
	return systemctl("show", "--property", name, "--value", unit)


def journal(*words):
	subprocess.run(["journalctl", "--sync"], check=True)
	return subprocess.run(["journalctl", "--no-pager", *words], check=True, capture_output=True,
		text=True).stdout


def inside(cases):
	for command in (["systemd-sysusers", "replyd.conf"], ["systemd-tmpfiles", "--create", "replyd.conf"]):
		subprocess.run(command, check=True)
	try:
		for case in cases:
			print(case.__name__, flush=True)
			case()
	except Failure as failure:
		print(f"FAILED: {failure}\n{journal('--unit', 'replyd*')}", flush=True)
		return 1
	return 0


def main(*cases):
	"""Does not return."""
	if sys.argv[1:] == ["inside"]:
		sys.exit(inside(cases))
	boot = os.path.join(os.path.dirname(os.path.abspath(__file__)), "service-boot.sh")
	os.execvp("sh", ["sh", boot, "python3", os.path.abspath(sys.argv[0]), "inside"])
