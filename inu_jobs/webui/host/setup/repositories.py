"""Which Agent Scheduler serves which WebUI.

The original imports ``modules.generation_parameters_copypaste``, which A1111, reForge and Forge still have
(an alias of ``infotext_utils``). Forge Neo has not, and a derivative of it has one with two other functions
in it, which does not help. The one for Forge sets ``model_config``, pydantic 2's
name for what the original does by pydantic 1.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import NamedTuple

from modules import shared


class Repository(NamedTuple):
    """``tried``: when it was last installed and ran jobs on these hosts; ``suits``: asks this host."""

    url: str
    hosts: str
    tried: str
    suits: Callable[[], bool]


def _has_old_infotext_name() -> bool:
    try:
        importlib.import_module("modules.infotext_utils")  # which adds the alias
    except ModuleNotFoundError:
        pass  # before A1111 1.8, the module itself has the old name
    try:
        found = importlib.import_module("modules.generation_parameters_copypaste")
    except ModuleNotFoundError:
        return False
    return hasattr(found, "create_override_settings_dict")  # what its task_helpers.py imports of it


def _has_pydantic_2() -> bool:
    pydantic = importlib.import_module("pydantic")  # every host has it
    return hasattr(pydantic.BaseModel, "model_config")


#: the first that suits is the one
REPOSITORIES = (
    Repository(
        "https://github.com/cataclisma/sd-webui-agent-scheduler-neo",
        "Forge Neo", "2026-11", lambda: not _has_old_infotext_name(),
    ),
    Repository(
        "https://github.com/supersonic13/sd-webui-agent-scheduler",
        "Forge", "2026-11", _has_pydantic_2,
    ),
    Repository(
        "https://github.com/ArtVentureX/sd-webui-agent-scheduler",
        "A1111, reForge", "2026-11", lambda: True,
    ),
)  # fmt: skip


def source() -> str:
    """The address for this host. ``--inu-jobs-scheduler-url``, a mirror say, comes first: only who starts the
    WebUI can set it."""
    chosen = str(getattr(shared.cmd_opts, "inu_jobs_scheduler_url", None) or "").strip()
    return chosen or next(repository.url for repository in REPOSITORIES if repository.suits())


def suits(remote: str | None) -> bool | None:
    """Whether what was cloned from ``remote`` is for this host; None if it is from elsewhere."""
    if not remote:
        return None
    here = _plain(remote)
    if here == _plain(source()):
        return True
    return False if here in {_plain(repository.url) for repository in REPOSITORIES} else None


def _plain(url: str) -> str:
    """Without what may be spelled differently: scheme, user, case, ".git"."""
    path = url.strip().rstrip("/").removesuffix(".git").casefold()
    for separator in ("://", "@"):
        path = path.rpartition(separator)[2]
    return path.replace(":", "/")
