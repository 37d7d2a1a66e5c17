"""Options and markers that all tests share. The sandbox is in ``tests/sandbox``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes says more of the machine than of the code. Each run tries the same few
# examples; ``nox -s soak`` (--hypothesis-profile=soak) tries many, and others each time.
settings.register_profile("inu-jobs", deadline=None, derandomize=True, max_examples=30)
settings.register_profile("soak", deadline=None, max_examples=200)
settings.load_profile("inu-jobs")

ROOT = str(Path(__file__).resolve().parents[1])
if ROOT not in sys.path:
    # tests import the package from the checkout: the extension is not installed anywhere
    sys.path.insert(0, ROOT)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--webui",
        metavar="PATH",
        default=None,
        help="also run against the real WebUI in this folder, with Agent Scheduler in its extensions"
        " (its Python: venv/, or $WEBUI_PYTHON; more flags for it: $WEBUI_ARGS)",
    )


def pytest_configure(config: pytest.Config) -> None:
    for marker in (
        "hosted: a browser test on the WebUI's page, not on our own",
        "webui: needs a real WebUI, given with --webui PATH",
    ):
        config.addinivalue_line("markers", marker)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Of ``-n auto``: two more than cores, for much of the time is spent waiting: for a sandbox that starts,
    for its runner's second between tasks, for the page to look again."""
    return (os.cpu_count() or 1) + 2


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--webui") is None:
        for item in items:
            if item.get_closest_marker("webui"):
                item.add_marker(pytest.mark.skip(reason="needs --webui PATH"))


@pytest.fixture
def webui_path(pytestconfig: pytest.Config) -> Path:
    """The folder of the real WebUI; skips without ``--webui``."""
    path = pytestconfig.getoption("--webui")
    if path is None:
        pytest.skip("needs --webui PATH")
    return Path(path)
