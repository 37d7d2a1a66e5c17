"""Finding images of all jobs, and doing with them what can be done in a job."""

from __future__ import annotations

import contextlib
import re

import pytest
from playwright.sync_api import Error, Locator, Route, expect

from ..tab import Host, Tab


@pytest.fixture
def find(tab: Tab, host: Host) -> Locator:
    """The page, over two jobs: three foxes with a LoRA, two cats."""
    foxes = host.create("Foxes", 3, prompt="a red fox in the snow <lora:testlora:0.8>")
    cats = host.create("Cats", 2, prompt="a cat at sea", width=128)
    tab.open()
    host.until(foxes["id"], lambda found: len(found["images"]) == 3)
    host.until(cats["id"], lambda found: len(found["images"]) == 2)
    tab.button("Find images").click()
    page = tab.root.locator("[data-ij=find]")
    expect(page.locator(".ij-facts")).to_contain_text("5 images")
    return page


def images(find: Locator) -> Locator:
    return find.locator("[data-ij=image]")


def test_words_model_lora_seed_rating_and_verdict(find: Locator, errors: list[str]) -> None:
    words = find.get_by_label("Words in the prompt")
    expect(find.locator(".ij-facts")).to_have_text(re.compile("5 images.*in 2 jobs"))
    words.fill("snow RED")
    expect(images(find)).to_have_count(3)
    expect(find.locator(".ij-facts")).to_have_text(re.compile("3 images.*in 1 job"))
    words.fill("")
    find.get_by_label("LoRA").fill("testl")
    expect(images(find)).to_have_count(3)
    find.get_by_label("Seed").fill("2")
    expect(images(find)).to_have_count(1)
    find.get_by_role("button", name="Clear").click()
    expect(images(find)).to_have_count(5)
    find.get_by_label("Seed").fill("2")
    expect(images(find)).to_have_count(2)
    find.get_by_label("Model").fill("no such model")
    expect(find).to_contain_text("No matching images")
    expect(find).to_contain_text("Use fewer words")
    find.get_by_label("Seed").fill("-3")  # only the server knows what is wrong with it
    expect(find).to_contain_text("The search failed")
    assert len(errors) == 1 and "422" in errors.pop()


def test_what_is_found_is_reviewed_as_in_a_job(tab: Tab, host: Host, find: Locator) -> None:
    keys = tab.page.keyboard
    images(find).first.click()
    keys.press("Control+a")
    expect(find.locator(".ij-selected-count")).to_have_text("5 selected")
    keys.press("p")
    expect(find.locator("[data-verdict=kept]")).to_have_count(5)
    keys.press("Control+z")
    expect(find.locator("[data-verdict=kept]")).to_have_count(0)
    images(find).first.click()
    keys.press("4")
    keys.press("Space")
    expect(tab.root.locator("[data-ij=viewer]")).to_contain_text("1 of 5")
    keys.press("x")
    expect(tab.root.locator("[data-ij=viewer]")).to_contain_text("2 of 5")
    keys.press("Escape")
    expect(find.locator("[data-verdict=rejected]")).to_have_count(1)
    find.get_by_label("Verdict").select_option("Rejected")
    expect(images(find)).to_have_count(1)
    find.get_by_label("Rating").select_option("★★★★ and up")
    expect(images(find)).to_have_count(1)
    images(find).first.click()
    keys.press("Delete")
    expect(images(find)).to_have_count(0)
    expect(tab.toast).to_contain_text("1 image moved to the trash")
    keys.press("Control+z")
    expect(images(find)).to_have_count(1)
    found = [
        image
        for job in host.api("GET", "jobs")["jobs"]
        for image in host.api("GET", f"jobs/{job['id']}")["images"]
    ]
    assert sorted((image["verdict"], image["rating"]) for image in found if image["rating"]) == [
        ("rejected", 4)
    ]


def test_what_comes_back_is_found_though_the_last_answer_came_without_it(tab: Tab, find: Locator) -> None:
    asked: list[Route] = []
    tab.page.route("**/v1/images?*text=cat*", lambda route: asked.append(route))  # noqa: PLW0108  Playwright takes no method of a list
    with tab.page.expect_request("**/v1/images?*text=cat*"):
        find.get_by_label("Words in the prompt").fill("cat")
    images(find).first.click()  # a cat: the newest are first
    tab.page.keyboard.press("Delete")
    expect(tab.toast).to_contain_text("1 image moved to the trash")
    asked[0].continue_()
    expect(images(find)).to_have_count(1)
    tab.page.unroute("**/v1/images?*text=cat*")
    tab.page.keyboard.press("Control+z")
    expect(images(find)).to_have_count(2)


def test_what_comes_back_is_found_though_the_last_answer_was_empty(tab: Tab, find: Locator) -> None:
    asked: list[Route] = []
    images(find).first.click()
    tab.page.keyboard.press("4")
    expect(find.locator(".ij-stars")).to_have_count(1)
    tab.page.route(
        "**/v1/images?*rating=4*", lambda route: route.continue_() if asked else asked.append(route)
    )
    with tab.page.expect_request("**/v1/images?*rating=4*"):
        find.get_by_label("Rating").select_option("★★★★ and up")
    images(find).first.click()
    tab.page.keyboard.press("Delete")
    expect(tab.toast).to_contain_text("1 image moved to the trash")
    asked[0].continue_()
    expect(find).to_contain_text("No matching images")
    tab.page.keyboard.press("Control+z")
    expect(images(find)).to_have_count(1)


def test_what_comes_back_is_found_though_an_answer_under_way_is_without_it(tab: Tab, find: Locator) -> None:
    asked: list[Route] = []
    tab.page.route(
        "**/v1/images?*text=cat*", lambda route: route.continue_() if asked else asked.append(route)
    )
    with tab.page.expect_request("**/v1/images?*text=cat*"):
        find.get_by_label("Words in the prompt").fill("cat")
    images(find).first.click()
    tab.page.keyboard.press("Delete")
    expect(tab.toast).to_contain_text("1 image moved to the trash")
    answer = asked[0].fetch()
    assert len(answer.json()["images"]) == 1
    with tab.page.expect_response("**/v1/undo*"):
        tab.page.keyboard.press("Control+z")
    expect(images(find)).not_to_have_count(4)  # it is back
    with contextlib.suppress(Error):  # the page may have given it up
        asked[0].fulfill(response=answer)
    expect(images(find)).to_have_count(2)


def test_images_of_several_jobs_are_compared_and_made_more_of(tab: Tab, host: Host, find: Locator) -> None:
    images(find).first.click()
    images(find).nth(4).click(modifiers=["Shift"])
    find.locator("[data-act=img2img]").click()
    dialog = tab.root.locator("[data-ij=derive]")
    expect(dialog.locator("[data-ij=queue]")).to_have_text("Queue 5 tasks")
    dialog.get_by_role("button", name="Close").click()
    tab.page.keyboard.press("Escape")
    # one of each job: they stand one job after the other
    places = sorted(
        (int(str(cell.get_attribute("aria-posinset"))), n) for n, cell in enumerate(images(find).all())
    )
    images(find).nth(places[0][1]).click()
    images(find).nth(places[-1][1]).click(modifiers=["ControlOrMeta"])
    tab.page.keyboard.press("c")
    compare = tab.root.locator("[data-ij=compare]")
    expect(compare.locator(".ij-pane")).to_have_count(2)
    expect(compare.locator(".ij-diff")).to_contain_text("Prompt")
    tab.page.keyboard.press("p")
    expect(compare.locator(".ij-pane").last).to_contain_text("kept")
    tab.page.keyboard.press("Escape")
    expect(find.locator("[data-verdict=kept]")).to_have_count(1)


def test_a_found_image_leads_to_its_job(tab: Tab, find: Locator) -> None:
    find.get_by_label("Words in the prompt").fill("cat")
    expect(images(find)).to_have_count(2)
    images(find).first.click()
    find.locator("[data-act=job]").click()
    expect(tab.title).to_have_text("Cats")
    expect(tab.root.locator("[data-ij=viewer]")).to_be_visible()


def test_images_of_a_job_that_is_deleted_elsewhere_leave(tab: Tab, host: Host, find: Locator) -> None:
    foxes, cats = (
        next(job["id"] for job in host.api("GET", "jobs")["jobs"] if job["name"] == name)
        for name in ("Foxes", "Cats")
    )
    expect(images(find)).to_have_count(5)
    tab.wait_for_pictures()  # else they are asked for when they are gone
    host.api("DELETE", f"jobs/{cats}?images=keep")
    expect(images(find)).to_have_count(3)
    first = host.api("GET", f"jobs/{foxes}")["images"][0]["id"]
    host.api("POST", "images/verdict", {"selection": {"images": [first]}, "verdict": "kept"})
    expect(find.locator(f"[data-id={first}]")).to_have_attribute("data-verdict", "kept")
    tab.wait_for_pictures()
    undo = host.api("DELETE", f"jobs/{foxes}?images=trash")["undo"]
    expect(images(find)).to_have_count(0)
    host.api("POST", "undo", {"undo": undo})
    expect(images(find)).to_have_count(3)
