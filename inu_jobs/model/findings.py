"""Messages about a job, an image or the queue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from ..sentences import Sentence
from .record import Record, WithMessage


class Finding(WithMessage, Record, frozen=True):
    """What preflight or the audit noticed. An ``error`` means that the result cannot be what was requested.
    ``name``: what the message is about, as written in ``field``. Applies to ``count`` ``of`` so many tasks,
    images or combinations; 0: to all."""

    severity: Literal["error", "warning"]
    code: str
    message: str
    field: str = ""
    suggestion: str = ""
    name: str = ""
    count: int = 0
    of: int = 0

    if TYPE_CHECKING:

        def __init__(
            self, severity: Literal["error", "warning"], code: str, message: Sentence, field: str = "",
            suggestion: str = "", name: str = "", count: int = 0, of: int = 0,
        ) -> None: ...  # fmt: skip


class Notice(WithMessage, frozen=True):
    """Something that the user should know and that belongs to no job: one sentence."""

    severity: Literal["error", "warning", "info"]
    code: str
    message: str

    if TYPE_CHECKING:

        def __init__(
            self, severity: Literal["error", "warning", "info"], code: str, message: Sentence
        ) -> None: ...
