"""Reads the store: the snapshot, the journal's later lines, and what to do if they are damaged.

Nothing here writes. ``Loaded`` tells what must be put aside or rewritten before the store may be used. A file
that cannot be read is never treated as empty.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from .. import durable_files
from ..sentences import Sentence, say
from . import journal, mending, migrations, snapshot
from .backups import Backups, day_of
from .index import Index
from .version import VERSION

SNAPSHOT = "jobs.json"
JOURNAL = "jobs.journal"

_change_decoder = msgspec.json.Decoder(journal.Change)


class Loaded(msgspec.Struct):
    """``problems``: sentences for the user. ``damaged``: files to put aside before anything is written.
    ``stale``: a new snapshot is needed. ``raised``: the revision increased by more than one, so no line may
    follow without that snapshot. ``frozen``: the store must not be written at all."""

    index: Index
    revision: int = 0
    journal_end: int = 0
    snapshot_size: int = 0
    problems: list[Sentence] = []
    damaged: list[Path] = []
    stale: bool = False
    raised: bool = False
    frozen: bool = False
    migrated_from: tuple[int, bytes, bytes] | None = None  # version, snapshot, journal


def load(folder: Path) -> Loaded:
    """Everything valid in ``folder``. Does not raise for invalid content."""
    with _no_garbage_collection():
        for _ in range(5):
            before = _mark(folder / SNAPSHOT)
            loaded = _Loader(folder).load()
            # If another process owns the store, it may have written a new snapshot in between.
            if _mark(folder / SNAPSHOT) == before:
                break
        return loaded


def _mark(path: Path) -> tuple[int, int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_ino, stat.st_mtime_ns, stat.st_size


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Records form no cycles, and scanning 100,000 new ones again and again takes longer than reading."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


class _Loader:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._out = Loaded(Index())

    def load(self) -> Loaded:
        out = self._out
        lines, data = self._journal()
        base = self._snapshot(lines)
        if base is not None:
            try:
                self._fill(base, lines, data)
            except (migrations.NoMigration, snapshot.Unreadable, KeyError, TypeError, ValueError) as error:
                out.index, out.revision, out.frozen = Index(), 0, True
                out.problems.append(
                    say(
                        "jobs.json is from an older version and could not be upgraded ({error}):"
                        " nothing was changed. Please report this.",
                        error=str(error),
                    )
                )
        return out

    # ------------------------------------------------------------ the files

    def _journal(self) -> tuple[list[journal.Line], bytes]:
        path, out = self._folder / JOURNAL, self._out
        try:
            data = durable_files.read(path)
        except FileNotFoundError:
            return [], b""
        except OSError as error:
            out.frozen = True
            out.problems.append(
                say(
                    "{file} cannot be read ({error}), so the newest changes are missing here: give this"
                    " user read access and restart.",
                    file=JOURNAL,
                    error=str(error.strerror),
                )
            )
            return [], b""
        parsed = journal.parse(data)
        out.journal_end = parsed.end
        if parsed.broken:
            self._journal_damaged(parsed.broken)
        return parsed.good, data

    def _journal_damaged(self, places: int) -> None:
        out = self._out
        if self._folder / JOURNAL not in out.damaged:
            out.damaged.append(self._folder / JOURNAL)
            out.problems.append(
                say(
                    "{file} was damaged ({places} of its lines): the rest was loaded, but some of the"
                    " newest changes may be missing.",
                    file=JOURNAL,
                    places=places,
                )
            )
        out.stale = True

    def _snapshot(self, lines: list[journal.Line]) -> snapshot.Snapshot | snapshot.Older | None:
        """The snapshot, or the latest valid backup. None: neither; ``frozen`` tells whether that is bad."""
        path, out = self._folder / SNAPSHOT, self._out
        try:
            data = durable_files.read(path)
            base = snapshot.decode(data)
            out.snapshot_size = len(data)
            return base
        except FileNotFoundError:
            missing = True
            if self._is_new(lines):
                out.stale = True
                return snapshot.Snapshot(VERSION, 0, [], {}, [], [])
        except PermissionError:
            out.frozen = True
            out.problems.append(
                say("{file} is not readable: give this user read access and restart.", file=str(path))
            )
            return None
        except snapshot.Newer as newer:
            out.frozen = True
            self._newer(newer.version)
            return newer.snapshot
        except (snapshot.Unreadable, OSError):
            missing = False
            out.damaged.append(path)
        return self._backup(missing)

    def _newer(self, version: int) -> None:
        self._out.frozen = True
        self._out.problems.append(
            say(
                "The jobs were saved by a newer Inu Jobs (format {version}; this one reads up to"
                " {known}): you can view but not change them until you update.",
                version=version,
                known=VERSION,
            )
        )

    def _is_new(self, lines: list[journal.Line]) -> bool:
        """No snapshot, and none was lost: there never was one, or the first could not be written yet."""
        if any(self._folder.glob(f"{SNAPSHOT}.unreadable-*")) or any(Backups(self._folder).newest_first()):
            return False
        return not self._out.journal_end or (bool(lines) and lines[0].revision == 1)

    def _backup(self, missing: bool) -> snapshot.Snapshot | snapshot.Older | None:
        out = self._out
        for path in Backups(self._folder).newest_first():
            try:
                data = durable_files.read(path)
                base = snapshot.decode(data)
            except (OSError, snapshot.Unreadable, snapshot.Newer):
                continue
            out.stale = True
            out.snapshot_size = len(data)
            if out.journal_end:
                self._keep_aside(JOURNAL)  # it continues what is lost
            out.problems.append(
                say(
                    "{file} is missing: the backup from {day} was loaded, so some changes made since"
                    " then may be missing.",
                    file=SNAPSHOT,
                    day=day_of(path),
                )
                if missing
                else say(
                    "{file} cannot be read: the backup from {day} was loaded, so some changes made"
                    " since then may be missing.",
                    file=SNAPSHOT,
                    day=day_of(path),
                )
            )
            return base
        out.frozen = True
        out.problems.append(
            say(
                "{file} is missing and there is no good backup: nothing was changed. Put a good copy at"
                " {path}, or move everything out of that folder to start over.",
                file=SNAPSHOT,
                path=str(self._folder / SNAPSHOT),
            )
            if missing
            else say(
                "{file} cannot be read and there is no good backup: nothing was changed. Put a good"
                " copy at {path}, or move everything out of that folder to start over.",
                file=SNAPSHOT,
                path=str(self._folder / SNAPSHOT),
            )
        )
        return None

    # ---------------------------------------------------------- the records

    def _fill(
        self, base: snapshot.Snapshot | snapshot.Older, lines: list[journal.Line], journal_data: bytes
    ) -> None:
        out = self._out
        if isinstance(base, snapshot.Older):
            version, original = base.version, self._folder / SNAPSHOT
            revision, document, lines = migrations.migrate(version, base.revision, base.document, lines)
            base = snapshot.convert(VERSION, revision, document)
            if original.exists():
                out.migrated_from = (version, durable_files.read(original), journal_data)
            out.stale = True
        out.index.payloads, doubtful = mending.sort_out(base.payloads)
        out.index.hold = base.hold
        orphans = out.index.fill(base.jobs, base.tasks, base.images)
        out.revision = base.revision
        newest = max((line.version for line in lines if line.revision > base.revision), default=VERSION)
        if newest > VERSION and not out.frozen:
            self._newer(newest)
        orphans += self._replay(lines, doubtful)
        self._pass_backups()
        mended = mending.mend(out.index, doubtful, Backups(self._folder).newest_first())
        if mended.changed:
            out.stale = True
            self._keep_aside(SNAPSHOT, *([JOURNAL] if mended.hold else []))
        if mended.problem:
            out.problems.append(mended.problem)
        if mended.hold is not None:
            out.index.hold = mended.hold
        if orphans:
            out.stale = True
            self._keep_aside(SNAPSHOT, JOURNAL)
            out.problems.append(
                say(
                    "{orphans} tasks or images were skipped, because the job or task they belong to is"
                    " missing.",
                    orphans=orphans,
                )
            )

    def _pass_backups(self) -> None:
        """If an older copy was put back by hand, there are backups of what came after it. Continue above
        their revisions, or they would count as newer than everything done from now on."""
        out, newest = self._out, Backups(self._folder).revision()
        if newest > out.revision and not out.frozen:
            out.revision, out.stale, out.raised = newest + 1, True, True

    def _keep_aside(self, *names: str) -> None:
        for path in (self._folder / name for name in names):
            if path.exists() and path not in self._out.damaged:
                self._out.damaged.append(path)

    def _replay(self, lines: Iterable[journal.Line], doubtful: mending.Named) -> int:
        """Apply the lines after the snapshot. Their records are complete, so lines after a gap count, too.
        Payloads that do not match their names are added to ``doubtful``."""
        out, orphans, unknown = self._out, 0, 0
        restored = bool(out.damaged)
        for line in lines:
            if line.revision <= out.revision:
                continue
            if line.revision != out.revision + 1 and not restored:
                self._journal_damaged(line.revision - out.revision - 1)
            try:
                change = _change_decoder.decode(line.change)
            except (ValueError, RecursionError):
                unknown += 1
                continue
            if change.payloads:
                true, odd = mending.sort_out(change.payloads)
                doubtful |= odd
                named = {name: msgspec.Raw(data) for name, data in true.items()}
                change = msgspec.structs.replace(change, payloads=named)
            orphans += out.index.apply(change).orphans
            out.revision = line.revision
            out.stale = True
        if unknown and not out.frozen:
            self._journal_damaged(unknown)
        return orphans
