"""When what runs: the one switch, run windows and the plan of runs."""

from __future__ import annotations

import time

from playwright.sync_api import expect

from .tab import Host, Tab

LONG = 180_000


def wall(seconds_from_now: float) -> str:
    return time.strftime("%H:%M", time.localtime(time.time() + seconds_from_now))


def test_a_job_waits_for_its_window_and_then_runs(tab: Tab, host: Host, errors: list[str]) -> None:
    made = host.create("For the night", 2, hold=True)
    tab.open().show("For the night")
    tab.button("More actions").click()
    tab.root.get_by_role("menuitem", name="When to run…").click()
    dialog = tab.root.get_by_role("dialog", name="When to run")
    dialog.get_by_role("button", name="Every night").click()
    start, end = dialog.locator("[name=start]"), dialog.locator("[name=end]")
    expect(start).to_have_value("23:00")
    start.fill("25:00")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_contain_text("“25:00” is no time of day")
    errors.clear()  # the browser's own note of the 422
    opens = wall(2 * 3600)
    start.fill(opens)
    end.fill(wall(3 * 3600))
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    host.api("POST", f"jobs/{made['id']}/resume", {})
    expect(tab.root.locator(".ij-troubles")).to_contain_text("Waits for its run window: every day")
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
    plan.get_by_role("button", name="Go on").click()
    expect(plan).to_contain_text("Nothing waits and nothing runs.", timeout=LONG)
    plan.get_by_role("button", name="Close").click()
    expect(tab.images).to_have_count(1, timeout=LONG)
    expect(tab.button("Stop everything")).to_be_visible()
