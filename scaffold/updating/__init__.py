"""What an update would do: three trees, one merge. Writes nothing."""

from __future__ import annotations

from scaffold.updating.planning import Update, not_at_hand, plan_update, unresolved_conflicts

__all__ = ["Update", "not_at_hand", "plan_update", "unresolved_conflicts"]
