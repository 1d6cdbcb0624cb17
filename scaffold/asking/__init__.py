"""Asking on a terminal: each question through questionary, and the review."""

from __future__ import annotations

from scaffold.asking.prompts import ask, ask_only, ask_service

__all__ = ["ask", "ask_only", "ask_service"]
