"""Names that jobs get by themselves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inu_jobs.service.compose.job_names import MAX, captured, clean, from_prompt

ZWNJ, ZWJ = "\u200c", "\u200d"


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("a small house by a lake", "a small house by a lake"),
        ("(masterpiece:1.2), [a cat:0.5], <lora:dog:0.7>", "masterpiece, a cat"),
        ("((night)) market\n, rain,, ", "night market, rain"),
        ("<lora:dog:1>", ""),
        ("a \u202efox\x1b[31m, \u200b,\u2066", "a fox 31m"),
        ("\u200b", ""),
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
    assert clean(name) == name and "<lora:" not in name


@given(st.text())
def test_a_cleaned_name_is_one_visible_line(text: str) -> None:
    name = clean(text)
    assert name == name.strip() and name.replace(ZWNJ, "").replace(ZWJ, "").isprintable()
    assert clean(name) == name


FAMILY = ZWJ.join("👩👩👧👦")


@pytest.mark.parametrize("name", [FAMILY, f"the {FAMILY} at home", f"می{ZWNJ}خواهم", f"ක්{ZWJ}ර"])
def test_what_joins_letters_stays_in_a_word(name: str) -> None:
    assert clean(name) == name


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("a\u202efox\u2066\u200e", "a fox"),
        ("a\x00\x1b[0m\u200bfox\ufeff", "a [0m fox"),
        (f"{ZWJ} {ZWNJ}{ZWJ}", ""),
        (f"{ZWJ}a {ZWNJ} fox", "a fox"),
    ],
)
def test_what_else_cannot_be_seen_goes(name: str, cleaned: str) -> None:
    assert clean(name) == cleaned


@given(st.text(), st.sampled_from(["txt2img", "img2img"]))
def test_what_is_captured_has_a_short_name(prompt: str, kind: str) -> None:
    name = captured(prompt, kind)
    assert 0 < len(name) <= MAX + 1 and "\n" not in name
    assert captured("<lora:neon:1>", kind) == kind
