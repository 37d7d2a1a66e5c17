"""Takes the pictures of README.md again, from the sandbox:

    python docs/take_screenshots.py
    python docs/take_screenshots.py --webui PATH --as forge-neo

The second takes those of a real WebUI, with images that the sandbox has drawn.
Needs tests/requirements.txt, and Chromium (on the PATH, or $CHROMIUM)."""

from __future__ import annotations

import argparse
import io
import json
import os
import shutil
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

PICTURES = Path(__file__).resolve().parent / "pictures"
sys.path.insert(0, str(PICTURES.parents[1]))

from tests.browser.conftest import FLAGS, NAMES  # noqa: E402  (needs the path above)
from tests.browser.evenings.walk import COUNT, Walk  # noqa: E402
from tests.browser.tab import Host, WebuiTab, until  # noqa: E402
from tests.contract.conftest import first_settings  # noqa: E402
from tests.contract.kit.whole import RealWebui  # noqa: E402
from tests.sandbox.process import Sandbox  # noqa: E402
from tests.webui.conftest import install_extension  # noqa: E402

WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 400, "height": 860}
SHEET = (1400, 1800)  # pixels
LARGEST = 150_000  # bytes of a picture; tests/unit/test_pictures.py looks
SLOW = 0.12  # seconds a step, while a running job is photographed

PAYLOAD = {"steps": 20, "width": 384, "height": 256, "cfg_scale": 7, "seed": -1, "negative_prompt": "blurry"}
FOREST = "a misty forest, tall trees, morning"
VALLEY = [
    "a wide valley at golden hour, river, distant peaks",
    "a quiet coast at dusk, low tide, warm horizon",
    "a lake at dawn, mirror water, pine forest",
]
MISTYPED = "\n".join(f"{prompt} <lora:inkwosh:0.8>" for prompt in VALLEY)


def queue(sandbox: Sandbox, name: str, prompts: list[str], seeds: int, hold: bool = False) -> dict[str, Any]:
    axes = [{"field": "seed", "values": [-1] * seeds}]
    if len(prompts) > 1:
        axes.insert(0, {"field": "prompt", "values": prompts})
    payload = {**PAYLOAD, "prompt": prompts[0]}
    spec = {"kind": "txt2img", "name": name, "payload": payload, "axes": axes, "hold": hold}
    return dict(sandbox.request("/inu-jobs/v1/jobs", spec))


def wait_for(sandbox: Sandbox, job: dict[str, Any], ended: int) -> None:
    """Until that many of its tasks are done or failed."""
    while True:
        tasks = sandbox.request(f"/inu-jobs/v1/jobs/{job['id']}")["job"]["tasks"]
        if tasks.get("done", 0) + tasks.get("failed", 0) >= ended:
            return
        time.sleep(0.2)


def fill(sandbox: Sandbox) -> None:
    """Jobs in several states; the newest runs, and is in its middle."""
    wait_for(sandbox, queue(sandbox, "Desert roads", ["a desert road at noon, red dunes"], 8), 8)
    wait_for(sandbox, queue(sandbox, "Misty forest", ["a misty forest, tall trees, morning"], 12), 12)
    sandbox.set_faults(fail_next=2, fail_message="Upscaler 4x-UltraSharp not found")
    wait_for(sandbox, queue(sandbox, "City at night, hires", ["a city skyline at night, rain"], 10), 10)
    valley = queue(sandbox, "Valley light study", VALLEY, 20)
    queue(sandbox, "Coast, three moods", ["coast at dawn", "coast at noon", "coast at night"], 8)
    queue(sandbox, "Mountain sheets", ["mountain peaks in the fog"], 24, hold=True)
    wait_for(sandbox, valley, 8)
    sandbox.set_faults(seconds_per_step=SLOW)
    wait_for(sandbox, valley, 15)


class Camera:
    def __init__(self, browser: Browser, sandbox: Sandbox) -> None:
        self.browser = browser
        self.sandbox = sandbox

    def _new(self, size: dict[str, int]) -> Page:
        context = self.browser.new_context(viewport=size, has_touch=size is PHONE)  # type: ignore[arg-type]
        context.set_default_timeout(60_000)
        return context.new_page()

    def alone(self, theme: str, size: dict[str, int]) -> Page:
        """Jobs without the WebUI around."""
        page = self._new(size)
        page.goto(f"{self.sandbox.url}/inu-jobs/?__theme={theme}")
        expect(row(page)).to_be_visible()
        return page

    def page(self, theme: str, size: dict[str, int]) -> Page:
        page = self._new(size)
        page.goto(f"{self.sandbox.url}/?__theme={theme}")
        page.wait_for_function("window.inuJobs && gradioApp().querySelector('#txt2img_queue_job')")
        return page

    def jobs(self, theme: str, size: dict[str, int]) -> Page:
        page = self.page(theme, size)
        page.locator("#tabs > .tab-nav > button").get_by_text("Jobs", exact=True).click()
        expect(row(page)).to_be_visible()
        return page

    def take(self, page: Page, name: str) -> None:
        """The last picture of a page."""
        self.shoot(page, name)
        page.context.close()

    def shoot(self, page: Page, name: str) -> None:
        until(  # all thumbnails there
            page,
            "[...document.querySelectorAll('#inu-jobs img')]"
            ".every(i => !i.src || i.complete || i.offsetParent === null)",
        )
        page.mouse.move(0, 0)
        page.wait_for_timeout(600)  # what fades in has faded in
        save(page.screenshot(), PICTURES / f"{name}.webp")


def row(page: Page) -> Locator:
    return page.locator("#inu-jobs [data-ij=job]").filter(has_text="Valley light study")


def save(picture: bytes, path: Path, within: tuple[int, int] | None = None) -> None:
    """As a WebP, in the best quality that is not too large. ``within``: made as small as that."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    if within:
        image.thumbnail(within)
    for quality in range(90, 50, -5):
        made = io.BytesIO()
        image.save(made, "WEBP", quality=quality, method=6)
        if made.tell() <= LARGEST:
            break
    path.write_bytes(made.getvalue())
    print(f"{path.name}: {made.tell() // 1000} kB, quality {quality}")


def running(camera: Camera, theme: str) -> None:
    page = camera.jobs(theme, WIDE)
    row(page).click()
    page.locator(".ij-cell-live .ij-cell-img img").wait_for()  # a live preview
    camera.take(page, f"{theme}/running")


def composer(camera: Camera, theme: str) -> None:
    page = camera.page(theme, WIDE)
    page.locator("#txt2img_prompt textarea").fill(VALLEY[0])
    page.locator("#txt2img_queue_job").click()
    form = page.locator("[data-ij=composer]")
    form.get_by_label("Name", exact=True).fill("Valley light, with ink")
    form.get_by_label("Images per setting").fill("8")
    form.locator("textarea").fill(MISTYPED)
    for field, values in (("LoRA strength", "0.6-1 (+0.2)"), ("Sampler", "Euler a, DPM++ 2M")):
        form.get_by_role("button", name="Add axis").click()
        row = form.locator(".ij-axis").last
        row.get_by_label("What varies").select_option(field)
        form.locator(".ij-axis").last.get_by_label(f"{field}: values").fill(values)
    expect(form.get_by_role("button", name="Use “")).to_have_count(1)
    expect(form.locator(".ij-sum")).to_have_text("144 tasks")
    camera.take(page, f"{theme}/composer")


def planned(browser: Browser, theme: str) -> None:
    """A job as a table, and which job runs when."""
    with tempfile.TemporaryDirectory() as folder, Sandbox(Path(folder)) as sandbox:
        camera, host = Camera(browser, sandbox), Host(sandbox.url, real=False)
        axes = [
            {"field": "prompt", "values": [f"{prompt} <lora:inkwash:1>" for prompt in VALLEY]},
            {"field": "lora:inkwash", "values": [None, 0.4, 0.6, 0.8, 1]},
            {"field": "seed", "values": [3104471, 3104472, 3104473]},
        ]
        spec = {"kind": "txt2img", "name": "LoRA test: inkwash", "payload": PAYLOAD, "axes": axes}
        job = dict(sandbox.request("/inu-jobs/v1/jobs", {**spec, "force": True}))
        wait_for(sandbox, job, 45)
        images = [image["id"] for image in host.api("GET", f"jobs/{job['id']}")["images"]]
        for verdict, some in (("kept", images[::4]), ("rejected", images[3::7])):
            host.api("POST", "images/verdict", {"selection": {"images": some}, "verdict": verdict})
        page = camera.page(theme, WIDE)
        tab = WebuiTab(page, host)
        tab.go("Jobs")
        tab.show("LoRA test: inkwash")
        tab.button("Matrix").click()
        page.locator("[data-ij=matrix] [data-ij=image]").first.wait_for()
        camera.shoot(page, f"{theme}/matrix")
        sandbox.set_faults(seconds_per_step=SLOW)
        night = queue(sandbox, "Portraits, all night", ["a mountain portrait"], 200, hold=True)
        host.api("PATCH", f"jobs/{night['id']}", {"windows": [{"start": "23:00", "end": "07:00"}]})
        host.api("POST", f"jobs/{night['id']}/resume", {})
        queue(sandbox, "Valley light study", VALLEY, 40)
        queue(sandbox, "Mountain sheets", ["mountain peaks in the fog"], 24, hold=True)
        tab.button("Run plan").click()
        expect(page.locator("[data-ij=runs]")).to_contain_text("Runs now", timeout=60_000)
        camera.take(page, f"{theme}/runs")


def viewer(camera: Camera) -> None:
    page = camera.jobs("light", WIDE)
    row(page).click()
    page.locator(".ij-grid [data-ij=image]").nth(2).dblclick()
    page.wait_for_function("document.querySelector('.ij-viewer img')?.naturalWidth > 0")
    expect(page.locator(".ij-viewer .ij-panel")).to_contain_text("Steps")
    camera.take(page, "light/viewer")


def evening(browser: Browser, theme: str) -> None:
    """All steps from a hundred images to a contact sheet, and the trash after them."""
    with tempfile.TemporaryDirectory() as folder, Sandbox(Path(folder)) as sandbox:
        camera = Camera(browser, sandbox)
        host = Host(sandbox.url, real=False)
        host.create("Misty forest", COUNT, prompt=FOREST, steps=20, width=384, height=256, cfg_scale=7)
        page = camera.page(theme, WIDE)
        tab = WebuiTab(page, host)
        tab.go("Jobs")
        walk = Walk(tab, host, lambda name: camera.shoot(page, f"{theme}/{name}"))
        walk.review("Misty forest")
        walk.throw_away()
        walk.paint_over("Misty forest, painted over")
        walk.compare()
        file = walk.take_along(Path(folder))
        if theme == "light":
            save(file.read_bytes(), PICTURES / "contact-sheet.webp", SHEET)
        page.locator("#inu-jobs [data-ij=trash]").click()
        camera.take(page, f"{theme}/trash")


def phone(camera: Camera) -> None:
    camera.take(camera.alone("light", PHONE), "phone/list")
    page = camera.alone("light", PHONE)
    row(page).tap()
    page.locator(".ij-grid [data-ij=image]").first.wait_for()
    camera.take(page, "phone/job")


def queue_button(camera: Camera) -> None:
    page = camera.page("light", WIDE)
    page.locator("#txt2img_prompt textarea").fill(VALLEY[0])
    camera.take(page, "light/queue-button")


def setup(browser: Browser) -> None:
    """Without Agent Scheduler."""
    with tempfile.TemporaryDirectory() as folder, Sandbox(Path(folder), ["--no-scheduler"]) as sandbox:
        camera = Camera(browser, sandbox)
        for theme in ("light", "dark"):
            page = camera.page(theme, {"width": 1440, "height": 640})
            page.locator("#tabs > .tab-nav > button").get_by_text("Jobs", exact=True).click()
            expect(page.locator("#inu-jobs .ij-setup")).to_be_visible()
            camera.take(page, f"{theme}/setup")


def machines(browser: Browser) -> None:
    """A job on three machines."""
    with ExitStack() as stack:
        temporary = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        here = stack.enter_context(Sandbox(temporary / "here", faults={"seconds_per_step": SLOW}))
        for name in ("Attic, RTX 3090", "Rented A100"):
            folder = temporary / name.partition(" ")[2]
            folder.mkdir()
            (folder / "config.json").write_text(json.dumps({"inu_jobs_guests": "in turn with my own jobs"}))
            slow = {"seconds_per_step": SLOW}
            there = stack.enter_context(Sandbox(folder, ["--api-auth", "ada:secret"], slow))
            spec = {"address": there.url, "user": "ada", "password": "secret", "name": name}
            here.request("/inu-jobs/v1/machines", spec)
        queue(here, "Valley light study", VALLEY, 40)
        camera = Camera(browser, here)
        for theme in ("light", "dark"):
            page = camera.jobs(theme, WIDE)
            row(page).click()
            page.get_by_role("button", name="Run plan").click()
            page.locator("[data-ij=runs]").get_by_role("button", name="Machines").click()
            expect(page.locator("[data-ij=machine]").filter(has_text="Runs 1 of your tasks, ")).to_have_count(
                2
            )
            camera.take(page, f"{theme}/machines")


def of_webui(browser: Browser, path: Path, name: str) -> None:
    """Jobs in the WebUI at ``path``."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        with Sandbox(folder) as sandbox:
            wait_for(sandbox, queue(sandbox, "Misty forest", [FOREST], 12), 12)
            wait_for(sandbox, queue(sandbox, "Valley light study", VALLEY, 12), 36)
        shutil.rmtree(folder / "extensions")
        extension = folder / "extensions" / "inu-jobs"
        install_extension(extension)
        (folder / "inu-jobs").rename(extension / "data")
        (folder / "tmp").mkdir()
        (folder / "config.json").write_text(json.dumps(first_settings(path)), "utf-8")
        with RealWebui(path, folder) as webui:
            camera = Camera(browser, webui)
            for theme in ("light", "dark"):
                page = camera.jobs(theme, WIDE)
                row(page).click()
                page.locator(".ij-grid [data-ij=image] img").first.wait_for()
                camera.take(page, f"{theme}/{name}")


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--webui", type=Path, metavar="PATH")
    parser.add_argument("--as", dest="name", metavar="NAME", help="of its pictures")
    given = parser.parse_args()
    if (given.webui is None) != (given.name is None):
        parser.error("--webui and --as belong together.")
    return given


def main() -> None:
    given = options()
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        if given.webui:
            of_webui(browser, given.webui, given.name)
        else:
            of_sandbox(browser)
        browser.close()


def of_sandbox(browser: Browser) -> None:
    with tempfile.TemporaryDirectory() as folder, Sandbox(Path(folder)) as sandbox:
        fill(sandbox)
        camera = Camera(browser, sandbox)
        for theme in ("light", "dark"):
            running(camera, theme)
        viewer(camera)
        phone(camera)
        for theme in ("light", "dark"):
            composer(camera, theme)
        queue_button(camera)
    setup(browser)
    machines(browser)
    for theme in ("light", "dark"):
        planned(browser, theme)
        evening(browser, theme)


if __name__ == "__main__":
    main()
