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


#: what meets the host's own gradio, starlette, pydantic or Pillow: the tests that are worth running on the
#: packages of each host. Of those in a browser only what is on the WebUI's page (marked ``hosted``).
OF_THE_HOST = (
    "browser/jobs/test_jobs.py",
    "browser/page/test_login.py",
    "browser/page/test_page.py",
    "browser/page/test_send.py",
    "contract/test_adopt.py",
    "contract/test_agent_scheduler.py",
    "contract/test_audit.py",
    "contract/test_derive.py",
    "contract/test_guard.py",
    "contract/test_host_facts.py",
    "contract/test_whole_jobs.py",
    "unit/library/export/",
    "unit/library/test_inputs.py",
    "unit/library/test_payload_images.py",
    "unit/library/test_pixels.py",
    "unit/library/test_thumbs.py",
    "unit/web/test_framing.py",
    "unit/web/test_guard.py",
    "unit/web/test_openapi.py",
    "unit/web/test_private_files.py",
    "unit/web/test_static.py",
    "webui/test_axes.py",
    "webui/test_canvas.py",
    "webui/test_capture.py",
    "webui/test_carry.py",
    "webui/test_grids.py",
    "webui/test_infotext.py",
)


def is_of_the_host(item: pytest.Item) -> bool:
    place = item.path.relative_to(Path(ROOT) / "tests").as_posix()
    on_page = not place.startswith("browser/") or item.get_closest_marker("hosted") is not None
    return on_page and place.startswith(OF_THE_HOST)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--webui",
        metavar="PATH",
        default=None,
        help="also run against the real WebUI in this folder, with Agent Scheduler in its extensions"
        " (its Python: venv/, or $WEBUI_PYTHON; more flags for it: $WEBUI_ARGS)",
    )
    parser.addoption(
        "--note",
        metavar="NAME",
        default=None,
        help='with --webui: note in tests/hosts.json, for the README, what works on it ("Forge Neo 2.26")',
    )


def pytest_configure(config: pytest.Config) -> None:
    for marker in (
        "hosted: a browser test on the WebUI's page, not on our own",
        "webui: needs a real WebUI, given with --webui PATH",
        "hosts: worth running on the packages of each host",
    ):
        config.addinivalue_line("markers", marker)
    if config.getoption("--webui") and config.getoption("--note"):
        from tests.hosts import HostNotes  # not before ROOT is on the path

        config.pluginmanager.register(HostNotes(config.getoption("--note")))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Of ``-n auto``: three a core. Two thirds of the time of a test in a browser are spent waiting: for a
    sandbox that starts, for its runner's second between tasks, for the page to look again."""
    return 3 * (os.cpu_count() or 1)


@pytest.hookimpl(tryfirst=True)  # before what -m leaves out is left out
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in filter(is_of_the_host, items):
        item.add_marker("hosts")
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
