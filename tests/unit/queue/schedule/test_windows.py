"""Run windows, each minute, where clocks change and where they do not."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inu_jobs.errors import InvalidInput
from inu_jobs.model import Window
from inu_jobs.queue.schedule import windows
from inu_jobs.queue.schedule.windows import Clock
from tests.soak import LARGE

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")
YEAR = datetime(2026, 1, 1, tzinfo=timezone.utc).timestamp()
MINUTES = 365 * windows.DAY


def clock_of(zone: str) -> Clock:
    info = ZoneInfo(zone)

    def clock(now: float) -> tuple[int, int, int]:
        local = datetime.fromtimestamp(now, info)
        offset = local.utcoffset()
        assert offset is not None
        return local.weekday(), local.hour * 60 + local.minute, offset // timedelta(minutes=1)

    return clock


def painted(many: list[Window]) -> list[bool]:
    """Said otherwise than in the code: each window painted on the minutes of a week."""
    week = [False] * 7 * windows.DAY
    for window in many:
        (h, m), (to_h, to_m) = (map(int, text.split(":")) for text in (window.start, window.end))
        start, end = h * 60 + m, to_h * 60 + to_m
        length = end - start if end > start else end - start + windows.DAY
        for opens in window.days or range(7):
            for n in range(length):
                week[(opens * windows.DAY + start + n) % len(week)] = True
    return week


NIGHT = [Window("23:00", "07:00")]
WEEKEND = [Window("00:00", "24:00", [5, 6])]
LATE = [Window("02:15", "02:45"), Window("22:00", "01:30", [4])]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("many", [NIGHT, WEEKEND, LATE], ids=["night", "weekend", "late"])
def test_every_minute_where_clocks_change(zone: str, many: list[Window]) -> None:
    """Of the weeks around; of the whole year in ``nox -s soak``."""
    known = clock_of(zone)
    week = painted(many)
    for first, last in [(0, 365)] if LARGE else changes_of(known):
        begin, minutes = YEAR + first * windows.DAY * 60, (last - first) * windows.DAY
        seen = [known(begin + n * 60) for n in range(minutes)]
        clock = partial(remembered, known, seen, begin)
        states = [week[day * windows.DAY + minute] for day, minute, _ in seen]
        assert all(windows.is_open(many, begin + n * 60, clock) == state for n, state in enumerate(states))
        flips = [begin + n * 60 for n in range(1, minutes) if states[n] != states[n - 1]]
        at, found = begin, []
        while (change := windows.next_change(many, at, clock)) is not None and change < begin + minutes * 60:
            found.append(change)
            at = change
        assert found == flips and len(flips) >= (last - first) // 7 * 2


def changes_of(clock: Clock) -> list[tuple[int, int]]:
    """(first day, day after the last) of the two weeks around each change of a clock, or of the first two."""
    offsets = [clock(YEAR + day * windows.DAY * 60)[2] for day in range(365)]
    days = [day for day in range(1, 365) if offsets[day] != offsets[day - 1]]
    return [(max(0, day - 8), day + 6) for day in days or [8]]


def remembered(
    known: Clock, seen: list[tuple[int, int, int]], begin: float, now: float
) -> tuple[int, int, int]:
    place = int(now - begin) // 60
    return seen[place] if 0 <= place < len(seen) else known(now)


TIMES = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))
SOME = st.lists(st.builds(Window, TIMES, TIMES, st.lists(st.integers(0, 6), unique=True)), max_size=3)


@given(SOME, st.sampled_from(ZONES), st.integers(0, MINUTES * 60))
def test_any_windows_at_any_second(many: list[Window], zone: str, second: int) -> None:
    clock, now = clock_of(zone), YEAR + second
    day, minute, _ = clock(now)
    state = not many or painted(many)[day * windows.DAY + minute]
    assert windows.is_open(many, now, clock) == state
    change = windows.next_change(many, now, clock)
    if change is None:
        assert all(windows.is_open(many, now + n * 3600, clock) == state for n in range(24 * 8))
    else:
        assert windows.is_open(many, change, clock) != state
        assert windows.is_open(many, max(now, change - 60), clock) == state
    assert windows.opens(many, now, clock) == (None if state else change)


@pytest.mark.parametrize("text", ["7:00", "24:01", "12:60", "", "ab:cd", "-1:00", "12:0", "\u0661\u0662:00"])
def test_what_is_no_time_of_day(text: str) -> None:
    for window in (Window(text, "07:00"), Window("07:00", text)):
        with pytest.raises(InvalidInput, match=re.escape(f"“{text}” is not a valid time")):
            windows.check([window])
    with pytest.raises(InvalidInput, match=r"0 \(Monday\) to 6"):
        windows.check([Window("01:00", "02:00", [7])])
    windows.check([Window("00:00", "24:00", [0, 6])])


def test_windows_that_open_for_no_time_or_are_too_many_are_refused() -> None:
    with pytest.raises(InvalidInput, match="from 23:00 to 23:00 is empty"):
        windows.check([Window("23:00", "23:00")])
    with pytest.raises(InvalidInput, match="twice"):
        windows.check([Window("23:00", "07:00", [1, 1])])
    with pytest.raises(InvalidInput, match="at most 50"):
        windows.check(NIGHT * 51)
    windows.check(NIGHT * 50)
