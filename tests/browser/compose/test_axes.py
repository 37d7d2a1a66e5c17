"""Axes that the composer adds by hand, and where its prompts come from."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from ..tab import Host, Tab, WebuiTab


def add(composer: Locator, field: str) -> Locator:
    """A new axis; its row."""
    composer.get_by_role("button", name="Add axis").click()
    row = composer.locator(".ij-axis").last
    row.get_by_label("What varies").select_option(field)
    return composer.locator(".ij-axis").last


def queue_held(composer: Locator, tasks: int) -> None:
    composer.locator(".ij-when").select_option("Hold")
    button = composer.locator("[data-ij=queue]")
    expect(button).to_have_text(f"Queue {tasks} tasks")
    button.click()
    expect(composer).to_have_count(0)


def newest(host: Host) -> Any:
    """The newest job, whole."""
    jobs = host.api("GET", "jobs")["jobs"]
    return host.api("GET", f"jobs/{max(jobs, key=lambda job: job['created'])['id']}")


@pytest.mark.hosted
def test_axes_in_the_notation_of_the_webui_multiply(tab: WebuiTab, host: Host) -> None:
    composer = tab.load().compose("a red fox <lora:testlora:0.8>")
    add(composer, "LoRA strength").get_by_label("LoRA strength: values").fill("none, 0.6-1 (+0.2)")
    expect(composer.locator(".ij-axis-count")).to_have_text("4 values")
    add(composer, "Steps").get_by_label("Steps: values").fill("1-3 [3]")
    row = add(composer, "Sampler")
    row.get_by_label("Sampler: add a value").select_option("Euler")
    row.get_by_label("Sampler: add a value").select_option("Euler a")
    expect(row.get_by_label("Sampler: values")).to_have_value("Euler, Euler a")
    composer.get_by_label("Images per setting").fill("2")
    expect(composer.locator(".ij-dialog-side")).to_contain_text(
        re.compile("4 LoRA strengths . 3 step counts . 2 samplers . 2 seeds")
    )
    queue_held(composer, 48)
    job = newest(host)
    assert {task["changes"]["steps"] for task in job["tasks"]} == {1, 2, 3}
    prompts = {task["changes"].get("prompt", "").strip() for task in job["tasks"]}
    assert prompts >= {"a red fox", "a red fox <lora:testlora:0.6>", "a red fox <lora:testlora:1>"}
    labels = " ".join(task["label"] for task in job["tasks"])
    for part in ("without testlora", "LoRA testlora 0.6", "Euler a", "3 steps"):
        assert part in labels
    # what the axes vary is none of the settings that all have
    facts = tab.open().show(job["job"]["name"]).root.locator(".ij-facts").first
    expect(facts).to_contain_text("3 step counts")
    expect(facts).not_to_contain_text(re.compile(r"\b\d+ steps|Euler"))


@pytest.mark.hosted
def test_rows_are_moved_and_removed_by_keys(tab: WebuiTab, host: Host) -> None:
    composer = tab.load().compose("a red fox")
    add(composer, "Steps").get_by_label("Steps: values").fill("1, 2")
    add(composer, "CFG scale").get_by_label("CFG scale: values").fill("5, 7")
    up = composer.get_by_role("button", name="Move CFG scale up")
    up.focus()
    tab.page.keyboard.press("Enter")
    expect(composer.get_by_role("listitem").first).to_have_attribute("aria-label", "Axis 1: CFG scale")
    expect(composer.get_by_role("button", name="Move CFG scale down")).to_be_focused()
    composer.get_by_role("button", name="Remove Steps").press("Enter")
    expect(composer.locator(".ij-axis")).to_have_count(1)
    expect(composer.get_by_label("CFG scale: values")).to_have_value("5, 7")
    queue_held(composer, 2)
    assert [axis["field"] for axis in newest(host)["axes"]] == ["cfg_scale"]


@pytest.mark.hosted
def test_a_lora_that_the_prompts_have_no_more_is_not_suggested(tab: WebuiTab) -> None:
    composer = tab.load().compose("a red fox <lora:testlor:0.8>")
    expect(composer.locator(".ij-why")).to_contain_text("Fix 1 error first")
    composer.locator("textarea").fill("a red fox <lora:testlora:0.8>")
    row = add(composer, "LoRA strength")  # before anything was planned anew
    expect(row.get_by_label("LoRA strength: LoRA, or empty for all")).to_have_value("testlora")
    row.get_by_label("LoRA strength: values").fill("0.5, 1")
    expect(composer.locator("[data-ij=queue]")).to_have_text("Queue 2 tasks")


@pytest.mark.hosted
def test_what_is_wrong_with_a_row_stands_below_it(tab: WebuiTab, errors: list[str]) -> None:
    composer = tab.load().compose("a red fox")
    row = add(composer, "Steps")
    queue = composer.locator("[data-ij=queue]")
    missing = "Enter values for Steps."
    expect(queue).to_have_attribute("aria-disabled", "true")
    # in place of the plan, which was one without the axis, and beside the button
    expect(composer.locator(".ij-dialog-side")).to_have_text(missing)
    expect(composer.locator(".ij-why")).to_have_text(missing)
    expect(row.locator(".ij-change-note")).to_be_empty()  # nobody was asked for them yet
    queue.click(force=True)
    expect(row.get_by_label("Steps: values")).to_be_focused()
    expect(row.locator(".ij-change-note")).to_have_text(missing)
    row.get_by_label("What varies").select_option("CFG scale")
    expect(composer.locator(".ij-change-note")).to_be_empty()
    composer.get_by_label("CFG scale: values").focus()
    composer.get_by_label("Name").focus()
    expect(composer.locator(".ij-change-note")).to_have_text("Enter values for CFG scale.")
    composer.get_by_label("What varies").select_option("Steps")
    row = composer.locator(".ij-axis")
    row.get_by_label("Steps: values").fill("many")
    expect(row).to_contain_text("neither a whole number nor a range")
    expect(row.get_by_label("Steps: values")).to_have_attribute("aria-invalid", "true")
    expect(composer.locator(".ij-why")).to_contain_text("neither a whole number nor a range")
    expect(composer.locator(".ij-sum")).to_have_count(0)
    expect(composer.locator("[data-ij=queue]")).to_have_attribute("aria-disabled", "true")
    row.get_by_label("Steps: values").fill("1, 2")
    expect(composer.locator("[data-ij=queue]")).to_have_text("Queue 2 tasks")
    expect(composer.locator(".ij-sum")).to_have_text("2 tasks")
    expect(composer.locator(".ij-why")).to_be_empty()
    expect(row.locator(".ij-change-note")).to_be_empty()
    errors.clear()  # the browser tells of each request that was refused


@pytest.mark.hosted
def test_another_field_by_its_path_and_an_axis_of_seeds(tab: WebuiTab, host: Host) -> None:
    composer = tab.load().compose("a red fox")
    row = add(composer, "Another field")
    row.get_by_label("Another field: its path").fill("s_noise")
    row.locator("input").nth(1).fill("0.9, 1")
    add(composer, "Seed").get_by_label("Seed: values").fill("7, 8, 9")
    expect(composer.get_by_label("Images per setting")).to_be_disabled()
    queue_held(composer, 6)
    assert {(task["changes"]["s_noise"], task["changes"]["seed"]) for task in newest(host)["tasks"]} == {
        (noise, seed) for noise in (0.9, 1) for seed in (7, 8, 9)
    }


@pytest.mark.hosted
def test_a_mistyped_lora_is_mended_in_prompt_and_axis_by_one_click(tab: WebuiTab) -> None:
    composer = tab.load().compose("a red fox <lora:testlor:0.8>")
    row = add(composer, "LoRA strength")
    row.get_by_label("LoRA strength: LoRA, or empty for all").fill("testlor")
    row.get_by_label("LoRA strength: values").fill("0.5, 1")
    composer.get_by_role("button", name="Use “testlora").first.click()
    expect(composer.locator("#ij-prompts")).to_have_value("a red fox <lora:testlora:0.8>")
    expect(composer.get_by_label("LoRA strength: LoRA, or empty for all")).to_have_value("testlora")
    expect(composer.locator("[data-ij=queue]")).to_have_text("Queue 2 tasks")
    expect(composer.locator("[data-ij=queue]")).not_to_have_attribute("aria-disabled", "true")


@pytest.mark.hosted
def test_a_mistyped_sampler_is_mended_in_its_row(tab: WebuiTab) -> None:
    composer = tab.load().compose("a red fox")
    row = add(composer, "Sampler")
    row.get_by_label("Sampler: values").fill("Euler a, Eulr")
    expect(row).to_contain_text("Eulr")
    row.get_by_role("button", name="Use “Euler").click()
    expect(composer.get_by_label("Sampler: values")).to_have_value("Euler a, Euler")
    expect(composer.locator("[data-ij=queue]")).to_have_text("Queue 2 tasks")


@pytest.mark.hosted
def test_a_template_shows_what_it_makes(tab: WebuiTab, host: Host) -> None:
    composer = tab.load().compose("a {red|grey} fox in {snow|rain}")
    composer.get_by_role("button", name="Template", exact=True).click()
    composer.get_by_role("combobox", name="Draw").select_option("All combinations")
    composer.get_by_label("Number of prompts").fill("")
    composer.get_by_text("Preview prompts").click()
    expect(composer.locator(".ij-drawn li")).to_have_count(4)
    shown = composer.locator(".ij-drawn li").all_text_contents()
    expect(composer.locator("[data-ij=queue]")).to_have_text("Queue 4 tasks")
    composer.locator(".ij-task").first.click()
    expect(composer.locator(".ij-task").first.locator("p")).to_have_text(shown[0])
    queue_held(composer, 4)
    assert {task["changes"]["prompt"] for task in newest(host)["tasks"]} == set(shown)


@pytest.mark.hosted
def test_prompts_from_a_text_file(tab: WebuiTab, host: Host) -> None:
    composer = tab.load().compose("at night")
    composer.get_by_role("button", name="Text file").click()
    expect(composer.locator(".ij-why")).to_contain_text("Choose a text file, or paste its lines.")
    text = 'a quiet harbour\n--prompt "a lighthouse" --steps 2\n'
    file = {"name": "night.txt", "mimeType": "text/plain", "buffer": text.encode()}
    composer.locator("input[type=file]").set_input_files(file)
    expect(composer.locator("#ij-lines")).to_have_value(text)
    composer.get_by_label("Where the lines go").select_option("Before the prompt")
    queue_held(composer, 2)
    changes = [task["changes"] for task in newest(host)["tasks"]]
    assert [change["prompt"] for change in changes] == ["a quiet harbour at night", "a lighthouse at night"]
    assert changes[1]["steps"] == 2


def menu(tab: Tab, entry: str) -> Locator:
    """The composer that an entry of the job's menu opens."""
    tab.button("More actions").click()
    tab.root.get_by_role("menuitem", name=entry).click()
    expect(tab.composer.locator(".ij-sum")).to_be_visible()
    return tab.composer


def held_job(host: Host) -> Any:
    spec = {
        "kind": "txt2img",
        "name": "Ladder",
        "hold": True,
        "payload": {"steps": 1, "width": 64, "height": 64, "seed": 5},
        "axes": [
            {"field": "prompt", "values": ["a red fox", "a grey fox"]},
            {"field": "cfg_scale", "text": "5-7 (+1)"},
            {"field": "seed", "values": [11, 22]},
        ],
    }
    return host.api("POST", "jobs", spec)


def test_again_but_opens_what_the_job_was_made_of(tab: Tab, host: Host) -> None:
    held_job(host)
    composer = menu(tab.open().show("Ladder"), "Duplicate")
    expect(composer.locator("#ij-prompts")).to_have_value("a red fox\na grey fox")
    expect(composer.get_by_label("Images per setting")).to_have_value("2")
    expect(composer.get_by_label("CFG scale: values")).to_have_value("5-7 (+1)")
    expect(composer.locator("[data-ij=queue]")).to_have_text("Queue 12 tasks")
    composer.get_by_label("CFG scale: values").fill("5, 9")
    composer.get_by_label("Name").fill("Ladder again")
    queue_held(composer, 8)
    expect(tab.title).to_have_text("Ladder again")
    job = newest(host)
    assert {(task["changes"]["seed"], task["changes"]["cfg_scale"]) for task in job["tasks"]} == {
        (seed, scale) for seed in (11, 22) for scale in (5, 9)
    }


def test_a_held_job_is_edited(tab: Tab, host: Host) -> None:
    before = host.api("GET", f"jobs/{held_job(host)['id']}")
    composer = menu(tab.open().show("Ladder"), "Edit")
    tab.page.keyboard.press("Escape")  # nothing was changed
    expect(composer).to_have_count(0)
    composer = menu(tab, "Edit")
    facts = composer.locator(".ij-edit dd")
    expect(facts).to_have_text(["0 tasks", "12 tasks still waiting", "0 tasks", "0 tasks"])
    composer.get_by_label("CFG scale: values").fill("6, 9")
    expect(facts).to_have_text(
        ["0 tasks", "4 tasks still waiting", "8 tasks waiting, no longer needed", "4 tasks new"]
    )
    tab.page.keyboard.press("Escape")
    composer.get_by_role("button", name="Keep editing").click()
    change = composer.locator("[data-ij=queue]")
    expect(change).to_have_text("Save changes")
    change.click()
    expect(composer).to_have_count(0)
    expect(tab.toast).to_contain_text("“Ladder” was changed.")
    expect(tab.cells).to_have_count(8)
    after = host.api("GET", f"jobs/{before['job']['id']}")
    stayed = {task["id"] for task in before["tasks"] if task["changes"]["cfg_scale"] == 6}
    assert stayed <= {task["id"] for task in after["tasks"]}
    assert after["job"]["state"] == "held"


@pytest.mark.hosted
def test_a_lora_is_swapped_and_styles_are_chosen(tab: WebuiTab, host: Host) -> None:
    composer = tab.load().compose("a red fox <lora:testlora:0.8>")
    row = add(composer, "LoRA swap")
    expect(row.get_by_label("LoRA swap: LoRA in the prompt")).to_have_value("testlora")
    row.get_by_label("LoRA swap: add a value").select_option("none")
    row.get_by_label("LoRA swap: add a value").select_option("testlora2")
    styles = host.api("GET", "catalog")["styles"]
    assert styles or host.real  # a WebUI may have none
    if styles:
        add(composer, "Styles").get_by_label("Styles: add a value").select_option(index=1)
    add(composer, "Size").get_by_label("Size: values").fill("64x64, 64x128")
    queue_held(composer, 4)
    tasks = newest(host)["tasks"]
    assert {task["changes"]["prompt"].strip() for task in tasks} == {
        "a red fox",
        "a red fox <lora:testlora2:0.8>",
    }
    assert {task["changes"]["height"] for task in tasks} == {64, 128}
    assert all(len(task["changes"].get("styles", ())) == min(1, len(styles)) for task in tasks)


@pytest.mark.hosted
def test_a_job_waits_for_the_night_and_again_does_too(tab: WebuiTab, host: Host) -> None:
    composer = tab.load().compose("a red fox")
    composer.get_by_label("Name").fill("Nightly")
    composer.locator(".ij-when").select_option("Every night")
    composer.locator("[data-ij=queue]").click()
    expect(tab.title).to_have_text("Nightly")
    (night,) = newest(host)["job"]["windows"]
    assert (night["start"], night["end"]) == ("23:00", "07:00")
    composer = menu(tab, "Duplicate")
    expect(composer.locator(".ij-when").locator("option:checked")).to_have_text("Every night")
    composer.get_by_label("Name").fill("Nightly again")
    composer.locator("[data-ij=queue]").click()
    expect(tab.title).to_have_text("Nightly again")
    assert newest(host)["job"]["windows"] == [night]


def test_what_dynamic_prompts_will_make_is_shown_and_may_become_a_template(tab: Tab, host: Host) -> None:
    title = "Dynamic Prompts v2.17.1"
    args = [
        True,
        True,
        1,
        False,
        False,
        False,
        1.1,
        1.5,
        100,
        0.7,
        False,
        False,
        True,
        False,
        False,
        0,
        "",
        "",
    ]
    prompt = "a {red|blue|green} fox"
    scripts = {title: {"args": args}}
    host.create("Combinations", hold=True, prompt=prompt, n_iter=3, alwayson_scripts=scripts)
    composer = menu(tab.open().show("Combinations"), "Duplicate")
    expect(composer).to_contain_text("Dynamic Prompts makes every combination when a task runs (3 images).")
    expect(composer.locator("[data-ij=queue]")).to_have_text("Queue 1 task")
    composer.get_by_role("button", name="Use a template").click()
    expect(composer.locator("#ij-prompts")).to_have_value(prompt)
    expect(composer.locator("[data-ij=queue]")).to_have_text("Queue 3 tasks")
    expect(composer).not_to_contain_text("Dynamic Prompts makes")
    composer.get_by_label("Name").fill("Ours")
    composer.locator(".ij-when").select_option("Hold")
    composer.get_by_role("button", name="queue anyway").click()  # the script is not on this host
    expect(tab.title).to_have_text("Ours")
    job = newest(host)
    assert {task["changes"]["prompt"] for task in job["tasks"]} == {
        "a red fox", "a blue fox", "a green fox",
    }  # fmt: skip
    assert job["payload"]["alwayson_scripts"][title]["args"][0] is False


@pytest.mark.hosted
def test_prompts_of_a_template_run_with_the_seeds_that_the_plan_shows(tab: WebuiTab, host: Host) -> None:
    composer = tab.load().compose("a {red|blue|green} fox")
    seeds = composer.get_by_label("Seeds")
    expect(seeds).to_have_value("same")
    composer.get_by_role("button", name="Template").click()
    composer.get_by_label("Number of prompts").fill("4")
    expect(seeds).to_have_value("own")
    expect(composer.locator("[data-ij=queue]")).to_have_text("Queue 4 tasks")
    shown = composer.locator(".ij-task dl").all_text_contents()
    queue_held(composer, 4)
    drawn = [str(task["changes"]["seed"]) for task in newest(host)["tasks"]]
    assert len(set(drawn)) == 4
    assert all(f"seed{seed}" in told for seed, told in zip(drawn, shown, strict=True))
