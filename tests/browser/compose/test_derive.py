"""Making more of chosen images: what is changed, what comes of it, what stands in the way."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Locator, Response, expect

from ..tab import PAYLOAD, Host, Tab

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


@pytest.mark.hosted
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
    derive.locator("[data-ij=queue]").dblclick()  # as some do; it is one job
    expect(derive).to_have_count(0)
    expect(tab.toast).to_contain_text("12 tasks queued")
    expect(tab.title).to_have_text("img2img of Sources")
    expect(tab.images).to_have_count(12, timeout=LONG)
    (job,) = (job for job in host.api("GET", "jobs")["jobs"] if job["name"] == "img2img of Sources")
    tasks = host.api("GET", f"jobs/{job['id']}")["tasks"]
    assert {task["changes"]["denoising_strength"] for task in tasks} == {0.3, 0.4}
    assert {task["changes"]["prompt"] for task in tasks} == {
        f"a red fox <lora:testlora:{strength}>, at night" for strength in ("0.4", "0.6", "0.8")
    }


def test_more_is_made_of_the_image_that_one_looks_at(tab: Tab, host: Host) -> None:
    host.create("Looked at", 2)
    tab.open().show("Looked at")
    expect(tab.images).to_have_count(2, timeout=LONG)
    tab.images.nth(1).dblclick()
    dialog = tab.root.locator("[data-ij=derive]")
    for queue in (False, True):
        tab.viewer.get_by_role("button", name="More actions for this image").click()
        tab.viewer.get_by_role("menuitem", name="Upscale…").click()
        expect(dialog.locator("[data-ij=queue]")).to_have_text("Queue 1 task")
        if queue:
            dialog.locator("[data-ij=queue]").click()
        else:
            tab.page.keyboard.press("Escape")
            expect(tab.viewer).to_be_visible()
        expect(dialog).to_have_count(0)
    expect(tab.title).to_have_text("Upscale of Looked at")
    expect(tab.viewer).to_have_count(0)
    expect(tab.images).to_have_count(1)
    tab.page.keyboard.press("ArrowRight")
    expect(tab.images.first).to_be_focused()


def test_escape_asks_before_it_throws_away_what_was_typed(tab: Tab, derive: Locator) -> None:
    keys = tab.page.keyboard
    asked = derive.get_by_role("alertdialog", name="Discard your changes?")
    derive.get_by_label("Name").fill("Warmer")
    derive.get_by_label("Denoising strength").fill("0.3-")  # even what makes no sense
    keys.press("Escape")
    expect(asked).to_be_visible()
    keys.press("Escape")
    expect(derive.get_by_label("Denoising strength")).to_have_value("0.3-")
    derive.get_by_role("button", name="Hires").click()
    keys.press("Escape")
    asked.get_by_role("button", name="Discard").click()
    expect(derive).to_have_count(0)
    tab.root.locator("[data-act=img2img]").click()
    derive.get_by_role("button", name="Hires").click()  # a look at it is nothing to lose
    expect(derive.get_by_label("Name")).to_have_value("")
    keys.press("Escape")
    expect(derive).to_have_count(0)


def test_what_makes_no_sense_is_said_below_its_field(derive: Locator) -> None:
    strength = derive.get_by_label("Denoising strength")
    queue = derive.locator("[data-ij=queue]")
    for typed, sentence in (("0.3-", "neither a number nor a range"), ("", "Enter a number.")):
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


@pytest.mark.parametrize(("width", "height"), [(1440, 1000), (400, 860)])
def test_that_a_field_takes_several_values_shows_at_once(
    tab: Tab, derive: Locator, width: int, height: int
) -> None:
    tab.page.set_viewport_size({"width": width, "height": height})
    for action in ("Img2img", "Hires", "Upscale", "Variations", "Re-render"):
        derive.get_by_role("button", name=action, exact=True).click()
        expect(derive.get_by_text("0.3, 0.4 makes one image for each")).to_be_in_viewport(ratio=1)


def test_values_show_below_the_images_however_small_these_are(tab: Tab, host: Host) -> None:
    axes = [
        {"field": "prompt", "values": [f"a {one} in the snow <lora:testlora:1>" for one in ("fox", "hare")]},
        {"field": "lora:testlora", "values": [None, 0.6]},
        {"field": "seed", "values": [1854347838]},
    ]
    job = host.api("POST", "jobs", {"kind": "txt2img", "name": "Small", "payload": PAYLOAD, "axes": axes})
    host.until(job["id"], lambda found: found["job"]["images"]["total"] == 4)
    captions = tab.open().show("Small").root.locator(".ij-cell-coords:visible")
    expect(captions).to_have_count(4)
    short = {f"{ink} · a {one} in the snow" for ink in ("without", "0.6") for one in ("fox", "hare")}
    assert {*captions.all_inner_texts()} == short
    whole = re.compile("^a (fox|hare) in the snow . (without testlora|LoRA testlora 0.6) . seed 1854347838$")
    expect(tab.images.first).to_have_attribute("title", whole)
    images = [image["id"] for image in host.api("GET", f"jobs/{job['id']}")["images"]]
    axes = [{"field": "denoising_strength", "values": [0.35, 0.45]}, {"field": "cfg_scale", "values": [5, 7]}]
    spec = {"selection": {"images": images[:1]}, "action": "img2img", "axes": axes, "name": "Painted"}
    made = host.api("POST", "derive", spec)
    host.until(made["id"], lambda found: found["job"]["images"]["total"] == 4)
    tab.show("Painted")
    expect(captions.filter(has_text=re.compile(r"^0\.[34]5 · [57]$"))).to_have_count(4)
    cut = "all => all.filter(e => e.scrollWidth > e.clientWidth).map(e => e.textContent)"
    assert captions.evaluate_all(cut) == []
    tab.root.get_by_label("Thumbnail size").fill("240")
    expect(captions.filter(has_text=re.compile(r"^denoising 0\.[34]5 · CFG [57]$"))).to_have_count(4)
    assert captions.evaluate_all(cut) == []


def test_each_action_has_its_own_fields_and_keeps_what_was_typed(derive: Locator) -> None:
    derive.get_by_label("Denoising strength").fill("0.6")
    derive.get_by_role("button", name="Variations").click()
    derive.get_by_label("Variations", exact=True).fill("5")
    expect(derive.locator(".ij-sum")).to_contain_text("10 tasks")
    derive.get_by_role("button", name="Upscale").click()
    derive.get_by_label("Scale by").fill("1-2 [3]")
    expect(derive.locator(".ij-sum")).to_contain_text("6 tasks")
    derive.get_by_role("button", name="Re-render").click()
    derive.get_by_label("Steps", exact=True).fill("2, 3")
    expect(derive.locator(".ij-sum")).to_contain_text("4 tasks")
    derive.get_by_role("button", name="Hires").click()
    derive.get_by_label("Scale by").fill("1.5")
    expect(derive.locator(".ij-sum")).to_contain_text("2 tasks")
    derive.get_by_role("button", name="Img2img").click()
    expect(derive.get_by_label("Denoising strength")).to_have_value("0.6")


def test_what_was_made_before_can_be_left_out(tab: Tab, host: Host, derive: Locator) -> None:
    derive.locator(".ij-when").select_option("Hold")
    derive.locator("[data-ij=queue]").click()
    expect(tab.title).to_have_text("img2img of Sources")
    tab.show("Sources")
    tab.images.first.focus()
    tab.page.keyboard.press("Control+a")
    tab.root.locator("[data-act=img2img]").click()
    expect(derive).to_contain_text("Already made: 2 of 2.")
    queue = derive.locator("[data-ij=queue]")
    derive.get_by_role("button", name="Skip them").click()
    expect(queue).to_have_text("Nothing to queue")
    expect(queue).to_have_accessible_description("Everything was already made and is skipped.")
    expect(derive.get_by_label("Skip images already made")).to_be_checked()
    queue.click(force=True)  # nothing comes of it
    derive.get_by_role("button", name="Make them again").click()
    expect(queue).to_have_text("Queue 2 tasks")
    expect(queue).to_be_focused()
    derive.get_by_label("Denoising strength").fill("0.4, 0.7")
    expect(derive).to_contain_text("Already made: 2 of 4.")
    derive.get_by_role("button", name="Skip them").click()
    expect(derive.locator("[data-ij=queue]")).to_have_text("Queue 2 tasks")
    derive.locator(".ij-when").select_option("Hold")
    derive.locator("[data-ij=queue]").click()
    expect(derive).to_have_count(0)
    newest = host.api("GET", "jobs")["jobs"][0]
    tasks = host.api("GET", f"jobs/{newest['id']}")["tasks"]
    assert [task["changes"]["denoising_strength"] for task in tasks] == [0.7, 0.7]


def test_the_strength_of_one_lora_and_each_side_of_the_size(tab: Tab, host: Host, derive: Locator) -> None:
    derive.get_by_label("LoRA strength: what to do").select_option("Set to")
    derive.get_by_label("LoRA strength", exact=True).fill("0.3, 0.6")
    whose = derive.get_by_label("Which LoRA")
    expect(whose.locator("option")).to_have_text(["of all LoRAs", "of testlora"])
    whose.select_option("of testlora")
    derive.get_by_label("Size: what to do").select_option("Each side")
    expect(derive.locator(".ij-change-bad")).to_contain_text("Enter a width or a height.")
    derive.get_by_label("Size", exact=True).fill("128, 192")
    derive.get_by_label("Size: height").fill("x1.5")
    expect(derive.locator(".ij-dialog-side")).to_contain_text(
        re.compile("2 images . 2 LoRA strengths . 2 sizes")
    )
    derive.locator(".ij-when").select_option("Hold")
    expect(derive.locator("[data-ij=queue]")).to_have_text("Queue 8 tasks")
    derive.locator("[data-ij=queue]").click()
    expect(tab.title).to_have_text("img2img of Sources")
    job = next(job for job in host.api("GET", "jobs")["jobs"] if job["name"] == "img2img of Sources")
    whole = host.api("GET", f"jobs/{job['id']}")
    assert {axis["field"] for axis in whole["axes"]} == {"lora:testlora", "width"}
    made = {(task["width"], task["height"], task["changes"]["prompt"]) for task in whole["tasks"]}
    assert made == {
        (width, 96, f"a red fox <lora:testlora:{strength}>")
        for width in (128, 192)
        for strength in (0.3, 0.6)
    }


CHANGES = [
    ("Size", "Multiply by", "2", {"width": {"scale": 2}, "height": {"scale": 2}}),
    ("Size", "Set to", "128 x 64", {"width": 128, "height": 64}),
    ("Size", "Each side", "128", {"width": 128}),
    ("Prompt", "Put before", "masterpiece, ", {"prompt": {"prefix": "masterpiece, "}}),
    ("Prompt", "Put after", ", at night", {"prompt": {"suffix": ", at night"}}),
    ("Prompt", "Replace", "fox", {"prompt": {"replace": ["fox", ""]}}),
    ("Prompt", "Set to", "an owl", {"prompt": "an owl"}),
    ("Negative prompt", "Put after", "blurry", {"negative_prompt": {"suffix": "blurry"}}),
    ("LoRA strength", "Multiply by", "0.5", {"lora:*": {"scale": 0.5}}),
    ("LoRA strength", "Set to", "0.5", {"lora:*": 0.5}),
    ("Steps", "Multiply by", "2", {"steps": {"scale": 2}}),
    ("Seed", "Set to", "7", {"seed": 7}),
    ("Sampler", "Set to", "Euler", {"sampler_name": "Euler"}),
    ("Schedule type", "Set to", "Karras", {"scheduler": "Karras"}),
    ("Clip skip", "Set to", "2", {"override_settings.CLIP_stop_at_last_layers": 2}),
]


def plans(changes: dict[str, Any], answer: Response) -> bool:
    """Whether it is the plan of these changes: a busy machine asks for one between two steps, too."""
    asked = answer.url.endswith("/derive/plan") and answer.request.post_data_json
    return bool(asked) and asked["changes"] == changes


def test_every_kind_of_change_reaches_the_request(tab: Tab, derive: Locator) -> None:
    """Each one alone, and the server takes it."""
    queue = derive.locator("[data-ij=queue]")
    for label, mode, typed, wanted in CHANGES:
        what = derive.get_by_label(f"{label}: what to do", exact=True)
        what.select_option(mode)
        changes = {"denoising_strength": 0.4, **wanted}
        with tab.page.expect_response(partial(plans, changes)) as planned:
            derive.get_by_label(label, exact=True).fill(typed)
        assert planned.value.ok, planned.value.text()
        with tab.page.expect_response(partial(plans, {"denoising_strength": 0.4})):
            what.select_option("keep")
    expect(queue).to_have_text("Queue 2 tasks")


def test_what_it_costs_is_said_before_anything_is_queued(host: Host, derive: Locator) -> None:
    derive.get_by_label("Denoising strength").fill("0.3, 0.4, 0.5")
    derive.get_by_label("LoRA strength: what to do").select_option("Set to")
    derive.get_by_label("LoRA strength", exact=True).fill("0.6, 0.8, 1")
    assert (derive.locator(".ij-sources").bounding_box() or {})["height"] >= 50  # however long the form is
    expect(derive.locator(".ij-sum")).to_have_text(re.compile("^18 tasks, (about .*|under a minute)$"))
    assert len(host.api("GET", "jobs")["jobs"]) == 1


def test_one_click_takes_the_name_that_exists(tab: Tab, host: Host) -> None:
    host.create("Mistyped", 1, prompt="a red fox <lora:testlor:0.8>")
    tab.open().show("Mistyped")
    expect(tab.images).to_have_count(1, timeout=LONG)
    tab.images.first.click()
    tab.root.locator("[data-act=img2img]").click()
    dialog = tab.root.locator("[data-ij=derive]")
    dialog.get_by_label("Sampler: what to do").select_option("Set to")
    dialog.get_by_label("Sampler", exact=True).fill("Eulr a, Euler")
    dialog.get_by_role("button", name="Use “Euler a”").click()
    expect(dialog.get_by_label("Sampler", exact=True)).to_have_value("Euler a, Euler")
    # the LoRA stands in the image's own prompt
    dialog.get_by_role("button", name="Use “testlora”").click()
    expect(dialog.get_by_label("Prompt: what to do", exact=True)).to_have_value("replace")
    expect(dialog.locator(".ij-banner-bad")).to_have_count(0)
    expect(dialog.locator(".ij-tasks")).to_contain_text("<lora:testlora:0.8>")
    expect(dialog.locator("[data-ij=queue]")).not_to_have_attribute("aria-disabled", "true")


def test_a_derived_job_offers_only_what_can_be_done_with_it(tab: Tab, host: Host) -> None:
    made = host.create("Sources", 1)
    tab.open().show("Sources")
    expect(tab.images).to_have_count(1, timeout=LONG)
    tab.button("More actions").click()
    expect(tab.root.get_by_role("menuitem", name="Duplicate…")).to_be_visible()
    tab.page.keyboard.press("Escape")
    spec = {"selection": {"jobs": [made["id"]]}, "action": "rerender", "hold": True, "name": "Derived"}
    host.api("POST", "derive", spec)
    tab.show("Derived")
    tab.button("More actions").click()
    expect(tab.root.get_by_role("menuitem", name="Rename")).to_be_visible()
    expect(tab.root.get_by_role("menuitem", name="Edit…")).to_have_count(0)
    expect(tab.root.get_by_role("menuitem", name="Duplicate…")).to_have_count(0)


def test_a_job_of_several_recipes_does_not_show_one_as_the_whole(tab: Tab, host: Host) -> None:
    small = host.create("Small", 1, sampler_name="Euler a")
    large = host.create("Large", 1, sampler_name="Euler a", steps=2, width=128)
    for job in (small, large):
        host.until(job["id"], lambda found: found["job"]["images"]["total"] == 1)
    selection = {"jobs": [small["id"], large["id"]]}
    host.api("POST", "derive", {"selection": selection, "action": "hires", "hold": True, "name": "Both"})
    facts = tab.open().show("Both").root.locator(".ij-facts").first
    expect(facts).to_contain_text("Euler a")
    expect(facts).to_contain_text("various settings")
    expect(facts).not_to_contain_text(re.compile("step|64|128"))


def test_on_a_phone_every_button_is_large_enough_for_a_finger(tab: Tab, derive: Locator) -> None:
    tab.page.set_viewport_size({"width": 400, "height": 860})
    derive.get_by_label("Name").fill("Warmer")
    assert too_small(derive) == []
    tab.page.keyboard.press("Escape")
    assert too_small(derive) == []
    derive.get_by_role("button", name="Discard").click()
    tab.root.locator(".ij-selected [aria-haspopup=menu]").click()
    menu = tab.root.locator(".ij-selected [role=menu]")
    expect(menu.get_by_role("menuitem", name="Rate 5 of 5")).to_be_visible()
    assert too_small(menu) == []


def too_small(part: Locator) -> list[str]:
    """The buttons in it that a finger misses."""
    boxes = [(button, button.bounding_box()) for button in part.locator("button:visible").all()]
    return [button.inner_text() for button, box in boxes if not box or min(box["width"], box["height"]) < 44]
