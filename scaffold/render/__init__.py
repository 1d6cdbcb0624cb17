"""VendorRepo -> Tree: our cookiecutter templates, through the sandbox."""

from __future__ import annotations

from scaffold.render.rendering import context, joined, render, rendered, templates

__all__ = ["context", "joined", "render", "rendered", "templates"]
