"""The host's extensions, for as far as the scheduler is one of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

import msgspec

from ..sentences import Sentence

#: how the host starts again: as a new process, by "Reload UI", or only by hand
RestartWay = Literal["restart", "reload", "hand"]


class SchedulerFolder(msgspec.Struct, frozen=True):
    """An extension folder with a scheduler. ``enabled``: in the Extensions tab; ``loaded``: it was enabled
    when the host last loaded its extensions; ``suits``: whether it comes from the repository for this host,
    None if that is unknown; ``whole``: it contains the scheduler's package."""

    name: str
    enabled: bool = True
    loaded: bool = True
    suits: bool | None = None
    whole: bool = True


class Installer(Protocol):
    """Installs, enables and restarts by the host's own functions, which may take long."""

    @property
    def source(self) -> str:
        """The address of the scheduler for this host."""

    def folders(self) -> Sequence[SchedulerFolder]:
        """All with a scheduler in them, whether it works or not."""

    def running(self) -> bool:
        """Whether a scheduler's code was loaded; it may not have started."""

    def refusal(self) -> Sentence:
        """Why the host's page may not change extensions; '' if it may."""

    def install(self) -> str:
        """Install the scheduler for this host, in a folder that does not exist yet. Returns the folder's
        name; raises ``InuJobsError`` and leaves no folder behind if that failed."""

    def choose(self, name: str) -> None:
        """Enable this scheduler and disable all others. Deletes nothing."""

    def restart_way(self) -> RestartWay: ...

    def restart(self) -> None:
        """Restart by ``restart_way``, at once. Does not return from a new process."""

    def startup_seconds(self) -> float:
        """How long the host's last start took."""

    def generating(self) -> bool:
        """Whether the host is generating, which a restart would stop."""

    def reason(self, name: str) -> str:
        """The error with which the folder's code failed to load; '' if unknown."""

    def versions(self, name: str) -> Sequence[str]:
        """Of the host and of the scheduler in this folder, for a bug report."""
