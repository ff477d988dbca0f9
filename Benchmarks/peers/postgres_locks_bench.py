#!/usr/bin/env python3
"""Compares our locks in a PostgreSQL database with its advisory locks, bare and with a fence, in one run.

usage: .venv/bin/python Benchmarks/peers/postgres_locks_bench.py [--rounds N] [--seconds N]

The others are forty lines of C over libpq: a session lock for each client, which says nothing of who holds or waits, and the
same with a fence from a row. Each pair of take and release is one client alone; turns are 64 clients that come back at once.
The server is started here, on a free port, as it comes but for its files, which are not flushed.
"""

import argparse
import glob
import os
import pwd
import shutil
import socket
import statistics
import subprocess
import tempfile
import time

from lock_turns import CLIENTS, print_turns

HERE = os.path.dirname(os.path.abspath(__file__))
PACKAGE = os.path.dirname(HERE)
NAIVE = os.path.join(PACKAGE, ".build", "postgres-naive")
PROGRAMS = {
    "interlock": [os.path.join(PACKAGE, ".build", "release", "interlock-lock-bench")],
    "advisory lock, C": [NAIVE, "plain"],
    "advisory lock and a fence, C": [NAIVE, "fence"],
}


class Server:
    """A server of its own on a free port; it does not run as root."""

    def __enter__(self):
        programs = max(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]))
        root = os.getuid() == 0
        prefix = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if root else []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.folder = tempfile.mkdtemp()
        if root:
            owner = pwd.getpwnam("postgres")
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        data = os.path.join(self.folder, "data")
        subprocess.check_call(
            prefix + [f"{programs}/initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync"],
            stdout=subprocess.DEVNULL)
        self.process = subprocess.Popen(
            prefix + [f"{programs}/postgres", "-D", data, "-p", str(self.port), "-h", "127.0.0.1",
                      "-c", "unix_socket_directories=", "-c", "fsync=off", "-c", "max_connections=300"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while subprocess.call(
                [f"{programs}/pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]) != 0:
            time.sleep(0.05)
        return self

    def __exit__(self, *_):
        self.process.send_signal(2)
        self.process.wait()
        shutil.rmtree(self.folder)


def place(name, port):
    return f"postgres://postgres@127.0.0.1:{port}/postgres" if name == "interlock" else str(port)


def pairs(name, port, seconds):
    return int(subprocess.check_output(PROGRAMS[name] + ["pairs", place(name, port), str(seconds)]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3, help="of a round of pairs; turns get twice that")
    options = parser.parse_args()
    include = subprocess.check_output(["pkg-config", "--cflags", "libpq"], text=True).split()
    subprocess.check_call(
        ["cc", "-O2", *include, "-o", NAIVE, os.path.join(HERE, "postgres_locks", "naive.c"), "-lpq", "-lpthread"])
    with Server() as server:
        # Round by round, so that a slow minute of the machine falls on all alike.
        rounds = [{name: pairs(name, server.port, options.seconds) for name in PROGRAMS} for _ in range(options.rounds)]
        print("\n| take and release, one client | pairs a second: least, median, most | to C with a fence, median of the rounds |\n"
              "| --- | --- | --- |")
        for name in PROGRAMS:
            rates = sorted(one[name] for one in rounds)
            ratio = statistics.median(one[name] / one["advisory lock and a fence, C"] for one in rounds)
            print(f"| {name} | {rates[0]} / {statistics.median(rates):.0f} / {rates[-1]} | {ratio:.2f} |", flush=True)
        for processes in (CLIENTS, 1):
            print_turns(
                PROGRAMS, lambda name: place(name, server.port), 2 * options.seconds,
                max(1, options.rounds // 2), 1000, processes)


if __name__ == "__main__":
    main()
