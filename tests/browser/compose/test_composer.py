"""The composer: what is captured, what becomes of it, what stands in the way."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from ..tab import Host, WebuiTab

pytestmark = pytest.mark.hosted


def test_a_prompt_with_lines_of_its_own_stays_one_prompt(tab: WebuiTab, host: Host) -> None:
    composer = tab.load().compose("a red fox,\nin the snow")
    expect(composer.locator("textarea")).to_have_value("a red fox,\nin the snow")
    expect(composer.locator("[data-ij=queue]")).to_have_text("Queue 1 task")
    expect(composer).to_contain_text("These 2 lines are one prompt.")
    composer.get_by_label("One prompt per line").check()
    expect(composer.locator("[data-ij=queue]")).to_have_text("Queue 2 tasks")
    composer.get_by_label("One prompt per line").uncheck()
    expect(composer.locator("[data-ij=queue]")).to_have_text("Queue 1 task")
    composer.locator(".ij-when").select_option("Hold")
    composer.locator("[data-ij=queue]").dblclick()  # as some do; it is one job
    expect(tab.root.locator(".ij-badge")).to_have_text("On hold")
    (job,) = host.api("GET", "jobs")["jobs"]
    assert host.api("GET", f"jobs/{job['id']}")["payload"]["prompt"] == "a red fox,\nin the snow"


def test_an_error_blocks_and_one_click_cures_it(tab: WebuiTab) -> None:
    composer = tab.load().compose("a red fox <lora:testlor:0.5>")
    queue = composer.locator("[data-ij=queue]")
    expect(composer.locator(".ij-why")).to_contain_text("Fix 1 error first")
    expect(queue).to_have_attribute("aria-disabled", "true")
    queue.click(force=True)
    expect(composer).to_be_visible()
    composer.get_by_role("button", name="Use “testlora").click()
    expect(composer.locator("textarea")).to_have_value("a red fox <lora:testlora:0.5>")
    expect(queue).not_to_have_attribute("aria-disabled", "true")
    expect(composer.locator(".ij-why")).to_be_empty()


def test_queue_anyway(tab: WebuiTab, host: Host) -> None:
    composer = tab.load().compose("a red fox <lora:testlor:0.5>")
    composer.locator(".ij-when").select_option("Hold")
    composer.get_by_role("button", name="queue anyway").click()
    expect(composer).to_have_count(0)
    expect(tab.root.locator(".ij-badge")).to_have_text("On hold")
    assert len(host.api("GET", "jobs")["jobs"]) == 1


def test_a_page_that_could_not_be_read_opens_nothing(tab: WebuiTab, errors: list[str]) -> None:
    tab.load().compose("a red fox")
    tab.page.keyboard.press("Escape")
    expect(tab.composer).to_have_count(0)
    tab.page.route("**/run/predict", lambda route: route.fulfill(status=500, json={"error": "busy"}))
    with tab.page.expect_response("**/run/predict"):
        tab.capture("a blue cat")
    expect(tab.page.locator(".toast-body").first).to_contain_text("busy")
    tab.page.unroute("**/run/predict")
    tab.go("Jobs")
    expect(tab.root).to_be_visible()
    expect(tab.composer).to_have_count(0)  # least of all the one with the red fox
    assert all("500" in error for error in errors)
    errors.clear()


def test_a_count_out_of_range_is_said_in_a_sentence(tab: WebuiTab) -> None:
    composer = tab.load().compose("a red fox")
    composer.get_by_label("Images per setting").fill("0")
    expect(composer.locator(".ij-why")).to_contain_text("Images per setting must be 1 to 1000.")
    expect(composer.locator("[data-ij=queue]")).to_have_attribute("aria-disabled", "true")
    composer.get_by_label("Images per setting").fill("3")
    expect(composer.locator("[data-ij=queue]")).to_have_text("Queue 3 tasks")


def test_a_fixed_seed_counts_up(tab: WebuiTab, host: Host) -> None:
    tab.load().page.locator("#txt2img_seed input[type=number]").fill("41")
    composer = tab.compose("a red fox")
    composer.get_by_label("Images per setting").fill("3")
    composer.locator(".ij-when").select_option("Hold")
    expect(composer.locator("[data-ij=queue]")).to_have_text("Queue 3 tasks")
    composer.locator("[data-ij=queue]").click()
    expect(tab.cells).to_have_count(3)
    (job,) = host.api("GET", "jobs")["jobs"]
    tasks = host.api("GET", f"jobs/{job['id']}")["tasks"]
    assert [task["changes"]["seed"] for task in tasks] == [41, 42, 43]


def test_escape_goes_back_to_where_one_came_from(tab: WebuiTab, host: Host) -> None:
    composer = tab.load().compose("a red fox")
    expect(composer.get_by_label("Name")).to_be_focused()
    tab.page.keyboard.press("Escape")
    expect(composer).to_have_count(0)
    expect(tab.page.locator("#tab_txt2img")).to_be_visible()
    assert host.api("GET", "jobs")["jobs"] == []


def test_shift_queues_at_once(tab: WebuiTab, host: Host) -> None:
    tab.load().page.locator("#txt2img_prompt textarea").fill("a red fox")
    tab.page.locator("#txt2img_steps input[type=number]").fill("1")
    tab.page.locator("#txt2img_batch_count input[type=number]").fill("2")
    tab.page.locator("#txt2img_queue_job").click(modifiers=["Shift"])
    expect(tab.toast).to_contain_text("2 tasks queued")
    expect(tab.page.locator("#tab_txt2img")).to_be_visible()
    assert len(host.api("GET", "jobs")["jobs"]) == 1
    tab.toast.get_by_role("button", name="Show job").click()
    expect(tab.cells).to_have_count(2)


def test_new_job_takes_what_is_set_up_in_txt2img(tab: WebuiTab) -> None:
    tab.load().page.locator("#txt2img_prompt textarea").fill("a quiet harbour")
    tab.go("Jobs")
    tab.button("New job").click()
    expect(tab.composer.locator("textarea")).to_have_value("a quiet harbour")


def test_html_in_prompts_and_names_stays_text(tab: WebuiTab, host: Host) -> None:
    nasty = '"><img src=nowhere onerror="window.hit=1"> <script>window.hit=1</script> fox'
    composer = tab.load().compose(nasty)
    composer.get_by_label("Name").fill(nasty)
    composer.locator("[data-ij=queue]").click()
    expect(tab.title).to_have_text(nasty)
    expect(tab.images).to_have_count(1, timeout=180_000)
    tab.images.first.dblclick()
    expect(tab.viewer.locator(".ij-panel")).to_contain_text("onerror=")
    tab.page.keyboard.press("Escape")
    tab.button("More actions").click()
    tab.root.get_by_role("menuitem", name="Delete job").click()
    expect(tab.root.get_by_role("dialog")).to_contain_text(nasty)
    assert tab.page.evaluate("window.hit") is None
    assert tab.root.locator("img[src='nowhere'], script").count() == 0


def test_escape_asks_before_it_throws_away_what_was_typed(tab: WebuiTab, host: Host) -> None:
    composer = tab.load().compose("a red fox")
    keys = tab.page.keyboard
    asked = composer.get_by_role("alertdialog", name="Discard your changes?")
    prompts = composer.locator("#ij-prompts")
    prompts.fill("a red fox\na grey fox")
    for _ in range(3):  # Chrome would close it at the second one in a row
        keys.press("Escape")
        expect(asked.get_by_role("button", name="Keep editing")).to_be_focused()
        keys.press("Escape")
        expect(asked).to_be_hidden()
        expect(prompts).to_be_focused()
    composer.get_by_role("button", name="Close").click()
    expect(asked).to_be_visible()
    prompts.click()  # to go on is an answer, too
    expect(asked).to_be_hidden()
    expect(composer.locator("[data-ij=queue]")).to_be_visible()
    for close in ("close", "requestClose"):  # what else a browser may do
        composer.evaluate("(dialog, close) => dialog[close]()", close)
        expect(asked).to_be_visible()
        asked.get_by_role("button", name="Keep editing").click()
    expect(prompts).to_have_value("a red fox\na grey fox")
    keys.press("Escape")
    asked.get_by_role("button", name="Discard").click()
    expect(composer).to_have_count(0)
    expect(tab.page.locator("#tab_txt2img")).to_be_visible()
    assert host.api("GET", "jobs")["jobs"] == []


def test_escape_closes_what_is_open_inside_first(tab: WebuiTab) -> None:
    composer = tab.load().compose("a red fox")
    keys = tab.page.keyboard
    asked = composer.get_by_role("alertdialog")
    composer.get_by_label("Images per setting").fill("4")
    composer.locator(".ij-when").click()  # its list is the browser's own
    keys.press("Escape")
    expect(composer).to_be_visible()
    expect(asked).to_be_hidden()
    composer.get_by_role("button", name="Recipes").click()
    expect(composer.locator("[data-ij=recipes]")).to_be_visible()
    keys.press("Escape")
    expect(composer.locator("[data-ij=recipes]")).to_have_count(0)
    expect(asked).to_be_hidden()
    composer.get_by_label("Images per setting").fill("1")  # as it was
    keys.press("Escape")
    expect(composer).to_have_count(0)


def test_batch_says_which_files_become_tasks(tab: WebuiTab, host: Host, tmp_path: Path) -> None:
    for number in range(1, 7):
        Image.new("RGB", (64, 64), (number * 40, 20, 20)).save(tmp_path / f"{number}.png")
    tab.load()
    tab.go("img2img")
    page = tab.page
    page.locator("#mode_img2img > .tab-nav button", has_text="Batch").click()
    source = page.locator("#img2img_batch_source button", has_text="From directory")
    if source.count():  # reForge has folders alone
        source.click()
    page.locator("#img2img_batch_input_dir textarea, #img2img_batch_input_dir input").first.fill(
        str(tmp_path)
    )
    page.locator("#img2img_prompt textarea").first.fill("a quiet harbour")
    page.locator("#img2img_queue_job").click()
    composer = tab.root.locator("[data-ij=composer]")
    expect(composer.locator("[data-ij=queue]")).to_have_text("Queue 6 tasks")
    expect(composer.locator("[data-ij=files]")).to_have_text(
        "1 task for each of 6 files: 1.png, 2.png, 3.png, 4.png and 2 more"
    )
    expect(composer.locator(".ij-tasks")).to_contain_text("5.png")
