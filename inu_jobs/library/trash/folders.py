"""The trash: ``.inu-jobs-trash`` in the output folder that a file came from, so that moving it there is a
single rename on one disk. What the store says about it is the caller's business; the truth is where the file
is.

Nothing is ever overwritten, and a file is only touched if it is as recorded: a regular file of the recorded
size and time, in a folder that (with links resolved) is inside an output folder. For a file in the trash,
which is named by its id, the size is enough to restore it: times shift with a disk's daylight saving time or
when copied.

The text file saved with an image moves along, just before it; ``settle`` repairs what a kill interrupts in
between.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Container, Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec

from ... import durable_files as durable
from ...model import Failure, Image
from ...ports import Host
from ...sentences import say
from ..files import is_there
from ..infotext.text_files import beside, own_text
from .checks import LeftAlone, check_file, has_anything, is_recorded, lies_in
from .file_moves import bring_home, gone_before, move_file, remove_at_home, sync, why
from .manifest import Entry, Manifest, Op
from .places import FOLDER, Spot, Spots


class Outcome(NamedTuple):
    done: list[Image]
    failed: list[Failure]


class TrashFolders:
    """Not thread-safe: the caller does one thing at a time."""

    def __init__(self, host: Host, clock: Callable[[], float] = time.time) -> None:
        self._host = host
        self._clock = clock
        self._roots: tuple[list[Path], list[Path], float] = [], [], 0.0
        self._seen = Spots(Path(), [])

    # -------------------------------------------------------------- looking

    def place(self, image: Image) -> Path | None:
        """Its file in the trash; None if it is not there."""
        roots = self.roots()
        if self._seen.roots is not roots:  # looked up again, because its folders must be
            self._seen = Spots(self._host.data_folder(), roots)
        return next((spot.place for spot in self._seen.of(image) if lies_in(spot)), None)

    def entries(self) -> dict[str, Entry]:
        """The last intended action for each image in any manifest."""
        found: dict[str, Entry] = {}
        for root in self.roots():
            with contextlib.suppress(OSError):
                found |= self._manifest(root).read()
        return found

    def is_home(self, image: Image, *, any_time: bool = False) -> bool:
        """Whether its file is in its original place; ``any_time``: it need not have the recorded time."""
        spots = self._spots().of(image)
        return bool(spots) and is_recorded(spots[0].origin, image, any_time=any_time)

    def gone(self, images: Iterable[Image]) -> list[Image]:
        """Those whose file is nowhere although their output folder exists, so the disk is connected. Not
        those for which that cannot be determined."""
        of_all = self._spots()
        missing: list[tuple[Image, Path]] = []
        for image in images:
            spots = of_all.of(image)
            paths = [path for spot in spots for path in (spot.origin, spot.place)]
            with contextlib.suppress(OSError):
                if spots and not any(map(is_there, paths)):
                    missing.append((image, spots[0].root))
        # checked last: a disk that was disconnected in the meantime must not look as if files were deleted
        there = {root: has_anything(root) for _, root in missing}
        return [image for image, root in missing if there[root]]

    # ---------------------------------------------------------------- moving

    def put_in(
        self, images: Iterable[Image], deleted: Container[str] = (), *, any_time: bool = False
    ) -> Outcome:
        """Move files into the trash. ``deleted``: ids of the jobs to delete when their last file here is
        purged. ``any_time``: the files need not have the recorded time."""

        def check(image: Image, spots: list[Spot]) -> Spot:
            check_file(spots[0].origin, image, any_time=any_time)
            if is_there(spots[0].place) and not durable.same_file(spots[0].origin, spots[0].place):
                raise LeftAlone(say("The trash already has a file of this image."))
            return spots[0]

        def move(spot: Spot) -> None:
            own = own_text(spot.origin, self._host.infotext)
            with gone_before(own, spot.text.place, move_file):
                move_file(spot.origin, spot.place)

        return self._act("trash", images, check, move, deleted)

    def take_out(self, images: Iterable[Image]) -> Outcome:
        def check(image: Image, spots: list[Spot]) -> Spot:
            spot = next((spot for spot in spots if lies_in(spot)), None)
            if spot is None:
                if is_recorded(spots[0].origin, image):
                    return spots[0]  # restored by another WebUI that saves into the same folder, say
                raise LeftAlone(say("Its file is no longer in the trash."))
            check_file(spot.place, image, any_time=True)
            return spot

        def move(spot: Spot) -> None:
            if not is_there(spot.place) and is_there(spot.origin):
                return
            spot.origin.parent.mkdir(parents=True, exist_ok=True)
            bring_home(spot.place, spot.origin)

        return self._act("restore", images, check, move)

    def destroy(
        self,
        images: Iterable[Image],
        remove: Callable[[Path], None],
        deleted: Container[str] = (),
        *,
        from_home: bool = False,
    ) -> Outcome:
        """Purge files. ``remove`` deletes a file; ``from_home``: from its original path, if that is free, for
        anyone who looks for it by name and wants to restore it there. After a kill in between, it is back in
        its original place. A file that is already missing counts as done, unless the whole output folder is
        missing: its disk may just be disconnected. The text file is deleted first: as long as it remains, so
        does the image."""

        def move(spot: Spot) -> None:
            for one in (spot.text, spot) if beside(spot.place) else (spot,):
                if not is_there(one.place):
                    continue
                if from_home and one.origin.parent.is_dir() and not is_there(one.origin):
                    remove_at_home(one, remove)
                else:
                    remove(one.place)

        return self._act("purge", images, self._to_destroy, move, deleted)

    def _to_destroy(self, image: Image, spots: list[Spot]) -> Spot:
        spot = next((spot for spot in spots if is_there(spot.place)), None)
        if spot is None:
            if not has_anything(spots[0].root):
                raise LeftAlone(say("Its output folder is missing or empty: is the disk connected?"))
            return spots[0]
        check_file(spot.place, image, any_time=True)
        if not is_recorded(spot.place, image):
            raise LeftAlone(
                say("Its file's modification time has changed: restore it, then delete it by hand.")
            )
        if beside(spot.place) and not own_text(spot.place, self._host.infotext):
            raise LeftAlone(say("Its text file has changed: restore it, then delete it by hand."))
        return spot

    def leave_with(self, job: str, images: Iterable[Image]) -> None:
        """Record, for images in the trash, that ``job`` is deleted and will go when its last file here does.
        OSError, LeftAlone; then that is not guaranteed."""
        known, spots = self.entries(), self._spots()
        by_root: dict[Path, list[Entry]] = {}
        for image in images:
            spot = next((spot for spot in spots.of(image) if lies_in(spot)), None)
            if spot is not None:
                entry = known.get(image.id) or _entry("trash", image, spot)
                entry = msgspec.structs.replace(entry, op="trash", with_job=job)
                by_root.setdefault(spot.root, []).append(entry)
        for root, entries in by_root.items():
            self._intend(root, entries)

    def undo(self, op: Op, images: Iterable[Image]) -> Outcome:
        """Move back what was just put in or taken out, because the store could not record it, or it is
        needed."""
        return self.take_out(images) if op == "trash" else self.put_in(images, any_time=True)

    def settle(self, image: Image, op: Op) -> None:
        """A kill interrupted a move, and the file has both names: one of them is removed. Its text file,
        which moves first, follows it."""
        for spot in self._spots().of(image):
            for one in (spot, spot.text):
                if durable.same_file(one.origin, one.place):
                    with contextlib.suppress(OSError):  # the next move completes it
                        (one.origin if op == "trash" else one.place).unlink()
            with contextlib.suppress(LeftAlone, OSError):
                self._settle_text(spot)

    def _settle_text(self, spot: Spot) -> None:
        if not lies_in(spot):
            if durable.is_file(spot.origin) and beside(spot.place):
                move_file(spot.text.place, spot.text.origin)
        elif not is_there(spot.origin) and own_text(spot.place, self._host.infotext, of=spot.origin):
            move_file(spot.text.origin, spot.text.place)

    def tidy(self, keep: Callable[[str], bool]) -> None:
        """Drop the manifests' entries of images whose file is missing, unless ``keep`` is true; entries of
        others now say that they are in the trash."""
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
        """Longest first: a file belongs to the innermost output folder. Looked up at most once a second,
        because it is called for each of thousands of images."""
        folders, now = self._host.output_folders(), time.monotonic()
        known, roots, until = self._roots
        if known != folders or now > until:
            found = {folder.resolve() for folder in folders}
            roots = sorted(found, key=lambda root: len(root.parts), reverse=True)
            self._roots = folders, roots, now + 1.0
        return roots

    def _spots(self) -> Spots:
        """For one operation: folders may have changed at the next."""
        return Spots(self._host.data_folder(), self.roots())

    @staticmethod
    def _manifest(root: Path) -> Manifest:
        return Manifest(root / FOLDER)

    def _act(
        self,
        op: Op,
        images: Iterable[Image],
        check: Callable[[Image, list[Spot]], Spot],
        move: Callable[[Spot], None],
        deleted: Container[str] = (),
    ) -> Outcome:
        done: list[Image] = []
        by_root, failed = self._checked(images, check)
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
                # purging makes room; if it is killed, the next one finds what is gone
                if op != "purge" or not durable.no_room(error):
                    text = (
                        error.sentence
                        if isinstance(error, LeftAlone)
                        else say("{reason}.", reason=durable.reason(error, root))
                    )
                    failed += [Failure.of(image, text) for image, _ in group]
                    continue
            for image, spot in group:
                try:
                    move(spot)
                    done.append(image)
                except (LeftAlone, OSError) as error:
                    failed.append(Failure.of(image, why(error)))
            sync({root / FOLDER, *(spot.origin.parent for _, spot in group)})
        return Outcome(done, failed)

    def _checked(
        self, images: Iterable[Image], check: Callable[[Image, list[Spot]], Spot]
    ) -> tuple[dict[Path, list[tuple[Image, Spot]]], list[Failure]]:
        """Those that may be touched, by output folder, and why the others may not."""
        by_root: dict[Path, list[tuple[Image, Spot]]] = {}
        failed: list[Failure] = []
        of_all = self._spots()
        for image in images:
            try:
                spots = of_all.of(image)
                if not spots:
                    raise LeftAlone(say("Its file is not an image in an output folder of the WebUI."))
                spot = check(image, spots)
                by_root.setdefault(spot.root, []).append((image, spot))
            except (LeftAlone, OSError) as error:
                failed.append(Failure.of(image, why(error)))
        return by_root, failed

    def _intend(self, root: Path, entries: Iterable[Entry]) -> None:
        folder = root / FOLDER
        if not folder.exists():
            folder.mkdir()
            durable.sync_folder(root)
        if durable.is_link(folder) or not folder.is_dir():
            raise LeftAlone(
                say(
                    "{folder} is a link or not a folder: move it elsewhere and try again.", folder=str(folder)
                )
            )
        self._manifest(root).intend(entries)


def _entry(op: Op, image: Image, spot: Spot, with_job: str = "", at: float = 0.0) -> Entry:
    origin = spot.origin.relative_to(spot.root).as_posix()
    return Entry(op, image.id, spot.place.name, origin, with_job, at)
