"""System calls and user instructions per request, which are the same each time.

A server is started under strace, and under valgrind's cachegrind, is asked N
times and stopped; and once more with 2 N. What there is more the second time,
by N, is a request's: start and end fall out.
"""

import contextlib
import glob
import os
import re
import shutil
import socket

import servers

WAVES = 16	# each asks once on every connection, and reads all the replies


def read_reply(s, length):
    while length > 0:
        got = len(s.recv(min(length, 65536)))
        if got == 0:
            raise servers.Failed("a connection ended before its reply")
        length -= got


def ask(test, server, waves, length):
    """The client, the same for all servers."""
    request = (f"GET /{test.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
               + ("Connection: close\r\n\r\n" if test.close else "\r\n")).encode()
    with contextlib.ExitStack() as stack:
        clients = []
        for _ in range(waves):
            if test.close or not clients:
                clients = [stack.enter_context(server.connect(60)) for _ in range(test.connections)]
            for s in clients:
                s.sendall(request)
            for s in clients:
                read_reply(s, length)
                if test.close:
                    s.close()


def once(name, test, programs, place, options, words, cores, wrap, waves):
    os.sched_setaffinity(0, {cores[1]})
    try:
        with servers.running(name, programs, place, cores[0], options, [*words, "counted"],
                             wrap) as server:
            length = server.check(test.path, close=test.close)
            ask(test, server, waves, length)
    finally:
        os.sched_setaffinity(0, cores)


def system_calls(place):
    """By name, from the table that strace wrote when it ended."""
    path = os.path.join(place, "strace")

    def text():
        with contextlib.suppress(FileNotFoundError), open(path, encoding="utf-8") as table:
            return table.read()
        return ""

    servers.fact("strace has ended", lambda: text().endswith(" total\n"))
    rows = re.findall(r"^ *[\d.]+ +[\d.]+ +\d+ +(\d+) +(?:\d+ +)?(?!total)(\w+)$", text(), re.M)
    os.unlink(path)
    return {call: int(times) for times, call in rows}


def instructions(place):
    """Of the process that serves, which on one core is one, and has the most. Each writes a file when
    it ends, unless it is killed; what it did before it was forked is in it as well."""
    most = 0
    for path in glob.glob(os.path.join(place, "cachegrind.*")):
        with open(path, encoding="utf-8") as out:
            most = max(most, *map(int, re.findall(r"^summary: (\d+)\n", out.read(), re.M)), 0)
        os.unlink(path)
    return {"instructions": most}


TOOLS = {
    "strace": (["strace", "-D", "-f", "-c", "-o", "@DIR@/strace"], system_calls),
    "valgrind": (["env", "LD_PRELOAD=@DIR@/openat.so", "valgrind", "--tool=cachegrind", "--cache-sim=no",
                  "-q", "--cachegrind-out-file=@DIR@/cachegrind.%p"], instructions),
}


def count(name, test, programs, place, options, words, cores):
    """What a request has of each system call, and of instructions; less where a tool is not installed,
    or does not get on with the server."""
    found = {}
    for tool, (wrap, read) in TOOLS.items():
        if not shutil.which(tool):
            continue
        wrap = [part.replace("@DIR@", place) for part in wrap]
        try:
            taken = []
            for waves in (WAVES, 2 * WAVES):
                once(name, test, programs, place, options, words, cores, wrap, waves)
                taken.append(read(place))
        except (servers.Failed, OSError) as why:
            found[f"not counted by {tool}"] = " ".join(str(why).split())
            continue
        requests = WAVES * test.connections
        found[tool] = {what: (number - taken[0].get(what, 0)) / requests
                       for what, number in taken[1].items()}
    return found


def columns(found):
    calls = f"{sum(found['strace'].values()):12.2f}" if "strace" in found else f"{'–':>12}"
    user = f"{found['valgrind']['instructions']:14.0f}" if "valgrind" in found else f"{'–':>14}"
    return calls + user


def calls(found):
    """Those that a request in a hundred has, the most frequent first."""
    rows = sorted(found.get("strace", {}).items(), key=lambda row: -row[1])
    return ", ".join(f"{name} {times:.2f}" for name, times in rows if times >= 0.01) or "–"


def failures(by_name):
    return [f"{what}: {name}: {why}" for name, found in by_name.items()
            for what, why in found.items() if what.startswith("not")]
