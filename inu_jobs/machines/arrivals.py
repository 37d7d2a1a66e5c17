"""Images that have come from a machine, until their records are in the store: whatever is killed in between,
each file is kept once.

A note with the name and the hash of each file is written before the file is there. After a kill it tells
which file an image has already become, or which one to remove because nobody wants it any more.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
from PIL import Image, UnidentifiedImageError

from .. import api
from ..budgets import PROMPT
from ..durable_files import write_durably
from ..library.pixels import opened
from ..model import Task
from ..ports import Arrived, HandOver, Made
from ..sentences import say
from .home import Home
from .peer import Peer, PeerError

#: the images that a WebUI saves
SUFFIXES = {"PNG": ".png", "JPEG": ".jpg", "WEBP": ".webp", "AVIF": ".avif"}

_PIECE = 1 << 20
_DAY = 86_400.0  # seconds


class _Note(msgspec.Struct, frozen=True):
    path: str
    hash: str


_Notes = dict[str, _Note]


def _hash(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            found.update(piece)
    return found.hexdigest()


class Arrivals:
    """In ``folder``, which has a folder for each guest's job there (``client``), and in it a note for each
    task (``remote``). For one thread. Methods raise OSError."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def clients(self) -> list[str]:
        """Jobs that may still be on the machine."""
        try:
            return sorted(path.name for path in self._folder.iterdir() if path.is_dir())
        except FileNotFoundError:
            return []

    def begin(self, client: str) -> None:
        """Before anything is sent for it."""
        (self._folder / client).mkdir(parents=True, exist_ok=True)

    def end(self, client: str) -> None:
        """Nothing of it is on the machine any more."""
        shutil.rmtree(self._folder / client, ignore_errors=True)

    def part(self, client: str, remote: str, image: str) -> Path:
        """Where an image is while it comes in."""
        return self._folder / client / f"{remote}-{image}.part"

    def remotes(self, client: str) -> list[str]:
        """Tasks of which something has come."""
        return [path.stem for path in (self._folder / client).glob("*.json")]

    def knows(self, client: str, remote: str) -> bool:
        """Whether something of the task has come."""
        return self._note(client, remote).exists()

    def here(self, client: str, remote: str, image: str) -> Path | None:
        """The file that an image has become, if it is complete."""
        note = self._notes(client, remote).get(image)
        return Path(note.path) if note is not None and _is(note) else None

    def claim(self, client: str, remote: str, image: str, part: Path) -> Callable[[Path], None]:
        """To be called with the file's name before ``part`` gets it."""
        hash = _hash(part)

        def note(path: Path) -> None:
            notes = {**self._notes(client, remote), image: _Note(str(path), hash)}
            write_durably(self._note(client, remote), msgspec.json.encode(notes))

        return note

    def bring_all(
        self,
        peer: Peer,
        client: str,
        remote: str,
        task: Task,
        images: Sequence[api.GuestImage],
        request: HandOver,
        home: Home,
    ) -> tuple[Made, ...]:
        """All images of a task that was made. ``PeerError``, OSError."""
        indexes = {image.index for image in images}
        if len(images) != task.images or len(indexes) != len(images) or not all(map(_is_sound, images)):
            raise PeerError(say("What it made is not what was asked for."), "bad")
        return tuple(self._bring(peer, client, remote, image, request, home) for image in images)

    def _bring(
        self, peer: Peer, client: str, remote: str, image: api.GuestImage, request: HandOver, home: Home
    ) -> Made:
        """Fetch an image, unless it is here, and put it where it stays."""
        path = self.here(client, remote, image.id)
        if path is None:
            part = self.part(client, remote, image.id)
            peer.fetch(client, image, part)
            if wrong := home.differs(request, part):
                raise PeerError(wrong, "bad")
            arrived = Arrived(
                part, request.payload, request.is_img2img, _suffix(part), image.index, image.seed,
                image.prompt, request.user,
            )  # fmt: skip
            path = home.keep(arrived, self.claim(client, remote, image.id, part))
            part.unlink(missing_ok=True)
        return Made(
            str(path), image.seed, image.subseed, image.index, image.prompt,
            width=image.width, height=image.height,
        )  # fmt: skip

    def forget(self, client: str, remote: str, *, remove: bool) -> None:
        """The task is over. ``remove`` its files, which nobody has heard of."""
        for note in self._notes(client, remote).values():
            if remove and _is(note):
                Path(note.path).unlink()
        self._note(client, remote).unlink(missing_ok=True)

    def _note(self, client: str, remote: str) -> Path:
        return self._folder / client / f"{remote}.json"

    def _notes(self, client: str, remote: str) -> _Notes:
        try:
            return msgspec.json.decode(self._note(client, remote).read_bytes(), type=_Notes)
        except (FileNotFoundError, msgspec.MsgspecError, UnicodeDecodeError):
            return {}


def _is(note: _Note) -> bool:
    """It is still that file: somebody else may have got the name."""
    path = Path(note.path)
    return path.is_file() and _hash(path) == note.hash


def _is_sound(image: api.GuestImage) -> bool:
    """Its numbers fit into a record."""
    seeds = [seed for seed in (image.seed, image.subseed) if seed is not None]
    sides = (image.width, image.height)
    small = all(0 <= number < 1_000_000 for number in (*sides, image.index))
    if len(image.prompt or "") > PROMPT:
        return False
    return small and all(-1 <= seed < 2**63 for seed in seeds) and image.bytes > 0


def _suffix(part: Path) -> str:
    """By what the file is, whatever it was called."""
    Image.init()
    try:
        with opened(part, [kind for kind in SUFFIXES if kind in Image.OPEN]) as image:
            found = SUFFIXES.get(image.format or "")
    except (OSError, ValueError, SyntaxError, UnidentifiedImageError, Image.DecompressionBombError):
        found = None
    if found is None:
        part.unlink(missing_ok=True)
        raise PeerError(say("It sent something that is no image."), "bad")
    return found


def seconds_of(task: api.GuestTask) -> float | None:
    """How long it took by its own clock, if that makes sense."""
    if task.started is None or task.finished is None:
        return None
    found = task.finished - task.started
    return found if 0.0 <= found < _DAY else None
