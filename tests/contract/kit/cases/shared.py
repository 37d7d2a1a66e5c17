"""What the cases share."""

from __future__ import annotations

from ..inside import Inside


def raises(kind: type[Exception], call: object, *args: object) -> Exception:
    try:
        call(*args)  # type: ignore[operator]
    except kind as error:
        return error
    raise AssertionError(f"{call} raised no {kind.__name__}")


def ready(host: Inside) -> None:
    """The host is up, and its runner is there."""
    host.until(lambda: host.adapter.status().attached)
