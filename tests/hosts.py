"""What works on which WebUI, as the tests that ran there saw it: the README's table.

    pytest --webui=PATH --note "Forge Neo 2.26" tests/contract tests/webui tests/browser
    python -m tests.hosts

The first notes in ``hosts.json`` what passed and failed on that WebUI, for the features that it ran tests of;
the second prints the table. ``test_readme.py`` holds the README against it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypedDict

import pytest

FILE = Path(__file__).with_name("hosts.json")

#: what a user would call it -> where its tests are
FEATURES = {
    "Queue as job makes the image that Generate makes: txt2img": (
        "webui/test_capture.py::test_txt2img",
        "webui/test_capture.py::test_the_checkpoint",
    ),
    "img2img, inpaint, sketch and Batch": (
        "webui/test_capture.py::test_img2img",
        "webui/test_capture.py::test_scale_by",
        "webui/test_capture.py::test_sketch",
        "webui/test_capture.py::test_inpaint_sketch",
        "webui/test_capture.py::test_batch_makes",
    ),
    "the same infotext as Generate": ("webui/test_infotext.py::", "webui/test_grids.py::"),
    "ControlNet and other extensions with images": ("webui/test_carry.py::",),
    "pause, cancel, retry, Reload UI and kill in mid-job": (
        "contract/test_whole_jobs.py::",
        "contract/test_agent_scheduler.py::",
    ),
    "img2img, hires, upscale, variations and re-render of images": ("contract/test_derive.py::",),
    "axes, and the X/Y/Z plot's notation": ("contract/test_notation.py::",),
    "checks of finished images": ("contract/test_audit.py::",),
    "tasks of Enqueue become jobs": ("contract/test_adopt.py::",),
    "passwords, and other websites": ("contract/test_guard.py::", "contract/test_saving.py::"),
    "the tab, in a browser": ("browser/",),
}


#: fixtures of the stand-in alone
STAND_INS = frozenset({"sandbox_webui", "sandbox"})


class Seen(TypedDict):
    """How many tests of a feature passed, and which failed."""

    passed: int
    failed: list[str]


Hosts = dict[str, dict[str, Seen]]


class HostNotes:
    """A pytest plugin: counts what passes and fails on the real WebUI, and adds it to ``file``."""

    def __init__(self, host: str, file: Path = FILE) -> None:
        self._host = host
        self._file = file
        self._outcomes: dict[str, bool] = {}
        self._on_stand_in: set[str] = set()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """A test that names the stand-in's fixture itself says nothing of the WebUI, whatever its id."""
        for item in session.items:
            if not STAND_INS.isdisjoint(getattr(item, "fixturenames", ())):
                self._on_stand_in.add(item.nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if "[stand-in" in report.nodeid or "[sandbox" in report.nodeid or report.skipped:
            return
        if report.nodeid in self._on_stand_in:
            return
        if report.failed or report.when == "call":
            passed = self._outcomes.get(report.nodeid, True)
            self._outcomes[report.nodeid] = passed and report.passed

    def pytest_sessionfinish(self) -> None:
        hosts = read(self._file)
        known = hosts.setdefault(self._host, {})
        for feature, places in FEATURES.items():
            found = {
                test: passed
                for test, passed in self._outcomes.items()
                if test.removeprefix("tests/").startswith(places)
            }
            if found:
                known[feature] = merged(known.get(feature), found)
        self._file.write_text(json.dumps(hosts, indent=2) + "\n", encoding="utf-8")


def merged(known: Seen | None, found: dict[str, bool]) -> Seen:
    """``found``: tests that ran now. All of a feature's replace what was known; some of them, run again, only
    change what is known of themselves."""
    failing = [test for test, passed in found.items() if not passed]
    if known is None or len(found) >= known["passed"] + len(known["failed"]):
        return Seen(passed=len(found) - len(failing), failed=failing)
    mended = [test for test in known["failed"] if found.get(test)]
    broken = [test for test in failing if test not in known["failed"]]
    still = [test for test in known["failed"] if test not in mended]
    return Seen(passed=known["passed"] + len(mended) - len(broken), failed=still + broken)


def read(file: Path = FILE) -> Hosts:
    if not file.exists():
        return {}
    hosts: Hosts = json.loads(file.read_text(encoding="utf-8"))
    return hosts


def table(hosts: Hosts) -> str:
    """In Markdown: a row for each feature, a column for each host. "yes": all tests of it passed there."""
    rows = [["", *hosts], ["---"] * (len(hosts) + 1)]
    for feature in FEATURES:
        rows.append([feature, *(_cell(seen.get(feature)) for seen in hosts.values())])
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _cell(seen: Seen | None) -> str:
    if seen is None:
        return "not tested"
    if seen["failed"]:
        return f"{seen['passed']} of {seen['passed'] + len(seen['failed'])} tests"
    return "yes"


if __name__ == "__main__":
    print(table(read()))
