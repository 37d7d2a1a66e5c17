"""When what runs: the one switch, run windows and the plan of runs."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import expect

from ..tab import Host, Tab, WebuiTab

LONG = 180_000


def wall(seconds_from_now: float) -> str:
    return time.strftime("%H:%M", time.localtime(time.time() + seconds_from_now))


def test_a_job_waits_for_its_window_and_then_runs(tab: Tab, host: Host) -> None:
    made = host.create("For the night", 2, hold=True)
    tab.open().show("For the night")
    tab.button("More actions").click()
    tab.root.get_by_role("menuitem", name="When to run…").click()
    dialog = tab.root.get_by_role("dialog", name="When to run")
    dialog.get_by_role("button", name="Every night").click()
    start, end = dialog.locator("[name=start]"), dialog.locator("[name=end]")
    expect(start).to_have_value("23:00")
    start.fill("")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_contain_text("A window has no time yet")
    start.fill("23:00")
    days = dialog.locator(".ij-window-days input")
    for day in range(7):
        days.nth(day).uncheck()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_contain_text("has no days")
    for day in range(7):
        days.nth(day).check()
    opens = wall(2 * 3600)
    start.fill(opens)
    end.fill(wall(3 * 3600))
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    host.api("POST", f"jobs/{made['id']}/resume", {})
    expect(tab.root.locator(".ij-troubles")).to_contain_text("Waiting for its run window: every day")
    expect(tab.root.locator(f".ij-row[data-id={made['id']}]")).to_contain_text(f"from {opens}")
    tab.button("Run plan").click()
    plan = tab.root.locator("[data-ij=runs]")
    expect(plan.locator("li")).to_contain_text(opens)
    expect(plan.locator("li")).to_contain_text("Its run window is closed.")
    plan.get_by_role("button", name="Close").click()
    tab.button("More actions").click()
    tab.root.get_by_role("menuitem", name="When to run…").click()
    dialog.get_by_role("button", name="Any time").click()
    dialog.get_by_role("button", name="Save").click()
    expect(tab.images).to_have_count(2, timeout=LONG)


def test_one_switch_stops_everything(tab: Tab, host: Host) -> None:
    tab.open()
    tab.button("Stop everything").click()
    expect(tab.root.locator(".ij-status")).to_contain_text("Everything is stopped")
    host.create("It waits", 1)
    tab.show("It waits")
    tab.button("Run plan").click()
    plan = tab.root.locator("[data-ij=runs]")
    expect(plan.locator("li")).to_contain_text("Everything is stopped.")
    assert host.api("GET", "status")["running"] == 0
    plan.get_by_role("button", name="Resume queue").click()
    expect(plan).to_contain_text("Nothing is running or waiting.", timeout=LONG)
    plan.get_by_role("button", name="Close").click()
    expect(tab.images).to_have_count(1, timeout=LONG)
    expect(tab.button("Stop everything")).to_be_visible()


@pytest.mark.hosted
def test_other_times_and_priority_are_chosen_in_the_composer(tab: WebuiTab, host: Host) -> None:
    host.create("For the estimate", 1)
    tab.open().show("For the estimate")
    expect(tab.images).to_have_count(1, timeout=LONG)
    composer = tab.compose("a red fox")
    facts = composer.locator(".ij-dialog-side > .ij-parameters").first
    expect(facts).to_contain_text("Done")
    composer.locator(".ij-when").select_option("Hold")
    expect(facts).to_contain_text("after you resume it")
    composer.locator(".ij-when").select_option("Other times…")
    dialog = composer.get_by_role("dialog", name="When to run")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)
    assert composer.locator(".ij-when").input_value() == "hold", "nothing was chosen"
    composer.locator(".ij-when").select_option("Other times…")
    opens = wall(2 * 3600)
    dialog.locator("[name=start]").fill(opens)
    dialog.locator("[name=end]").fill(wall(3 * 3600))
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    expect(composer.locator(".ij-when").locator("option:checked")).to_contain_text(f"Every day {opens}")
    expect(facts).to_contain_text(", in its window")
    expect(facts).to_contain_text(f"about {opens}")
    composer.get_by_label("Priority").select_option("High priority")
    queue = composer.locator("[data-ij=queue]")
    expect(queue).to_have_text("Queue 1 task")
    queue.click()
    expect(composer).to_have_count(0)
    expect(tab.root.locator(".ij-facts.ij-wide")).to_contain_text("High priority")
    (job,) = [job for job in host.api("GET", "jobs")["jobs"] if job["name"] != "For the estimate"]
    assert [window["start"] for window in job["windows"]] == [opens] and job["priority"] == 10
    expect(tab.root.locator(".ij-progress")).to_contain_text(f"left, done about {opens}")
    expect(tab.root.locator(".ij-status")).to_contain_text(f"done about {opens}")
    expect(tab.row(job["name"])).to_contain_text("high priority")
    tab.button("More actions").click()
    tab.root.get_by_role("menuitem", name="Low priority").click()
    expect(tab.root.locator(".ij-facts.ij-wide")).to_contain_text("Low priority")
    assert host.job(job["id"])["priority"] == -10


def test_make_more_asks_when_as_well(tab: Tab, host: Host) -> None:
    made = host.create("To make more of", 1)
    tab.open().show("To make more of")
    expect(tab.images).to_have_count(1, timeout=LONG)
    tab.images.first.click()
    tab.root.get_by_role("button", name="Img2img…").click()
    derive = tab.root.locator("[data-ij=derive]")
    derive.locator(".ij-when").select_option("Weekends")
    expect(derive.locator("[data-ij=queue]")).to_have_text("Queue 1 task")
    derive.locator("[data-ij=queue]").click()
    expect(derive).to_have_count(0)
    (job,) = [job for job in host.api("GET", "jobs")["jobs"] if job["id"] != made["id"]]
    assert job["windows"] == [{"start": "00:00", "end": "24:00", "days": [5, 6]}]


def test_many_jobs_get_another_priority(tab: Tab, host: Host) -> None:
    ids = [host.create(f"Waiting {nth}", 1, hold=True)["id"] for nth in range(2)]
    tab.open()
    for nth in range(2):
        tab.row(f"Waiting {nth}").click(modifiers=["Control"])
    tab.root.locator(".ij-many [data-act=priority-10]").click()
    expect(tab.toast).to_contain_text("2 jobs set to high priority.")
    assert [host.job(id)["priority"] for id in ids] == [10, 10]
