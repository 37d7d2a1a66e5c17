"""Turning existing images into jobs: on its own thread, one import at a time."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from msgspec import UNSET
from msgspec.structs import replace

from .. import api
from ..errors import InuJobsError, InvalidInput, NotFound, Refused
from ..library import files
from ..library.import_folders import Folder, FoundImage, Group, Read, day_of, folders, grouped, read, records
from ..library.infotext.text_files import infotext_of
from ..library.infotext.to_payload import Here
from ..log import log
from ..model import Job, storable
from ..ports import Catalog, Host
from ..sentences import Sentence, listed, say, say_count, together
from ..store import Store
from .compose import job_names

MOST_FAILURES = 100  # listed individually
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_AT_WORK = ("counting", "reading", "saving")


class Cancelled(Exception):
    pass


class Importer:
    """Imports existing images as jobs; see ``start``."""

    def __init__(self, store: Store, host: Host, catalog: Catalog) -> None:
        self._store = store
        self._host = host
        self._catalog = catalog
        self._lock = threading.Lock()
        self._state = api.ImportState()
        self._cancel = threading.Event()

    def folders(self) -> api.ImportFolders:
        """The output folders that contain images, newest first. Opens no images."""
        known = _Recorded(self._store, self._host.data_folder())
        return api.ImportFolders([self._shown(folder, known) for folder in self._folders() if folder.images])

    def state(self) -> api.ImportState:
        """The progress of the current or latest import."""
        with self._lock:
            return self._state

    def start(self, spec: api.ImportSpec) -> api.ImportState:
        """Start an import. ``InvalidInput`` for an invalid day, ``NotFound`` for a folder that does not
        exist, ``Refused`` while an import is running or the store is read-only."""
        since, until = _day(spec.since, "since"), _day(spec.until, "until")
        if since and until and since > until:
            raise InvalidInput(say("The first day is after the last one."), "since")
        if self._store.read_only:
            raise Refused(self._store.problem or say("The store is read-only."))
        chosen = self._chosen(spec)
        with self._lock:
            if self._state.state in _AT_WORK:
                raise Refused(say("An import is already running: wait until it is done, or cancel it."))
            self._cancel.clear()
            self._state = started = api.ImportState(state="counting")
        work = threading.Thread(
            target=self._run, args=(chosen, since, until), name="inu-jobs-import", daemon=True
        )
        work.start()
        return started

    def cancel(self) -> api.ImportState:
        """Then nothing is imported, except that saving is not stopped halfway."""
        self._cancel.set()
        return self.state()

    # ------------------------------------------------------------------- choosing

    def _folders(self) -> list[Folder]:
        host = self._host
        return folders(host.output_folders(), host.grid_folders(), host.data_folder())

    def _shown(self, folder: Folder, recorded: _Recorded) -> api.ImportFolder:
        known = sum(image.stored in recorded for image in folder.images)
        times = [image.mtime for image in folder.images]
        new = len(folder.images) - known
        saved = self._is_saved(folder.images[0].path.parent.resolve())
        return api.ImportFolder(folder.id, folder.name, new, known, min(times), max(times), saved)

    def _is_saved(self, folder: Path) -> bool:
        """Whether it belongs to the "Save" folder, and to no other output folder inside it."""
        save = self._host.save_folder()
        roots = [root.resolve() for root in self._host.output_folders()]
        within = [root for root in roots if folder.is_relative_to(root)]
        return (
            save is not None and max(within, key=lambda root: len(root.parts), default=None) == save.resolve()
        )

    def _chosen(self, spec: api.ImportSpec) -> list[Folder]:
        there = self._folders()
        if spec.folders is UNSET:
            return there
        by_id = {folder.id: folder for folder in there}
        if any(id not in by_id for id in spec.folders):
            raise NotFound(
                say("One of these folders no longer exists or no longer has images: reload the list.")
            )
        return [by_id[id] for id in dict.fromkeys(spec.folders)]

    # -------------------------------------------------------------------- working

    def _set(self, **fields: object) -> None:
        with self._lock:
            self._state = replace(self._state, **fields)

    def _run(self, chosen: list[Folder], since: str, until: str) -> None:
        """Never raises: nobody else would handle it on this thread."""
        try:
            self._import(chosen, since, until)
        except Cancelled:
            self._set(state="cancelled", message=say("Cancelled: nothing was imported."))
        except InuJobsError as error:
            self._set(state="failed", message=together([say("Nothing was imported."), error.sentence]))
        except Exception:
            log.exception("the import failed.")
            self._set(
                state="failed",
                message=say("Nothing was imported: look for the error in the WebUI's console."),
            )

    def _import(self, chosen: list[Folder], since: str, until: str) -> None:
        meant = [image for folder in chosen for image in folder.images if _within(image, since, until)]
        known = _Recorded(self._store, self._host.data_folder())
        fresh = [image for image in meant if image.stored not in known]
        grids = sum(_within(grid, since, until) for folder in chosen for grid in folder.grids)
        self._set(state="reading", total=len(fresh), already=len(meant) - len(fresh), grids=grids)
        here = Here.of(self._catalog)
        images = [image for found in fresh if (image := self._read(found, here)) is not None]
        groups = grouped(images)
        if self._cancel.is_set():
            raise Cancelled
        self._set(state="saving")
        self._save(groups)

    def _read(self, found: FoundImage, here: Here) -> Read | None:
        """One file. None if there is nothing to import: then it is counted, and listed if it is broken."""
        if self._cancel.is_set():
            raise Cancelled
        time.sleep(0)  # let the host run
        image = None
        path = files.allowed(found.path, self._host.output_folders())
        facts = files.facts(found.path, self._host.data_folder()) if path else None
        if found.stored != storable(found.stored):
            self._failed(found, say("Its name or its folder's name is not valid Unicode: rename it."))
        elif path is None or facts is None:
            self._failed(found, say("It no longer exists."))
        elif not facts.width:
            self._failed(found, say("It cannot be read as an image."))
        else:
            image = read(self._text(path), facts, here)
            if image is None:
                self._set(bare=self._state.bare + 1)
        self._set(read=self._state.read + 1)
        return image

    def _text(self, path: Path) -> str:
        try:
            return infotext_of(path, self._host.infotext(path))
        except Exception:  # Pillow raises many kinds if it is damaged past the header
            return infotext_of(path, "")

    def _failed(self, found: FoundImage, reason: Sentence) -> None:
        state = self._state
        told = state.failed
        if len(told) < MOST_FAILURES:
            failure = api.Failure(storable(found.stored), reason, storable(found.path.name))
            told = [*told, failure]
        self._set(failed=told, failed_total=state.failed_total + 1)

    def _save(self, groups: list[Group]) -> None:
        """All or nothing, in one transaction: a kill in the meantime leaves nothing half done."""
        made: list[api.JobName] = []
        count = 0
        known = _Recorded(self._store, self._host.data_folder())
        with self._store.transaction() as t:
            for group in groups:
                # a task of ours may have recorded one in the meantime
                group.images = [image for image in group.images if image.facts.path not in known]
                count += len(group.images)
                for record in records(group, _name(group), t.put_payload):
                    t.put(record)
                    if isinstance(record, Job):
                        made.append(api.JobName(record.id, record.name))
        self._set(state="done", images=count, jobs=made, message=self._message(count, len(made)))

    def _message(self, images: int, jobs: int) -> Sentence:
        left_out = listed([str(part) for part in self._left_out()], 4)
        if not images:
            if not left_out:
                return say("There was nothing to import.")
            return say("There was nothing to import; skipped: {left_out}.", left_out=left_out)
        made = say_count(images, "{n:,} image", "{n:,} images"), say_count(jobs, "{n:,} job", "{n:,} jobs")
        if not left_out:
            return say("{images} became {jobs}.", images=made[0], jobs=made[1])
        return say(
            "{images} became {jobs}; skipped: {left_out}.",
            images=made[0],
            jobs=made[1],
            left_out=left_out,
        )

    def _left_out(self) -> Iterator[Sentence]:
        state = self._state
        if state.bare:
            yield say("{n:,} without parameters", n=state.bare)
        if state.grids:
            yield say_count(state.grids, "{n:,} grid", "{n:,} grids")
        if state.already:
            yield say("{n:,} already known", n=state.already)
        if state.failed_total:
            yield say("{n:,} unreadable", n=state.failed_total)


class _Recorded:
    """The paths of files that the store has an image of, by any name of their folder: an output folder may be
    given as a link now, and as its target later. Each folder is looked up once."""

    def __init__(self, store: Store, data_folder: Path) -> None:
        self._store = store
        self._data_folder = data_folder
        self._places: dict[Path, files.Place | None] = {}
        self._names: dict[files.Place, list[str]] = {}
        self._also: dict[str, list[str]] = {}  # folder -> the names by which images were recorded
        for folder in store.image_folders():
            if (place := self._place_of(folder)) is not None:
                self._names.setdefault(place, []).append(folder)

    def __contains__(self, stored: str) -> bool:
        if self._store.image_by_path(stored) is not None:
            return True
        at = stored.rfind("/") + 1
        if (folder := stored[:at]) not in self._also:
            place = self._place_of(folder)
            self._also[folder] = [] if place is None else self._names.get(place, [])
        return any(self._store.image_by_path(name + stored[at:]) is not None for name in self._also[folder])

    def _place_of(self, folder: str) -> files.Place | None:
        return self._place(files.absolute(folder, self._data_folder))

    def _place(self, folder: Path) -> files.Place | None:
        if folder not in self._places:
            above = folder.parent  # of a missing disk, only the first folder makes us wait
            there = above == folder or self._place(above) is not None
            self._places[folder] = files.place(folder) if there else None
        return self._places[folder]


def _counted(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def _name(group: Group) -> str:
    first = group.images[0] if group.images else None
    prompt = first.payload.get("prompt") if first else ""
    day = group.day or (day_of(first.created) if first else "")
    return job_names.imported(prompt, day, single=bool(group.day))


def _day(text: str | object, field: str) -> str:
    """ISO dates compare as text does."""
    if text is UNSET:
        return ""
    try:
        if not isinstance(text, str) or not _DAY.fullmatch(text):
            raise ValueError
        date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(say("Write a day as 2026-11-24."), field) from error
    return text


def _within(image: FoundImage, since: str, until: str) -> bool:
    if not since and not until:
        return True
    day = day_of(image.mtime)
    return (not since or since <= day) and (not until or day <= until)
