"""Making more of chosen images: what is changed, what comes of it, what stands in the way."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from .tab import Host, Tab

LONG = 180_000


@pytest.fixture
def derive(tab: Tab, host: Host) -> Locator:
    """The dialog, over two images that have a LoRA in their prompt."""
    host.create("Sources", 2, prompt="a red fox <lora:testlora:0.8>")
    tab.open().show("Sources")
    expect(tab.images).to_have_count(2, timeout=LONG)
    tab.images.first.focus()
    tab.page.keyboard.press("Control+a")
    tab.root.locator("[data-act=img2img]").click()
    dialog = tab.root.locator("[data-ij=derive]")
    expect(dialog.locator("[data-ij=queue]")).to_have_text("Queue 2 tasks")
    return dialog


def test_axes_of_img2img_become_a_job_that_runs(tab: Tab, host: Host, derive: Locator) -> None:
    derive.get_by_label("Denoising strength").fill("0.3, 0.4")
    derive.get_by_label("LoRA strength: what to do").select_option("Multiply by")
    derive.get_by_label("LoRA strength", exact=True).fill("0.5-1 (+0.25)")
    derive.get_by_label("Prompt: what to do", exact=True).select_option("Put after")
    derive.get_by_label("Prompt", exact=True).fill(", at night")
    expect(derive.locator(".ij-dialog-side")).to_contain_text(
        re.compile("2 images . 2 denoising strengths . 3 LoRA strengths")
    )
    expect(derive.locator(".ij-sum")).to_contain_text("12 tasks")
    expect(derive.locator(".ij-tasks")).to_contain_text("a red fox")
    derive.locator("[data-ij=queue]").click()
    expect(derive).to_have_count(0)
    expect(tab.toast).to_contain_text("12 tasks queued")
    expect(tab.title).to_have_text("img2img of Sources")
    expect(tab.images).to_have_count(12, timeout=LONG)
    job = next(job for job in host.api("GET", "jobs")["jobs"] if job["name"] == "img2img of Sources")
    tasks = host.api("GET", f"jobs/{job['id']}")["tasks"]
    assert {task["changes"]["denoising_strength"] for task in tasks} == {0.3, 0.4}
    assert {task["changes"]["prompt"] for task in tasks} == {
        f"a red fox <lora:testlora:{strength}>, at night" for strength in ("0.4", "0.6", "0.8")
    }


def test_what_makes_no_sense_is_said_below_its_field(derive: Locator) -> None:
    strength = derive.get_by_label("Denoising strength")
    queue = derive.locator("[data-ij=queue]")
    for typed, sentence in (("0.3-", "neither a number nor a range"), ("", "A number is missing.")):
        strength.fill(typed)
        expect(derive.locator(".ij-change-bad")).to_contain_text(sentence)
        expect(strength).to_have_attribute("aria-invalid", "true")
        expect(queue).to_have_attribute("aria-disabled", "true")
    strength.fill("1.5")  # only the server knows that
    expect(derive.locator(".ij-change-bad")).to_contain_text("must be from 0 to 1")
    strength.fill("0.5")
    expect(derive.locator(".ij-change-bad")).to_have_count(0)
    expect(queue).to_have_text("Queue 2 tasks")
    expect(queue).not_to_have_attribute("aria-disabled", "true")


def test_each_action_has_its_own_fields_and_keeps_what_was_typed(derive: Locator) -> None:
    derive.get_by_label("Denoising strength").fill("0.6")
    derive.get_by_role("button", name="Variations").click()
    derive.get_by_label("Variations", exact=True).fill("5")
    expect(derive.locator(".ij-sum")).to_contain_text("10 tasks")
    derive.get_by_role("button", name="Upscale").click()
    derive.get_by_label("Upscale by").fill("1-2 [3]")
    expect(derive.locator(".ij-sum")).to_contain_text("6 tasks")
    derive.get_by_role("button", name="Re-render").click()
    derive.get_by_label("Steps", exact=True).fill("2, 3")
    expect(derive.locator(".ij-sum")).to_contain_text("4 tasks")
    derive.get_by_role("button", name="Hires").click()
    derive.get_by_label("Upscale by").fill("1.5")
    expect(derive.locator(".ij-sum")).to_contain_text("2 tasks")
    derive.get_by_role("button", name="Img2img").click()
    expect(derive.get_by_label("Denoising strength")).to_have_value("0.6")


def test_what_was_made_before_can_be_left_out(tab: Tab, host: Host, derive: Locator) -> None:
    derive.get_by_label("When").select_option("Hold")
    derive.locator("[data-ij=queue]").click()
    expect(tab.title).to_have_text("img2img of Sources")
    tab.show("Sources")
    tab.images.first.focus()
    tab.page.keyboard.press("Control+a")
    tab.root.locator("[data-act=img2img]").click()
    expect(derive).to_contain_text("Already made: 2 of 2.")
    derive.get_by_label("Denoising strength").fill("0.4, 0.7")
    expect(derive).to_contain_text("Already made: 2 of 4.")
    derive.get_by_label("Leave out what was made before").check()
    expect(derive.locator("[data-ij=queue]")).to_have_text("Queue 2 tasks")
    derive.get_by_label("When").select_option("Hold")
    derive.locator("[data-ij=queue]").click()
    expect(derive).to_have_count(0)
    newest = host.api("GET", "jobs")["jobs"][0]
    tasks = host.api("GET", f"jobs/{newest['id']}")["tasks"]
    assert [task["changes"]["denoising_strength"] for task in tasks] == [0.7, 0.7]
