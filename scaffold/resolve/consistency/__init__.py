"""The constraints across answers: what cannot work together is refused with the reason and the fix."""

from __future__ import annotations

from scaffold.resolve.consistency.constraints import faults, of_repository, of_service

__all__ = ["faults", "of_repository", "of_service"]
