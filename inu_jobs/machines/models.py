"""Which of the models that a task needs are on a machine, and what they are called there."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import msgspec

from ..ports import HandOver, Needs
from .peer import There

_CHECKPOINT = "sd_model_checkpoint"
#: the hash at the end of a checkpoint's title
_HASH = re.compile(r"\[([0-9a-f]{8,64})\]$")


def lacks(needs: Needs, there: There) -> str:
    """The first thing that is not there, by its name; '' if all is."""
    for names in needs.checkpoints:
        if checkpoint_there(names, there.checkpoints) is None:
            return min(names, key=len, default="")
    return next(iter(sorted(needs.loras - set(there.loras))), "") or next(
        iter(sorted(needs.embeddings - set(there.embeddings))), ""
    )


def checkpoint_there(names: frozenset[str], titles: Sequence[str]) -> str | None:
    """The title there of the checkpoint that is called ``names`` here: by its hash, or, where that machine
    has not computed it yet, by its name."""
    hashes = {name for name in names if re.fullmatch(r"[0-9a-f]{8,64}", name)}
    for title in titles:
        found = _HASH.search(title)
        if found is not None and any(_same(hash, found[1]) for hash in hashes):
            return title
    for title in titles:
        if _HASH.search(title) is None and title in names:
            return title
    if not hashes:
        return next((title for title in titles if title in names or _bare(title) in names), None)
    return None


def _same(hash: str, other: str) -> bool:
    """One may be the beginning of the other."""
    return hash.startswith(other) or other.startswith(hash)


def _bare(title: str) -> str:
    return _HASH.sub("", title).strip()


def fit(request: HandOver, there: There, names_of: Callable[[str], frozenset[str]]) -> HandOver:
    """``request`` with checkpoints as they are called there. ``names_of``: all names of a checkpoint here."""

    def called(name: object) -> object:
        if not isinstance(name, str) or not name:
            return name
        return checkpoint_there(names_of(name) | {name}, there.checkpoints) or name

    payload = dict(request.payload)
    settings = payload.get("override_settings")
    if isinstance(settings, dict) and _CHECKPOINT in settings:
        # in its place: the order of overrides matters
        payload["override_settings"] = {
            name: called(value) if name == _CHECKPOINT else value for name, value in settings.items()
        }
    for field in ("refiner_checkpoint", "hr_checkpoint_name"):
        if field in payload:
            payload[field] = called(payload[field])
    return msgspec.structs.replace(request, payload=payload)
