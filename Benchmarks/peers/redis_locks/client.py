"""A client of one of Python's locks on Redis, as its own documentation uses it.

    client.py LIBRARY pairs PORT SECONDS
    client.py LIBRARY turns PORT START SECONDS BODY CLIENTS

LIBRARY is redis-py, python-redis-lock or pottery. What is printed is what interlock-lock-bench prints.
"""

import sys
import threading
import time

import redis


def connect(port):
    return redis.Redis(host="127.0.0.1", port=port)


def locks(library, port, name):
    """A function that makes the context manager of one acquisition."""
    server = connect(port)
    if library == "redis-py":
        return lambda: server.lock(name, timeout=30)
    if library == "python-redis-lock":
        import redis_lock
        return lambda: redis_lock.Lock(server, name, expire=30)
    import pottery
    return lambda: pottery.Redlock(key=name, masters={server}, auto_release_time=30)


def pairs(library, port, seconds):
    lock = locks(library, port, "pairs")
    for _ in range(100):
        with lock():
            pass
    start, count = time.monotonic_ns(), 0
    while time.monotonic_ns() - start < seconds * 10**9:
        with lock():
            pass
        count += 1
    print(count * 10**9 // (time.monotonic_ns() - start))


def take_turns(lock, start, seconds, body, turns):
    time.sleep(max(0, (start - time.monotonic_ns()) / 1e9))
    while time.monotonic_ns() < start + seconds * 10**9:
        with lock():
            begun = time.monotonic_ns()
            if body:
                time.sleep(body / 1e6)
            turns.append((begun, time.monotonic_ns()))


def turns(library, port, start, seconds, body, clients):
    all_turns = [[] for _ in range(clients)]
    threads = [
        threading.Thread(
            target=take_turns, args=(locks(library, port, "turns"), start, seconds, body, mine))
        for mine in all_turns]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for client, mine in enumerate(all_turns):
        for begun, ended in mine:
            print(begun, ended, client)


if __name__ == "__main__":
    library, what, *numbers = sys.argv[1:]
    {"pairs": pairs, "turns": turns}[what](library, *map(int, numbers))
