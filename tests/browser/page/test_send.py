"""Send to: the WebUI's own fields have what the image was made with."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from ..tab import Host, WebuiTab

pytestmark = pytest.mark.hosted

PROMPT = 'a red fox, "night: market", (snow:1.2)'


@pytest.fixture
def opened(tab: WebuiTab, host: Host) -> WebuiTab:
    """The viewer of an image that differs from the page's defaults in all that is looked at."""
    host.create(
        "fox",
        prompt=PROMPT,
        negative_prompt="blurry",
        seed=4242,
        steps=2,
        cfg_scale=5.5,
        width=128,
        height=64,
    )
    tab.open().show("fox")
    expect(tab.images).to_have_count(1)
    tab.images.first.dblclick()
    expect(tab.viewer.get_by_text("Steps", exact=True)).to_be_visible()
    return tab


def send(tab: WebuiTab, where: str) -> None:
    tab.viewer.get_by_role("button", name="More actions for this image").click()
    tab.viewer.get_by_role("menuitem", name=f"Send to {where}", exact=True).click()


def number(tab: WebuiTab, id: str) -> float:
    return float(tab.page.locator(f"#{id} input[type=number]").first.input_value())


def test_to_txt2img_with_all_fields(opened: WebuiTab) -> None:
    send(opened, "txt2img")
    page = opened.page
    expect(page.locator("#txt2img_negative_prompt textarea, #txt2img_neg_prompt textarea")).to_have_value(
        "blurry"
    )
    expect(page.locator("#txt2img_prompt textarea")).to_have_value(PROMPT)
    expect(opened.viewer).to_be_hidden()
    found = {
        name: number(opened, f"txt2img_{name}") for name in ("steps", "cfg_scale", "width", "height", "seed")
    }
    assert found == {"steps": 2, "cfg_scale": 5.5, "width": 128, "height": 64, "seed": 1}


def test_to_img2img_with_the_image(opened: WebuiTab) -> None:
    send(opened, "img2img")
    page = opened.page
    expect(page.locator("#img2img_prompt textarea")).to_have_value(PROMPT)
    picture = page.locator("#img2img_image img").first
    expect(picture).to_be_visible()
    assert picture.evaluate("async e => { await e.decode(); return [e.naturalWidth, e.naturalHeight]; }") == [
        128,
        64,
    ]
    assert number(opened, "img2img_seed") == 1


def test_prompts_that_the_webui_does_not_read_are_filled_in(opened: WebuiTab) -> None:
    """A Forge Neo that was never started before."""
    page = opened.page
    page.evaluate(
        "for (const read of document.querySelectorAll('#paste')) read.replaceWith(read.cloneNode(true))"
    )
    send(opened, "img2img")
    expect(page.locator("#img2img_prompt textarea")).to_have_value(PROMPT)
    expect(page.locator("#img2img_negative_prompt textarea, #img2img_neg_prompt textarea")).to_have_value(
        "blurry"
    )
    expect(opened.viewer).to_be_hidden()
    expect(page.locator("#img2img_image img").first).to_be_visible()


def test_to_inpaint_twice(opened: WebuiTab) -> None:
    """The second time there is an image already."""
    for turn in range(2):
        if turn:
            opened.go("Jobs")
            opened.images.first.dblclick()
            expect(opened.viewer.get_by_text("Steps", exact=True)).to_be_visible()
        send(opened, "Inpaint")
        expect(opened.viewer).to_be_hidden()
        expect(opened.page.locator("#img2maskimg canvas").first).to_be_visible()
        expect(opened.page.locator("#img2img_prompt textarea")).to_have_value(PROMPT)


def test_to_extras_from_another_of_its_modes(opened: WebuiTab) -> None:
    """The image goes to the first, whichever showed last; the second time there is an image already."""
    page = opened.page
    for _ in range(2):
        second = page.locator("#mode_extras > .tab-nav > button").nth(1)
        second.evaluate("button => button.click()")
        send(opened, "Extras")
        expect(opened.viewer).to_be_hidden()
        picture = page.locator("#extras_image img").first
        expect(picture).to_be_visible()
        size = "async e => { await e.decode(); return [e.naturalWidth, e.naturalHeight]; }"
        assert picture.evaluate(size) == [128, 64]
        opened.go("Jobs")
        opened.images.first.dblclick()
        expect(opened.viewer.get_by_text("Steps", exact=True)).to_be_visible()
