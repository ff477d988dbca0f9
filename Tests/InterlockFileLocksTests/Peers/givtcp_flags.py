"""Sets, reads and removes flag and lock files the way the legacy programs do.

usage: givtcp_flags.py FOLDER begin NAME JOB HH:MM | touch NAME | end NAME | isset NAME | job NAME
                              | getdata | hold
"""
import os
import sys
from os.path import exists

os.chdir(sys.argv[1])
command, rest = sys.argv[2], sys.argv[3:]

if command == "begin":
    with open("." + rest[0], "w") as f:
        f.write("\n".join([rest[1], rest[2]]))
elif command == "touch":
    open("." + rest[0], "w").close()
elif command == "end":
    # The restore job: it stumbles when the file is not there.
    os.remove("." + rest[0])
elif command == "isset":
    print("Running" if exists("." + rest[0]) else "Normal")
elif command == "job":
    with open("." + rest[0], "r") as f:
        print(f.readline().strip("\n"), f.readline())
elif command == "getdata":
    if exists(".lockfile"):
        print('{"result": "Error: Lockfile set so aborting getData"}')
    else:
        open(".lockfile", "a").close()
        os.remove(".lockfile")
        print('{"result": "read"}')
elif command == "hold":
    # Inside until a line comes.
    open(".lockfile", "a").close()
    print("inside", flush=True)
    sys.stdin.readline()
    os.remove(".lockfile")
    print("outside", flush=True)
else:
    sys.exit("no such command")
