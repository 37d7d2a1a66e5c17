"""A LoRA test as a new user sets it up: a typo caught, held for the night, run in it, looked over."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Picture
from PIL.PngImagePlugin import PngInfo
from playwright.sync_api import Locator, expect

from ..tab import Host, WebuiTab

pytestmark = pytest.mark.hosted

LONG = 240_000


def wall(seconds_from_now: float) -> str:
    return time.strftime("%H:%M", time.localtime(time.time() + seconds_from_now))


def plant(file: Path, black: bool) -> None:
    """A black image, or one whose file says that no LoRA was applied."""
    with Picture.open(file) as picture:
        picture.load()
        text = str(picture.info["parameters"])
    assert "Lora hashes" in text
    kept = PngInfo()
    kept.add_text("parameters", text if black else re.sub(r', Lora hashes: "[^"]*"', "", text))
    (Picture.new("RGB", picture.size) if black else picture).save(file, pnginfo=kept)


def test_a_lora_test_from_the_recipe_to_the_findings(tab: WebuiTab, host: Host) -> None:
    job = queued(tab, host)
    run_in_a_window(tab, host, job)
    table = as_a_table(tab)
    find_what_is_planted(host, job, table)


def queued(tab: WebuiTab, host: Host) -> str:
    """By the recipe, with answers of one's own, and a second LoRA; its id."""
    second = next(name for name in host.api("GET", "catalog")["loras"] if name != "testlora")
    composer = tab.load().compose("what the page had")
    composer.get_by_role("button", name="Recipes").click()
    box = composer.locator("[data-ij=recipes]")
    box.get_by_role("button", name="Use LoRA test").click()
    box.get_by_label("LoRA to test").fill("testlora")
    box.get_by_label("Subjects").fill("a fox, a hare, a tower, a lake")
    box.get_by_label("Styles").fill("photograph")
    box.get_by_label("LoRA to test").press("Enter")
    expect(box).to_have_count(0)
    composer.get_by_label("LoRA strength: values").fill("0.4, 0.7, 1")
    composer.get_by_role("button", name="Remove CFG scale").click()

    # mistyped: the right name is offered, and one click takes it
    prompts = composer.locator("#ij-prompts")
    prompts.fill(f"{prompts.input_value()} <lora:{second}x:0.3>")
    offered = composer.get_by_role("button", name=f"Use “{second}").first
    expect(offered).to_be_visible()
    expect(composer.locator("[data-ij=queue]")).to_have_attribute("aria-disabled", "true")
    offered.click()
    expect(prompts).to_have_value(re.compile(re.escape(f"<lora:{second}:0.3>")))
    composer.get_by_label("LoRA strength: values").fill("0.4, 0.7, 1")
    composer.locator(".ij-when").select_option("Hold")
    queue = composer.locator("[data-ij=queue]")
    expect(queue).to_have_text("Queue 24 tasks")  # 3 strengths, 4 subjects, 2 seeds
    expect(queue).not_to_have_attribute("aria-disabled", "true")
    queue.click()
    expect(tab.title).to_have_text("LoRA test: testlora")
    (job,) = host.api("GET", "jobs")["jobs"]
    return str(job["id"])


def run_in_a_window(tab: WebuiTab, host: Host, job: str) -> None:
    """Held until it opens."""

    def window(start: str, end: str) -> None:
        tab.button("More actions").click()
        tab.root.get_by_role("menuitem", name="When to run…").click()
        dialog = tab.root.get_by_role("dialog", name="When to run")
        if dialog.locator("[name=start]").count() == 0:
            dialog.get_by_role("button", name="Every night").click()
        dialog.locator("[name=start]").fill(start)
        dialog.locator("[name=end]").fill(end)
        dialog.get_by_role("button", name="Save").click()
        expect(dialog).to_have_count(0)

    window(wall(2 * 3600), wall(4 * 3600))
    tab.button("Resume").first.click()
    expect(tab.root.locator(".ij-troubles")).to_contain_text("Waiting for its run window")
    assert host.job(job)["tasks"].get("done", 0) == 0
    window(wall(-3600), wall(4 * 3600))
    expect(tab.images).to_have_count(24, timeout=LONG)


def as_a_table(tab: WebuiTab) -> Locator:
    """Strengths and subjects, the seeds as tabs."""
    tab.button("Matrix").click()
    table = tab.root.locator("[data-ij=matrix]")
    expect(table.locator(".ij-matrix-row")).to_have_text(["0.4", "0.7", "1"])
    expect(table.locator(".ij-matrix-column")).to_have_count(4)
    expect(table.locator("[data-ij=image]")).to_have_count(12)
    return table


def find_what_is_planted(host: Host, job: str, table: Locator) -> None:
    """One black image, and one without its LoRA, are found and show it."""
    made: list[Any] = host.api("GET", f"jobs/{job}")["images"]
    by_id = {image["id"]: image for image in made}
    cells = table.locator("[data-ij=image]").all()
    shown = [by_id[str(cell.get_attribute("data-id"))] for cell in cells]
    assert all(not image["findings"] for image in made)
    plant(host.folder / shown[2]["path"], black=True)
    plant(host.folder / shown[7]["path"], black=False)
    assert host.api("POST", "images/audit", {"selection": {"jobs": [job]}})["done"] == 24
    found = host.api("GET", f"jobs/{job}")["images"]
    codes = {image["id"]: {finding["code"] for finding in image["findings"]} for image in found}
    assert {id: told for id, told in codes.items() if told} == {
        shown[2]["id"]: {"audit_blank"},
        shown[7]["id"]: {"audit_lora"},  # both LoRAs of the prompt
    }
    expect(table.locator("[data-ij=image]:has(.ij-warn)")).to_have_count(2)
