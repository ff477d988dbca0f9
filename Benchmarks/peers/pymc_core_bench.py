#!/usr/bin/env python3
"""Compares a repeater's work on one frame with pymc_core's, on the same frames in the same run.

usage: python3 Benchmarks/peers/pymc_core_bench.py [--frames N] [--rounds N]

The work is: parse, hash, duplicate check, decide, serialise. pymc_core has the first three and the
last; the decision is written here with its own functions, the shortest that relays floods and direct
packets. pymc_core is installed with pip into .venv of the tree on the first run.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import venv

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
VENV = os.path.join(os.path.dirname(ROOT), ".venv")
VERSION = "1.0.12"
KEY = b"\x51"


def enter_venv():
    """Runs this script again inside an environment that has pymc_core."""
    python = os.path.join(VENV, "bin", "python")
    if not os.path.exists(python):
        venv.create(VENV, with_pip=True)
        subprocess.check_call([python, "-m", "pip", "install", "-q", f"pymc_core=={VERSION}"])
    os.execv(python, [python, os.path.abspath(__file__), *sys.argv[1:]])


def make_frames(packets):
    """Frames of a busy mesh: each packet in three copies, in random order."""
    source = random.Random(1)
    frames = []
    for _ in range(packets):
        kind = source.randrange(10)
        payload = source.randbytes(4 if kind == 0 else source.randint(20, 120))
        for _ in range(3):
            hops = source.randint(0, 6)
            if kind == 0:
                head = bytes([0x0D, hops])
            elif kind in (1, 2):
                head = bytes([0x0A, hops + 1]) + KEY
            elif kind == 3:
                head = bytes([0x0A, hops + 1, 0x77])
            elif kind in (4, 5, 6):
                head = bytes([0x09, hops])
            else:
                head = bytes([0x15, hops])
            frames.append(head + source.randbytes(hops) + payload)
    source.shuffle(frames)
    return frames


def run_python(frames):
    """Nanoseconds per frame, and how many frames were relayed."""
    from pymc_core.protocol.packet import Packet
    from pymc_core.protocol.packet_filter import PacketFilter

    def process(data, seen):
        packet = Packet()
        try:
            packet.read_from(data)
        except ValueError:
            return None
        size = packet.get_path_hash_size()
        if packet.is_route_direct():
            if packet.get_path_hash_count() == 0 or packet.path[:size] != KEY[:size]:
                return None
        key = packet.calculate_packet_hash().hex()[:16]
        if seen.is_duplicate(key):
            return None
        seen.track_packet(key)
        if packet.is_route_flood():
            hops = packet.get_path_hash_count()
            if hops >= 63 or (hops + 1) * size > 64:
                return None
            packet.path += KEY[:size]
            packet.path_len += 1
        else:
            packet.path = packet.path[size:]
            packet.path_len -= 1
        return packet.write_to()

    seen = PacketFilter()
    relayed = 0
    start = time.perf_counter_ns()
    for data in frames:
        if process(data, seen) is not None:
            relayed += 1
    return (time.perf_counter_ns() - start) / len(frames), relayed


def run_ours(path):
    """Nanoseconds per frame."""
    output = subprocess.check_output(
        [os.path.join(ROOT, ".build", "release", "interlock-bench"),
         "--only", "meshcore-repeater", "--runs", "1", "--json"],
        env=dict(os.environ, INTERLOCK_FRAMES=path), text=True)
    return json.loads(output.splitlines()[0])["median"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--frames", type=int, default=12288, help="frames, three copies a packet")
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    frames = make_frames(options.frames // 3)
    subprocess.check_call(
        ["swift", "build", "-c", "release", "--package-path", ROOT], stdout=subprocess.DEVNULL)
    theirs, ours = [], []
    with tempfile.NamedTemporaryFile("w", suffix=".hex") as file:
        file.write("".join(frame.hex() + "\n" for frame in frames))
        file.flush()
        run_python(frames)
        # Round by round, so that a slow minute of the machine falls on both alike.
        for _ in range(options.rounds):
            nanoseconds, relayed = run_python(frames)
            theirs.append(nanoseconds)
            ours.append(run_ours(file.name))
    print(f"{len(frames)} frames, {relayed} relayed; nanoseconds per frame (min / median / max)")
    for name, samples in ((f"pymc_core {VERSION}", theirs), ("interlock", ours)):
        middle = statistics.median(samples)
        print(f"  {name:17} {min(samples):7.0f} / {middle:7.0f} / {max(samples):7.0f}")
    ratios = [one / other for one, other in zip(theirs, ours)]
    print(f"  ratio: {min(theirs) / min(ours):.1f} of the best rounds, "
          f"{statistics.median(ratios):.1f} in the median round")


if __name__ == "__main__":
    try:
        import pymc_core  # noqa: F401
    except ImportError:
        enter_venv()
    main()
