"""The README's table of WebUIs says what the tests saw there."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.hosts import FEATURES, HostNotes, Seen, merged, read, table

ROOT = Path(__file__).resolve().parents[3]


def report(test: str, outcome: str, when: str = "call") -> pytest.TestReport:
    return pytest.TestReport(test, ("", 0, ""), {}, outcome, None, when)  # type: ignore[arg-type]


def test_the_readme_shows_what_is_noted() -> None:
    assert table(read()) in (ROOT / "README.md").read_text("utf-8"), "python -m tests.hosts prints the table"


def test_every_feature_has_tests_where_it_says() -> None:
    for places in FEATURES.values():
        for place in places:
            file, _, name = place.partition("::")
            path = ROOT / "tests" / file
            assert path.is_dir() or f"def {name}" in path.read_text("utf-8"), place


def test_only_what_ran_on_the_webui_itself_is_noted(tmp_path: Path) -> None:
    notes = HostNotes("Some WebUI", tmp_path / "hosts.json")
    of_stand_in = SimpleNamespace(
        nodeid="tests/contract/test_audit.py::test_d", fixturenames=["sandbox_webui"]
    )
    notes.pytest_collection_finish(SimpleNamespace(items=[of_stand_in]))  # type: ignore[arg-type]
    for each in (
        report("tests/contract/test_audit.py::test_a[webui]", "passed", "setup"),
        report("tests/contract/test_audit.py::test_a[webui]", "passed"),
        report("tests/contract/test_audit.py::test_b[webui]", "skipped"),
        report("tests/contract/test_audit.py::test_c[sandbox]", "failed"),
        report("tests/contract/test_audit.py::test_d", "failed"),
        report("tests/contract/test_adopt.py::test_a[webui]", "passed"),
        report("tests/contract/test_adopt.py::test_a[webui]", "failed", "teardown"),
        report("tests/contract/test_adopt.py::test_b[webui]", "passed"),
        report("tests/contract/test_derive.py::test_a[webui]", "failed", "setup"),
        report("tests/unit/test_log.py::test_a", "passed"),
    ):
        notes.pytest_runtest_logreport(each)
    notes.pytest_sessionfinish()
    assert read(tmp_path / "hosts.json")["Some WebUI"] == {
        "checks of finished images": {"passed": 1, "failed": []},
        "tasks of Enqueue become jobs": {
            "passed": 1,
            "failed": ["tests/contract/test_adopt.py::test_a[webui]"],
        },
        "img2img, hires, upscale, variations and re-render of images": {
            "passed": 0,
            "failed": ["tests/contract/test_derive.py::test_a[webui]"],
        },
    }


def test_a_later_run_keeps_what_it_did_not_run(tmp_path: Path) -> None:
    for test in ("contract/test_audit.py::test_a[webui]", "contract/test_adopt.py::test_a[webui]"):
        notes = HostNotes("Some WebUI", tmp_path / "hosts.json")
        notes.pytest_runtest_logreport(report(test, "passed"))
        notes.pytest_sessionfinish()
    assert len(read(tmp_path / "hosts.json")["Some WebUI"]) == 2


def test_a_row_for_each_feature_and_no_yes_without_a_test() -> None:
    rows = table({"A": {"checks of finished images": {"passed": 2, "failed": []}}, "B": {}}).splitlines()
    assert rows[0] == "|  | A | B |" and len(rows) == 2 + len(FEATURES)
    assert "| checks of finished images | yes | not tested |" in rows


def test_some_that_ran_again_change_only_themselves() -> None:
    known = Seen(passed=3, failed=["a", "b"])
    assert merged(known, {"a": True, "c": True}) == {"passed": 4, "failed": ["b"]}
    assert merged(known, {"b": False, "c": False}) == {"passed": 2, "failed": ["a", "b", "c"]}
    assert merged(known, dict.fromkeys("abcde", True)) == {"passed": 5, "failed": []}
    assert merged(None, {"a": False}) == {"passed": 0, "failed": ["a"]}
