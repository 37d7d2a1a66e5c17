"""The adapter against Agent Scheduler: the same cases in the stand-in and, with --webui, in a real WebUI."""

from __future__ import annotations

import pytest

from . import cases
from .conftest import Host


@pytest.mark.parametrize("case", cases.WHOLE)
def test_contract(host: Host, case: str) -> None:
    host.ask(case)


def test_reload_ui(host: Host) -> None:
    host.ask("reload__before")
    host.wait()
    host.ask("reload__after")
