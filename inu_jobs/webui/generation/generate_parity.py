"""Undoes, before a request is used, what the API does to it and the page does not.

Source: WebUI 1.10.1, ``PydanticModelGenerator`` in modules/api/models.py gives every field the type of the
processing class: a CFG scale of 7 becomes 7.0, and so "CFG scale: 7.0" in the infotext and "7.0" in file
names. A browser writes 7, whatever the slider's step, so Generate never has 7.0.
"""

from __future__ import annotations

from typing import Any

from ...model import Payload

#: not from the page but from the settings, whose own type Generate writes
_OF_SETTINGS = frozenset(
    {"initial_noise_multiplier", "eta", "s_churn", "s_min_uncond", "s_noise", "s_tmax", "s_tmin"}
)

_LEADS_ELSEWHERE = frozenset("/\\:\0")
_NUMBERS = (int, float)  # not bool


def restore_numbers(p: Any, payload: Payload) -> None:
    """Restore the number types of ``payload`` in the processing object ``p``, as the page would send them. No
    value changes, only its type."""
    for field, value in payload.items():
        number, now = as_the_page(field, value), getattr(p, field, None)
        if type(now) in _NUMBERS and type(number) in _NUMBERS and now == number:
            setattr(p, field, number)


def restore_user(p: Any, user: str) -> None:
    """For the infotext and for file and folder names, if the settings use it there. The WebUI uses it
    unchecked, and a job file may come from anyone: a name that could lead to another folder is ignored."""
    if user and user not in (".", "..") and not _LEADS_ELSEWHERE & set(user):
        p.user = user


def as_the_page(field: str, value: Any) -> Any:
    """``value`` as the page would send it."""
    whole = type(value) is float and value.is_integer() and field not in _OF_SETTINGS
    return int(value) if whole else value
