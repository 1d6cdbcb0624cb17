#!/usr/bin/python3
"""yum, dnf and pip in a stand-in base image, where no repository of packages is to be had.

RPM files are installed by rpm itself. Names of packages, and what an RPM requires beyond the image, are what a
repository would bring: these are written to /var/lib/stand-in/packages, a line each, and nothing is installed.
"""

import os
import subprocess
import sys

RECORD = "/var/lib/stand-in/packages"


def main(tool, *words):
    """Carry out `install` and its like; anything else (clean, makecache) has nothing to do."""
    names = [word for word in words if not word.startswith("-")]
    if not names or names[0] not in ("install", "localinstall", "reinstall", "update", "upgrade"):
        return 0
    files = [name for name in names[1:] if name.endswith(".rpm") and os.path.exists(name)]
    record(tool, [name for name in names[1:] if name not in files])
    if not files:
        return 0
    tried = subprocess.run(["rpm", "-U", "--test", *files], stderr=subprocess.PIPE, encoding="utf-8")
    needed = [line.strip() for line in tried.stderr.splitlines() if " is needed by " in line]
    record(tool, [line.split(" is needed by ")[0] for line in needed])
    return subprocess.call(["rpm", "-U", "--verbose", *(["--nodeps"] if needed else []), *files])


def record(tool, names):
    """Write down what a repository would bring."""
    for name in names:
        print(f"stand-in {tool}: {name} would come from a repository")
    os.makedirs(os.path.dirname(RECORD), exist_ok=True)
    with open(RECORD, "a", encoding="utf-8") as handle:
        handle.writelines(f"{name}\n" for name in names)


if __name__ == "__main__":
    me = "pip" if sys.argv[0].endswith("__main__.py") else os.path.basename(sys.argv[0])
    sys.exit(main(me, *sys.argv[1:]))
