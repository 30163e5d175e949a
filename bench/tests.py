"""What bench/compare asks, of whom, and whether it was answered."""

import dataclasses
import os
import re
import resource
import subprocess

import servers


@dataclasses.dataclass(frozen=True)
class Test:
    """One test: every server of that role takes part."""
    what: str
    path: str
    connections: int
    role: str = "file"
    close: bool = False		# a connection for each request
    pipeline: int = 1		# requests that a client sends at once
    counted: bool = False	# system calls and instructions are the same each time
    core: bool = False		# --results takes it with logs, and with both cores, too


TESTS = {
    "keepalive1": Test("1 KiB file, keep-alive, 1 connection", "small", 1),
    "keepalive": Test("1 KiB file, keep-alive, 64 connections", "small", 64, counted=True, core=True),
    "keepalive1000": Test("1 KiB file, keep-alive, 1,000 connections", "small", 1000),
    "pipelined": Test("1 KiB file, 64 connections, 16 requests at once on each", "small", 64,
                      pipeline=16),
    "close": Test("1 KiB file, one request a connection, 64 at a time", "small", 64, close=True,
                  counted=True, core=True),
    "medium": Test("64 KiB file, keep-alive, 64 connections", "medium", 64, role="large"),
    "large": Test("1 MiB file, keep-alive, 16 connections", "large", 16, role="large", core=True),
    "module": Test("a module's reply of 1 KiB, keep-alive, 64 connections", "module", 64,
                   role="module"),
    "program": Test("a program for each connection, 16 at a time", "program", 16,
                    role="program", close=True),
    "fastcgi": Test("PHP by FastCGI, keep-alive, 16 connections", "reply.php", 16, role="fastcgi"),
}


def takes_part(name, test, log=False):
    kind = servers.KINDS[name]
    return test.role in kind.roles.split() and (not log or kind.log is not None or name == "limit")


def options(name, test, place):
    """What a server's command is told of the test."""
    if name in ("limit", "uring"):
        return ["-p", os.path.join(place, "root/program")] if test.role == "program" else \
               ["-c"] if test.close else []
    if name in servers.BY_THREADS:
        return [str(max(64, test.connections + 8))]
    return []


def wrk(test, port, seconds, cores):
    """Runs wrk, a thread for each of its cores; what it counted, and its own processor time."""
    threads = min(len(cores), test.connections)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = subprocess.run(
        ["wrk", f"-t{threads}", f"-c{test.connections}", f"-d{seconds}s",
         "-s", os.path.join(servers.HERE, "count.lua"),
         *(["-H", "Connection: close"] if test.close else []),
         f"http://127.0.0.1:{port}/{test.path}",
         *(["--", str(test.pipeline)] if test.pipeline > 1 else [])],
        stdout=subprocess.PIPE, text=True, check=True,
        preexec_fn=lambda: os.sched_setaffinity(0, cores)).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    line = re.search(r"^COUNT (.*)$", told, re.M).group(1)
    count = {k: int(v) for k, v in (pair.split("=") for pair in line.split())}
    count["client_us"] = 1e6 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return count


def faults(count, length, test):
    """Why a run is void: anything but replies of status 200 and of that length."""
    got, under_way = count["requests"], test.connections * test.pipeline
    found = [f"{count[kind]} {kind} errors" for kind in ("connect", "read", "write", "timeout")
             if count[kind]]
    if count["status"]:
        found.append(f"{count['status']} replies of status 400 or more")
    if got == 0:
        found.append("no replies")
    elif not got * length <= count["bytes"] <= (got + under_way) * length + 4096:
        found.append(f"{count['bytes']} bytes are not {got} replies of {length}")
    return found
