"""Starts, checks, accounts for and stops the servers that are measured.

A server is started in the foreground on a free port of 127.0.0.1, with a
configuration made from conf/, in a temporary directory that holds the files
to be asked for. Its processor time is that of its process and of every one
below it; all benchmarks take it from here.
"""

import contextlib
import dataclasses
import glob
import os
import random
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(HERE)
FILES = {"small": 1024, "medium": 64 * 1024, "large": 1024 * 1024}
REPLY = 1024		# what a module, a program and PHP say
TICK_US = 1000000 // os.sysconf("SC_CLK_TCK")


@dataclasses.dataclass(frozen=True)
class Kind:
    """One server: how it is found, started and asked, and what it can do."""
    command: str	# for each @WORD@, see Server.words
    group: str		# ours, bare, loop (a peer with event loops), threads (with a thread for each
			# connection, or for each that is active), helper, tried (only by name)
    roles: str = ""	# what compare asks it for: file large module program fastcgi
    program: str = ""	# below the build directory, or a pattern, where it is not the name
    source: str = ""	# in bench, with what the compiler needs besides, where it is made here
    conf: str = ""	# its template in conf
    log: str | None = None	# what makes it write an access log, besides its configuration; None: it cannot
    version: str = "-v"	# the option that says its version; "" is none, then Debian's counts
    package: str = ""	# Debian's
    unix: str = ""	# the socket that it listens on, in its directory


REPLYD = Kind("@PROGRAM@ @WHO@ -c @CONF@", "ours", "file large module program fastcgi",
              program="src/daemon/replyd", conf="replyd.conf", log="", version="--version")
KINDS = {
    "replyd": REPLYD,
    "untimed": dataclasses.replace(REPLYD, roles="file", log=None, version=""),
    "inetd": dataclasses.replace(REPLYD, roles="program", log=None, version=""),
    "limit": Kind("@PROGRAM@ @OPTIONS@ @PORT@", "bare", "file module program",
                  source="limit.c", version=""),
    "uring": Kind("@PROGRAM@ @OPTIONS@ @PORT@", "tried", "file", source="limit.c -DURING -luring",
                  version="", package="liburing-dev"),
    "nginx": Kind("@PROGRAM@ -c @CONF@", "loop", "file large fastcgi",
                  conf="nginx.conf", log="", package="nginx-light"),
    "h2o": Kind("@PROGRAM@ -m worker -c @CONF@", "loop", "file large",
                conf="h2o.conf", log="", package="h2o"),
    "lighttpd": Kind("@PROGRAM@ -D -f @CONF@", "loop", "file large program fastcgi",
                     conf="lighttpd.conf", log="", package="lighttpd"),
    "apache2": Kind("@PROGRAM@ -D FOREGROUND -f @CONF@", "threads", "file large program",
                    conf="apache2.conf", log="", package="apache2-bin"),
    "civetweb": Kind("@PROGRAM@ 127.0.0.1:@PORT@ @THREADS@ @ROOT@", "threads", "file large module",
                     source="work-civetweb.c -lcivetweb", log="@DIR@/access.log",
                     package="libcivetweb-dev"),
    "microhttpd": Kind("@PROGRAM@ @PORT@ @CORES@ @ROOT@", "loop", "file large module",
                       source="work-microhttpd.c -lmicrohttpd", package="libmicrohttpd-dev"),
    "tcpserver": Kind("@PROGRAM@ -H -R -l 0 -b 4096 -c 128 127.0.0.1 @PORT@ @ROOT@/program",
                      "threads", "program", version="", package="ucspi-tcp"),
    "work": Kind("@PROGRAM@ 127.0.0.1:@PORT@ @OPTIONS@ @ROOT@", "helper", program="bench/work",
                 version=""),
    "php-fpm": Kind("@PROGRAM@ -F -R -y @CONF@", "helper", program="php-fpm*", conf="php-fpm.conf",
                    unix="php-fpm.sock", package="php-fpm"),
}
# What is made for them in their directory.
MADE = {"root/program": "program.c -static",
        "module.so": f"work-module.c -shared -fPIC -I{TOP}/include",
        "openat.so": "openat.c -shared -fPIC"}


def of_group(*groups):
    return tuple(name for name, kind in KINDS.items() if kind.group in groups)


PEERS = ("nginx", "h2o", "lighttpd", "microhttpd")
BY_THREADS = ("apache2", "civetweb")


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
    path = os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin"
    if "*" not in program:
        return shutil.which(program, path=path)
    found = [one for folder in path.split(":") for one in sorted(glob.glob(os.path.join(folder, program)))]
    return found[-1] if found else None


def modules(program):
    """Where Apache's modules are: beside its program, at /usr as a rule."""
    return os.path.join(os.path.dirname(os.path.dirname(program)), "lib/apache2/modules")


def default_build():
    """Here, if this is a configured tree, and else build/ beside the sources."""
    return os.getcwd() if os.path.exists("config.status") else os.path.join(TOP, "build")


def compile_c(source, made):
    """What is wrong, or nothing. CFLAGS and LDFLAGS may say where a library is."""
    name, *flags = source.split()
    done = subprocess.run(
        [os.environ.get("CC", "cc"), "-std=gnu17", "-O2", *os.environ.get("CFLAGS", "").split(),
         "-o", made, os.path.join(HERE, name), *os.environ.get("LDFLAGS", "").split(), *flags],
        stderr=subprocess.PIPE, text=True, check=False)
    return done.stderr if done.returncode else ""


def find_one(name, build, place):
    """The server's program, made if it has to be, or none and why."""
    kind = KINDS[name]
    if kind.source:
        made = os.path.join(place, "made-" + name)
        wrong = compile_c(kind.source, made)
        return (None, wrong) if wrong else (made, "")
    if name == "work":
        subprocess.run(["make", "-s", "-C", build, kind.program], check=True, stdout=sys.stderr)
    path = find(os.path.join(build, kind.program) if "/" in kind.program else kind.program or name)
    return path, "no such program"


def find_all(names, build, place, wanted=False):
    """The programs of those servers that are there, by name; all have to be, if they are wanted."""
    programs = {}
    for name in names:
        path, wrong = find_one(name, build, place)
        if path:
            programs[name] = path
        elif wanted:
            raise Failed(f"{name}: {wrong}")
        else:
            package = KINDS[name].package
            print(f"left out: {name}, which is not "
                  f"{f'installed (Debian: {package})' if package else 'built'}")
    return programs


def make_replies(place):
    """What a module, a program and PHP reply with."""
    for made, source in MADE.items():
        wrong = compile_c(source, os.path.join(place, made))
        if wrong:
            raise Failed(wrong)
    with open(os.path.join(place, "root/reply.php"), "w", encoding="ascii") as php:
        php.write(f'<?php header("Content-Length: {REPLY}"); echo str_repeat("x", {REPLY});\n')


def first_line(argv):
    """What a program says of itself, on stdout or stderr."""
    told = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False).stdout
    return told.strip().split("\n")[0]


def version(name, programs):
    """What it says, or its package's; nothing of what is made here."""
    kind = KINDS.get(name)
    if name == "work":
        beside = os.path.join(os.path.dirname(programs[name]), "../src/daemon/replyd")
        return version("replyd", {"replyd": beside})
    if not kind or kind.version:
        told = first_line([programs[name], kind.version if kind else "-v"])
    elif kind.package and shutil.which("dpkg-query"):
        told = first_line(["dpkg-query", "-W", "-f", "${Version}", kind.package])
    else:
        return ""
    number = re.search(r"\d+(\.\d+)+\S*", told)
    return number.group(0) if number else told


def families():
    """The children of each process, and the user and system time in µs of those it has waited for."""
    below, dead = {}, {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError), \
                    open(f"/proc/{entry}/stat", encoding="ascii", errors="replace") as stat:
                fields = stat.read().rpartition(")")[2].split()
                below.setdefault(int(fields[1]), []).append(int(entry))
                dead[int(entry)] = TICK_US * (int(fields[13]) + int(fields[14]))
    return below, dead


def family(pid, below):
    found = [pid]
    for one in found:
        found += below.get(one, [])
    return found


def processes(pid):
    """A process and all below it."""
    return family(pid, families()[0])


def own_bytes(pid):
    """Memory that is present and of no file, of a process and all below it; what they share, once."""
    total = 0
    for one in processes(pid):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError, PermissionError), \
                open(f"/proc/{one}/smaps_rollup", encoding="ascii") as rollup:
            total += sum(int(kb) for kb in re.findall(r"^Pss_(?:Anon|Shmem): +(\d+) kB", rollup.read(), re.M))
    return total * 1024


def own_us(pid):
    """The kernel's clock of all threads of a process: what clock_getcpuclockid(3) gives."""
    with contextlib.suppress(OSError):
        return time.clock_gettime_ns((~pid << 3) | 2) / 1000
    return 0


def cpu_us(pid):
    """User and system time of a process, of all below it and of those they have waited for."""
    below, dead = families()
    return sum(own_us(one) + dead.get(one, 0) for one in family(pid, below))


def free_port():
    """Below those that the system gives to clients, one of which might take it meanwhile."""
    with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as ports:
        most = int(ports.read().split()[0])
    while True:
        port = random.randrange(most // 2, most)
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port


class Server:
    """One running server: name, pid, port, when it began. `words` choose lines of its configuration;
    `wrap` is put before its command, such as a debugger's; it may have so many connections."""

    def __init__(self, name, programs, place, core=None, options=(), words=(), wrap=(), connections=16000):
        self.name, self.kind, self.place, self.port = name, KINDS[name], place, free_port()
        self.said = os.path.join(place, f"{name}.said")
        self.options, self.wrap, self.connections = list(options), list(wrap), connections
        self.chosen = {"file", "quiet", "one"} if not words else set(words)
        self.chosen |= {name, "root" if os.geteuid() == 0 else "user"}
        cores = {core} if isinstance(core, int) else core

        def prepare():
            os.setpgid(0, 0)	# lighttpd ends all of its group
            if cores:
                os.sched_setaffinity(0, cores)

        with open(self.said, "wb") as said:
            self.began = time.perf_counter()
            self.process = subprocess.Popen(
                self.wrap + self.command(programs[name]), cwd=place,
                stdin=subprocess.DEVNULL, stdout=said, stderr=said,
                preexec_fn=prepare)
        self.pid = self.process.pid

    def words(self, program):
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        return {"@PROGRAM@": program, "@DIR@": self.place, "@ROOT@": os.path.join(self.place, "root"),
                "@CONF@": os.path.join(self.place, self.name + ".conf"), "@PORT@": str(self.port),
                "@MODULES@": modules(program), "@THREADS@": self.options[0] if self.options else "64",
                "@CORES@": "2" if "both" in self.chosen else "1", "@CONNECTIONS@": str(self.connections),
                "@DESCRIPTORS@": str(min(2 * self.connections + 768, most))}

    def command(self, program):
        """The command of its kind; makes its configuration."""
        words = self.words(program)
        lists = {"@OPTIONS@": self.options,
                 "@WHO@": ["--user", "root"] if "root" in self.chosen else []}
        if self.kind.conf:
            with open(words["@CONF@"], "w", encoding="ascii") as made:
                made.write(replaced(self.configuration(), words))
        more = self.kind.log if "log" in self.chosen else None
        argv = []
        for part in f"{self.kind.command} {more or ''}".split():
            argv += lists.get(part, [replaced(part, words)])
        return argv

    def configuration(self):
        """Its template, of which a line that begins with @WORD,WORD: is left out where none of
        the words was chosen."""
        text = ""
        with open(os.path.join(HERE, "conf", self.kind.conf), encoding="ascii") as template:
            for line in template:
                choice = re.match(r"(\s*)@([a-z0-9,]+): ?", line)
                if not choice:
                    text += line
                elif self.chosen & set(choice[2].split(",")):
                    text += choice[1] + line[choice.end():]
        return text

    def connect(self, seconds):
        if self.kind.unix:
            s = socket.socket(socket.AF_UNIX)
            s.connect(os.path.join(self.place, self.kind.unix))
            return s
        return socket.create_connection(("127.0.0.1", self.port), seconds)

    def answers(self):
        if self.process.poll() is not None:
            with open(self.said, encoding="utf-8", errors="replace") as said:
                raise Failed(f"{self.name} ended with status {self.process.returncode}:\n"
                             f"{said.read()}")
        try:
            with self.connect(1):
                return True
        except OSError:
            return False

    def check(self, path, close=False):
        """One reply, whole: status 200 and the file; and then the end, where that was asked for.
        Gives its length, head and all."""
        ask = f"GET /{path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        with self.connect(60 if self.wrap else 10) as s:
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
        if not status.startswith("HTTP/1.1 200 ") or body != b"x" * FILES.get(path, REPLY) or ended != close:
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


def replaced(text, words):
    for word, value in words.items():
        text = text.replace(word, value)
    return text


@contextlib.contextmanager
def running(name, programs, place, core=None, options=(), words=(), wrap=(), connections=16000):
    server = Server(name, programs, place, core, options, words, wrap, connections)
    try:
        fact(f"{name} takes connections", server.answers, 60 if wrap else 10)
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
    versions = {name: version(name, programs) for name in programs}
    lines = [f"{title}, {time.strftime('%Y-%m-%d %H:%M UTC', time.gmtime())}",
             f"{kernel.sysname} {kernel.release} {kernel.machine}, "
             f"{os.cpu_count()} cores, {cpu}",
             ", ".join(f"{name} {v}" for name, v in versions.items() if v)]
    return "\n".join(lines), versions
