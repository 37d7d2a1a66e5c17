"""Verdicts and ratings: any number of images in one transaction, undone by token."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Literal

import msgspec

from ... import api, budgets
from ...errors import InvalidInput
from ...model import MAX_RATING
from ...sentences import say
from ...store import Store
from ..undo import Undos
from .selections import GONE, pick

CHANGED = say("It has been marked again since then, so it was skipped.")


class Marks:
    """Sets verdicts and ratings."""

    def __init__(self, store: Store, undos: Undos) -> None:
        self._store = store
        self._undos = undos

    def set_verdict(self, wanted: api.SetVerdict) -> api.Result:
        """``done`` includes images that already had this verdict."""
        return self._set("verdict", wanted.selection, wanted.verdict)

    def set_rating(self, wanted: api.SetRating) -> api.Result:
        """``InvalidInput`` unless ``rating`` is from 0 to 5."""
        if not 0 <= wanted.rating <= MAX_RATING:
            raise InvalidInput(say("A rating must be from 0 to {most}.", most=MAX_RATING), "rating")
        return self._set("rating", wanted.selection, wanted.rating)

    def _set(self, field: Literal["verdict", "rating"], selection: api.Selection, value: Any) -> api.Result:
        with self._store.transaction() as t:
            images, failed = pick(self._store, selection)
            before: dict[str, Any] = {}
            for image in budgets.turns(images):
                if (old := getattr(image, field)) != value:
                    before[image.id] = old
                    t.put(msgspec.structs.replace(image, **{field: value}))
        return api.Result(len(images), failed, self._undo(field, before, dict.fromkeys(before, value)))

    def _undo(self, field: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> str | None:
        if not before:
            return None
        return self._undos.add(partial(self._back, field, before, after), len(before))

    def _back(self, field: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> api.Result:
        """Undo from ``after`` to ``before``, by image id. Images changed since then are skipped."""
        done: dict[str, Any] = {}
        failed: list[api.Failure] = []
        with self._store.transaction() as t:
            for id, value in before.items():
                image = self._store.image(id)
                if image is None:
                    failed.append(api.Failure(id, GONE))
                elif getattr(image, field) != after[id]:
                    failed.append(api.Failure.of(image, CHANGED))
                else:
                    done[id] = value
                    t.put(msgspec.structs.replace(image, **{field: value}))
        return api.Result(len(done), failed, self._undo(field, {id: after[id] for id in done}, done))
