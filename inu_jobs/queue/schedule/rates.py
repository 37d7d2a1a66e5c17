"""How fast this machine is, learned from tasks that were done."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from math import fsum
from statistics import median
from typing import NamedTuple

from ...model import Cost

#: the newest so many tasks of one likeness are believed
_REMEMBERED = 50
#: how much less sure an estimate is with each trait in which the tasks it goes by may differ
_UNLIKE = 0.35
#: what a task takes beside its steps on a machine of which nothing is known: prompts are encoded, images
#: decoded and saved. A large part of a short task, and a small one of a long task
_BESIDE = 0.5  # seconds
#: of the fastest task, tried as what any takes; where nothing speaks for another, ``_first``
_SHARES = (0.2, 0.0, 0.4, 0.6, 0.8, 0.95)


class Span(NamedTuple):
    """Seconds: the likely ones, and between which they lie in four cases of five."""

    low: float
    likely: float
    high: float

    def plus(self, other: Span) -> Span:
        return Span(self.low + other.low, self.likely + other.likely, self.high + other.high)

    def after(self, seconds: float) -> Span:
        return Span(self.low + seconds, self.likely + seconds, self.high + seconds)

    def times(self, factor: float) -> Span:
        return Span(self.low * factor, self.likely * factor, self.high * factor)


NOTHING = Span(0.0, 0.0, 0.0)


class Rates:
    """How long tasks take by likeness. A task is judged by those most like it: of its own job, else of any,
    else by those that differ in the least telling trait, and so on. What came first after a change of
    model also loaded it, so it tells how long that takes and not how fast the model is."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], deque[tuple[float, float]]] = {}  # (work, seconds)
        self._loads: deque[float] = deque(maxlen=_REMEMBERED)
        self._model: str | None = None

    def learn(self, cost: Cost, job: str, seconds: float) -> None:
        """Tasks are told in the order in which they ended."""
        changed = self._model is not None and cost.model not in ("", self._model)
        self._model = cost.model or self._model
        if not (cost.work > 0 and seconds > 0):
            return
        # by what is less alike nobody knows what was the loading
        if changed and (usual := self._by(_levels(cost, job)[:2], cost)):
            self._loads.append(max(0.0, seconds - usual.likely))
            return
        for level in _levels(cost, job):
            self._known.setdefault(level, deque(maxlen=_REMEMBERED)).append((cost.work, seconds))

    def seconds(self, cost: Cost, job: str) -> Span | None:
        """What a task of ``job`` takes; None if nothing comparable was done."""
        return self._by(_levels(cost, job), cost)

    def _by(self, levels: list[tuple[str, ...]], cost: Cost) -> Span | None:
        for unlike, level in enumerate(levels):
            if level in self._known:
                return _of(self._known[level], cost.work, unlike)
        return None

    def load(self) -> Span:
        """What loading a model takes; nothing as long as none was seen."""
        return _span(list(self._loads), 0) if self._loads else NOTHING


def _levels(cost: Cost, job: str) -> list[tuple[str, ...]]:
    """Keys of those like it, from the most to the least."""
    shorter = [("any", *cost.like[:size]) for size in range(len(cost.like), 0, -1)]
    return [("job", job, *cost.like), *shorter]


def _of(known: Collection[tuple[float, float]], work: float, unlike: int) -> Span:
    """A task also takes some time whatever its work is, at most as much as the fastest took: as much as
    makes the rest go best with the work. Where several do equally well, as when all had the same work, the
    likely one is of the first, and the bounds are as wide as all of them say."""
    fastest = min(seconds for _, seconds in known)
    tried = []
    for share in (_first(fastest), *_SHARES):
        base = share * fastest
        rates = [(seconds - base) / done for done, seconds in known]
        middle = median(rates)
        # how far tasks are from it, as a part of their time
        apart = fsum(abs(base + middle * done - seconds) / seconds for done, seconds in known)
        tried.append((round(apart, 6), base, rates))
    best = min(apart for apart, _, _ in tried)
    spans = [_span(rates, unlike).times(work).after(base) for apart, base, rates in tried if apart == best]
    return Span(min(span.low for span in spans), spans[0].likely, max(span.high for span in spans))


def _first(fastest: float) -> float:
    return min(0.6, max(_SHARES[0], _BESIDE / fastest))


def _span(values: list[float], unlike: int) -> Span:
    """The median, as one task that waited for something must not count, and the tenths at both ends.
    Few values say little, whatever they are."""
    values.sort()
    last = len(values) - 1
    likely = median(values)
    doubt = 1 + 0.5 / len(values) + _UNLIKE * unlike
    low, high = values[round(last * 0.1)], values[round(last * 0.9)]
    return Span(min(low, likely / doubt), likely, max(high, likely * doubt))
