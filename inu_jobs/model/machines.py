"""Other machines that run our tasks."""

from __future__ import annotations

from .record import Record


class Machine(Record, frozen=True):
    """A WebUI with Inu Jobs on another machine or port. ``address``: of its page, "http://192.168.1.20:7860";
    ``user``, ``password``: of its --api-auth or --gradio-auth. ``enabled``: whether it gets tasks."""

    id: str
    name: str
    address: str
    user: str
    password: str
    enabled: bool = True

    def __repr__(self) -> str:
        """Without the password: it must not get into a log."""
        return f"Machine({self.id!r}, {self.name!r}, {self.address!r})"
