"""What Agent Scheduler really does, and that our adapter copes: each runs inside a host.

A fact that differs between the hosts is a bug in the stand-in. A name with ``__`` is a part of a case
that needs the harness in between.
"""

from __future__ import annotations

from collections.abc import Callable

from ..inside import Inside
from ..port import CASES as OF_THE_PORT
from . import copies, failures, host_facts, reload, runs, webui_texts, withdrawals
from .port_driver import InsideDriver
from .shared import ready

CASES: dict[str, Callable[[Inside], None]] = {
    name: case
    for module in (runs, failures, withdrawals, copies, reload, webui_texts, host_facts)
    for name, case in vars(module).items()
    if getattr(case, "__module__", "") == module.__name__ and not name.startswith("_")
}
WHOLE = [name for name in CASES if "__" not in name]


def run(name: str, host: Inside) -> None:
    """A case, one of the port's, or "ready", which asks whether the host is up."""
    if name in OF_THE_PORT:
        OF_THE_PORT[name](InsideDriver(host))
    else:
        (ready if name == "ready" else CASES[name])(host)
