"""Dated copies of the store: one per day, 7 kept, and one of each version before its migration.

The revision inside tells which is newer, because dates may come from a clock that was wrong.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

from .. import durable_files
from . import snapshot

KEPT = 7
_DAILY = re.compile(r"jobs-\d{4}-\d\d-\d\d\.json")
_ANY = re.compile(r"jobs-(\d{4}-\d\d-\d\d)[^/]*\.json")


class Backups:
    """The backups of one store; see the module."""

    def __init__(self, folder: Path) -> None:
        """``folder``: the store's; the backups are in its ``backups/``."""
        self.folder = folder / "backups"

    def newest_first(self) -> Iterator[Path]:
        yield from sorted(self._matching(_ANY), key=_age, reverse=True)

    def revision(self) -> int:
        """The highest revision, -1 without a backup."""
        return max(map(_revision, self._matching(_ANY)), default=-1)

    def due(self, now: float, revision: int) -> bool:
        """Whether the day's backup is missing and anything has changed since the latest one."""
        daily = sorted(self._matching(_DAILY), reverse=True)
        if not daily:
            return revision > 0
        return self._today(now) not in daily and all(_revision(path) != revision for path in daily)

    def write(self, now: float, data: bytes) -> None:
        """Save ``data``, an encoded snapshot, as today's backup, and keep only the latest 7. Raises
        OSError."""
        self._make_folder()
        today = self._today(now)
        durable_files.write_durably(today, data)
        for old in sorted(self._matching(_DAILY), key=_age)[:-KEPT]:
            if old != today:
                old.unlink(missing_ok=True)

    def before_migration(self, now: float, version: int, snapshot_data: bytes, journal_data: bytes) -> Path:
        """Save the files of an older version unchanged. Raises OSError. We never delete these."""
        self._make_folder()
        path = self.folder / f"jobs-{durable_files.stamp(now)}-version{version}.json"
        durable_files.write_durably(path.with_suffix(".journal"), journal_data)
        durable_files.write_durably(path, snapshot_data)
        return path

    def _make_folder(self) -> None:
        if not self.folder.exists():
            self.folder.mkdir()
            durable_files.sync_folder(self.folder.parent)

    def _today(self, now: float) -> Path:
        return self.folder / time.strftime("jobs-%Y-%m-%d.json", time.localtime(now))

    def _matching(self, pattern: re.Pattern[str]) -> list[Path]:
        try:
            return [path for path in self.folder.iterdir() if pattern.fullmatch(path.name)]
        except OSError:
            return []


def _age(backup: Path) -> tuple[int, str]:
    """Sort key, greatest for the newest."""
    return _revision(backup), backup.name[:15]


def _revision(backup: Path) -> int:
    """-1 if it cannot be read."""
    try:
        with backup.open("rb") as file:
            head = file.read(200)
            revision = snapshot.revision_of(head)
            if revision is None:  # reformatted by hand, or damaged
                revision = snapshot.revision_of(head + file.read())
    except OSError:
        return -1
    return -1 if revision is None else revision


def day_of(backup: Path) -> str:
    """The date in a backup's name."""
    match = _ANY.fullmatch(backup.name)
    return match[1] if match else backup.name
