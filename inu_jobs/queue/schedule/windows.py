"""When a job may run: weekly windows, in local time.

A window is open whenever the machine's own clock shows a time in it. So an hour skipped for daylight saving
time is not made up for, and one that occurs twice counts twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from ...errors import InvalidInput
from ...model import Window
from ...sentences import say

#: seconds since the epoch -> (weekday, 0 = Monday; minute of the day; minutes east of UTC)
Clock = Callable[[float], tuple[int, int, int]]

DAY = 24 * 60
_MOST = 50  # for one job: more than one for each day
_LONGEST = 9 * DAY  # minutes; anything that opens weekly has changed by then


def wall(now: float) -> tuple[int, int, int]:
    """The machine's own clock; see ``Clock``."""
    local = time.localtime(now)
    return local.tm_wday, local.tm_hour * 60 + local.tm_min, local.tm_gmtoff // 60


def minutes(text: str) -> int:
    """Minutes of "HH:MM", 00:00 to 24:00; ``ValueError`` for anything else."""
    hour, _, minute = text.partition(":")
    if not (len(text) == 5 and hour.isascii() and hour.isdigit() and minute.isascii() and minute.isdigit()):
        raise ValueError(text)
    told = int(hour) * 60 + int(minute)
    if int(minute) > 59 or told > DAY:
        raise ValueError(text)
    return told


def check(windows: Sequence[Window]) -> None:
    """``InvalidInput`` with a sentence if a window is invalid, or if there are too many."""
    if len(windows) > _MOST:
        raise InvalidInput(say("A job can have at most {most} run windows.", most=_MOST), "windows")
    for window in windows:
        for text in (window.start, window.end):
            try:
                minutes(text)
            except ValueError:
                raise InvalidInput(
                    say("“{text}” is not a valid time (use HH:MM).", text=text), "windows"
                ) from None
        if any(day not in range(7) for day in window.days):
            raise InvalidInput(say("The days of a run window are 0 (Monday) to 6 (Sunday)."), "windows")
        if len(set(window.days)) < len(window.days):
            raise InvalidInput(say("A day appears twice in a run window: list each day once."), "windows")
        if window.start == window.end:
            message = say(
                "A run window from {start} to {end} is empty: for the whole day, use 00:00 to 24:00.",
                start=window.start,
                end=window.end,
            )
            raise InvalidInput(message, "windows")


def is_open(windows: Sequence[Window], now: float, clock: Clock = wall) -> bool:
    """Without windows, always."""
    day, minute, _ = clock(now)
    return not windows or any(_covers(window, day, minute) for window in windows)


def _covers(window: Window, day: int, minute: int) -> bool:
    start, end = minutes(window.start) % DAY, minutes(window.end)
    if end > start:
        return _opens_on(window, day) and start <= minute < end
    return (minute >= start and _opens_on(window, day)) or (minute < end and _opens_on(window, (day - 1) % 7))


def _opens_on(window: Window, day: int) -> bool:
    return not window.days or day in window.days


def next_change(windows: Sequence[Window], now: float, clock: Clock = wall) -> float | None:
    """When, after ``now``, they next open or close, to the minute; None if never."""
    if not windows:
        return None
    state = is_open(windows, now, clock)
    edges = sorted({0} | {minutes(text) % DAY for window in windows for text in (window.start, window.end)})
    at = now - now % 60  # in every time zone, minutes begin with UTC's
    last = at + _LONGEST * 60
    while at < last:
        at += 60 * _stride(at, edges, clock)
        if is_open(windows, at, clock) != state:
            return at
    return None


def _stride(at: float, edges: Sequence[int], clock: Clock) -> int:
    """Minutes to the next of ``edges``; 1 if the clock is changed before that."""
    _, minute, offset = clock(at)
    ahead = min((edge - minute - 1) % DAY + 1 for edge in edges)
    return ahead if clock(at + ahead * 60)[2] == offset else 1


def opens(windows: Sequence[Window], now: float, clock: Clock = wall) -> float | None:
    """When they next open; None if they are open, or never will be."""
    return None if is_open(windows, now, clock) else next_change(windows, now, clock)
