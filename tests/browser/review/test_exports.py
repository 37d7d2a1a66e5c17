"""Images on their way to the downloads folder."""

from __future__ import annotations

import zipfile
from pathlib import Path

from PIL import Image as Picture
from playwright.sync_api import Route, expect

from ..tab import Host, Tab

LONG = 180_000


def show_done(tab: Tab, host: Host, name: str, count: int) -> None:
    host.create(name, count)
    tab.open().show(name)
    expect(tab.images).to_have_count(count, timeout=LONG)


def test_a_job_as_a_zip_and_as_a_sheet(tab: Tab, host: Host, tmp_path: Path) -> None:
    show_done(tab, host, "To take along", 3)
    for label, suffix in (
        ("Export as zip", ".zip"),
        ("Export as contact sheet", ".jpg"),
        ("Export as CSV", ".csv"),
    ):
        tab.button("More actions").click()
        with tab.page.expect_download() as started:
            tab.root.get_by_role("menuitem", name=label).click()
        saved = tmp_path / started.value.suggested_filename
        started.value.save_as(saved)
        assert saved.suffix == suffix and saved.name.startswith("To take along")
        expect(tab.toast.last).to_contain_text("3 images")
    with zipfile.ZipFile(tmp_path / "To take along.zip") as archive:
        assert len(archive.namelist()) == 4 and archive.testzip() is None
    with Picture.open(tmp_path / "To take along - sheet.jpg") as sheet:
        assert sheet.width > 900
    assert len((tmp_path / "To take along.csv").read_text("utf-8-sig").splitlines()) == 4


def test_selected_images_as_json_and_saved(tab: Tab, host: Host, tmp_path: Path) -> None:
    show_done(tab, host, "Two of three", 3)
    tab.images.nth(0).click()
    tab.images.nth(1).click(modifiers=["Control"])
    tab.act("export", "Export…")
    dialog = tab.root.get_by_role("dialog", name="Export 2 images")
    with tab.page.expect_download() as started:
        dialog.get_by_role("button", name="JSON").click()
    started.value.save_as(tmp_path / "a.json")
    assert (tmp_path / "a.json").read_text().count('"image":') == 2
    tab.act("export", "Export…")
    dialog.get_by_role("button", name="Save").click()
    expect(tab.toast.last).to_contain_text("2 images saved")


def test_a_download_that_takes_long_says_how_far_it_is(tab: Tab, host: Host) -> None:
    """The server's own numbers are tested where they are made."""
    show_done(tab, host, "A long one", 1)
    busy = [True]
    made: list[str] = []

    def exported(route: Route) -> None:
        answer = route.fetch()
        made.append(answer.json()["download"])
        route.fulfill(response=answer)

    def told(route: Route) -> None:
        answer = route.fetch()
        work = [{"id": made[0], "what": "", "done": 340, "total": 1000}]
        route.fulfill(response=answer, json={**answer.json(), "work": work if busy[0] else []})

    tab.page.route("**/inu-jobs/v1/status", told)
    tab.page.route("**/inu-jobs/v1/jobs/*/export", exported)
    tab.button("More actions").click()
    with tab.page.expect_download():
        tab.root.get_by_role("menuitem", name="Export as zip").click()
    line = tab.page.locator("[data-ij=work]")
    expect(line).to_have_text("Exporting A long one.zip: 340 of 1,000")
    busy[0] = False
    expect(line).to_have_count(0)
