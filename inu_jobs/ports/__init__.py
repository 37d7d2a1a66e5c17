"""What the core needs from the outside. The host's side of each is in ``inu_jobs.webui``."""

from .catalog import Catalog, Checkpoints, Permits, ScriptLabel
from .host import Host, ImageFacts, Room, Settings
from .installer import Installer, RestartWay, SchedulerFolder
from .scheduler import (
    Enqueued,
    Event,
    Finished,
    HandOver,
    Made,
    Produced,
    Progress,
    Reattached,
    Registered,
    Row,
    RowState,
    Saved,
    Scheduler,
    SchedulerStatus,
    Started,
)

__all__ = [
    "Catalog",
    "Checkpoints",
    "Enqueued",
    "Event",
    "Finished",
    "HandOver",
    "Host",
    "ImageFacts",
    "Installer",
    "Made",
    "Permits",
    "Produced",
    "Progress",
    "Reattached",
    "Registered",
    "RestartWay",
    "Room",
    "Row",
    "RowState",
    "Saved",
    "Scheduler",
    "SchedulerFolder",
    "SchedulerStatus",
    "ScriptLabel",
    "Settings",
    "Started",
]
