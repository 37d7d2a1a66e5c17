"""Extension folders of the WebUI with Agent Scheduler in them. Needs no package of ours, as it is for reports
that one is missing, too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from modules import extensions

#: what any of them has
PROOF = Path("agent_scheduler", "task_runner.py")
_NAME = "agent-scheduler"  # of folders and addresses, of all forks


def schedulers() -> list[Any]:
    """Extensions of the WebUI, by folder."""
    return [extension for extension in list(extensions.extensions) if _is_scheduler(extension)]


def _is_scheduler(extension: Any) -> bool:
    path = Path(extension.path)
    return path.is_dir() and (_NAME in path.name.casefold() or (path / PROOF).is_file())


def remote(extension: Any) -> str | None:
    """Where it was cloned from; reads its commit, too."""
    try:
        extension.read_info_from_repo()
    except Exception:  # git, or a broken repository
        return None
    found = getattr(extension, "remote", None)
    return str(found) if found else None
