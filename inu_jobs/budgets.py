"""How much of anything a request may send, or cause: each limit once, named after what it limits.

A budget is checked before the work is done, and anything beyond it is refused with one sentence. The sizes
are far above what people make by hand, and low enough that the largest permitted request takes less than 2 s
and 300 MB (``python -m bench bodies``).

What a request has used up is bound to the thread that works for it (``request``), so a loop anywhere can ask
whether to continue (``check``) without knowing whose request it is.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from .errors import InuJobsError, InvalidInput
from .sentences import say

MB = 2**20

# ------------------------------------------------------------------------------- a body

#: bytes of a body that only names a thing or two; its longest text is a note
BODY = 256 * 1024
#: bytes of a body with lists: 25,000 ids take 0.6 MB, a prompt file may take 2 MB and more when escaped
BODY_OF_LISTS = 12 * MB
#: bytes of a body with a payload: it may contain a few large images as base64
BODY_WITH_IMAGES = 48 * MB
#: bytes of an image that becomes an input, however it arrives
INPUT = 64 * MB
#: bytes of all bodies in memory at a time
BODIES = 160 * MB
#: values of all kinds in a body, including the keys of objects
VALUES = 300_000
#: nesting depth of objects and lists; real payloads have about 6, and code after us may recurse
DEPTH = 32
#: images that one request may name (the search page shows 20,000); jobs are named as a whole
SELECTED = 25_000
#: characters of an object's key
KEY = 200

# ------------------------------------------------------------------------- names and texts

#: characters of a number: Python takes long for one with many digits (before 3.10.7 without limit)
DIGITS = 400
#: characters of the name of a model, sampler, style, script, ...
NAME = 500
#: characters of one prompt; a text encoder processes a few hundred at a time
PROMPT = 50_000
#: tasks of another WebUI in one request, each with a payload of its own
GUEST_TASKS = 500
#: bytes of a payload as JSON, without its images
PAYLOAD = 4 * MB
#: characters of all texts in a plan's tasks, counted for each task
TEXT_OF_TASKS = 40_000_000
#: the same, but counting each different text once: all of them are searched
TEXT_OF_PLAN = 5_000_000
#: values that a derive changes, in all its tasks together
CHANGES = 200_000
#: words of a plan that are compared with the names of embeddings
WORDS = 50_000
#: names for which a similar one is suggested
PROPOSALS = 200
#: characters of a template, choices and wildcards in it, and steps to fill it in: through all combinations,
#: or with what is drawn for each prompt. About 100,000 steps take a second
TEMPLATE = 20_000
TEMPLATE_PARTS = 600
TEMPLATE_STEPS = 170_000
TEMPLATE_DRAWS = 150_000
#: steps that parsing one choice counts as
TEMPLATE_READING = 170

# ------------------------------------------------------------------------------- pictures

#: bytes of pixels in memory at a time, for all images together: 64 million pixels in colour, 256 million in
#: black and white. An image that needs more is not opened
PIXELS = 256 * MB
#: the same for an image in a body, in addition to the body
PIXELS_OF_INPUT = 192 * MB
#: pixels of all images of one request
PIXELS_OF_REQUEST = 120_000_000
#: bytes of contact sheets and tables in memory at a time: as large as a single table may be
DRAWN = 400 * MB

# -------------------------------------------------------------------------------- at a time

#: concurrent requests, by cost: those that plan and count, those that make thumbnails, all others. The
#: WebUI's own 40 threads stay free for it
HEAVY, PICTURES, LIGHT = 2, 3, 12
#: requests that may wait for one of them to end
WAITING = 64
#: seconds of work on one request; beyond that, something lacks a budget that it should have
SECONDS = 20.0
#: seconds until other threads get a turn
TURN = 0.002
#: the same in items, for loops over these
THINGS_A_TURN = 512
#: seconds within which more of a body must arrive
PATIENCE = 30.0


T = TypeVar("T")


class ClientGone(InuJobsError):
    """The client no longer waits for the response, so nobody sees this."""

    status = 499


class OverBudget(InvalidInput):
    """The whole request is too much, not just a part of it that could be omitted."""


class Request:
    """What one request has used up. ``gone``: the client has left."""

    def __init__(self) -> None:
        self.gone = False
        self._pixels = 0
        self._started = self._turn = time.thread_time()

    def check(self) -> None:
        """Raises ``ClientGone`` or ``OverBudget`` if the work should end; lets other threads run now and
        then."""
        if self.gone:
            raise ClientGone(say("The request was cancelled."))
        now = time.thread_time()
        if now - self._turn > TURN:
            self._turn = now
            time.sleep(0)  # let other threads run: the WebUI responds in many small steps, and waits for each
        if now - self._started > SECONDS:
            raise OverBudget(say("This takes too long to compute: use fewer tasks or shorter text."))

    def spend_pixels(self, pixels: int, field: str) -> None:
        """``InvalidInput`` with ``field`` beyond ``PIXELS_OF_REQUEST``."""
        self._pixels += pixels
        if self._pixels > PIXELS_OF_REQUEST:
            raise InvalidInput(
                say(
                    "The images of a request can have at most {most} million pixels in total: send"
                    " fewer or smaller images.",
                    most=PIXELS_OF_REQUEST // 10**6,
                ),
                field,
            )

    @contextmanager
    def worked_for(self) -> Iterator[None]:
        """Counts the time of this thread until the block ends."""
        self._started = self._turn = time.thread_time()
        token = _request.set(self)
        try:
            yield
        finally:
            _request.reset(token)


_request: ContextVar[Request | None] = ContextVar("inu_jobs_request", default=None)


def check() -> None:
    """Raises if the current work should end: for loops that may be long. Does nothing if no request is being
    worked for."""
    request = _request.get()
    if request is not None:
        request.check()


def turns(things: Iterable[T]) -> Iterator[T]:
    """``things``, letting other threads run now and then, for loops that must not end halfway."""
    for number, thing in enumerate(things):
        if number % THINGS_A_TURN == THINGS_A_TURN - 1:
            time.sleep(0)
        yield thing


def spend_pixels(pixels: int, field: str) -> None:
    """``InvalidInput`` with ``field`` if a request contains more than ``PIXELS_OF_REQUEST``."""
    request = _request.get()
    if request is not None:
        request.spend_pixels(pixels, field)


class Share:
    """A limited amount of something: whoever wants more than is left waits."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._used = 0
        self._changed = threading.Condition()

    @contextmanager
    def of(self, amount: int) -> Iterator[None]:
        """``amount`` must not exceed the total. A client that has left stops waiting."""
        with self._changed:
            while self._used + amount > self._most:
                self._changed.wait(1.0)
                check()
            self._used += amount
        try:
            yield
        finally:
            with self._changed:
                self._used -= amount
                self._changed.notify_all()


def whole_number(text: str) -> int:
    """``int(text)``, but raises ``ValueError`` at once for more than ``DIGITS``."""
    if len(text) > DIGITS:
        raise ValueError(f"a number of {len(text):,} digits")
    return int(text)
