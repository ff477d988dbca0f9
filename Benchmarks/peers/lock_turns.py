"""Runs programs that take turns at one lock, and judges the turns; used by the comparisons of locks beside it."""

import subprocess
import time

CLIENTS = 64


def turns(program, place, seconds, body, processes):
    """The turns of all clients in the order they began: (begun, ended, client)."""
    each = CLIENTS // processes
    # Whoever starts has time to connect, however slowly it starts.
    start = time.monotonic_ns() + (6 if processes > 1 else 3) * 10**9
    running = [
        subprocess.Popen(
            program + ["turns", place, str(start), str(seconds), str(body), str(each)],
            stdout=subprocess.PIPE, text=True) for _ in range(processes)]
    found = []
    for number, process in enumerate(running):
        for line in process.communicate()[0].splitlines():
            begun, ended, client = map(int, line.split())
            found.append((begun, ended, number * each + client))
        if process.returncode != 0:
            raise SystemExit(f"{program[0]} ended with status {process.returncode}")
    found.sort()
    # What began after the time was over is the line running out.
    return [turn for turn in found if start <= turn[0] < start + seconds * 10**9]


def judge(found, seconds):
    """Turns a second, hand-over (p50, p99) and longest wait, changes of hands, and most and fewest turns."""
    overlaps = sum(later[0] < earlier[1] for earlier, later in zip(found, found[1:]))
    if overlaps:
        raise SystemExit(f"{overlaps} bodies began before the last had ended")
    gaps = sorted((later[0] - earlier[1]) / 1000 for earlier, later in zip(found, found[1:]))
    hands = sum(earlier[2] != later[2] for earlier, later in zip(found, found[1:]))
    counts, last, longest = [0] * CLIENTS, {}, 0
    for begun, ended, client in found:
        counts[client] += 1
        longest = max(longest, begun - last.get(client, begun))
        last[client] = ended
    return {
        "turns/s": len(found) / seconds, "p50": gaps[len(gaps) // 2], "p99": gaps[len(gaps) * 99 // 100],
        "longest": longest / 1e6, "changes": 100 * hands / max(1, len(gaps)),
        "most": max(counts), "fewest": min(counts)}


def print_turns(programs, place, seconds, rounds, body, processes):
    title = f"{CLIENTS} clients in {processes} processes, bodies of {body} µs"
    print(f"\n| {title} | turns/s | hand-over p50 / p99 µs | longest wait ms | changes % | most / fewest |\n"
          "| --- | --- | --- | --- | --- | --- |")
    for name, program in programs.items():
        where = place(name) if callable(place) else place
        found = [judge(turns(program, where, seconds, body, processes), seconds) for _ in range(rounds)]
        one = sorted(found, key=lambda one: one["p50"])[len(found) // 2]
        print(f"| {name} | {one['turns/s']:.0f} | {one['p50']:.0f} / {one['p99']:.0f} | {one['longest']:.0f} "
              f"| {one['changes']:.0f} | {one['most']} / {one['fewest']} |", flush=True)
