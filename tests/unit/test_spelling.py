"""One form for all spellings that look alike."""

from __future__ import annotations

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inu_jobs.spelling import folded, looks_like


@given(st.text())
def test_all_forms_of_a_text_are_one(text: str) -> None:
    forms = [normalize(form, text) for form in ("NFC", "NFD", "NFKC", "NFKD")]
    assert len({folded(form) for form in forms}) == 1 and folded(folded(text)) == folded(text)
    assert not looks_like(text, text)
    assert looks_like(forms[0], forms[1]) == (forms[0] != forms[1])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Straße", "STRASSE"),
        ("\uff76\uff9e\uff97\uff7d \uff23\uff21\uff26\uff25", "ガラス cafe"),
        ("\u0130zmir", "i\u0307zmir"),
        ("CAF\xc9", "cafe\u0301"),
    ],
)
def test_case_and_width_do_not_count(one: str, other: str) -> None:
    assert folded(one) == folded(other)


def test_an_accent_counts() -> None:
    assert folded("caf\xe9") != folded("cafe") and "cafe" not in folded("cafe\u0301")
