"""What is taken back, step by step."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from ..tab import Host, Tab
from .reviewed import COUNT, LONG, Reviewed


def test_redo_goes_forth_again_until_something_new_is_done(job: Reviewed) -> None:
    job.cell(1).click()
    for key in ("p", "x", "3", "Delete"):
        job.keys.press(key)
    expect(job.cell(3)).to_have_count(0)
    for _ in range(4):
        job.keys.press("Control+z")
    job.becomes({})
    job.keys.press("Control+Shift+z")
    assert job.shown("kept") == [1]
    job.keys.press("Control+y")
    assert job.shown("rejected") == [2]
    job.keys.press("Control+y")
    expect(job.cell(3).locator(".ij-stars")).to_have_text("3")
    job.keys.press("Control+Shift+z")
    expect(job.cell(3)).to_have_count(0)
    expect(job.tab.toast).to_contain_text("Redone: 1 image moved to the trash.")
    job.keys.press("Control+y")
    expect(job.tab.toast).to_contain_text("There is nothing to redo.")
    job.becomes({1: "kept", 2: "rejected"})
    job.becomes({3: True}, "trashed")
    job.keys.press("Control+z")
    expect(job.cell(3)).to_be_visible()
    expect(job.tab.toast).to_contain_text("Undone: 1 image moved to the trash.")
    job.keys.press("p")
    job.keys.press("Control+y")
    expect(job.tab.toast).to_contain_text("There is nothing to redo.")
    assert job.shown("kept") == [1, 3] and job.shown("rejected") == [2]


def test_undo_goes_back_step_by_step(job: Reviewed) -> None:
    job.cell(1).click()
    for key in ("p", "x", "3", "Delete"):
        job.keys.press(key)
    assert job.shown("kept") == [1] and job.shown("rejected") == [2]
    expect(job.cell(3)).to_have_count(0)
    job.keys.press("Control+z")
    expect(job.cell(3)).to_be_visible()
    assert job.selected() == [3]
    expect(job.cell(3).locator(".ij-stars")).to_have_text("3")
    job.keys.press("Backspace")
    expect(job.cell(3).locator(".ij-stars")).to_have_count(0)
    job.keys.press("Backspace")
    assert job.shown("rejected") == [] and job.selected() == [2]
    job.keys.press("Control+z")
    assert job.shown("kept") == [] and job.selected() == [1]
    expect(job.tab.toast).to_contain_text("Undone: 1 image kept.")  # the answer, or it comes after the next
    job.keys.press("Control+z")
    expect(job.tab.toast).to_contain_text("There is nothing to undo.")
    for what in ("verdict", "rating", "trashed"):
        job.becomes({}, what)


#: once, the token of the first step that is kept is made one that nobody knows
FORGET = """{
    const steps = JSON.parse(sessionStorage.getItem("inu-jobs.steps") ?? "null");
    if (steps && !sessionStorage.getItem("once")) {
        steps[0][0].token = "gone";
        sessionStorage.setItem("inu-jobs.steps", JSON.stringify(steps));
        sessionStorage.setItem("once", "1");
    }
}"""


BLOCKED = """for (const name of ["localStorage", "sessionStorage"])
    Object.defineProperty(window, name, { get() { throw new DOMException("blocked", "SecurityError"); } });
"""


@pytest.mark.hosted
def test_steps_outlive_a_reload(job: Reviewed, errors: list[str]) -> None:
    job.cell(1).click()
    for key in ("p", "x", "3", "Delete"):
        job.keys.press(key)
    job.becomes({3: True}, "trashed")
    undo = job.tab.button("Undo")
    job.tab.reload()
    expect(job.tab.images).to_have_count(COUNT - 1)
    undo.click()
    expect(job.cell(3)).to_be_visible()
    expect(job.tab.toast).to_contain_text("Undone: 1 image moved to the trash.")
    undo.click()
    job.becomes({}, "rating")
    job.tab.reload()
    expect(job.tab.images).to_have_count(COUNT)
    job.cell(5).click()
    job.keys.press("Control+y")  # what can be redone is kept, too
    expect(job.cell(3).locator(".ij-stars")).to_have_text("3")
    # one that the server does not know
    job.tab.page.add_init_script(FORGET)
    job.tab.reload()
    for _ in range(2):
        undo.click()
    expect(job.cell(2)).to_have_attribute("data-verdict", "unreviewed")
    undo.click()
    expect(job.tab.toast.last).to_contain_text("This can no longer be undone")
    expect(undo).to_have_attribute("aria-disabled", "true")
    job.becomes({1: "kept"})
    assert len(errors) == 1 and "404" in errors.pop()


def test_what_an_earlier_webui_knew_is_said_to_be_gone(job: Reviewed) -> None:
    job.cell(1).click()
    job.keys.press("p")
    job.keys.press("p")
    job.becomes({1: "kept", 2: "kept"})

    def anew(route: Route) -> None:
        answer = route.fetch()
        body = answer.json()
        body["status"]["store"]["epoch"] = "another"
        route.fulfill(response=answer, json=body)

    job.tab.page.route("**/changes*", anew)
    with job.tab.page.expect_response("**/changes*"):
        pass
    with job.tab.page.expect_response("**/changes*"):
        pass  # the first has arrived
    job.keys.press("Control+z")
    expect(job.tab.toast).to_contain_text("The WebUI was restarted: earlier steps cannot be undone.")
    job.keys.press("Control+z")
    expect(job.tab.toast).to_contain_text("There is nothing to undo.")
    job.becomes({1: "kept", 2: "kept"})


def test_a_browser_that_keeps_nothing_shows_the_jobs_all_the_same(tab: Tab, host: Host) -> None:
    tab.page.add_init_script(BLOCKED)
    host.create("Blocked", 2)
    tab.open().show("Blocked")
    expect(tab.images).to_have_count(2, timeout=LONG)
    tab.images.first.click()
    tab.page.keyboard.press("p")
    expect(tab.images.first).to_have_attribute("data-verdict", "kept")
    tab.root.get_by_label("Order").select_option("Newest first")
