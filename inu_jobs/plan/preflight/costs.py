"""What a plan costs, if that is more than the user may expect."""

from __future__ import annotations

from ...model import Finding
from ...sentences import Sentence, say

#: seconds; what starts in the evening should be done by the morning
NIGHT = 12 * 3600.0
#: images; more than anyone will look through
MANY = 5_000
_GB = 1024**3


def costs(
    images: int, seconds: float | None, bytes: int | None, free: int | None, kept: int = 0
) -> list[Finding]:
    """``bytes``: size of all images; ``free``: space on the disk, of which ``kept`` must stay free. None:
    unknown, and not checked."""
    found = []
    if bytes is not None and free is not None and bytes > free - kept:
        if kept:
            message = say(
                "The images need about {size}; the disk has {free} free, of which {kept} must stay free"
                " (Settings > Inu Jobs).",
                size=_size(bytes),
                free=_size(free),
                kept=_size(kept),
            )
        else:
            message = say(
                "The images need about {size}; the disk has {free} free.", size=_size(bytes), free=_size(free)
            )
        found.append(Finding("warning", "disk", message))
    if seconds is not None and seconds > NIGHT:
        message = say("This takes about {time}: more than a night.", time=_time(seconds))
        found.append(Finding("warning", "long_night", message))
    elif images > MANY:
        found.append(Finding("warning", "long_night", say("This makes {images:,} images.", images=images)))
    return found


def _size(bytes: int) -> Sentence:
    return say("{size:.1f} GB", size=bytes / _GB)


def _time(seconds: float) -> Sentence:
    hours = seconds / 3600
    if hours < 72:
        return say("{hours:.0f} hours", hours=hours)
    return say("{days:.0f} days", days=hours / 24)
