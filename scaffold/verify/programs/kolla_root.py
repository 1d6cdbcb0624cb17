"""Run kolla's own set_configs.py in a directory that stands for the root of a container.

usage: kolla_root.py SET_CONFIGS ROOT NAME=UID... (the users that the image knows)

No chroot, no namespace and no privilege is needed. Upstream's code runs as it is, but for this: the paths of
the config and of the script itself lie below ROOT, only the given users exist, and a change of owner is
written to ROOT/.owners.json, since an ordinary user may not make it. Kolla to Rocky is written for Python 2,
whose viewkeys is read as keys. The exit status is that of set_configs.py: 0, 1 for a config that it refuses,
2 for a crash.
"""

from __future__ import annotations

import json
import os
import sys
import types
from pathlib import Path
from typing import Any

CONSTANTS = ("/run_command", "/configured", "/var/lib/kolla/config_files/config.json")


def main(script: str, root: str, *users: str) -> int:
    """Run the script; see above."""
    ids = {name: int(uid) for name, _, uid in (user.partition("=") for user in users)}
    owners: dict[str, str] = {}
    namespace = load(Path(script), root)
    sys.modules["pwd"] = names_of(ids, "getpwnam", "getpwuid", "pw_name", "pw_uid")
    sys.modules["grp"] = names_of(ids, "getgrnam", "getgrgid", "gr_name", "gr_gid")

    def chown(path: str, uid: int, gid: int) -> None:
        known = {number: name for name, number in ids.items()}
        owners[path.removeprefix(root)] = f"{known.get(uid, 'root')}:{known.get(gid, 'root')}"

    os.chown = chown
    exec(namespace.pop("code"), namespace)
    upstream = namespace["load_config"]
    namespace["load_config"] = lambda: below(root, upstream())
    sys.argv = [script]
    status: int = namespace["main"]()
    Path(root, ".owners.json").write_text(json.dumps(owners))
    return status


def load(script: Path, root: str) -> dict[str, Any]:
    """The script, compiled, with its own paths below ROOT."""
    text = script.read_text().replace(".viewkeys()", ".keys()")
    for constant in CONSTANTS:
        if f"'{constant}'" not in text:
            raise SystemExit(
                f"{script} does not name {constant}: it is not the set_configs.py that is known here"
            )
        text = text.replace(f"'{constant}'", repr(root + constant))
    return {"__name__": "set_configs", "code": compile(text, str(script), "exec")}


def names_of(ids: dict[str, int], by_name: str, by_id: str, name: str, number: str) -> types.ModuleType:
    """A stand-in for pwd or grp that knows IDS only."""

    def named(wanted: str) -> types.SimpleNamespace:
        if wanted not in ids:
            raise KeyError(f"{by_name}(): name not found: {wanted!r}")
        return types.SimpleNamespace(**{name: wanted, number: ids[wanted]})

    module: Any = types.ModuleType(by_name[3:5])
    setattr(module, by_name, named)
    setattr(
        module, by_id, lambda _: named("root")
    )  # all files are the caller's, who stands for the host's root
    return module


def below(root: str, config: dict[str, Any]) -> dict[str, Any]:
    """A config that upstream accepted, with its paths below ROOT."""
    for section, keys in (("config_files", ("source", "dest")), ("permissions", ("path",))):
        for entry in config.get(section) or []:
            for key in keys:
                path = str(entry.get(key, ""))
                if path.startswith("/"):  # a slash at the end has a meaning
                    entry[key] = root + os.path.normpath(path) + ("/" if path.endswith("/") else "")
    return config


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
