"""How fast this machine is, learned from finished tasks."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from math import fsum
from statistics import median
from typing import NamedTuple

from ...model import Cost

#: how many of the latest similar tasks count
_REMEMBERED = 50
#: how much less certain an estimate is with each trait in which its tasks may differ
_UNLIKE = 0.35
#: what a task takes besides its steps on an unknown machine: prompts are encoded, images decoded and saved.
#: That is a large part of a short task, and a small part of a long one
_BESIDE = 0.5  # seconds
#: fractions of the fastest task, tried as the fixed time of any task; without evidence for another,
#: ``_first``
_SHARES = (0.2, 0.0, 0.4, 0.6, 0.8, 0.95)


class Span(NamedTuple):
    """Seconds: the likely number, and the range for four cases out of five."""

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
    """How long similar tasks take. A task is estimated from those most like it: of its own job, else of any,
    else those that differ in the least significant trait, and so on. The first task after a change of model
    also loaded it, so it shows how long that takes, not how fast the model is."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], deque[tuple[float, float]]] = {}  # (work, seconds)
        self._loads: deque[float] = deque(maxlen=_REMEMBERED)
        self._model: str | None = None

    def learn(self, cost: Cost, job: str, seconds: float) -> None:
        """Must be called in the order in which tasks ended."""
        changed = self._model is not None and cost.model not in ("", self._model)
        self._model = cost.model or self._model
        if not (cost.work > 0 and seconds > 0):
            return
        # for less similar tasks, the part spent on loading is unknown
        if changed and (usual := self._by(_levels(cost, job)[:2], cost)):
            self._loads.append(max(0.0, seconds - usual.likely))
            return
        for level in _levels(cost, job):
            self._known.setdefault(level, deque(maxlen=_REMEMBERED)).append((cost.work, seconds))

    def seconds(self, cost: Cost, job: str) -> Span | None:
        """How long a task of ``job`` takes; None if nothing comparable has finished."""
        return self._by(_levels(cost, job), cost)

    def _by(self, levels: list[tuple[str, ...]], cost: Cost) -> Span | None:
        for unlike, level in enumerate(levels):
            if level in self._known:
                return _of(self._known[level], cost.work, unlike)
        return None

    def load(self) -> Span:
        """How long loading a model takes; zero until one has been observed."""
        return _span(list(self._loads), 0) if self._loads else NOTHING


def _levels(cost: Cost, job: str) -> list[tuple[str, ...]]:
    """Keys of similar tasks, from the most to the least similar."""
    shorter = [("any", *cost.like[:size]) for size in range(len(cost.like), 0, -1)]
    return [("job", job, *cost.like), *shorter]


def _of(known: Collection[tuple[float, float]], work: float, unlike: int) -> Span:
    """A task also has a fixed time, at most as long as the fastest task: the one for which the rest is most
    proportional to the work. If several fit equally well, as when all tasks had the same work, the likely
    number comes from the first, and the range covers all of them."""
    fastest = min(seconds for _, seconds in known)
    tried = []
    for share in (_first(fastest), *_SHARES):
        base = share * fastest
        rates = [(seconds - base) / done for done, seconds in known]
        middle = median(rates)
        # the deviation of tasks, relative to their time
        apart = fsum(abs(base + middle * done - seconds) / seconds for done, seconds in known)
        tried.append((round(apart, 6), base, rates))
    best = min(apart for apart, _, _ in tried)
    spans = [_span(rates, unlike).times(work).after(base) for apart, base, rates in tried if apart == best]
    return Span(min(span.low for span in spans), spans[0].likely, max(span.high for span in spans))


def _first(fastest: float) -> float:
    return min(0.6, max(_SHARES[0], _BESIDE / fastest))


def _span(values: list[float], unlike: int) -> Span:
    """The median, because a single task that waited for something must not count, and the first and last
    tenths. Few values say little, whatever they are."""
    values.sort()
    last = len(values) - 1
    likely = median(values)
    doubt = 1 + 0.5 / len(values) + _UNLIKE * unlike
    low, high = values[round(last * 0.1)], values[round(last * 0.9)]
    return Span(min(low, likely / doubt), likely, max(high, likely * doubt))
