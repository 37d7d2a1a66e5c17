"""The trash: ``.inu-jobs-trash`` in the output folder that a file came from, so that moving it there is
one rename on one disk. What the store says of it is the caller's business; where a file is, is the truth.

Nothing is ever written over, and only a file that is as it was recorded is touched: regular, of the
recorded size and time, its folder (links followed) inside an output folder. Of one that lies in the trash,
named by its id, the size is enough to bring it back: times shift with the disk's summer time or in a copy.
"""

from __future__ import annotations

import contextlib
import os
import stat
import time
from collections.abc import Callable, Container, Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec

from ..api import Failure
from ..model import Image
from ..ports import Host
from ..store import files as durable
from .files import IMAGE_SUFFIXES, absolute, is_there
from .manifest import Entry, Manifest, Op

FOLDER = ".inu-jobs-trash"


class LeftAlone(Exception):
    """Why a file is not touched, in one sentence."""


class Outcome(NamedTuple):
    done: list[Image]
    failed: list[Failure]


class _Spot(NamedTuple):
    """Where an image's file belongs, links followed, and where it lies when it is in the trash."""

    origin: Path
    root: Path  # its output folder
    place: Path


class Trash:
    """Not safe on several threads at once: the caller does one thing at a time."""

    def __init__(self, host: Host, clock: Callable[[], float] = time.time) -> None:
        self._host = host
        self._clock = clock

    # -------------------------------------------------------------- looking

    def place(self, image: Image) -> Path | None:
        """Its file in the trash; None if it is not there."""
        spots = _spots(image, self._host.data_folder(), self.roots())
        return next((spot.place for spot in spots if _is_file(spot.place)), None)

    def entries(self) -> dict[str, Entry]:
        """The last thing that was to happen to each image that a manifest names."""
        found: dict[str, Entry] = {}
        for root in self.roots():
            with contextlib.suppress(OSError):
                found |= self._manifest(root).read()
        return found

    def is_home(self, image: Image, *, any_time: bool = False) -> bool:
        """True if its file is where it came from; ``any_time``: one that need not have the recorded time."""
        spots = _spots(image, self._host.data_folder(), self.roots())
        return bool(spots) and _is_recorded(spots[0].origin, image, any_time=any_time)

    def gone(self, images: Iterable[Image]) -> list[Image]:
        """Those whose file is nowhere, although their output folder is there: no disk is unplugged. Not
        those of which that cannot be seen."""
        roots, data = self.roots(), self._host.data_folder()
        found = []
        for image in images:
            spots = _spots(image, data, roots)
            paths = [path for spot in spots for path in (spot.origin, spot.place)]
            with contextlib.suppress(OSError):
                if spots and not any(map(is_there, paths)) and _has_anything(spots[0].root):
                    found.append(image)
        return found

    # ---------------------------------------------------------------- moving

    def put_in(
        self, images: Iterable[Image], deleted: Container[str] = (), *, any_time: bool = False
    ) -> Outcome:
        """``deleted``: ids of the jobs that are to go when the last of their files here goes. ``any_time``:
        the files need not have the recorded time."""

        def check(image: Image, spots: list[_Spot]) -> _Spot:
            _check(spots[0].origin, image, any_time=any_time)
            if is_there(spots[0].place):
                raise LeftAlone("The trash has a file of this image already.")
            return spots[0]

        return self._act("trash", images, check, lambda spot: _rename(spot.origin, spot.place), deleted)

    def take_out(self, images: Iterable[Image]) -> Outcome:
        def check(image: Image, spots: list[_Spot]) -> _Spot:
            spot = next((spot for spot in spots if _is_file(spot.place)), None)
            if spot is None:
                if _is_recorded(spots[0].origin, image):
                    return spots[0]  # brought back by another WebUI that saves into the same folder, say
                raise LeftAlone("Its file is not in the trash any more.")
            _check(spot.place, image, any_time=True)
            if is_there(spot.origin):
                raise LeftAlone(f"Another file is now where it was ({spot.origin.name}).")
            return spot

        def move(spot: _Spot) -> None:
            if not is_there(spot.place) and is_there(spot.origin):
                return
            spot.origin.parent.mkdir(parents=True, exist_ok=True)
            _rename(spot.place, spot.origin)

        return self._act("restore", images, check, move)

    def destroy(
        self,
        images: Iterable[Image],
        remove: Callable[[Path], None],
        deleted: Container[str] = (),
        *,
        from_home: bool = False,
    ) -> Outcome:
        """``remove`` takes a file away; ``from_home``: from where it came from, if that is free, for who
        looks for it by its name, and wants it back there. Killed in between it is at home again. One that
        is gone already counts as done, unless the whole output folder is: its disk may only be
        unplugged."""

        def check(image: Image, spots: list[_Spot]) -> _Spot:
            spot = next((spot for spot in spots if is_there(spot.place)), None)
            if spot is not None:
                _check(spot.place, image, any_time=True)
                if not _is_recorded(spot.place, image):
                    raise LeftAlone(
                        "Its file has another time than recorded: restore it, then delete it by hand."
                    )
                return spot
            if not _has_anything(spots[0].root):
                raise LeftAlone("Its output folder is not there or is empty: is the disk connected?")
            return spots[0]

        def move(spot: _Spot) -> None:
            if not is_there(spot.place):
                return
            if from_home and spot.origin.parent.is_dir() and not is_there(spot.origin):
                _by_its_name(spot, remove)
            else:
                remove(spot.place)

        return self._act("purge", images, check, move, deleted)

    def leave_with(self, job: str, images: Iterable[Image]) -> None:
        """Note of images that lie here that ``job`` is deleted, and to go when the last of them goes.
        OSError, LeftAlone; then it is not to be relied on."""
        known, roots, data = self.entries(), self.roots(), self._host.data_folder()
        by_root: dict[Path, list[Entry]] = {}
        for image in images:
            spot = next((spot for spot in _spots(image, data, roots) if _is_file(spot.place)), None)
            if spot is not None:
                entry = known.get(image.id) or _entry("trash", image, spot)
                entry = msgspec.structs.replace(entry, op="trash", with_job=job)
                by_root.setdefault(spot.root, []).append(entry)
        for root, entries in by_root.items():
            self._intend(root, entries)

    def undo(self, op: Op, images: Iterable[Image]) -> Outcome:
        """Put back what was just put in or taken out, since the store could not take it, or it is needed."""
        return self.take_out(images) if op == "trash" else self.put_in(images, any_time=True)

    def tidy(self, keep: Callable[[str], bool]) -> None:
        """Forget what the manifests say of images whose file is not there and that ``keep`` does not want;
        the others count as lying in the trash."""
        for root in self.roots():
            manifest = self._manifest(root)
            with contextlib.suppress(OSError):  # a long manifest does no harm
                entries = manifest.read()
                if entries or (root / FOLDER).is_dir():
                    manifest.replace(
                        msgspec.structs.replace(entry, op="trash")
                        for entry in entries.values()
                        if keep(entry.image) or is_there(root / FOLDER / entry.name)
                    )

    # ----------------------------------------------------------------- parts

    def roots(self) -> list[Path]:
        """Longest first: a file belongs to the innermost output folder."""
        found = {folder.resolve() for folder in self._host.output_folders()}
        return sorted(found, key=lambda root: len(root.parts), reverse=True)

    @staticmethod
    def _manifest(root: Path) -> Manifest:
        return Manifest(root / FOLDER)

    def _act(
        self,
        op: Op,
        images: Iterable[Image],
        check: Callable[[Image, list[_Spot]], _Spot],
        move: Callable[[_Spot], None],
        deleted: Container[str] = (),
    ) -> Outcome:
        done: list[Image] = []
        failed: list[Failure] = []
        by_root: dict[Path, list[tuple[Image, _Spot]]] = {}
        roots, data = self.roots(), self._host.data_folder()
        for image in images:
            try:
                spots = _spots(image, data, roots)
                if not spots:
                    raise LeftAlone("Its file is not an image in an output folder of the WebUI.")
                spot = check(image, spots)
                by_root.setdefault(spot.root, []).append((image, spot))
            except (LeftAlone, OSError) as error:
                failed.append(Failure.of(image, sentence(error)))
        at = self._clock() if op == "trash" else 0.0
        for root, group in by_root.items():
            try:
                self._intend(
                    root,
                    (
                        _entry(op, image, spot, image.job if image.job in deleted else "", at)
                        for image, spot in group
                    ),
                )
            except (OSError, LeftAlone) as error:
                # to purge is what makes room; if it is killed, the next one finds what is gone
                if op != "purge" or not durable.no_room(error):
                    text = str(error) if isinstance(error, LeftAlone) else f"{durable.reason(error, root)}."
                    failed += [Failure.of(image, text) for image, _ in group]
                    continue
            for image, spot in group:
                try:
                    move(spot)
                    done.append(image)
                except (LeftAlone, OSError) as error:
                    failed.append(Failure.of(image, sentence(error)))
            _sync({root / FOLDER, *(spot.origin.parent for _, spot in group)})
        return Outcome(done, failed)

    def _intend(self, root: Path, entries: Iterable[Entry]) -> None:
        folder = root / FOLDER
        if not folder.exists():
            folder.mkdir()
            durable.sync_folder(root)
        if folder.is_symlink() or not folder.is_dir():
            raise LeftAlone(f"{folder} is not a folder of its own: move it away and try again.")
        self._manifest(root).intend(entries)


def _entry(op: Op, image: Image, spot: _Spot, with_job: str = "", at: float = 0.0) -> Entry:
    origin = spot.origin.relative_to(spot.root).as_posix()
    return Entry(op, image.id, spot.place.name, origin, with_job, at)


def _spots(image: Image, data: Path, roots: list[Path]) -> list[_Spot]:
    """In each output folder that holds the image's file, innermost first; [] if none does."""
    path = absolute(image.path, data)
    if path.suffix.lower() not in IMAGE_SUFFIXES or not image.id.isalnum() or "\0" in image.path:
        return []
    try:
        origin = path.parent.resolve() / path.name
    except (OSError, ValueError, RuntimeError):  # a loop of links
        return []
    name = image.id + path.suffix
    return [_Spot(origin, root, root / FOLDER / name) for root in roots if origin.is_relative_to(root)]


def _check(path: Path, image: Image, *, any_time: bool = False) -> None:
    """``LeftAlone`` unless ``path`` is the very file that was recorded; its time aside, if ``any_time``."""
    try:
        found = path.lstat()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise LeftAlone("Its file is not there any more.") from error
    if not stat.S_ISREG(found.st_mode):
        raise LeftAlone("Its file is a link or no regular file.")
    if found.st_size != image.size or (found.st_mtime_ns != image.mtime and not any_time):
        raise LeftAlone("Its file was changed since it was recorded.")


def _is_recorded(path: Path, image: Image, *, any_time: bool = False) -> bool:
    try:
        _check(path, image, any_time=any_time)
    except (OSError, LeftAlone):
        return False
    return True


def _is_file(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except (OSError, ValueError):
        return False


def _has_anything(folder: Path) -> bool:
    try:
        return any(folder.iterdir())
    except OSError:
        return False


def _rename(source: Path, target: Path) -> None:
    if is_there(target):
        raise LeftAlone("Another file is in its place.")
    os.rename(source, target)  # noqa: PTH104 - on Windows this one never writes over


def _by_its_name(spot: _Spot, remove: Callable[[Path], None]) -> None:
    _rename(spot.place, spot.origin)
    try:
        remove(spot.origin)
    except BaseException:
        if os.path.lexists(spot.origin):
            _rename(spot.origin, spot.place)
        raise


def _sync(folders: Iterable[Path]) -> None:
    for folder in folders:
        with contextlib.suppress(OSError):  # some network disks cannot: the files have moved all the same
            durable.sync_folder(folder)


def sentence(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"Its file could not be moved ({error.strerror or error})."
    return str(error)


def recycle(path: Path) -> None:
    """To the recycle bin of the system; for good where nothing on this machine can do that. OSError."""
    try:
        from send2trash import send2trash
    except ImportError:
        path.unlink()
        return
    send2trash(str(path))
