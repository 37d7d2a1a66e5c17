"""How much of anything a request may bring, or make grow: each bound once, by the name of what it bounds.

A budget is checked before the work is done, and what is beyond it is refused with one sentence. The sizes
are far above what people make by hand, and low enough that the largest request that is allowed takes less
than 2 s and 300 MB (``python -m bench bodies``).

What a request has used up goes with the thread that works for it (``request``): so a loop anywhere may ask
whether it is to go on (``check``), and knows nothing of who asks.
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

#: bytes of a body that names a thing or two; the longest text in it is a note
BODY = 256 * 1024
#: bytes of a body with lists: 25,000 ids are 0.6 MB, a file of prompts may be 2 MB and more when escaped
BODY_OF_LISTS = 12 * MB
#: bytes of a body with a payload: it may carry a few large images as base64
BODY_WITH_IMAGES = 48 * MB
#: bytes of an image that becomes an input, whichever way it comes
INPUT = 64 * MB
#: bytes of all bodies that are held at a time
BODIES = 160 * MB
#: values in a body, of all kinds, each key of an object too
VALUES = 300_000
#: objects and lists inside of one another; real payloads have about 6, and everything after us may recurse
DEPTH = 32
#: images that one request may name (the search page shows 20,000); jobs are named whole
SELECTED = 25_000
#: characters of an object's key
KEY = 200

# ------------------------------------------------------------------------- names and texts

#: characters of a number: Python takes long over one of many digits (before 3.10.7 without an end)
DIGITS = 400
#: characters of the name of a model, sampler, style, script, ...
NAME = 500
#: characters of one prompt; a text encoder looks at some hundreds of them at a time
PROMPT = 50_000
#: bytes of a payload as JSON, its images taken out
PAYLOAD = 4 * MB
#: characters of all texts that the tasks of a plan are told to have, each task's own
TEXT_OF_TASKS = 40_000_000
#: the same, each different text once: all of them are looked through
TEXT_OF_PLAN = 5_000_000
#: values that a derive changes, in all its tasks together
CHANGES = 200_000
#: words of a plan that are held against the names of embeddings
WORDS = 50_000
#: names for which one that is there is proposed
PROPOSALS = 200
#: characters of a template, choices and wildcards in it, and steps in which it is filled in: through all
#: combinations, or with what is drawn for each prompt. Some 100,000 of them take a second
TEMPLATE = 20_000
TEMPLATE_PARTS = 600
TEMPLATE_STEPS = 170_000
TEMPLATE_DRAWS = 150_000
#: steps that reading one choice takes as long as
TEMPLATE_READING = 170

# ------------------------------------------------------------------------------- pictures

#: bytes of pixels in memory at a time, all pictures together: 64 million pixels in colour, 256 in black
#: and white. One that needs more is not opened
PIXELS = 256 * MB
#: the same for one that comes in a body, beside the body
PIXELS_OF_INPUT = 192 * MB
#: pixels of all pictures of one request
PIXELS_OF_REQUEST = 120_000_000
#: bytes of contact sheets and tables in memory at a time: one as large as a table may be
DRAWN = 400 * MB

# -------------------------------------------------------------------------------- at a time

#: requests at a time, by what they cost: those that plan and count, those that make thumbnails, all others.
#: The WebUI's own 40 threads stay free for it
HEAVY, PICTURES, LIGHT = 2, 3, 12
#: requests that may wait for one of them to end
WAITING = 64
#: seconds of work on one request; beyond that something has no budget that should
SECONDS = 20.0
#: and until other threads may go on
TURN = 0.002
#: the same in things, where a loop is about these
THINGS_A_TURN = 512
#: seconds until more of a body must have come
PATIENCE = 30.0


T = TypeVar("T")


class ClientGone(InuJobsError):
    """Nobody waits for the answer any more: never seen by anybody."""

    status = 499


class OverBudget(InvalidInput):
    """All of a request is too much, not only a part of it that could be left out."""


class Request:
    """What one request has used up. ``gone``: who sent it has left."""

    def __init__(self) -> None:
        self.gone = False
        self._pixels = 0
        self._started = self._turn = time.thread_time()

    def check(self) -> None:
        if self.gone:
            raise ClientGone(say("The request was cancelled."))
        now = time.thread_time()
        if now - self._turn > TURN:
            self._turn = now
            time.sleep(0)  # others have theirs: the WebUI answers in many small steps, and waits for each
        if now - self._started > SECONDS:
            raise OverBudget(say("This takes too long to compute: use fewer tasks or shorter text."))

    def spend_pixels(self, pixels: int, field: str) -> None:
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
        """By this thread, until the block ends."""
        self._started = self._turn = time.thread_time()
        token = _request.set(self)
        try:
            yield
        finally:
            _request.reset(token)


_request: ContextVar[Request | None] = ContextVar("inu_jobs_request", default=None)


def check() -> None:
    """Raises if what goes on here is to end: for loops that may be long. Nothing where no request is worked
    for."""
    request = _request.get()
    if request is not None:
        request.check()


def turns(things: Iterable[T]) -> Iterator[T]:
    """``things``; now and then other threads have their turn, for loops that must not end half-way."""
    for number, thing in enumerate(things):
        if number % THINGS_A_TURN == THINGS_A_TURN - 1:
            time.sleep(0)
        yield thing


def spend_pixels(pixels: int, field: str) -> None:
    """``InvalidInput`` with ``field`` if a request brings more than ``PIXELS_OF_REQUEST``."""
    request = _request.get()
    if request is not None:
        request.spend_pixels(pixels, field)


class Share:
    """So much of something at a time: who wants more than is left waits."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._used = 0
        self._changed = threading.Condition()

    @contextmanager
    def of(self, amount: int) -> Iterator[None]:
        """``amount`` is at most all there is. Who has gone meanwhile waits no longer."""
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
    """``int(text)``, but ``ValueError`` at once for more than ``DIGITS``."""
    if len(text) > DIGITS:
        raise ValueError(f"a number of {len(text):,} digits")
    return int(text)
