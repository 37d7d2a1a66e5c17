"""The Jobs tab as a user has it: what to look for, and what to press. The ids are those of section 9 of
the design, the same in the sandbox and in a real WebUI."""

from __future__ import annotations

import json
import re
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

PATIENCE = 240.0  # seconds; a WebUI on a slow machine
PAYLOAD = {"steps": 1, "width": 64, "height": 64, "negative_prompt": ""}


class Host:
    """A running WebUI, real or not, and its web API. ``folder``: what the images' paths start from."""

    def __init__(self, url: str, real: bool, folder: Path = Path()) -> None:
        self.url = url
        self.real = real
        self.folder = folder

    def api(self, method: str, path: str, body: Any = None) -> Any:
        """A JSON request under /inu-jobs/v1."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"X-Inu-Jobs": "1", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/inu-jobs/v1/{path}", data, headers, method=method)
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.loads(answer.read())

    def create(
        self, name: str, count: int = 1, *, hold: bool = False, prompt: str = "a red fox", **payload: Any
    ) -> Any:
        """Queues ``count`` tasks as one job, without the page."""
        spec = {
            "kind": "txt2img",
            "name": name,
            "hold": hold,
            "force": True,
            "payload": {**PAYLOAD, "prompt": prompt, "seed": 1, **payload},
            "axes": [{"field": "seed", "values": list(range(1, count + 1))}],
        }
        return self.api("POST", "jobs", spec)

    def job(self, id: str) -> Any:
        return self.api("GET", f"jobs/{id}")["job"]

    def until(self, job: str, met: Callable[[Any], bool]) -> None:
        """Until ``met`` is true of what GET /jobs/{id} answers, whatever the page does meanwhile."""
        end = time.monotonic() + PATIENCE
        while not met(found := self.api("GET", f"jobs/{job}")):
            assert time.monotonic() < end, found["job"]
            time.sleep(0.2)

    def clear(self) -> None:
        jobs = [
            job
            for state in ("", "archived")
            for job in self.api("GET", f"jobs?limit=1000&state={state}")["jobs"]
        ]
        # a job that still waits needs images of older ones: it goes before them
        for job in sorted(jobs, key=lambda job: (job["created"], job["id"]), reverse=True):
            self.api("DELETE", f"jobs/{job['id']}?images=keep")
        # a job stays as long as images of it are in the trash
        if self.api("GET", "trash")["images"]:
            self.api("POST", "images/purge", {"for_good": True})


def until(page: Page, expression: str) -> None:
    """Until it is true in the page. Playwright's own waiting compiles it there: our page forbids that."""
    end = time.monotonic() + PATIENCE
    while not page.evaluate(expression):
        assert time.monotonic() < end, expression
        time.sleep(0.05)


class Tab:
    """Jobs in the page of their own, which is light: what most tests need."""

    def __init__(self, page: Page, host: Host) -> None:
        self.page = page
        self.host = host
        self.root = page.locator("#inu-jobs")
        self.composer = self.root.locator("[data-ij=composer]")
        self.viewer = self.root.locator("[data-ij=viewer]")
        self.images = self.root.locator(".ij-grid [data-ij=image]")
        self.cells = self.root.locator(".ij-cell")
        self.title = self.root.locator(".ij-title")
        self.toast = page.locator(".ij-toast")

    def open(self) -> Tab:
        self.page.goto(f"{self.host.url}/inu-jobs/")
        return self.ready()

    def reload(self) -> Tab:
        self.page.reload()
        return self.ready()

    def ready(self) -> Tab:
        expect(self.root.locator(".ij-status")).not_to_be_empty()
        return self

    def row(self, name: str) -> Locator:
        return self.root.locator("[data-ij=job]").filter(has_text=name)

    def show(self, name: str) -> Tab:
        """Opens a job's page from the list."""
        self.row(name).filter(has=self.page.get_by_text(name, exact=True)).click()
        expect(self.title).to_have_text(name)
        expect(self.cells.first).to_be_visible()
        return self

    def wait_for_pictures(self) -> None:
        """Until all that show are there, thumbnails and the list's pictures of jobs."""
        self.until(
            "[...document.querySelectorAll('#inu-jobs img[src]')].every(i => i.complete || !i.offsetParent)"
        )

    def until(self, expression: str) -> None:
        until(self.page, expression)

    def button(self, label: str) -> Locator:
        return self.root.get_by_role("button", name=label, exact=True)

    def act(self, name: str, label: str) -> None:
        """Does something with the selected images: by its button, or where there is no room by the menu."""
        bar = self.root.locator(".ij-selected:visible")
        expect(bar).to_be_visible()
        button = bar.locator(f"[data-act={name}]")
        if button.is_visible():
            button.click()
            return
        bar.get_by_role("button", name="More actions for the selected images").click()
        bar.get_by_role("menuitem", name=label).click()


class WebuiTab(Tab):
    """Jobs as a tab of the WebUI's page."""

    def load(self) -> WebuiTab:
        self.page.goto(self.host.url)
        return self.bound()

    def bound(self) -> WebuiTab:
        """Once ours is part of the page that is being loaded."""
        self.page.wait_for_selector("#txt2img_prompt textarea")
        # the WebUI says so to the scripts once; before that nothing of ours is bound
        self.page.wait_for_function(
            "window.inuJobs && window.gradioApp && gradioApp().querySelector('#txt2img_queue_job')"
        )
        return self

    def go(self, name: str) -> None:
        """Opens a tab of the WebUI by its title, which Forge begins with a capital letter."""
        title = re.compile(rf"^\s*{re.escape(name)}\s*$", re.IGNORECASE)
        self.page.locator("#tabs > .tab-nav > button").filter(has_text=title).click()

    def open(self) -> WebuiTab:
        self.load().go("Jobs")
        self.ready()
        return self

    def reload(self) -> WebuiTab:
        self.page.reload()
        self.bound().go("Jobs")
        self.ready()
        return self

    def capture(self, prompt: str) -> None:
        """Sets up txt2img, small and quick, and presses "Queue as job"."""
        self.go("txt2img")
        self.page.locator("#txt2img_prompt textarea").fill(prompt)
        for field, value in (("steps", "1"), ("width", "64"), ("height", "64")):
            number = self.page.locator(f"#txt2img_{field} input[type=number]")
            number.fill(value)
            number.press("Enter")
        self.page.locator("#txt2img_queue_job").click()

    def compose(self, prompt: str) -> Locator:
        self.capture(prompt)
        expect(self.composer.locator(".ij-sum")).to_be_visible()
        return self.composer
