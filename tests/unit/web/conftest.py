from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.unit.service.service_kit import House
from tests.unit.web.web_kit import client_of, plain_app


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.close()


@pytest.fixture
def client(house: House) -> TestClient:
    """A browser on the same machine, with no auth configured."""
    return client_of(plain_app(house))
