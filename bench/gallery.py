"""A job of 10,000 images on screen, in a real browser, against the same thumbnails as plain
``<img loading=lazy>`` tags.

    python -m bench.gallery [FOLDER]    FOLDER: PNG files to show; without it some are drawn

In the WebUI's tab, where what the WebUI's own page has does not count, and in our page of its own. All are
opened in turns, each time in a new browser with an empty cache; medians of the rounds.
"""

from __future__ import annotations

import http.client
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image as Picture
from PIL import ImageFilter
from PIL.PngImagePlugin import PngInfo
from playwright.sync_api import Browser, Page, sync_playwright

from bench.row import Row
from inu_jobs.model import Image, Job, Task
from inu_jobs.store import Store
from tests.browser.conftest import FLAGS, NAMES
from tests.sandbox.process import Sandbox, free_port

COUNT = 10_000
DRAWN = 200  # different pictures; each file is one of them
ROUNDS = 3
STEPS, STEP_MS = 40, 250  # of the wheel, from the top to the end
NAME = "Ten thousand"
OURS = "#inu-jobs .ij-grid [data-ij=image] img"  # the thumbnails
Figures = dict[str, float]

#: counted in the page: thumbnails in view, long tasks, and how much of what is in view is still blank
WATCH = """(() => {
  const m = window.measured = { tasks: [], seen: 0, first: null, from: 0 };
  new PerformanceObserver((l) => l.getEntries().forEach((e) => m.tasks.push(e.duration)))
    .observe({ type: "longtask", buffered: true });
  performance.setResourceTimingBufferSize(100000);
  const inView = (e) => {
    const r = e.getBoundingClientRect();
    return r.width > 8 && r.bottom > 0 && r.top < innerHeight;
  };
  document.addEventListener("load", ({ target }) => {  // these never reach the window
    if (!target.matches?.(SELECTOR) || !inView(target)) return;
    if (++m.seen === 20) requestAnimationFrame(() => (m.first = performance.now() - m.from));
  }, true);
  m.start = () => {
    Object.assign(m, { tasks: [], seen: 0, first: null });
    performance.clearResourceTimings();
    addEventListener("click", (e) => (m.from = e.timeStamp), { capture: true, once: true });
  };
  m.area = () => {
    const all = [...document.querySelectorAll(SELECTOR)];
    let [low, high] = [0, all.length > 2000 ? all.length : 0];  // plain tags lie in order
    while (low < high) {
      const middle = (low + high) >> 1;
      if (all[middle].getBoundingClientRect().bottom <= 0) low = middle + 1;
      else high = middle;
    }
    let [there, missing] = [0, 0];
    for (const image of all.slice(low, low + 2000)) {
      const r = image.getBoundingClientRect();
      const size = r.width * Math.max(0, Math.min(r.bottom, innerHeight) - Math.max(r.top, 0));
      if (image.complete && image.naturalWidth > 0) there += size;
      else missing += size;
    }
    return [there, missing];
  };
})()"""

#: ms from what the user does to the frame that shows it
TIMED = """async (what) => {
  const all = [...document.querySelectorAll("#inu-jobs button")]
    .find((e) => e.textContent === "Select all" && e.offsetParent);
  const start = performance.now();
  if (what === "select") all.click();
  else all.dispatchEvent(new KeyboardEvent("keydown", { key: "p", code: "KeyP", bubbles: true }));
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return performance.now() - start;
}"""


def drawn(folder: Path) -> list[Path]:
    """DRAWN pictures of 512 x 512 with some detail, with infotext."""
    made = []
    for number in range(DRAWN):
        shapes = Picture.frombytes("RGB", (24, 24), random.Random(number).randbytes(24 * 24 * 3))
        grain = Picture.frombytes("RGB", (512, 512), random.Random(-number).randbytes(512 * 512 * 3))
        picture = shapes.resize((512, 512), Picture.Resampling.BICUBIC)
        picture = Picture.blend(picture, grain.filter(ImageFilter.GaussianBlur(2)), 0.1)
        text = PngInfo()
        text.add_text("parameters", f"a lake\nSteps: 20, Sampler: Euler, Seed: {number}, Size: 512x512")
        made.append(folder / f"{number}.png")
        picture.save(made[-1], pnginfo=text, compress_level=1)
    return made


def fill(folder: Path, pictures: list[Path]) -> list[str]:
    """A sandbox's data folder with one job of COUNT images, unreviewed; their ids."""
    outputs = folder / "outputs" / "txt2img-images" / "2026-01-31"
    outputs.mkdir(parents=True)
    ids = []
    store = Store(folder / "inu-jobs")
    with store.transaction() as t:
        payload = t.put_payload({"prompt": "a lake", "steps": 20, "width": 512, "height": 512})
        # the newest job shows at once when the tab is opened
        t.put(Job("jempty", "Empty", "txt2img", time.time() + 1, payload))
        t.put(Job("jgallery", NAME, "txt2img", time.time(), payload))
        for n in range(COUNT):
            path = outputs / f"{n:05}-{n}.png"
            shutil.copyfile(pictures[n % len(pictures)], path)
            stat = path.stat()
            image = Image(
                f"i{n:017}", "jgallery", f"t{n:017}", path.relative_to(folder).as_posix(), time.time(),
                size=stat.st_size, mtime=stat.st_mtime_ns, width=512, height=512, seed=n,
            )  # fmt: skip
            t.put(Task(f"t{n:017}", "jgallery", n, payload, changes={"seed": n}, state="done"), image)
            ids.append(image.id)
    store.close()
    return ids


class Plain:
    """The baseline: the same thumbnails in one page of tags, by a small server of its own."""

    def __init__(self, folder: Path, thumbs: list[bytes]) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/"
        tags = []
        for n, data in enumerate(thumbs):
            (folder / f"{n}.webp").write_bytes(data)
            tags.append(f'<img loading=lazy decoding=async width=180 height=180 src="{n}.webp">')
        style = "body{margin:0}div{display:grid;grid-template-columns:repeat(auto-fill,180px);gap:8px}"
        page = f"<!doctype html><meta charset=utf-8><style>{style}</style><div>{''.join(tags)}</div>"
        (folder / "index.html").write_text(page, "utf-8")
        code = (
            "import sys, uvicorn; from starlette.applications import Starlette;"
            "from starlette.staticfiles import StaticFiles; app = Starlette();"
            "app.mount('/', StaticFiles(directory=sys.argv[1], html=True));"
            "uvicorn.run(app, port=int(sys.argv[2]), log_level='error')"
        )
        self._process = subprocess.Popen([sys.executable, "-c", code, str(folder), str(self.port)])
        end = time.monotonic() + 60
        while True:
            try:
                fetch(self.url)
                return
            except OSError:
                assert time.monotonic() < end, "the plain page's server did not start"
                time.sleep(0.1)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()


def fetch(url: str) -> bytes:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=60)
    connection.request("GET", parts.path or "/")
    data = connection.getresponse().read()
    connection.close()
    return data


def cached(urls: list[str]) -> tuple[float, float]:
    """(median ms, mean KB) of thumbnails that the server has, one after the other on one connection."""
    parts = urlsplit(urls[0])
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=60)
    times, sizes = [], []
    for url in urls:
        address = urlsplit(url)
        start = time.perf_counter()
        connection.request("GET", f"{address.path}?{address.query}")
        answer = connection.getresponse()
        sizes.append(len(answer.read()))
        assert answer.status == 200, url
        times.append(1000 * (time.perf_counter() - start))
    connection.close()
    return statistics.median(times), statistics.mean(sizes) / 1024


class Visit:
    """One look at a page of thumbnails, in a browser of its own."""

    def __init__(self, browser: Browser, selector: str) -> None:
        self.page: Page = browser.new_page(viewport={"width": 1440, "height": 1000})
        self.page.set_default_timeout(120_000)
        self.selector = selector
        self._tools = self.page.context.new_cdp_session(self.page)
        self._tools.send("Performance.enable")
        self.page.add_init_script(WATCH.replace("SELECTOR", repr(selector)))

    def _counter(self, name: str) -> float:
        counters = self._tools.send("Performance.getMetrics")["metrics"]
        return float(next(counter["value"] for counter in counters if counter["name"] == name))

    def weight(self) -> tuple[float, float]:
        """(elements, MB of heap)."""
        self._tools.send("HeapProfiler.collectGarbage")
        elements = self.page.evaluate("document.querySelectorAll('*').length")
        return elements, self._counter("JSHeapUsedSize") / 2**20

    def opened(self) -> Figures:
        # not wait_for_function: the page's own rules forbid it
        began = time.monotonic()
        while self.page.evaluate("measured.first === null"):
            assert time.monotonic() - began < 120, "nothing was shown"
            self.page.wait_for_timeout(50)
        first, longest = self.page.evaluate("[measured.first, Math.max(0, ...measured.tasks)]")
        self.page.wait_for_timeout(1500)
        return {"first": first, "longest": longest}

    def scrolled(self, scroller: str) -> Figures:
        """From the top to the end, by the wheel."""
        page = self.page
        element = f"document.querySelector({scroller!r})" if scroller else "document.scrollingElement"
        height = page.evaluate(f"{element}.scrollHeight - {element}.clientHeight")
        whole = page.evaluate("measured.area()")[0]
        page.evaluate("performance.clearResourceTimings()")
        page.mouse.move(1000, 600)
        script, blank, turned = self._counter("ScriptDuration"), [], time.monotonic()
        for _ in range(STEPS):
            page.mouse.wheel(0, -(-height // STEPS) + 2)
            turned = time.monotonic()
            page.wait_for_timeout(STEP_MS)
            blank.append(1 - min(1.0, page.evaluate("measured.area()")[0] / whole))
        script = 1000 * (self._counter("ScriptDuration") - script)
        while page.evaluate("(([there, missing]) => !there || missing > 0)(measured.area())"):
            assert time.monotonic() - turned < 60, "the last screen stays blank"
        full = 1000 * (time.monotonic() - turned)
        requests = page.evaluate("performance.getEntriesByType('resource').length")
        elements, heap = self.weight()
        return {
            "script": script, "blank": 100 * statistics.mean(blank), "full": full, "requests": requests,
            "elements": elements, "heap": heap,
        }  # fmt: skip

    def thumbs(self) -> Figures:
        urls = self.page.evaluate(
            "(s) => [...document.querySelectorAll(s)].filter((e) => e.naturalWidth).map((e) => e.currentSrc)",
            self.selector,
        )
        ms, kb = cached(urls[-30:])
        return {"ms": ms, "kb": kb}


def plain(browser: Browser, url: str) -> Figures:
    visit = Visit(browser, "img")
    visit.page.goto(url, wait_until="commit")
    return visit.opened() | visit.scrolled("") | visit.thumbs()


def in_the_tab(browser: Browser, url: str) -> Figures:
    visit = Visit(browser, OURS)
    page = visit.page
    page.goto(url)
    page.wait_for_function("window.inuJobs && gradioApp().querySelector('#txt2img_queue_job')")
    page.wait_for_timeout(1500)
    elements, heap = visit.weight()  # of the WebUI's own page
    page.locator("#tabs > .tab-nav > button").get_by_text("Jobs", exact=True).click()
    found = ours(visit)
    found["elements"] -= elements
    found["heap"] -= heap
    return found


def alone(browser: Browser, url: str) -> Figures:
    visit = Visit(browser, OURS)
    visit.page.goto(f"{url}/inu-jobs/")
    return ours(visit)


def ours(visit: Visit) -> Figures:
    page = visit.page
    row = page.locator("#inu-jobs [data-ij=job]").filter(has_text=NAME)
    row.wait_for()
    page.wait_for_timeout(1500)
    page.evaluate("measured.start()")
    row.click()
    found = visit.opened() | visit.scrolled(".ij-grid-box") | visit.thumbs()
    found["select"] = page.evaluate(TIMED, "select")
    assert f"{COUNT:,} selected" in page.locator("#inu-jobs .ij-selected").inner_text()
    with page.expect_response(lambda answer: "/images/verdict" in answer.url) as answer:
        found["mark"] = page.evaluate(TIMED, "mark")
    assert answer.value.json()["done"] == COUNT
    asked = page.evaluate("performance.getEntriesByType('resource').map((e) => e.name)")
    assert sum("/images/verdict" in name for name in asked) == 1
    with page.expect_response(lambda answer: "/undo" in answer.url):  # for the next visit
        page.keyboard.press("Control+z")
    return found


def run(pictures: Path | None = None) -> list[Row]:
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    with tempfile.TemporaryDirectory(prefix="inu-jobs-bench-") as name:
        folder = Path(name)
        data, here, there = folder / "data", folder / "drawn", folder / "plain"
        for each in (data, here, there):
            each.mkdir()
        ids = fill(data, sorted(pictures.glob("*.png")) if pictures else drawn(here))
        found: dict[str, list[Figures]] = {"plain": [], "tab": [], "alone": []}
        with Sandbox(data) as sandbox, sync_playwright() as playwright:
            address = sandbox.url + "/inu-jobs/v1/images/{}/thumb"
            page = Plain(there, [fetch(address.format(id)) for id in ids])  # which makes them, too
            try:
                for _ in range(ROUNDS):
                    for which, look, url in (
                        ("plain", plain, page.url),
                        ("tab", in_the_tab, sandbox.url),
                        ("alone", alone, sandbox.url),
                    ):
                        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
                        found[which].append(look(browser, url))
                        browser.close()
            finally:
                page.stop()
    base = median(found["plain"])
    in_tab = rows("in the tab", base, median(found["tab"]))
    return [*in_tab, *rows("alone", base, median(found["alone"]))]


def median(visits: list[Figures]) -> Figures:
    return {name: statistics.median(visit[name] for visit in visits) for name in visits[0]}


def rows(where: str, base: Figures, mine: Figures) -> list[Row]:
    def ratio(name: str, key: str, most: float, unit: str) -> Row:
        value = mine[key] / base[key] if base[key] else 0.0
        detail = f"{mine[key]:.1f} {unit} against {base[key]:.1f}"
        return Row(f"gallery {where}: {name}", value, "x plain tags", f"<= {most:g}", value <= most, detail)

    def below(name: str, value: float, most: float, unit: str, key: str) -> Row:
        detail = f"plain tags {base[key]:.0f}" if key in base else "plain tags have none"
        return Row(f"gallery {where}: {name}", value, unit, f"< {most:g}", value < most, detail)

    return [
        ratio("first 20 thumbnails", "first", 1, "ms"),
        ratio("longest task while opening", "longest", 1, "ms"),
        below("elements at the end", mine["elements"], 2000, "elements", "elements"),
        below("heap at the end", mine["heap"], 15, "MB", "heap"),
        below("script while scrolling", mine["script"], 300, "ms", "script"),
        below("blank at the end of a step", mine["blank"], 15, "%", "blank"),
        below("last turn of the wheel to a full screen", mine["full"], 300, "ms", "full"),
        below("requests while scrolling", mine["requests"], 1200, "requests", "requests"),
        below("select all", mine["select"], 50, "ms", "select"),
        below("all of them kept, on the page", mine["mark"], 200, "ms", "mark"),
        ratio(f"a cached thumbnail of {mine['kb']:.1f} KB", "ms", 1.25, "ms"),
    ]


if __name__ == "__main__":
    for row in run(Path(sys.argv[1]) if len(sys.argv) > 1 else None):
        print(
            f"{'ok ' if row.ok else 'BAD'} {row.name}: {row.value:.2f} {row.unit} ({row.goal}); {row.detail}"
        )
