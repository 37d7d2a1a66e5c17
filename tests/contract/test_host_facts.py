"""Where the hosts differ, the stand-ins are as the real ones: the same facts in both."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Host
from .kit import cases


@pytest.mark.parametrize("fact", [name for name in cases.CASES if name.startswith("host__")])
def test_fact(host: Host, fact: str, request: pytest.FixtureRequest) -> None:
    if request.node.callspec.id.startswith("webui-") and is_forge(Path(request.config.getoption("--webui"))):
        pytest.skip("Forge is between the two")
    host.ask(fact)


def is_forge(webui: Path) -> bool:
    """Forge f2.0.1: its models in modules, its readers like A1111's."""
    reader = webui / "modules" / "infotext_utils.py"
    return (webui / "backend").is_dir() and "INFOTEXT_TO_SETTING" not in reader.read_text("utf-8")
