"""The address of a machine, as people type or paste it."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx

from ..errors import InvalidInput
from ..sentences import say

LONGEST = 500  # characters


def clean_address(text: str) -> str:
    """``text`` as an http or https URL without "/" at its end, query or fragment; http where it says nothing.
    ``InvalidInput`` with "address" if it is none."""
    typed = text.strip()
    wrong = InvalidInput(
        say(
            "That is no address of a WebUI: enter the one that you open it by, like http://192.168.1.20:7860."
        ),
        "address",
    )
    if not 0 < len(typed) <= LONGEST or " " in typed or not typed.isprintable():
        raise wrong
    try:
        parts = urlsplit(typed if "://" in typed else f"http://{typed}")
        port, host = parts.port, parts.hostname
    except ValueError:
        raise wrong from None
    if parts.scheme not in ("http", "https") or not host or port == 0:
        raise wrong
    if parts.username is not None or parts.password is not None:
        raise InvalidInput(
            say("Leave the name and the password out of the address: they have fields of their own."),
            "address",
        )
    named = f"[{host}]" if ":" in host else host
    address = f"{parts.scheme}://{named}{'' if port is None else f':{port}'}{parts.path.rstrip('/')}"
    try:
        httpx.URL(address)
    except httpx.InvalidURL:
        raise wrong from None
    return address
