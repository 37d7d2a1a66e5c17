"""Which images are selected, by mouse and keys, and the bar that acts on them."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from ..tab import Tab
from .reviewed import COUNT, Reviewed


def test_a_click_selects_one_and_modifiers_more(job: Reviewed) -> None:
    expect(job.tab.root.locator(".ij-grid")).to_have_attribute("aria-multiselectable", "true")
    job.cell(3).click()
    assert job.selected() == [3]
    job.cell(5).click()
    assert job.selected() == [5]
    job.cell(8).click(modifiers=["Shift"])
    assert job.selected() == [5, 6, 7, 8]
    job.cell(2).click(modifiers=["Shift"])  # from where the range began
    assert job.selected() == [2, 3, 4, 5]
    job.cell(4).click(modifiers=["Control"])
    assert job.selected() == [2, 3, 5]
    job.cell(10).click(modifiers=["Control"])
    job.cell(12).click(modifiers=["Control", "Shift"])
    assert job.selected() == [2, 3, 5, 10, 11, 12]
    bar = job.tab.root.locator(".ij-selected")
    expect(bar).to_contain_text("6 selected")
    job.keys.press("Escape")
    assert job.selected() == []
    expect(bar).to_be_hidden()


def test_the_tick_adds_and_takes_away_without_a_key(job: Reviewed) -> None:
    for nth in (2, 4):
        job.cell(nth).hover()
        job.cell(nth).locator(".ij-cell-tick").click()
    assert job.selected() == [2, 4]
    job.cell(2).locator(".ij-cell-tick").click()
    assert job.selected() == [4]
    expect(job.tab.viewer).to_have_count(0)


@pytest.mark.hosted
def test_a_frame_drawn_with_the_mouse_selects_what_it_touches(job: Reviewed) -> None:
    first, third = job.cell(1).bounding_box(), job.cell(3).bounding_box()
    assert first and third
    mouse = job.tab.page.mouse
    mouse.move(first["x"] + 10, first["y"] + 40)
    mouse.down()
    mouse.move(third["x"] + 20, third["y"] + 60, steps=5)
    expect(job.tab.root.locator(".ij-band")).to_be_visible()
    mouse.up()
    expect(job.tab.root.locator(".ij-band")).to_have_count(0)
    assert job.selected() == [1, 2, 3]
    mouse.click(third["x"] + third["width"] + 5, third["y"] + 40)  # between two cells
    assert job.selected() == []


@pytest.mark.hosted
def test_keys_select(job: Reviewed) -> None:
    job.cell(2).click()
    job.keys.press("ArrowRight")
    assert job.selected() == [3]
    job.keys.press("Shift+ArrowRight")
    job.keys.press("Shift+ArrowRight")
    assert job.selected() == [3, 4, 5]
    job.keys.press("Control+ArrowRight")
    assert job.selected() == [3, 4, 5]
    job.keys.press("Control+Space")
    assert job.selected() == [3, 4, 5, 6]
    job.keys.press("Control+a")
    assert job.selected() == list(range(1, COUNT + 1))
    job.keys.press("Escape")
    job.keys.press("Control+A")  # with Caps Lock
    assert job.selected() == list(range(1, COUNT + 1))
    job.keys.press("Escape")
    job.tab.button("Select all").click()
    assert job.selected() == list(range(1, COUNT + 1))


TEN_THOUSAND = """async () => {
    const load = (name) => import(new URL(`/inu-jobs/ui/${name}`, document.baseURI).href);
    const [{ Selection }, { Grid }, { JobImages }] = await Promise.all(
        ["core/selection.mjs", "grid/grid.mjs", "core/job-images.mjs"].map(load));
    const scroller = document.createElement("div");
    scroller.style.cssText = "position: fixed; inset: 0; height: 700px; width: 1000px; overflow: auto";
    document.body.append(scroller);
    const selection = new Selection();
    const grid = new Grid(scroller, 136, selection, { view() {}, retry() {} });
    const common = { job: "j", width: 64, height: 64, label: "", error: "", state: "done", images: 1,
        trashed: false, findings: [], version: "v", verdict: "unreviewed", rating: 0 };
    const tasks = Array.from({ length: 10_000 }, (_, index) => ({ ...common, id: `t${index}`, index }));
    const images = tasks.map(({ id, index }) => (
        { ...common, id: `i${index}`, task: id, index: 0, created: index }));
    const detail = new JobImages({ job: { id: "j" }, axes: [], tasks, images });
    grid.show(detail);
    selection.set(grid.ids());
    const { touched } = detail.change(new Map(selection.ids.map((id) => [id, { rating: 5 }])));
    grid.update(touched);
    const seen = scroller.querySelectorAll("[aria-selected=true] .ij-stars").length;
    scroller.remove();
    return { touched: touched.size, seen, selected: selection.size };
}"""


def test_ten_thousand_are_selected_and_marked_with_few_of_them_in_the_page(tab: Tab) -> None:
    found = tab.open().page.evaluate(TEN_THOUSAND)
    assert found["selected"] == found["touched"] == 10_000
    assert 20 < found["seen"] < 500


def test_what_has_no_room_in_the_bar_is_in_its_menu(job: Reviewed) -> None:
    job.tab.page.set_viewport_size({"width": 900, "height": 900})
    job.cell(1).click()
    bar = job.tab.root.locator(".ij-selected:visible")
    expect(bar.locator("[data-act=delete]")).to_be_visible()
    expect(bar.locator("[data-act=export]")).to_be_hidden()
    assert bar.evaluate("bar => bar.scrollWidth <= bar.clientWidth && bar.clientHeight < 70")
    job.tab.act("export", "Export…")
    expect(job.tab.root.get_by_role("dialog", name="Export 1 image")).to_be_visible()
    job.tab.page.keyboard.press("Escape")
    job.tab.page.set_viewport_size({"width": 2000, "height": 900})
    expect(bar.locator("[data-act=export]")).to_be_visible()
