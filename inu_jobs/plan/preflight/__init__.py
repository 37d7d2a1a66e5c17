"""Finds what would go wrong before anything is queued."""

from .checks import preflight, preflight_all

__all__ = ["preflight", "preflight_all"]
