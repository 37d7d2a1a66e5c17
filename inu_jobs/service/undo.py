"""Undo steps, kept in memory and so until the WebUI is restarted."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from msgspec.structs import replace

from .. import api
from ..errors import NotFound, Refused
from ..sentences import say

#: steps kept, and images in all of them: a bulk action on 10,000 images is one step
MOST, MOST_IMAGES = 1000, 1_000_000


class _Step(NamedTuple):
    back: Callable[[], api.Result]
    images: int
    needs: frozenset[str]


class Undos:
    """Steps by token, the newest ``MOST`` of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._steps: OrderedDict[str, _Step] = OrderedDict()
        self._images = 0
        self._busy: set[str] = set()  # names of steps in progress

    def named(self, name: str, act: Callable[[], api.Result]) -> api.Result:
        """Runs ``act``, whose step then has this name: the client may be gone before the response arrives,
        and must still be able to undo."""
        with self._lock:
            if name in self._busy or name in self._steps:
                raise Refused(say("There is already a step with this name."))
            self._busy.add(name)
        try:
            result = act()
            with self._lock:
                step = self._steps.pop(result.undo or "", None)
                if step is not None:
                    self._steps[name] = step
                    result = replace(result, undo=name)
            return result
        finally:
            with self._lock:
                self._busy.discard(name)

    def add(self, back: Callable[[], api.Result], images: int, needs: frozenset[str] = frozenset()) -> str:
        """The token that will call ``back``, which affects this many images. ``needs``: tokens of input
        images that nothing else may use any more."""
        token = secrets.token_urlsafe(12)
        with self._lock:
            self._keep(token, _Step(back, images, needs))
        return token

    def needed(self) -> set[str]:
        """The input images that steps need."""
        with self._lock:
            return {token for step in self._steps.values() for token in step.needs}

    def run(self, token: str) -> api.Result:
        """Undo the step; its result's ``undo`` redoes it. ``NotFound`` if it is unknown or forgotten. If it
        cannot be done now, it is kept."""
        with self._lock:
            step = self._steps.pop(token, None)
            if step is None and token in self._busy:
                raise Refused(say("This is still in progress: try again in a moment."))
            if step is None:
                raise NotFound(say("This can no longer be undone: it has been undone, or was too long ago."))
            self._images -= step.images
        try:
            return step.back()
        except BaseException:
            with self._lock:
                self._keep(token, step)
            raise

    def _keep(self, token: str, step: _Step) -> None:
        self._steps[token] = step
        self._images += step.images
        while len(self._steps) > 1 and (len(self._steps) > MOST or self._images > MOST_IMAGES):
            self._images -= self._steps.popitem(last=False)[1].images
