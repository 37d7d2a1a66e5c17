"""A new user's first evening, by keyboard alone: a hundred images are judged, what was rejected is thrown
away, brought back and thrown away again, what was kept goes through img2img with two by two settings, and
the results are looked at beside their sources and taken along as a contact sheet.

``docs/take_screenshots.py`` walks the same way, with a camera."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, expect

from ..tab import Host, Tab

COUNT = 100
MOST_TABS = 80
LONG = 300_000
#: what becomes of ten images in a row; it repeats
JUDGED = "pxxpxxxxpx"


class Walk:
    """``picture`` is called with the name of each step, when what it shows is there."""

    def __init__(self, tab: Tab, host: Host, picture: Callable[[str], None] = lambda name: None) -> None:
        self.tab = tab
        self.host = host
        self.keys = tab.page.keyboard
        self.picture = picture
        self.kept = COUNT // len(JUDGED) * JUDGED.count("p")
        self.rejected = COUNT - self.kept

    def reach(self, wanted: Locator, key: str = "Tab") -> None:
        """By one key alone, as somebody without a mouse."""
        expect(wanted).to_be_visible()
        for _ in range(MOST_TABS):
            if wanted.evaluate("element => element === document.activeElement"):
                return
            self.keys.press(key)
        raise AssertionError(f"{wanted} is not reached with {MOST_TABS} presses of {key}")

    def press(self, wanted: Locator) -> None:
        self.reach(wanted)
        self.keys.press("Enter")

    def into_the_grid(self) -> None:
        """Its first image, from wherever the focus is."""
        cell = self.tab.root.locator(".ij-grid [data-ij=image][tabindex='0']")
        self.reach(cell)
        self.keys.press("Home")

    def review(self, job: str) -> None:
        """Every image, full size, one key each: the next comes by itself."""
        tab = self.tab
        self.press(tab.row(job))
        expect(tab.title).to_have_text(job)
        expect(tab.root.locator(".ij-chips")).to_contain_text(f"All{COUNT}", timeout=LONG)
        self.picture("arrived")
        self.into_the_grid()
        self.keys.press("Space")
        expect(tab.viewer).to_be_visible()
        for nth in range(COUNT):
            if nth == COUNT // 2:
                self.picture("review")
            at = tab.viewer.get_attribute("data-id")
            self.keys.press(JUDGED[nth % len(JUDGED)])
            if nth < COUNT - 1:
                expect(tab.viewer).not_to_have_attribute("data-id", str(at))
        self.keys.press("Escape")
        expect(tab.viewer).to_have_count(0)
        self.chips(unreviewed=0, kept=self.kept, rejected=self.rejected)

    def chips(self, **counts: int) -> None:
        chips = self.tab.root.locator(".ij-chips")
        for word, count in counts.items():
            expect(chips).to_contain_text(f"{word.capitalize()}{count}", timeout=LONG)

    def chip(self, word: str) -> Locator:
        return self.tab.root.locator(".ij-chips button").filter(has_text=word)

    def throw_away(self) -> None:
        """In one step; back with another; and away again."""
        tab = self.tab
        self.press(self.chip("Rejected"))
        away = tab.root.locator("[data-act=apply]")
        expect(away).to_have_text(f"Delete {self.rejected} rejected")
        self.picture("rejected")
        self.press(away)
        self.chips(all=self.kept, rejected=0)
        self.keys.press("Control+z")
        self.chips(all=COUNT, rejected=self.rejected)
        self.press(self.chip("Rejected"))
        self.press(away)
        self.chips(all=self.kept, rejected=0)

    def paint_over(self, name: str) -> None:
        """Two denoising strengths times two CFG scales of each kept image."""
        tab = self.tab
        self.press(self.chip("Kept"))
        self.into_the_grid()
        self.keys.press("Control+a")
        self.picture("selected")
        self.press(tab.root.locator("[data-act=img2img]"))
        form = tab.root.locator("[data-ij=derive]")
        self.write(form.get_by_label("Name"), name)
        self.write(form.get_by_label("Denoising strength"), "0.3, 0.5")
        self.reach(form.get_by_label("CFG scale: what to do"))
        self.keys.press("S")  # Set to, as in every list of choices
        self.write(form.get_by_label("CFG scale", exact=True), "5, 8")
        expect(form.locator(".ij-sum")).to_contain_text(f"{self.kept * 4} tasks")
        self.picture("derive")
        self.press(form.locator("[data-ij=queue]"))
        expect(tab.title).to_have_text(name)
        self.chips(all=self.kept * 4, unreviewed=self.kept * 4)

    def write(self, field: Locator, text: str) -> None:
        self.reach(field)
        self.keys.press("Control+a")
        self.keys.type(text)

    def compare(self) -> None:
        """A result and its source, under one divider that the arrows move."""
        self.into_the_grid()
        self.keys.press("c")
        shown = self.tab.root.locator("[data-ij=compare]")
        expect(shown.locator(".ij-pane").first).to_contain_text("Source")
        expect(shown.locator(".ij-differs").first).to_be_visible()
        divider = shown.get_by_role("slider", name="Divider")
        self.reach(divider)
        self.keys.press("ArrowLeft")
        expect(divider).to_have_attribute("aria-valuenow", "48")
        self.picture("compare")
        self.keys.press("Escape")
        expect(shown).to_have_count(0)

    def take_along(self, to: Path) -> Path:
        """All of it as one contact sheet."""
        tab = self.tab
        self.into_the_grid()
        self.keys.press("Control+a")
        bar = tab.root.locator(".ij-selected:visible")
        expect(bar).to_be_visible()
        export = bar.locator("[data-act=export]")
        if export.is_visible():
            self.press(export)
        else:  # no room for it
            self.press(bar.get_by_role("button", name="More actions for the selected images"))
            self.reach(bar.get_by_role("menuitem", name="Export…"), "ArrowDown")
            self.keys.press("Enter")
        dialog = tab.root.get_by_role("dialog")
        self.reach(dialog.get_by_role("button", name="Contact sheet"))
        self.picture("export")
        with tab.page.expect_download() as started:
            self.keys.press("Enter")
        file = to / started.value.suggested_filename
        started.value.save_as(file)
        return file
