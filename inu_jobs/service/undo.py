"""What can be taken back: kept in memory, so until the WebUI is restarted."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from .. import api
from ..errors import NotFound

#: steps kept, and images in all of them together: a bulk action on 10,000 images is one step
MOST, MOST_IMAGES = 1000, 1_000_000


class _Step(NamedTuple):
    back: Callable[[], api.Result]
    images: int


class Undos:
    """Steps by token, the newest ``MOST`` of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._steps: OrderedDict[str, _Step] = OrderedDict()
        self._images = 0

    def add(self, back: Callable[[], api.Result], images: int) -> str:
        """The token that has ``back`` called, which concerns so many images."""
        token = secrets.token_urlsafe(12)
        with self._lock:
            self._keep(token, _Step(back, images))
        return token

    def run(self, token: str) -> api.Result:
        """Take the step back; its result's ``undo`` does it again. ``NotFound`` if it is not known
        (any more). If it cannot be done now it stays known."""
        with self._lock:
            step = self._steps.pop(token, None)
            if step is None:
                raise NotFound("This cannot be undone any more: it was undone, or is too long ago.")
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
