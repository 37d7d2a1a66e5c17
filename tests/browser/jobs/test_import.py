"""Taking in images that were there before."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.sandbox.process import Sandbox

from ..tab import Host, Tab

LONG = 180_000
MANY = 4000


@pytest.fixture
def old(tab: Tab, host: Host, sandbox: Sandbox) -> Path:
    """A folder of images that no job knows: eight of one prompt, and one of another."""
    made = host.create("Eight foxes", 8, prompt="an old fox")
    other = host.create("One cat", 1, prompt="an old cat")
    tab.open()
    tab.show("Eight foxes")
    expect(tab.images).to_have_count(8, timeout=LONG)
    tab.show("One cat")
    expect(tab.images).to_have_count(1, timeout=LONG)
    paths = [
        image["path"] for job in (made, other) for image in host.api("GET", f"jobs/{job['id']}")["images"]
    ]
    folder = (sandbox.folder / paths[0]).parents[1] / "from-before"
    folder.mkdir(exist_ok=True)
    for number, path in enumerate(paths):
        shutil.copy2(sandbox.folder / path, folder / f"{number:05}{Path(path).suffix}")
    (folder / "note.png").write_bytes(b"not a picture")
    return folder


@pytest.fixture
def many(old: Path) -> Iterator[Path]:
    """More images than are read while one reaches for a button."""
    folder = old.parent / "ten-years"
    folder.mkdir()
    for number in range(MANY):
        (folder / f"{number:05}.png").hardlink_to(old / "00000.png")
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def saved(old: Path, sandbox: Sandbox) -> Iterator[Path]:
    """As the WebUI's own "Save" leaves it."""
    folder = sandbox.folder / "log" / "images"
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / "a-copy.png"
    shutil.copy2(old / "00000.png", copy)
    yield folder
    copy.unlink()


@pytest.fixture
def dialog(tab: Tab, request: pytest.FixtureRequest, old: Path) -> Locator:
    for name in {"many", "saved"} & set(request.fixturenames):  # they have to be there before
        request.getfixturevalue(name)
    tab.root.locator(".ij-list-end button").filter(has_text="Import").click()
    return tab.root.locator("[data-ij=import]")


def test_a_folder_becomes_jobs(tab: Tab, host: Host, old: Path, dialog: Locator) -> None:
    before = sorted(path.name for path in old.iterdir())
    dialog.get_by_role("button", name="None").click()
    go = dialog.get_by_role("button", name="Import", exact=True)
    expect(go).to_be_disabled()
    dialog.get_by_role("checkbox", name="from-before").check()
    expect(dialog.locator(".ij-import-sum")).to_have_text("10 images in 1 folder")
    go.click()
    expect(dialog).to_contain_text("9 images became 2 jobs; skipped: 1 unreadable.")
    dialog.get_by_text("Files that could not be read").click()
    expect(dialog.locator(".ij-import-names")).to_contain_text("note.png: It cannot be read as an image")
    dialog.get_by_role("button", name="Show the first job").click()
    expect(dialog).to_have_count(0)
    expect(tab.title).to_have_text("an old fox")
    expect(tab.images).to_have_count(8)
    assert sorted(path.name for path in old.iterdir()) == before, "nothing is moved"
    tab.images.first.dblclick()
    expect(tab.viewer).to_contain_text("an old fox")


def test_a_double_click_imports_once(tab: Tab, old: Path, many: Path, dialog: Locator) -> None:
    dialog.get_by_role("button", name="None").click()
    dialog.get_by_role("checkbox", name="ten-years").check()
    sent: list[str] = []
    tab.page.on("request", lambda request: sent.append(f"{request.method} {request.url}"))
    dialog.get_by_role("button", name="Import", exact=True).dblclick()
    expect(dialog.get_by_role("progressbar", name="Import")).to_be_visible()
    expect(dialog).to_contain_text(f"{MANY:,} images became 1 job", timeout=LONG)
    assert len([line for line in sent if line.startswith("POST")]) == 1


def test_another_import_is_shown_when_it_was_first(
    tab: Tab, host: Host, old: Path, many: Path, dialog: Locator, errors: list[str]
) -> None:
    expect(dialog.get_by_role("checkbox", name="ten-years")).to_be_checked()
    host.api("POST", "import", {})  # in another window
    dialog.get_by_role("button", name="Import", exact=True).click()
    dialog.get_by_role("button", name="Cancel import").click()
    expect(dialog).to_contain_text("Cancelled: nothing was imported.")
    errors.clear()  # the browser tells of the request that was refused


def test_an_import_is_cancelled_half_way(
    tab: Tab, host: Host, old: Path, many: Path, dialog: Locator
) -> None:
    dialog.get_by_role("button", name="None").click()
    dialog.get_by_role("checkbox", name="ten-years").check()
    jobs = host.api("GET", "jobs")["total"]
    dialog.get_by_role("button", name="Import", exact=True).click()
    expect(dialog.get_by_role("progressbar", name="Import")).to_be_visible()
    dialog.get_by_role("button", name="Cancel import").click()
    expect(dialog).to_contain_text("Cancelled: nothing was imported.")
    expect(dialog.get_by_role("progressbar")).to_have_count(0)
    expect(dialog.get_by_role("button", name="Show the first job")).to_have_count(0)
    assert host.api("GET", "jobs")["total"] == jobs
    assert host.api("GET", "import")["state"] == "cancelled"
    dialog.get_by_role("button", name="Import more").click()
    expect(dialog.locator("label").filter(has_text="ten-years")).to_contain_text(f"{MANY:,} images")


def test_copies_of_images_are_not_imported_unless_asked_for(
    tab: Tab, host: Host, old: Path, saved: Path, dialog: Locator
) -> None:
    row = dialog.locator("label").filter(has_text="copies made by “Save”")
    expect(row).to_have_count(1)
    expect(row.get_by_role("checkbox")).not_to_be_checked()
    expect(dialog.get_by_role("checkbox", name="from-before")).to_be_checked()
    dialog.get_by_role("button", name="All").click()
    expect(row.get_by_role("checkbox")).to_be_checked()


def test_a_second_time_there_is_nothing_new(tab: Tab, old: Path, dialog: Locator) -> None:
    dialog.get_by_role("button", name="None").click()
    dialog.get_by_role("checkbox", name="from-before").check()
    dialog.get_by_role("button", name="Import", exact=True).click()
    expect(dialog).to_contain_text("became 2 jobs")
    (old / "note.png").unlink()
    dialog.get_by_role("button", name="Import more").click()
    expect(dialog.locator("label").filter(has_text="from-before")).to_contain_text("already in jobs")
    expect(dialog.get_by_role("checkbox", name="from-before")).to_be_disabled()


def test_days_and_what_is_wrong_with_them(tab: Tab, old: Path, dialog: Locator, errors: list[str]) -> None:
    expect(dialog.locator(".ij-import-sum")).to_contain_text("images in")
    dialog.get_by_label("First day").fill("2026-02-02")
    dialog.get_by_label("Last day").fill("2026-02-01")
    expect(dialog.locator(".ij-import-sum")).to_contain_text("At most")
    dialog.get_by_role("button", name="Import", exact=True).click()
    expect(dialog).to_contain_text("The first day is after the last one.")
    assert len(errors) == 1 and "422" in errors.pop()
    dialog.get_by_label("First day").fill("2001-02-01")
    dialog.get_by_label("Last day").fill("2001-02-01")
    dialog.get_by_role("button", name="Import", exact=True).click()
    expect(dialog).to_contain_text("There was nothing to import")
    tab.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
