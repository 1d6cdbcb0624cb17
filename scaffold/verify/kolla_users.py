"""The users of kolla's images, read from kolla itself."""

from __future__ import annotations

import ast

from scaffold.releases import engine_versions
from scaffold.verify import install
from scaffold.verify.needs import Needs


def kolla_files(release: str) -> Needs:
    """kolla's wheel."""
    return Needs((install.wheel_piece("kolla", engine_versions(release)["kolla"]),))


def kolla_users(release: str) -> dict[str, int]:
    """The users of kolla's base image, which every stock image is built on."""
    config = install.wheel("kolla", engine_versions(release)["kolla"]) / "kolla/common/config.py"
    for node in ast.parse(config.read_text()).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "USERS":
            users = ast.literal_eval(node.value)
            return {"root": 0} | {name.removesuffix("-user"): entry["uid"] for name, entry in users.items()}
    raise LookupError(f"{config} has no USERS")
