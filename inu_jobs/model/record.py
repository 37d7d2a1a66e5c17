"""The base of all records, and their ids.

Times are seconds since the epoch (float, UTC); sizes are bytes; image sizes are pixels.
"""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import force_setattr

from ..sentences import Says, Sentence, kept

#: one request in the WebUI's own API format (``/sdapi/v1/txt2img`` or ``img2img``), a plain JSON object;
#: files in it are tokens (``input:SHA256`` or ``image:ID``)
Payload = dict[str, Any]


class Record(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """Base of all records; fields with their default value are not written."""


class WithMessage(msgspec.Struct, frozen=True, kw_only=True):
    """Has a ``message``, and in ``says`` its template and values, None for text without a template. If
    created with a sentence, it sets both."""

    says: Says | None = None
    if TYPE_CHECKING:
        message: str

    @property
    def sentence(self) -> Sentence:
        return kept(self.message, self.says)

    def __post_init__(self) -> None:
        message = self.message
        if message.__class__ is Sentence:
            force_setattr(self, "says", message.says)
            force_setattr(self, "message", str(message))


def storable(text: str) -> str:
    """``text`` with "?" for what JSON cannot represent: on Linux a file name may be any bytes, and Python
    uses lone surrogates for those that are not text."""
    return text.encode(errors="replace").decode()


_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def new_id(prefix: str) -> str:
    """A new id of 18 characters: ``prefix`` (one letter), 9 for the time in ms, 8 random. Later ids sort
    later (to the millisecond)."""
    value = int(time.time() * 1000) << 40 | secrets.randbits(40)
    return prefix + "".join(_ALPHABET[value >> shift & 31] for shift in range(80, -1, -5))
