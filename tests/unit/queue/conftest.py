from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.queue.queue_rig import QueueRig


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[QueueRig]:
    rig = QueueRig(tmp_path / "data")
    yield rig
    rig.store.close()
