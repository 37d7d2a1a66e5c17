"""What Agent Scheduler really does, and that our adapter copes: each runs inside a host.

A fact that differs between the hosts is a bug in the stand-in. A name with ``__`` is a part of a case
that needs the harness in between.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from unittest import SkipTest

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


def answer(name: str, host: Inside) -> dict[str, str | bool]:
    """What became of ``run``: ``error``, a traceback, if not ``ok``; ``skipped``: what this host has not."""
    try:
        run(name, host)
    except SkipTest as reason:
        return {"ok": True, "error": "", "skipped": str(reason)}
    except Exception:
        return {"ok": False, "error": traceback.format_exc(), "skipped": ""}
    return {"ok": True, "error": "", "skipped": ""}


def run(name: str, host: Inside) -> None:
    """A case, one of the port's, or "ready", which asks whether the host is up."""
    if name in OF_THE_PORT:
        OF_THE_PORT[name](InsideDriver(host))
    else:
        (ready if name == "ready" else CASES[name])(host)
