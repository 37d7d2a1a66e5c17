"""What the audit found: shown where the image is, looked for on demand, and made again."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from PIL import Image as Picture
from PIL.PngImagePlugin import PngInfo
from playwright.sync_api import Locator, expect

from ..tab import Host, Tab
from .reviewed import eventually

LONG = 180_000
BLACK = re.compile("black", re.IGNORECASE)


def blacken(file: Path) -> None:
    """As if it had been saved so: a file that has changed since would be left alone."""
    before = file.stat()
    with Picture.open(file) as picture:
        picture.load()
        kept = PngInfo()
        kept.add_text("parameters", str(picture.info["parameters"]))
        Picture.new("RGB", picture.size).save(file, pnginfo=kept)
    with file.open("ab") as end:
        end.write(bytes(before.st_size - file.stat().st_size))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


class Defects:
    """A job of six, of which the second and the fifth are black; nobody has looked yet."""

    def __init__(self, tab: Tab, host: Host) -> None:
        self.tab, self.host = tab, host
        self.id: str = host.create("With defects", 6, width=128, height=128)["id"]
        tab.open().show("With defects")
        expect(tab.images).to_have_count(6, timeout=LONG)
        images = sorted(host.api("GET", f"jobs/{self.id}")["images"], key=lambda image: image["seed"])
        self.ids: list[str] = [image["id"] for image in images]
        self.bad = [self.ids[1], self.ids[4]]
        for image in images:
            if image["id"] in self.bad:
                blacken(host.folder / image["path"])

    def cell(self, id: str) -> Locator:
        return self.tab.root.locator(f".ij-grid [data-id='{id}']")

    def menu(self, item: str | re.Pattern[str]) -> Locator:
        self.tab.button("More actions").click()
        return self.tab.root.get_by_role("menuitem", name=item)

    def more(self, item: str) -> Locator:
        self.tab.button("More actions for the selected images").click()
        return self.tab.root.get_by_role("menuitem", name=item)

    def found(self) -> set[str]:
        images = self.host.api("GET", f"jobs/{self.id}")["images"]
        return {image["id"] for image in images if image["findings"]}

    def check_all(self) -> None:
        self.menu("Check all images").click()
        expect(self.tab.toast.last).to_contain_text("6 images checked, 2 have findings.")

    def trashed(self) -> set[str]:
        return {image["id"] for image in self.host.api("GET", "trash")["images"]}


@pytest.fixture
def job(tab: Tab, host: Host) -> Defects:
    return Defects(tab, host)


def test_selected_images_are_checked(job: Defects) -> None:
    job.cell(job.ids[0]).click()
    job.cell(job.ids[1]).click(modifiers=["Shift"])
    job.more("Check for defects").click()
    expect(job.tab.toast).to_contain_text("2 images checked, 1 has findings.")
    expect(job.cell(job.ids[1]).locator(".ij-warn")).to_be_visible()
    expect(job.cell(job.ids[4]).locator(".ij-warn")).to_have_count(0)
    assert job.found() == {job.ids[1]}


def test_findings_show_in_list_cell_chip_and_viewer(job: Defects) -> None:
    expect(job.tab.row("With defects")).not_to_contain_text("finding")
    job.check_all()
    expect(job.tab.row("With defects")).to_contain_text("2 findings")
    bad = job.cell(job.bad[0])
    expect(bad.locator(".ij-warn")).to_be_visible()
    expect(bad).to_have_attribute("title", BLACK)
    expect(bad).to_have_attribute("aria-label", BLACK)
    expect(job.cell(job.ids[0])).not_to_have_attribute("title", BLACK)
    bad.dblclick()
    findings = job.tab.viewer.get_by_role("status", name="Findings")
    expect(findings).to_contain_text(BLACK)
    job.tab.page.keyboard.press("ArrowRight")
    expect(findings).to_have_count(0)
    job.tab.page.keyboard.press("Escape")
    job.tab.root.locator(".ij-chip").filter(has_text="Findings").click()
    expect(job.tab.cells).to_have_count(2)
    shown = job.tab.images.evaluate_all("cells => cells.map(cell => cell.dataset.id)")
    assert set(shown) == set(job.bad)


def test_selected_images_are_made_again_and_that_is_undone(job: Defects) -> None:
    tab, host = job.tab, job.host
    host.api("POST", "queue/stop", {})  # what is made again waits
    try:
        job.cell(job.ids[1]).click()
        job.more("Make again").click()
        expect(tab.toast).to_contain_text("1 image moved to the trash, to be made again.")
        assert job.trashed() == {job.ids[1]}
        eventually(tab.page, lambda: host.job(job.id)["tasks"].get("held"), 1)
        expect(tab.root.locator(".ij-cell-wait")).to_have_count(1)  # its place is still there
        expect(job.cell(job.ids[2])).to_have_attribute("aria-selected", "true")
        tab.toast.get_by_role("button", name="Undo").click()
        expect(tab.toast).to_contain_text("Undone: 1 image moved to the trash, to be made again.")
        expect(job.cell(job.ids[1])).to_be_visible()
        assert job.trashed() == set() and host.job(job.id)["tasks"].get("held", 0) == 0
    finally:
        host.api("POST", "queue/go", {})


def test_all_with_findings_are_made_again_from_the_filter(job: Defects) -> None:
    tab = job.tab
    expect(tab.root.locator("[data-act=again]")).to_be_hidden()
    job.check_all()
    tab.root.locator(".ij-chip").filter(has_text="Findings").click()
    tab.button("Make 2 again").click()
    expect(tab.toast.last).to_contain_text("2 images moved to the trash, to be made again.")
    tab.root.locator(".ij-chip").filter(has_text="All").click()
    expect(tab.images).to_have_count(6, timeout=LONG)  # the new ones are there
    assert job.trashed() == set(job.bad)
    eventually(tab.page, job.found, set(job.bad))  # those in the trash keep theirs
    expect(tab.root.locator(".ij-cell .ij-warn")).to_have_count(0)


def test_all_with_findings_are_made_again_from_the_menu(job: Defects) -> None:
    job.tab.button("More actions").click()
    items = job.tab.root.get_by_role("menuitem")
    expect(items.filter(has_text="Check all images")).to_be_visible()
    expect(items.filter(has_text="with findings")).to_have_count(0)
    job.tab.page.keyboard.press("Escape")
    job.check_all()
    expect(job.cell(job.bad[0]).locator(".ij-warn")).to_be_visible()
    job.menu("Make 2 with findings again").click()
    expect(job.tab.toast.last).to_contain_text("2 images moved to the trash, to be made again.")
    assert job.trashed() == set(job.bad)
    eventually(job.tab.page, lambda: job.host.job(job.id)["tasks"].get("done"), 6)


def test_findings_are_found_across_jobs_and_checked_there(job: Defects) -> None:
    tab = job.tab
    tab.button("Find images").click()
    find = tab.root.locator("[data-ij=find]")
    images = find.locator("[data-ij=image]")
    expect(images).to_have_count(6)
    find.get_by_role("button", name="Select all").click()
    expect(find.locator(".ij-selected-count")).to_have_text("6 selected")
    find.get_by_role("button", name="More actions for the selected images").click()
    find.get_by_role("menuitem", name="Check for defects").click()
    expect(tab.toast).to_contain_text("6 images checked, 2 have findings.")
    expect(find.locator(".ij-cell .ij-warn")).to_have_count(2)
    find.get_by_label("Findings").select_option("With findings")
    expect(images).to_have_count(2)
    find.get_by_label("Findings").select_option("Without findings")
    expect(images).to_have_count(4)
