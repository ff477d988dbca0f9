"""Locks of other software on a Redis server, driven by lines on standard input.

usage: foreign_locks.py PORT redis-py|redis-lock|pottery|givtcp|nodb

  take NAME WAIT LEASE    takes, waiting WAIT seconds at most; LEASE 0 is none        yes, no
  give                    gives back what was taken last                               ok, or what was refused
  extend SECONDS          gives it another lease, where there is such a thing           ok, or what was refused
  token                   what stands for it on the server
  count KEY TURNS         counts in KEY, under NAME of the last `hold`: reads, waits, writes
  hold NAME               the lock that `count` takes
  islocked NAME, clear RUN, statuses RUN, force NAME    what NoDb has besides

The first three are the libraries themselves. The last two have none that could be installed: they are written from what
their programs do on the server, command for command.
"""

import json
import os
import secrets
import socket
import sys
import time
import uuid

import redis

port, library = int(sys.argv[1]), sys.argv[2]
client = redis.Redis(host="127.0.0.1", port=port)


class RedisPy:
    def take(self, name, wait, lease):
        self.lock = client.lock(name, timeout=lease or None, sleep=0.05, blocking_timeout=wait)
        return self.lock.acquire()

    def give(self):
        self.lock.release()

    def extend(self, seconds):
        self.lock.extend(seconds, replace_ttl=True)

    def token(self):
        return self.lock.local.token.decode()


class RedisLock:
    def take(self, name, wait, lease):
        import redis_lock

        self.lock = redis_lock.Lock(client, name, expire=int(lease) or None)
        return self.lock.acquire(timeout=wait or None, blocking=bool(wait))

    def give(self):
        self.lock.release()

    def extend(self, seconds):
        self.lock.extend(int(seconds))

    def token(self):
        return self.lock.id


class Pottery:
    def take(self, name, wait, lease):
        import pottery

        self.lock = pottery.Redlock(key=name, masters={client}, auto_release_time=lease)
        return self.lock.acquire(blocking=bool(wait), timeout=wait or -1)

    def give(self):
        self.lock.release()


class GivTCP:
    """A manager that polls every 100 ms, with leases of whole seconds."""

    def take(self, name, wait, lease):
        self.key, self.value = f"givtcp:lock:{name}", str(uuid.uuid4())
        end = time.monotonic() + wait
        while True:
            if client.set(self.key, self.value, nx=True, ex=int(lease)):
                return True
            if time.monotonic() >= end:
                return False
            time.sleep(0.1)

    def give(self):
        script = 'if redis.call("get", KEYS[1]) == ARGV[1] then return redis.call("del", KEYS[1]) else return 0 end'
        if not client.eval(script, 1, self.key, self.value):
            raise RuntimeError("it was not ours any more")

    def token(self):
        return self.value


class NoDb:
    """Locks that never wait, with a mirror in the run's hash; NAME is RUNID|RELPATH."""

    @staticmethod
    def names(name):
        run, path = name.split("|", 1)
        return run, f"nodb-lock:{run}:{path}", f"locked:{path}"

    @staticmethod
    def token_of(value):
        if value is None:
            return None
        try:
            found = json.loads(value)
        except ValueError:
            found = None
        return found.get("token", value.decode()) if isinstance(found, dict) else value.decode()

    def take(self, name, wait, lease):
        self.run, self.key, self.field = self.names(name)
        self.own = secrets.token_hex(16)
        now, ttl = int(time.time()), int(lease)
        payload = json.dumps(
            {"token": self.own, "owner": f"{socket.gethostname()}:{os.getpid()}", "acquired_at": now,
             "expires_at": now + ttl, "ttl": ttl}, separators=(",", ":"))
        if not client.set(self.key, payload, nx=True, ex=ttl):
            return False
        client.hset(self.run, self.field, "true")
        return True

    def give(self):
        stored = self.token_of(client.get(self.key))
        if stored is not None and stored != self.own:
            raise RuntimeError("unlock() called with non-matching token")
        client.delete(self.key)
        client.hset(self.run, self.field, "false")

    def force(self, name):
        run, key, field = self.names(name)
        client.delete(key)
        client.hset(run, field, "false")

    def islocked(self, name):
        run, key, field = self.names(name)
        if client.exists(key):
            return True
        client.hset(run, field, "false")
        return False

    def clear(self, run):
        cleared = {field.decode() for field in client.hkeys(run) if field.startswith(b"locked:")}
        for key in client.scan_iter(f"nodb-lock:{run}:*"):
            cleared.add("locked:" + key.decode().split(":", 2)[2])
        for field in cleared:
            client.delete(f"nodb-lock:{run}:" + field.removeprefix("locked:"))
            client.hset(run, field, "false")
        return " ".join(sorted(cleared))

    def statuses(self, run):
        found = {}
        for field, _ in client.hgetall(run).items():
            if field.startswith(b"locked:"):
                found[field.decode().removeprefix("locked:")] = False
        for key in client.scan_iter(f"nodb-lock:{run}:*"):
            found[key.decode().split(":", 2)[2]] = True
        return json.dumps(found, sort_keys=True)

    def token(self):
        return self.own


locks = {"redis-py": RedisPy, "redis-lock": RedisLock, "pottery": Pottery, "givtcp": GivTCP, "nodb": NoDb}[library]()
held = None


def count(key, turns):
    for _ in range(turns):
        while not locks.take(held, 30, 30):
            pass
        value = int(client.get(key) or 0)
        time.sleep(0.001)
        client.set(key, value + 1)
        locks.give()
    return "ok"


def answer(words):
    global held
    match words:
        case ["take", name, wait, lease]:
            return "yes" if locks.take(name, float(wait), float(lease)) else "no"
        case ["give"]:
            locks.give()
            return "ok"
        case ["extend", seconds]:
            locks.extend(float(seconds))
            return "ok"
        case ["hold", name]:
            held = name
            return "ok"
        case ["count", key, turns]:
            return count(key, int(turns))
        case ["islocked", name]:
            return "yes" if locks.islocked(name) else "no"
        case [word, *rest]:
            return str(getattr(locks, word)(*rest) or "ok")


for line in sys.stdin:
    try:
        print(answer(line.split()), flush=True)
    except Exception as error:
        print(f"{type(error).__name__}: {error}".replace("\n", " "), flush=True)
