"""Word for somebody who looks elsewhere: the page's title, and the browser's notifications."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.sandbox.process import Sandbox

from ..tab import Host, Tab, WebuiTab

#: A headless browser shows no notifications, and always has the focus: this says what it would have shown.
WITNESS = """
window.shown = []; window.asked = 0; window.answer = "granted"; window.looking = false;
document.hasFocus = () => window.looking;
window.Notification = class {
  static permission = sessionStorage.getItem("permission") ?? "default";
  static async requestPermission() {
    window.asked += 1;
    sessionStorage.setItem("permission", window.answer);
    return (Notification.permission = window.answer);
  }
  constructor(title, { body, tag }) { window.shown.push({ title, body, tag, note: this }); }
  close() {}
};
"""
BELL = "Notify me when a job is done or on hold"


@pytest.fixture
def away(tab: Tab) -> Tab:
    """The Jobs tab, of a browser that nobody looks at."""
    tab.page.add_init_script(WITNESS)
    return tab.open()


def bell(tab: Tab) -> Locator:
    return tab.button(BELL)


def look(tab: Tab) -> None:
    """Not only at the next turn, which comes after ten seconds or more."""
    tab.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def shown(tab: Tab) -> list[str]:
    return list(tab.page.evaluate("shown.map(({ title, body }) => `${title}|${body}`)"))


def until(tab: Tab, script: str) -> None:
    tab.until(f"() => {{ document.dispatchEvent(new Event('visibilitychange')); return {script}; }}")


def done(host: Host, job: Any) -> None:
    host.until(job["id"], lambda found: found["job"]["state"] == "review")


def test_off_at_first_asked_once_and_remembered(away: Tab, host: Host) -> None:
    expect(bell(away)).to_have_attribute("aria-pressed", "false")
    assert away.page.evaluate("asked") == 0
    bell(away).click()
    expect(bell(away)).to_have_attribute("aria-pressed", "true")
    bell(away).click()
    expect(bell(away)).to_have_attribute("aria-pressed", "false")
    bell(away).click()
    expect(bell(away)).to_have_attribute("aria-pressed", "true")
    assert away.page.evaluate("asked") == 1
    away.open()
    expect(bell(away)).to_have_attribute("aria-pressed", "true")
    assert away.page.evaluate("asked") == 0


def test_a_browser_that_refuses_is_asked_once_and_said_so(away: Tab) -> None:
    away.page.evaluate("answer = 'denied'")
    for _ in range(2):
        bell(away).click()
        expect(away.toast.last).to_contain_text("allow them in its site settings")
    expect(bell(away)).to_have_attribute("aria-pressed", "false")
    assert away.page.evaluate("asked") == 1


@pytest.mark.hosted
def test_a_job_done_is_told_once_on_whichever_tab(away: WebuiTab, host: Host) -> None:
    base = away.page.title()
    bell(away).click()
    expect(bell(away)).to_have_attribute("aria-pressed", "true")
    away.go("txt2img")
    look(away)
    job = host.create("Foxes", 2)
    done(host, job)
    until(away, "shown.length > 0 && shown.some(({ body, title }) => (title + body).includes('empty'))")
    said = shown(away)
    assert sum("Foxes is done: 2 images" in one for one in said) == 1
    assert away.page.title().endswith(base) and away.page.title() != base
    for _ in range(3):
        look(away)
        away.page.wait_for_timeout(300)
    assert shown(away) == said
    away.page.evaluate("window.looking = true; dispatchEvent(new Event('focus'))")
    assert away.page.title() == base
    first = next(n for n, one in enumerate(said) if "Foxes" in one)
    away.page.evaluate(f"shown[{first}].note.onclick()")
    expect(away.title).to_have_text("Foxes")
    # what had ended before the page was there is no news
    away.open()
    for _ in range(2):
        look(away)
        away.page.wait_for_timeout(300)
    assert shown(away) == []


def test_whoever_looks_is_told_nothing(away: Tab, host: Host) -> None:
    base = away.page.title()
    bell(away).click()
    expect(bell(away)).to_have_attribute("aria-pressed", "true")
    away.page.evaluate("window.looking = true")
    job = host.create("Seen", 1)
    done(host, job)
    until(away, f"document.title === {base!r}")
    assert shown(away) == []


def test_a_job_that_holds_itself_says_why(away: Tab, host: Host, sandbox: Sandbox) -> None:
    bell(away).click()
    expect(bell(away)).to_have_attribute("aria-pressed", "true")
    sandbox.set_faults(fail_next=50)
    host.create("Broken", 30)
    until(away, "shown.length > 0")
    told = shown(away)[-1]
    assert "Broken is on hold: 3 tasks in a row failed" in told and "empty" not in told


@pytest.mark.hosted
def test_the_webuis_own_title_stays(away: WebuiTab, host: Host) -> None:
    base = away.page.title()
    away.page.evaluate("document.title = '[37% ETA: 3s] Stable Diffusion'")
    job = host.create("Foxes", 1)
    done(host, job)
    look(away)
    away.page.wait_for_timeout(500)
    assert away.page.title() == "[37% ETA: 3s] Stable Diffusion"
    away.page.evaluate(f"document.title = {base!r}")
    until(away, "document.title !== " + repr(base))
    assert "Foxes is done" in away.page.title() or "empty" in away.page.title()


@pytest.mark.hosted
def test_the_title_says_how_far_it_is(away: WebuiTab, host: Host, sandbox: Sandbox) -> None:
    base = away.page.title()
    sandbox.set_faults(seconds_per_step=0.5)
    host.create("Slow", 20)
    until(away, f"/^\\[\\d+%\\] /.test(document.title) && document.title.endsWith({base!r})")


def test_what_happened_while_the_webui_was_away_is_told(away: Tab, host: Host) -> None:
    bell(away).click()
    expect(bell(away)).to_have_attribute("aria-pressed", "true")
    job = host.create("Overnight", 2, hold=True)
    look(away)
    expect(away.row("Overnight")).to_be_visible()
    until(away, "true")
    away.page.route("**/changes*", lambda route: route.abort())
    host.api("POST", f"jobs/{job['id']}/resume", {})
    done(host, job)
    away.page.unroute("**/changes*")

    def anew(route: Route) -> None:
        """As another process answers: it knows nothing of what the page saw."""
        answer = route.fetch(url=re.sub("epoch=[^&]*", "epoch=other", route.request.url))
        route.fulfill(response=answer)

    away.page.route("**/changes*", anew)
    until(away, "shown.some(({ title, body }) => (title + body).includes('Overnight is done: 2 images'))")
