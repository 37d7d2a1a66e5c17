"""The adapter against Agent Scheduler: the same cases in the stand-in and, with --webui, in a real WebUI."""

from __future__ import annotations

import pytest

from .conftest import Host
from .kit import cases, port


@pytest.mark.parametrize("case", [*cases.WHOLE, *port.CASES])
def test_contract(host: Host, case: str) -> None:
    host.ask(case)


def test_reload_ui(host: Host) -> None:
    host.ask("reload__before")
    host.wait()
    host.ask("reload__after")
