"""What a hold is called, and that the page can say it in another language."""

from __future__ import annotations

from inu_jobs.model import Hold
from inu_jobs.sentences import Says, say
from inu_jobs.service.hold_titles import of_everything, of_job


def test_a_hold_carries_its_sentences() -> None:
    view = of_job(Hold("memory", say("Memory ran out after {n:,} tasks.", n=3)))
    assert view is not None
    assert (view.title, view.title_says) == ("On hold: out of memory", Says("On hold: out of memory"))
    assert (view.message, view.says) == (
        "Memory ran out after 3 tasks.",
        Says("Memory ran out after {n} tasks.", {"n": 3}),
    )


def test_a_hold_without_a_message_says_nothing_more() -> None:
    view = of_everything(Hold("user"))
    assert view is not None
    assert (view.title, view.message, view.says) == ("Everything is stopped", "", None)
