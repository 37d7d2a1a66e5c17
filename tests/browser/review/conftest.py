from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from ..tab import Host, Tab
from .reviewed import COUNT, LONG, Reviewed


@pytest.fixture
def job(tab: Tab, host: Host) -> Iterator[Reviewed]:
    made = host.create("To review", COUNT)
    tab.open().show("To review")
    expect(tab.images).to_have_count(COUNT, timeout=LONG)
    yield Reviewed(tab, host, made["id"])
