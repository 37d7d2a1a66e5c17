"""Versions for a bug report, one line each."""

from __future__ import annotations

import importlib
import platform
from datetime import datetime, timezone
from functools import cache
from typing import Any

from . import scheduler_folders

UNKNOWN = "unknown"


def of_all(folder: str = "") -> list[str]:
    """Of the host and of the schedulers in it, or of the one in ``folder``."""
    lines = [of_host()]
    for extension in scheduler_folders.schedulers():
        if folder in ("", extension.name):
            scheduler_folders.remote(extension)
            lines.append(of_extension(extension))
    return lines


@cache
def of_host() -> str:
    """ "WebUI v1.10.1 (82a973c0), Python 3.10.14, gradio 3.41.2"; Forge Neo (2.26) calls itself "neo" and has
    its number beside that."""
    launch = _module("launch")
    tag, commit = _call(launch, "git_tag"), _call(launch, "commit_hash")
    release = str(getattr(_module("modules_forge.forge_version"), "release", "") or "")
    names = " ".join(filter(None, (tag if tag != "<none>" else "", release))) or UNKNOWN
    known = f" ({commit[:8]})" if commit and commit != "<none>" else ""
    gradio = getattr(_module("gradio"), "__version__", UNKNOWN)
    return f"WebUI {names}{known}, Python {platform.python_version()}, gradio {gradio}"


def of_extension(extension: Any) -> str:
    """ "Agent Scheduler a3375332 of 2025-01-13 from https://..."."""
    commit = str(getattr(extension, "commit_hash", "") or "")[:8]
    date = getattr(extension, "commit_date", None)
    day = f" of {datetime.fromtimestamp(date, timezone.utc):%Y-%m-%d}" if date else ""
    remote = getattr(extension, "remote", None)
    return f"Agent Scheduler {commit or 'of unknown version'}{day}" + (f" from {remote}" if remote else "")


def _module(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def _call(module: Any, name: str) -> str:
    try:
        return str(getattr(module, name)() or "")
    except Exception:  # no git, no repository, no such function
        return ""
