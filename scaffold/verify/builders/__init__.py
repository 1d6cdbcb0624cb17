"""Images that the release's own builders make: kolla, TCIB, or image prepare as an overcloud is deployed."""

from __future__ import annotations

from scaffold.verify.builders.builder import needs, prepare, run

__all__ = ["needs", "prepare", "run"]
