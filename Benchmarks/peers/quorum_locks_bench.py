#!/usr/bin/env python3
"""Compares locks that three Redis servers decide, one client alone, in one run.

usage: .venv/bin/python Benchmarks/peers/quorum_locks_bench.py [--rounds N] [--seconds N]

The other is pottery's Redlock, which has no fence and no line. The servers are started here, on free ports.
"""

import argparse
import contextlib
import os
import statistics
import subprocess
import time

from pottery import Redlock
from redis import Redis

from redis_locks_bench import Server

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.path.join(os.path.dirname(HERE), ".build", "release", "interlock-lock-bench")


def ours(ports, seconds):
    # They have just started, and keep nothing that could be forgotten.
    place = ",".join(f"127.0.0.1:{port}" for port in ports)
    url = f"redis+quorum://{place}/0?persistent=yes"
    return int(subprocess.check_output([PROGRAM, "pairs", url, str(seconds)]))


def pottery(ports, seconds):
    lock = Redlock(key="pairs", masters={Redis(port=port) for port in ports}, auto_release_time=30)
    start, count = time.monotonic(), 0
    while time.monotonic() - start < seconds:
        lock.acquire()
        lock.release()
        count += 1
    return int(count / (time.monotonic() - start))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2)
    options = parser.parse_args()
    with contextlib.ExitStack() as servers:
        ports = [servers.enter_context(Server()).port for _ in range(3)]
        # Round by round, so that a slow minute of the machine falls on all alike.
        rounds = [
            {"interlock": ours(ports, options.seconds), "pottery": pottery(ports, options.seconds)}
            for _ in range(options.rounds)]
    print("| three servers, one client | pairs a second: least, median, most | to pottery, median of the rounds |\n"
          "| --- | --- | --- |")
    for name in rounds[0]:
        rates = sorted(one[name] for one in rounds)
        ratio = statistics.median(one[name] / one["pottery"] for one in rounds)
        print(f"| {name} | {rates[0]} / {statistics.median(rates):.0f} / {rates[-1]} | {ratio:.1f} |")


if __name__ == "__main__":
    main()
