"""Names that jobs get by themselves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inu_jobs.service.names import MAX, clean, from_prompt


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("a small house by a lake", "a small house by a lake"),
        ("(masterpiece:1.2), [a cat:0.5], <lora:dog:0.7>", "masterpiece, a cat"),
        ("((night)) market\n, rain,, ", "night market, rain"),
        ("<lora:dog:1>", ""),
        ("", ""),
        (None, ""),
        (["a", "b"], ""),
    ],
)
def test_a_prompt_without_its_markup(prompt: object, name: str) -> None:
    assert from_prompt(prompt) == name


def test_a_long_prompt_ends_at_a_word() -> None:
    name = from_prompt("one two three four five six seven eight nine ten eleven twelve thirteen fourteen")
    assert name.endswith("…") and len(name) <= MAX + 1
    assert name[:-1].split()[-1] in {"eleven", "twelve"}


@given(st.text())
def test_any_prompt_gives_one_short_line(prompt: str) -> None:
    name = from_prompt(prompt)
    assert len(name) <= MAX + 1
    assert "\n" not in name and "<lora:" not in name


@given(st.text())
def test_a_cleaned_name_is_one_visible_line(text: str) -> None:
    name = clean(text)
    assert name == name.strip() and name.isprintable()
    assert clean(name) == name
