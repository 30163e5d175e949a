"""Starts, checks, accounts for and stops the servers that are measured.

A server is started in the foreground on a free port of 127.0.0.1, with a
configuration made from conf/, in a temporary directory that holds one file
of 1 KiB and one of 1 MiB. Its processor time is what /proc says of it and of
every process below it; all benchmarks take it from here.
"""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(HERE)
PEERS = ("nginx", "h2o", "lighttpd")	# by their files
OURS = ("replyd", "untimed")		# the second measures no stages, by its file
BY_THREADS = ("apache2", "civetweb")	# a thread for each connection, or for each that is active
FILES = {"small": 1024, "large": 1024 * 1024}
TICK_US = 1000000 // os.sysconf("SC_CLK_TCK")


class Failed(Exception):
    """Something that the user must know; the text says it all."""


def fact(what, holds, seconds=10):
    """Waits until holds() is true."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise Failed(f"{what}: not so after {seconds} s")
        time.sleep(0.01)


def find(program):
    """A server's program may stand where only root's PATH leads."""
    return shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


def modules(program):
    """Where Apache's modules are: beside its program, at /usr as a rule."""
    return os.path.join(os.path.dirname(os.path.dirname(program)), "lib/apache2/modules")


def default_build():
    """Here, if this is a configured tree, and else build/ beside the sources."""
    return os.getcwd() if os.path.exists("config.status") else os.path.join(TOP, "build")


def first_line(argv):
    """What a program says of itself, on stdout or stderr."""
    told = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False).stdout
    return told.strip().split("\n")[0]


def version(name, programs):
    if name == "work":
        beside = os.path.join(os.path.dirname(programs[name]), "../src/daemon/replyd")
        return version("replyd", {"replyd": beside})
    told = first_line([programs[name], "--version" if name in OURS else "-v"])
    number = re.search(r"\d+(\.\d+)+\S*", told)
    return number.group(0) if number else told


def build_work(build, place, wanted=()):
    """The programs work and work-civetweb; the latter is left out where CivetWeb is not installed,
    unless it is wanted by name. CFLAGS and LDFLAGS may say where it is."""
    programs = {}
    if not wanted or "work" in wanted:
        subprocess.run(["make", "-s", "-C", build, "bench/work"], check=True, stdout=sys.stderr)
        programs["work"] = os.path.join(build, "bench/work")
    if not wanted or "civetweb" in wanted:
        made = os.path.join(place, "work-civetweb")
        done = subprocess.run(
            [os.environ.get("CC", "cc"), "-O2", *os.environ.get("CFLAGS", "").split(), "-o", made,
             os.path.join(HERE, "work-civetweb.c"), *os.environ.get("LDFLAGS", "").split(),
             "-lcivetweb"], stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode == 0:
            programs["civetweb"] = made
        elif wanted:
            raise Failed(f"civetweb: {done.stderr}")
        else:
            print("left out: civetweb, which is not installed (Debian: libcivetweb-dev)")
    return programs


def processes(pid):
    """A process and all below it."""
    below = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError), \
                    open(f"/proc/{entry}/stat", encoding="ascii", errors="replace") as stat:
                below.setdefault(int(stat.read().rpartition(")")[2].split()[1]), []).append(int(entry))
    found = [pid]
    for one in found:
        found += below.get(one, [])
    return found


def private_bytes(pid):
    """Memory that is present, and of a process or one below it alone."""
    total = 0
    for one in processes(pid):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError, PermissionError), \
                open(f"/proc/{one}/smaps_rollup", encoding="ascii") as rollup:
            total += sum(int(kb) for kb in re.findall(r"^Private_\w+: +(\d+) kB", rollup.read(), re.M))
    return total * 1024


def cpu_us(pid):
    """User and system time of a process, of all below it and of those it has waited for."""
    below, spent = {}, {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat", encoding="ascii", errors="replace") as stat:
                fields = stat.read().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        below.setdefault(int(fields[1]), []).append(int(entry))
        spent[int(entry)] = sum(int(ticks) for ticks in fields[11:15])
    total, family = 0, [pid]
    while family:
        one = family.pop()
        total += spent.get(one, 0)
        family += below.get(one, [])
    return total * TICK_US


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """One running server: name, pid, port."""

    def __init__(self, name, programs, place, core=None, options=()):
        self.name, self.port = name, free_port()
        self.said = os.path.join(place, f"{name}.said")
        with open(self.said, "wb") as said:
            self.process = subprocess.Popen(
                self.command(programs[name], place, options), cwd=place,
                stdin=subprocess.DEVNULL, stdout=said, stderr=said,
                preexec_fn=None if core is None else lambda: os.sched_setaffinity(0, {core}))
        self.pid = self.process.pid

    def command(self, program, place, options):
        root = os.path.join(place, "root")
        if self.name == "limit":
            return [program, *options, str(self.port)]
        if self.name in ("work", "civetweb"):
            return [program, f"127.0.0.1:{self.port}", *options, root]
        who = ["--user", "root"] if os.geteuid() == 0 else []
        if self.name == "replyd":
            return [program, *who, *options, "--listen", f"127.0.0.1:{self.port}", root]
        with open(os.path.join(HERE, "conf", self.name + ".conf"), encoding="ascii") as template:
            text = template.read()
        for word, value in (("@DIR@", place), ("@ROOT@", root), ("@PORT@", str(self.port)),
                            ("@USER@", "user: root" if os.geteuid() == 0 else ""),
                            ("@MODULES@", modules(program)), ("@THREADS@", options[0] if options else "64")):
            text = text.replace(word, value)
        path = os.path.join(place, self.name + ".conf")
        with open(path, "w", encoding="ascii") as made:
            made.write(text)
        if self.name == "untimed":
            return [program, *who, "-c", path]
        return [program, *{"nginx": ["-c"], "h2o": ["-m", "worker", "-c"], "lighttpd": ["-D", "-f"],
                           "apache2": ["-D", "FOREGROUND", "-f"]}[self.name], path]

    def answers(self):
        if self.process.poll() is not None:
            with open(self.said, encoding="utf-8", errors="replace") as said:
                raise Failed(f"{self.name} ended with status {self.process.returncode}:\n"
                             f"{said.read()}")
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1):
                return True
        except OSError:
            return False

    def check(self, path, close=False):
        """One reply, whole: status 200 and the file; and then the end, where that was asked for.
        Gives its length, head and all."""
        ask = f"GET /{path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        with socket.create_connection(("127.0.0.1", self.port), 10) as s:
            s.sendall((ask + ("Connection: close\r\n\r\n" if close else "\r\n")).encode())
            with s.makefile("rb") as reply:
                head = b""
                for line in iter(reply.readline, b""):
                    head += line
                    if line == b"\r\n":
                        break
                told = re.search(rb"^content-length: *(\d+)\r$", head, re.M | re.I)
                body = reply.read(int(told.group(1))) if told else b""
                ended = close and reply.read(1) == b""
        status = head.split(b"\r\n")[0].decode("latin-1")
        if not status.startswith("HTTP/1.1 200 ") or body != b"x" * FILES[path] or ended != close:
            raise Failed(f"{self.name}: GET /{path} gave \"{status}\", {len(body)} bytes"
                         f"{'' if ended == close else ' and no end'}")
        return len(head) + len(body)

    def cpu_us(self):
        return cpu_us(self.pid)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            print(f"{self.name}: had to be killed", file=sys.stderr)


@contextlib.contextmanager
def running(name, programs, place, core=None, options=()):
    server = Server(name, programs, place, core, options)
    try:
        fact(f"{name} takes connections", server.answers)
        yield server
    finally:
        server.stop()


@contextlib.contextmanager
def directory():
    """A temporary directory with the files to be asked for; SIGTERM leaves nothing behind."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="replyd-bench-") as place:
        os.chmod(place, 0o755)
        os.mkdir(os.path.join(place, "root"))
        for name, length in FILES.items():
            with open(os.path.join(place, "root", name), "wb") as made:
                made.write(b"x" * length)
        yield place


def heading(title, programs):
    kernel = os.uname()
    cpu = "processor not named"
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        for line in info:
            if line.startswith("model name"):
                cpu = line.partition(":")[2].strip()
                break
    versions = {name: version(name, programs) for name in programs if name != "limit"}
    lines = [f"{title}, {time.strftime('%Y-%m-%d %H:%M UTC', time.gmtime())}",
             f"{kernel.sysname} {kernel.release} {kernel.machine}, "
             f"{os.cpu_count()} cores, {cpu}",
             ", ".join(f"{name} {v}" for name, v in versions.items())]
    return "\n".join(lines), versions
