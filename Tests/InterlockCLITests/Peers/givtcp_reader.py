"""Reads the inverter as the legacy program does: looks whether the lock file is there, makes it, reads, removes it.

usage: givtcp_reader.py FOLDER [READY GATE]

The folder is its working directory. With READY and GATE, two pipes, it says on the one that it is inside, and reads until the
other lets it go on.
"""
import os
import sys
from os.path import exists

os.chdir(sys.argv[1])
if exists(".lockfile"):
    print('{"result": "Error: Lockfile set so aborting getData"}')
    sys.exit(0)
open(".lockfile", "a").close()
if len(sys.argv) > 2:
    with open(sys.argv[2], "w") as ready:
        ready.write("inside\n")
    with open(sys.argv[3]) as gate:
        gate.readline()
os.remove(".lockfile")
print('{"result": "read"}')
