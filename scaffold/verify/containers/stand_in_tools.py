"""The tools of a stand-in base image: what stands in for each, and which package brings it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from scaffold.releases.tools import TOOLS
from scaffold.verify import install

# of coreutils, findutils, gawk, grep, sed and util-linux, without which no CentOS starts
COMMANDS = (
    *("[", "arch", "awk", "base64", "basename", "cat", "chgrp", "chmod", "chown"),
    *("chroot", "cp", "cut", "date", "dd", "df", "dirname", "dmesg", "du"),
    *("echo", "egrep", "env", "expand", "expr", "factor", "false", "fgrep", "find"),
    *("findfs", "fold", "fsfreeze", "getopt", "grep", "groups", "head", "hexdump", "hostid"),
    *("id", "ionice", "kill", "link", "ln", "logger", "logname", "losetup", "ls"),
    *("md5sum", "mkdir", "mkfifo", "mknod", "mkswap", "mktemp", "more", "mount", "mv"),
    *("nl", "nologin", "nproc", "nsenter", "od", "paste", "pivot_root", "printf", "pwd"),
    *("readlink", "realpath", "renice", "rev", "rm", "rmdir", "sed", "seq", "setpriv"),
    *("setsid", "sha1sum", "sha256sum", "sha512sum", "shred", "shuf", "sleep", "sort", "stat"),
    *("stty", "su", "swapoff", "swapon", "sync", "tac", "tail", "taskset", "tee"),
    *("test", "timeout", "touch", "tr", "true", "truncate", "tty", "umount", "uname"),
    *("unexpand", "uniq", "unlink", "unshare", "wc", "who", "whoami", "xargs", "yes"),
)
PROGRAMS = "usr/libexec/stand-in"
SITE = "usr/lib/python3.11"
# what stands in for a tool: link -> what it leads to
TOOL_LINKS: Mapping[str, Mapping[str, str]] = {
    "curl": {"usr/bin/curl": f"/{PROGRAMS}/curl"},
    "gzip": {f"usr/bin/{name}": "busybox" for name in ("gzip", "gunzip", "zcat")},
    "kmod": {
        f"usr/sbin/{name}": "../bin/kmod"
        for name in ("depmod", "insmod", "lsmod", "modinfo", "modprobe", "rmmod")
    },
    "pip": {f"{SITE}/pip": f"/{PROGRAMS}/pip", "usr/bin/pip": "dnf", "usr/bin/pip3": "dnf"},
    "setuptools": {f"{SITE}/setuptools": f"/{PROGRAMS}/setuptools"},
    "tar": {"usr/bin/tar": f"/{PROGRAMS}/tar"},
    "xz": {f"usr/bin/{name}": "busybox" for name in ("xz", "unxz", "xzcat")},
    "patch": {"usr/bin/patch": f"/{PROGRAMS}/patch"},
    **{name: {f"usr/bin/{name}": "busybox"} for name in ("hostname", "ps", "unzip", "wget", "which")},
    "ip": {"usr/sbin/ip": "../bin/busybox"},
}


def by_package() -> dict[str, dict[str, str]]:
    """What a package brings, or one that has a file which an RPM requires."""
    found: dict[str, dict[str, str]] = {}
    for name, links in TOOL_LINKS.items():
        made = {f"/{link}": target for link, target in links.items()}
        files = (*made, *(link.removeprefix("/usr") for link in made))
        found |= dict.fromkeys((*TOOLS[name].packages, *files), made)
    return found | {"pip": {f"/{link}": target for link, target in TOOL_LINKS["pip"].items()}}


def pip_wheel() -> bytes:
    """A wheel of pip for a build on a stand-in, where pip records what it is asked for."""
    with zipfile.ZipFile(content := io.BytesIO(), "w") as wheel:
        wheel.write(install.PROGRAMS / "package_stand_in.py", "pip/__main__.py")
    return content.getvalue()
