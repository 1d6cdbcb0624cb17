#!/usr/bin/python3
"""yum, dnf and pip in a stand-in base image, where no repository of packages is to be had.

RPM files are installed by rpm itself. Names of packages, and what an RPM requires beyond the image, are what
a repository would bring: they are written to /var/lib/stand-in/packages, a line each, and not installed.
Tools that have a stand-in appear with the packages that bring them.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

RECORD = Path("/var/lib/stand-in/packages")
TOOLS = Path("/var/lib/stand-in/tools.json")  # package, or file of one -> link -> what it leads to


def main(tool, *words):
    """Carry out `install` and its like; anything else (clean, makecache) has nothing to do."""
    names = [word for word in words if not word.startswith("-")]
    if not names or names[0] not in ("install", "localinstall", "reinstall", "update", "upgrade"):
        return 0
    files = [name for name in names[1:] if "/" in name and name.endswith(".rpm")]
    for name in files:
        if not Path(name).exists():
            print(f"Can not load RPM file: {name}.", file=sys.stderr)  # dnf's words
            return 1
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
    with RECORD.open("a", encoding="utf-8") as handle:
        handle.writelines(f"{name}\n" for name in names)
    tools = json.loads(TOOLS.read_text(encoding="utf-8"))
    for name in names:
        for link, target in tools.get(package_of(name), {}).items():
            if not os.path.lexists(link):
                Path(link).symlink_to(target)


def package_of(name):
    """The bare name of kmod-25-1.el8, kmod >= 25 or /tmp/pip-20.3.4-py2.py3-none-any.whl."""
    word = name.split()[0]
    return re.sub(r"-\d.*", "", Path(word).name if word.endswith(".whl") else word)


if __name__ == "__main__":
    me = "pip" if sys.argv[0].endswith("__main__.py") else Path(sys.argv[0]).name
    sys.exit(main(me, *sys.argv[1:]))
