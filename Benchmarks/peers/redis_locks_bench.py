#!/usr/bin/env python3
"""Compares our locks on a Redis server with others on the same server in one run.

usage: python3 Benchmarks/peers/redis_locks_bench.py [--rounds N] [--seconds N] [--only NAME]...

Others: a lock of twenty lines in C over hiredis, and redis-py, python-redis-lock and pottery in .venv. Each pair of take
and release is one client alone; turns are 64 clients that come back at once, each a process or all in one, whose bodies
sleep for a millisecond or do nothing.
"""

import argparse
import os
import socket
import statistics
import subprocess
import tempfile
import time

from lock_turns import CLIENTS, print_turns

HERE = os.path.dirname(os.path.abspath(__file__))
PACKAGE = os.path.dirname(HERE)
PYTHON = os.path.join(os.path.dirname(PACKAGE), ".venv", "bin", "python")
OURS = [os.path.join(PACKAGE, ".build", "release", "interlock-lock-bench")]
NAIVE = [os.path.join(PACKAGE, ".build", "redis-naive")]


def python(library):
    return [PYTHON, os.path.join(HERE, "redis_locks", "client.py"), library]


PROGRAMS = {
    "interlock": OURS,
    "C, hiredis": NAIVE,
    "redis-py": python("redis-py"),
    "python-redis-lock": python("python-redis-lock"),
    "pottery": python("pottery"),
}


class Server:
    """A server of its own on a free port."""

    def __enter__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.folder = tempfile.TemporaryDirectory()
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--save", "", "--bind", "127.0.0.1",
             "--dir", self.folder.name], stdout=subprocess.DEVNULL)
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return self
            except ConnectionRefusedError:
                time.sleep(0.01)

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.folder.cleanup()


def pairs(program, port, seconds):
    return int(subprocess.check_output(program + ["pairs", str(port), str(seconds)]))


def print_pairs(port, options):
    rounds = []
    # Round by round, so that a slow minute of the machine falls on all alike.
    for _ in range(options.rounds):
        rounds.append({name: pairs(program, port, options.seconds) for name, program in PROGRAMS.items()})
    print("\n| take and release, one client | pairs a second: least, median, most | to C, median of the rounds |\n"
          "| --- | --- | --- |")
    for name in PROGRAMS:
        rates = sorted(one[name] for one in rounds)
        ratio = statistics.median(one[name] / one["C, hiredis"] for one in rounds)
        print(f"| {name} | {rates[0]} / {statistics.median(rates):.0f} / {rates[-1]} | {ratio:.2f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3, help="of a round of pairs; turns get twice that")
    parser.add_argument("--only", action="append", help="interlock, C, redis-py, python-redis-lock, pottery")
    parser.add_argument("--part", choices=["pairs", "turns", "connections", "empty"], action="append")
    options = parser.parse_args()
    subprocess.check_call(
        ["cc", "-O2", "-o", NAIVE[0], os.path.join(HERE, "redis_locks", "naive.c"), "-lhiredis", "-lpthread"])
    for name in list(PROGRAMS):
        wanted = options.only is None or any(word in name for word in options.only)
        # The other ratios are to it.
        if not wanted and name != "C, hiredis":
            del PROGRAMS[name]
    parts = options.part or ["pairs", "turns", "connections", "empty"]
    with Server() as server:
        if "pairs" in parts:
            print_pairs(server.port, options)
        for part, body, processes in (("turns", 1000, CLIENTS), ("connections", 1000, 1), ("empty", 0, CLIENTS)):
            if part in parts:
                print_turns(
                    PROGRAMS, str(server.port), 2 * options.seconds, max(1, options.rounds // 2), body, processes)


if __name__ == "__main__":
    main()
