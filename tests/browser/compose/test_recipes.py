"""Recipes: used, saved, shared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from ..tab import Host, WebuiTab

pytestmark = pytest.mark.hosted


@pytest.fixture(autouse=True)
def none_of_before(host: Host) -> None:
    for recipe in host.api("GET", "recipes")["recipes"]:
        if not recipe["builtin"]:
            host.api("DELETE", f"recipes/{recipe['id']}")


def recipes(composer: Locator) -> Locator:
    composer.get_by_role("button", name="Recipes").click()
    box = composer.locator("[data-ij=recipes]")
    expect(box.get_by_role("button", name="Use LoRA test")).to_be_visible()
    return box


def test_the_lora_test_and_a_mistyped_name(tab: WebuiTab, host: Host) -> None:
    composer = tab.load().compose("what the page had")
    box = recipes(composer)
    box.get_by_role("button", name="Use LoRA test").click()
    lora = box.get_by_label("LoRA to test")
    expect(lora).to_be_focused()
    assert "testlora" in lora.evaluate("field => [...field.list.options].map(({ value }) => value)")
    lora.press("Enter")
    expect(box).to_contain_text("LoRA to test: enter a value.")
    lora.fill("testlor")
    box.get_by_label("Subjects").fill("a fox, a hare")
    lora.press("Enter")
    expect(box).to_have_count(0)
    expect(composer).to_contain_text("recipe “LoRA test”")
    composer.get_by_role("button", name="Use “testlora").first.click()
    expect(composer.get_by_label("LoRA strength: LoRA, or empty for all")).to_have_value("testlora")
    expect(composer.get_by_label("Name").first).to_have_value("LoRA test: testlora")
    expect(composer.get_by_label("Images per setting")).to_have_value("2")
    composer.locator(".ij-when").select_option("Hold")
    queue = composer.locator("[data-ij=queue]")
    expect(queue).to_have_text("Queue 64 tasks")  # 4 strengths, 2 subjects, 2 styles, 2 CFG scales, 2 seeds
    queue.click()
    expect(tab.title).to_have_text("LoRA test: testlora")
    (job,) = host.api("GET", "jobs")["jobs"]
    tasks = host.api("GET", f"jobs/{job['id']}")["tasks"]
    assert len({task["changes"]["seed"] for task in tasks}) == 2
    prompts = {task["changes"]["prompt"].strip() for task in tasks}
    assert {"a fox, photograph", "a hare, watercolour <lora:testlora:0.6>"} <= prompts


def test_what_is_set_up_is_saved_and_used_again(tab: WebuiTab, host: Host) -> None:
    composer = tab.load().compose("a red fox\na grey fox")
    composer.get_by_label("One prompt per line").check()
    composer.get_by_label("Images per setting").fill("2")
    composer.get_by_role("button", name="Add axis").click()
    composer.get_by_label("Steps: values").fill("1-2")
    box = recipes(composer)
    box.get_by_label("Name of a new recipe").fill("Foxes")
    box.get_by_role("button", name="Save current setup").dblclick()
    expect(box.get_by_role("status")).to_contain_text("“Foxes” was saved.")
    expect(box.get_by_role("button", name="Use Foxes")).to_have_count(1)
    tab.page.keyboard.press("Escape")
    expect(composer).to_be_visible()
    tab.page.keyboard.press("Escape")
    composer.get_by_role("button", name="Discard").click()
    expect(composer).to_have_count(0)
    composer = tab.compose("something else")
    recipes(composer).get_by_role("button", name="Use Foxes").click()
    expect(composer.locator("#ij-prompts")).to_have_value("a red fox\na grey fox")
    expect(composer.get_by_label("Steps: values")).to_have_value("1-2")
    expect(composer.get_by_label("Images per setting")).to_have_value("2")
    expect(composer.locator("[data-ij=queue]")).to_have_text("Queue 8 tasks")


def test_a_recipe_is_exported_deleted_and_imported(tab: WebuiTab, host: Host, tmp_path: Path) -> None:
    mine: dict[str, Any] = {"name": "Steps", "axes": [{"field": "steps", "text": "1-4"}]}
    host.api("POST", "recipes", mine)
    composer = tab.load().compose("a red fox")
    box = recipes(composer)
    with tab.page.expect_download() as loading:
        box.get_by_role("link", name="Export Steps").click()
    path = tmp_path / loading.value.suggested_filename
    loading.value.save_as(path)
    assert json.loads(path.read_text(encoding="utf-8"))["axes"] == mine["axes"]
    box.get_by_role("button", name="Delete Steps").click()
    expect(box.get_by_role("button", name="Use Steps")).to_have_count(0)
    box.get_by_role("button", name="Undo").click()
    expect(box.get_by_role("button", name="Use Steps")).to_be_visible()
    expect(box.get_by_role("button", name="Delete LoRA test")).to_have_count(0)
    file = box.locator("input[type=file]")
    file.set_input_files({"name": "cat.json", "mimeType": "application/json", "buffer": b"meow"})
    expect(box.get_by_role("status")).to_contain_text("cat.json is not a recipe.")
    file.set_input_files(path)
    expect(box.get_by_role("status")).to_contain_text("“Steps” was imported.")
    expect(box.get_by_role("button", name="Use Steps")).to_have_count(2)
    box.get_by_role("button", name="Use Steps").first.click()
    expect(composer.locator("[data-ij=queue]")).to_have_text("Queue 4 tasks")


def test_a_recipe_for_the_other_tab_says_so(tab: WebuiTab) -> None:
    box = recipes(tab.load().compose("a red fox"))
    use = box.get_by_role("button", name="Use Denoise ladder")
    expect(use).to_have_attribute("aria-disabled", "true")
    expect(box).to_contain_text("For img2img only: press Queue as job there.")
    use.click(force=True)
    expect(box).to_be_visible()


def test_the_first_job_can_begin_with_a_recipe(tab: WebuiTab) -> None:
    tab.load().page.locator("#txt2img_prompt textarea").fill("a quiet harbour")
    tab.go("Jobs")
    tab.button("Start from a recipe…").click()
    box = tab.root.locator("[data-ij=recipes]")
    box.get_by_role("button", name="Use Drafts tonight").click()
    expect(tab.composer.locator("#ij-prompts")).to_have_value("a quiet harbour")
    expect(tab.composer.get_by_label("Images per setting")).to_have_value("40")
    expect(tab.composer.locator("[data-ij=queue]")).to_have_text("Queue 40 tasks")
