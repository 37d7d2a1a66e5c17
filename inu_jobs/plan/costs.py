"""What a plan costs, where that is more than somebody may have in mind."""

from __future__ import annotations

from ..model import Finding

#: seconds; what starts in the evening should be done in the morning
NIGHT = 12 * 3600.0
#: images; more than anybody looks through
MANY = 5_000
_GB = 1024**3


def costs(
    images: int, seconds: float | None, bytes: int | None, free: int | None, kept: int = 0
) -> list[Finding]:
    """``bytes`` that the images take, of those ``free`` on the disk, of which ``kept`` stay free. None: not
    known, and not judged."""
    found = []
    if bytes is not None and free is not None and bytes > free - kept:
        room = f"{_size(free)} free" + (f", of which Settings > Inu Jobs keeps {_size(kept)}" if kept else "")
        message = f"The images take about {_size(bytes)}; the disk has {room}."
        found.append(Finding("warning", "disk", message))
    if seconds is not None and seconds > NIGHT:
        message = f"This takes about {_time(seconds)}: more than a night."
        found.append(Finding("warning", "long_night", message))
    elif images > MANY:
        found.append(Finding("warning", "long_night", f"These are {images:,} images."))
    return found


def _size(bytes: int) -> str:
    return f"{bytes / _GB:.1f} GB"


def _time(seconds: float) -> str:
    hours = seconds / 3600
    return f"{hours:.0f} hours" if hours < 72 else f"{hours / 24:.0f} days"
