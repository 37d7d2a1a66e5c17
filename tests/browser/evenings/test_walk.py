"""The first evening of a new user, in one sitting."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image as Picture

from ..tab import Host, WebuiTab
from .walk import COUNT, Walk

pytestmark = pytest.mark.hosted


def test_a_hundred_images_by_keyboard_alone(tab: WebuiTab, host: Host, tmp_path: Path) -> None:
    made = host.create("First evening", COUNT)
    tab.open()
    walk = Walk(tab, host)
    walk.review("First evening")
    walk.throw_away()
    walk.paint_over("Painted over")
    walk.compare()
    sheet = walk.take_along(tmp_path)
    first = host.api("GET", f"jobs/{made['id']}")["images"]
    assert sorted({image["verdict"] for image in first if not image["trashed"]}) == ["kept"]
    assert sum(image["trashed"] for image in first) == walk.rejected
    painted = next(job for job in host.api("GET", "jobs")["jobs"] if job["name"] == "Painted over")
    tasks = host.api("GET", f"jobs/{painted['id']}")["tasks"]
    settings = {(t["source"], t["changes"]["denoising_strength"], t["changes"]["cfg_scale"]) for t in tasks}
    assert len(settings) == len(tasks) == 4 * walk.kept
    with Picture.open(sheet) as picture:
        assert picture.width > 900
