#!/usr/bin/env python3
"""Compares our locks of one machine with the kernel's own in one run.

usage: python3 Benchmarks/peers/file_locks_bench.py [--rounds N] [--seconds N]

Others: flock(2) and a lock of an open file description, in C, with nothing around them: who waits longest has no turn
before others, and nobody knows who holds them. A pair of take and release is one client alone; turns are 64 processes that
come back at once, whose bodies sleep for a millisecond or do nothing.
"""

import argparse
import os
import statistics
import subprocess
import tempfile

from lock_turns import CLIENTS, print_turns

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.path.join(os.path.dirname(HERE), ".build")
KERNEL = os.path.join(BUILD, "kernel-locks")
PROGRAMS = {
    "interlock": [os.path.join(BUILD, "release", "interlock-lock-bench")],
    "flock(2)": [KERNEL, "flock"],
    "OFD": [KERNEL, "ofd"],
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5)
    options = parser.parse_args()
    subprocess.check_call(["cc", "-O2", "-o", KERNEL, os.path.join(HERE, "file_locks", "kernel.c")])
    with tempfile.TemporaryDirectory() as folder:
        rounds = []
        # Round by round, so that a slow minute of the machine falls on all alike.
        for _ in range(options.rounds):
            rounds.append({
                name: int(subprocess.check_output(program + ["pairs", folder, "1"]))
                for name, program in PROGRAMS.items()})
        print("| take and release, one client | pairs a second: least, median, most | to flock(2), median of the rounds |\n"
              "| --- | --- | --- |")
        for name in PROGRAMS:
            rates = sorted(one[name] for one in rounds)
            ratio = statistics.median(one[name] / one["flock(2)"] for one in rounds)
            print(f"| {name} | {rates[0]} / {statistics.median(rates):.0f} / {rates[-1]} | {ratio:.2f} |")
        print_turns(PROGRAMS, folder, options.seconds, options.rounds, 1000, CLIENTS)
        print_turns(PROGRAMS, folder, options.seconds, options.rounds, 0, CLIENTS)


if __name__ == "__main__":
    main()
