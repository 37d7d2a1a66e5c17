"""Where the hosts differ, the stand-ins are as the real ones: the same facts in both."""

from __future__ import annotations

import pytest

from .conftest import Host
from .kit import cases


@pytest.mark.parametrize("fact", [name for name in cases.CASES if name.startswith("host__")])
def test_fact(host: Host, fact: str) -> None:
    host.ask(fact)
