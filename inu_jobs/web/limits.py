"""Limits of each route: the size of its body, how many of its kind run at a time, and whether it ends when
the client leaves.

Our requests have a limited number of threads of their own, and the WebUI's 40 stay free.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

import anyio
import anyio.to_thread
from anyio import CapacityLimiter

from .. import api, budgets
from ..sentences import say
from .guard import Denied

Cost = Literal["heavy", "pictures", "light"]
_AT_A_TIME: dict[Cost, int] = {
    "heavy": budgets.HEAVY, "pictures": budgets.PICTURES, "light": budgets.LIGHT,
}  # fmt: skip
#: bytes, by the body's type; all others only name a thing or two
_BODIES: dict[type | None, int] = {
    **dict.fromkeys((api.JobSpec, api.JobEdit, api.DeriveSpec, api.GuestSpec), budgets.BODY_WITH_IMAGES),
    **dict.fromkeys(
        (
            api.Selected, api.SetVerdict, api.SetRating, api.Purge, api.ImageExport, api.JobExport,
            api.ImportSpec, api.PromptsFile, api.RecipeSpec, api.GuestTasks,
        ),
        budgets.BODY_OF_LISTS,
    ),
}  # fmt: skip
#: requests that plan, or create something from many images
_HEAVY = frozenset(
    {
        api.JobSpec, api.JobEdit, api.DeriveSpec, api.PromptsExpand, api.PromptsFile, api.RecipeSpec,
        api.ImageExport, api.JobExport, api.GuestSpec,
    }
)  # fmt: skip
#: ends of paths that change nothing, although they have a body
_ONLY_ASK = ("/plan", "/prompts/expand", "/prompts/file")

T = TypeVar("T")


class Limits(NamedTuple):
    """``body`` in bytes. ``ends``: when the client leaves, because it changes nothing."""

    body: int = budgets.BODY
    cost: Cost = "light"
    ends: bool = False


def limits_of(method: str, path: str, body: type | None) -> Limits:
    """The limits of a route. ``body``: the type of its body, None without one."""
    cost: Cost = "heavy" if body in _HEAVY or path == "/images" else "light"
    if path.endswith(("/thumb", "/preview")):
        cost = "pictures"
    return Limits(_BODIES.get(body, budgets.BODY), cost, method == "GET" or path.endswith(_ONLY_ASK))


# ------------------------------------------------------------------------------- threads


#: one for each event loop: "Reload UI" starts another
_limiters: WeakKeyDictionary[Any, dict[Cost, CapacityLimiter]] = WeakKeyDictionary()


def limiter(cost: Cost) -> CapacityLimiter:
    """For the running event loop."""
    of_loop = _limiters.setdefault(asyncio.get_running_loop(), {})
    if cost not in of_loop:
        of_loop[cost] = CapacityLimiter(_AT_A_TIME[cost])
    return of_loop[cost]


async def in_thread(cost: Cost, work: Callable[[], T]) -> T:
    """Run ``work`` on a thread, in turn. ``Denied`` (503) if too many are waiting."""
    of_cost = limiter(cost)
    if of_cost.statistics().tasks_waiting >= budgets.WAITING:
        raise Denied(say("Inu Jobs is busy: try again in a moment."), 503)
    return await anyio.to_thread.run_sync(work, limiter=of_cost)


async def iterated(cost: Cost, chunks: Iterator[T]) -> AsyncIterator[T]:
    """``chunks``, each created on a thread, in turn."""
    end = object()
    while (chunk := await in_thread(cost, lambda: next(chunks, end))) is not end:
        yield chunk  # type: ignore[misc]


# --------------------------------------------------------------------------------- bodies


class Bodies:
    """Counts the bytes of all bodies in memory."""

    def __init__(self) -> None:
        self._held = 0

    @contextmanager
    def holding(self) -> Iterator[Callable[[int], None]]:
        """Call the yielded function with the number of bytes received. ``Denied`` (503) if that is too
        much."""
        mine = 0

        def take(count: int) -> None:
            nonlocal mine
            if self._held + count > budgets.BODIES:
                raise Denied(say("Too many large requests at once: try again in a moment."), 503)
            mine += count
            self._held += count

        try:
            yield take
        finally:
            self._held -= mine


async def read(
    headers: Mapping[str, str], chunks: AsyncIterator[bytes], most: int, take: Callable[[int], None]
) -> bytearray:
    """The whole body. ``Denied`` as soon as it is known to be too large (413), or when no more arrives
    (408)."""
    size = f"{most // budgets.MB} MB" if most >= budgets.MB else f"{most // 1024} KB"
    too_large = Denied(
        say("The request is larger than {size}: send fewer or smaller images.", size=size)
        if most == budgets.BODY_WITH_IMAGES
        else say("The request is larger than {size}: send less at a time.", size=size),
        413,
    )
    announced = headers.get("content-length", "0")
    if announced.isascii() and announced.isdigit() and (len(announced) > 19 or int(announced) > most):
        raise too_large
    body = bytearray()
    while True:
        try:
            with anyio.fail_after(budgets.PATIENCE):
                chunk = await anext(chunks, None)
        except TimeoutError:
            raise Denied(say("The rest of the request did not arrive."), 408) from None
        if chunk is None:
            return body
        if len(body) + len(chunk) > most:
            raise too_large
        take(len(chunk))
        body += chunk
