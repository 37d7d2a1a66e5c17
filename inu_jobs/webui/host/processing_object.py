"""The WebUI's processing objects: one for each request, and closed when its images are made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def until_closed(p: Any, read: Callable[[], Any], write: Callable[[Any], None], value: Any) -> None:
    """Have something of the host be ``value`` until it closes ``p``, which it does under its queue lock, also
    after an error (``closing(p)`` in modules/api/api.py)."""
    before: Any = read()
    close: Callable[[], Any] = p.close
    write(value)

    def put_back() -> Any:
        if read() == value:  # else somebody has changed it in the meantime
            write(before)
        return close()

    p.close = put_back
