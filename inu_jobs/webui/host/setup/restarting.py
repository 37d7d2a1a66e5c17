"""Starting the WebUI again, by its own means.

- As a new process: ``modules.restart`` (A1111 1.5, Forge, Forge Neo). It leaves a file for webui.sh or
  webui.bat, which set SD_WEBUI_RESTART; without them nothing would start it again. The WebUI's own page has
  it in the Extensions tab only, for those who may change extensions.
- "Reload UI": ``shared.state.request_restart``, heard only where there is a page. It runs scripts again but
  keeps Python's packages: one of a scheduler that has been disabled since would be used further on.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from modules import shared

from ....ports import RestartWay

PACKAGE = "agent_scheduler"


def way(may_change: bool, folders: Iterable[Path]) -> RestartWay:
    """``may_change``: whether the host's page may change extensions; ``folders``: enabled schedulers."""
    if may_change and _is_restartable():
        return "restart"
    stale = _has_package_outside(list(folders))
    return "reload" if shared.demo is not None and not stale else "hand"


def restart(chosen: RestartWay) -> None:
    if chosen == "restart":
        from modules import restart

        restart.restart_program()
    else:
        shared.state.request_restart()


def launch_seconds() -> float:
    """From the start of the process until all was imported and the WebUI's state was made."""
    try:
        import psutil  # in every WebUI
    except ImportError:
        return 0.0
    made = float(getattr(shared.state, "server_start", 0.0) or 0.0)
    return max(0.0, made - float(psutil.Process().create_time()))


def _is_restartable() -> bool:
    try:
        from modules import restart
    except ImportError:
        return False
    return bool(restart.is_restartable())


def _has_package_outside(folders: list[Path]) -> bool:
    """A scheduler's package is loaded, if only in part, from another place than these folders."""
    package = sys.modules.get(PACKAGE)
    places = [Path(place).resolve() for place in getattr(package, "__path__", ())]
    known = [(folder / PACKAGE).resolve() for folder in folders]
    return any(place not in known for place in places)
