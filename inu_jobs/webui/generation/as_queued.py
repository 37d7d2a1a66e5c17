"""What the page is set to outside of a request does not change what was queued."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..capture import controlnet
from ..host import model_loading


def run_as_queued(p: Any) -> None:
    """Until the host has finished with ``p``, a processing object."""
    if model_loading.service():
        until_closed(p, model_loading.read_mode, model_loading.write_mode, model_loading.LOCAL)
    folder = controlnet.Folder(p.scripts.scripts)
    if folder.used:
        until_closed(p, folder.read, folder.write, "")


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
