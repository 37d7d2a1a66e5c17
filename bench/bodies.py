"""What the largest body that is allowed costs on every route, and how the WebUI answers meanwhile.

    python -m bench.bodies [part of a route]

The real app of the sandbox runs in a process of its own, with 100,000 images in its store. Its routes are
those of its own description: one without a case here fails. Memory is read from /proc: Linux only.
"""

from __future__ import annotations

import base64
import io
import json
import os
import random
import struct
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image

from bench.row import Row
from bench.store import MANY, fill
from inu_jobs import budgets
from inu_jobs.model import Hold
from inu_jobs.plan import MAX_TASKS
from inu_jobs.store import Store
from tests.sandbox.process import Sandbox

ROOT = "/inu-jobs/v1"
SECONDS, MEMORY, ANSWER = 2.0, 300.0, 0.5  # seconds, MB, seconds of /config
JOB, IMAGE = f"j{0:017}", f"i{0:017}"


class Case(NamedTuple):
    """``body``: made when its turn comes, None for none. ``query``: as it stands in the address."""

    name: str
    body: Callable[[], bytes] | None = None
    query: str = ""
    id: str = JOB


# ------------------------------------------------------------------------------- bodies


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def spec(payload: dict[str, Any] | None = None, kind: str = "txt2img", **more: Any) -> bytes:
    base = {"prompt": "a quiet harbour", "steps": 20, "seed": 1, "sampler_name": "Euler a", **(payload or {})}
    return _json({"kind": kind, "payload": base, "hold": True, "force": True, **more})


@cache
def noise() -> str:
    """As large a file as a body takes, base64."""
    side = 3_420
    image = Image.frombytes("RGB", (side, side), random.Random(1).randbytes(3 * side * side))
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=1)
    return base64.b64encode(out.getvalue()).decode()


@cache
def flat(side: int, bits: int, colour: int) -> str:
    """A PNG of equal rows, base64: as many pixels in as few bytes as there can be."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer = zlib.compressobj(9)
    row = bytes(1 + side * bits * (3 if colour == 2 else 1) // 8)
    data = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, bits, colour, 0, 0, 0))
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", data) + chunk(b"IEND", b"")).decode()


def prompts() -> list[str]:
    count = budgets.TEXT_OF_PLAN // 5_000 - 1
    return [f"{number} " + "a quiet harbour at dawn, (fog:1.2), " * 138 for number in range(count)]


def full_of_lists() -> bytes:
    return (
        b'{"kind": "txt2img", "payload": {"comments": {"a": [' + b"[]," * (47 * budgets.MB // 3) + b"[]]}}}"
    )


SPECS = [
    Case("48 MB of one image", lambda: spec({"init_images": [noise()]}, "img2img")),
    Case("47 million pixels in one image", lambda: spec({"init_images": [flat(6_880, 8, 2)]}, "img2img")),
    Case("118 million pixels of a bit", lambda: spec({"init_images": [flat(10_880, 1, 0)]}, "img2img")),
    Case("47 MB of [],[],", full_of_lists),
    Case("300,000 values", lambda: spec({"alwayson_scripts": {"x": {"args": [0] * 299_000}}})),
    Case("47 MB of one text", lambda: spec({"alwayson_scripts": {"x": {"args": ["x" * (47 * budgets.MB)]}}})),
    Case("10,000 seeds", lambda: spec(axes=[{"field": "seed", "values": list(range(MAX_TASKS))}])),
    Case("5 million characters of prompts", lambda: spec(axes=[{"field": "prompt", "values": prompts()}])),
    Case(
        "replace: by itself, again and again",
        lambda: spec(
            {"prompt": "a" * 5_000},
            axes=[{"field": f"replace:{letter}", "values": ["b" * 9_000, "a" * 9_000]} for letter in "abcde"],
        ),
    ),
    Case(
        "a range of endless digits",
        lambda: spec(axes=[{"field": "cfg_scale", "text": "1-" * 99_000}]),
    ),
]  # fmt: skip
EDITS = [
    Case(case.name, lambda case=case: edit_of(case))  # type: ignore[misc]
    for case in SPECS
    if "image" not in case.name and "pixels" not in case.name
]


def edit_of(case: Case) -> bytes:
    assert case.body is not None
    body = case.body()
    if len(body) > 8 * budgets.MB and b"[],[]" in body:
        return body.replace(b'"kind": "txt2img", ', b"", 1)
    edit = json.loads(body)
    return _json({name: edit[name] for name in ("payload", "axes", "force") if name in edit})


def selection(count: int = budgets.SELECTED, **more: Any) -> bytes:
    return _json({"selection": {"images": [f"i{n:017}" for n in range(count)]}, **more})


def derive(changes: dict[str, Any], count: int = MAX_TASKS) -> bytes:
    return selection(count, action="rerender", changes=changes, hold=True, force=True)


DERIVES = [
    Case("10,000 images", lambda: derive({"steps": 30})),
    Case(f"{budgets.SELECTED:,} images", lambda: derive({"steps": 30}, budgets.SELECTED)),
    Case("a long prefix for each of 10,000", lambda: derive({"prompt": {"prefix": "x" * 49_000}})),
    Case("what replaces itself", lambda: derive({"prompt": {"replace": ["a", "a" * 40_000]}})),
]
NAMED = f"{budgets.SELECTED:,} ids"
SELECTIONS = [Case(NAMED, selection)]


def template(text: str, mode: str, count: int = 10_000) -> Callable[[], bytes]:
    return lambda: _json({"template": {"text": text, "mode": mode, "count": count}})


def guest_tasks(count: int, letters: int) -> bytes:
    """Tasks of another WebUI, each with a prompt of its own."""
    tasks = [
        {"id": f"task-{n:08}", "payload": {"prompt": f"{n}{'x' * letters}", "seed": n, "steps": 20}}
        for n in range(count)
    ]
    return _json({"name": "bench", "kind": "txt2img", "tasks": tasks})


CASES: dict[str, list[Case]] = {
    "PUT /guests/{id}": [
        Case(f"{budgets.GUEST_TASKS} tasks", lambda: guest_tasks(budgets.GUEST_TASKS, 100), id="guest-01"),
        Case("long prompts", lambda: guest_tasks(budgets.GUEST_TASKS, 9_900), id="guest-02"),
        Case("too many tasks", lambda: guest_tasks(200_000, 100), id="guest-03"),
    ],
    "POST /guests/{id}/free": [
        Case("10,000 ids", lambda: _json({"tasks": [f"task-{n:08}" for n in range(10_000)]}), id="guest-01")
    ],
    "GET /guests/{id}": [Case("all of them", id="guest-02")],
    "DELETE /guests/{id}": [Case("all of them", id="guest-02")],
    "POST /plan": SPECS,
    "POST /jobs": SPECS,
    "POST /jobs/{id}/edit/plan": EDITS,
    "POST /jobs/{id}/edit": EDITS,
    "POST /derive/plan": DERIVES,
    "POST /derive": DERIVES,
    "POST /prompts/expand": [
        Case("10,000 of 13 choices", template("{a|b|c|d} " * 13, "random")),
        Case("110 choices", template("{a|b|c|d|e}" * 110, "combinatorial")),
        Case("5,000 choices", template("{a|b|" * 5_000, "random")),
    ],
    "POST /prompts/file": [
        Case(
            "2 million characters of prompts",
            lambda: _json({"text": ("a quiet harbour, " * 12 + "\n") * 9_700}),
        ),
        Case(
            "2 million characters of options",
            lambda: _json({"text": '--prompt "a cat" --steps 20\n' * 9_900}),
        ),
    ],
    "POST /recipes": [
        Case("12 MB", lambda: _json({"name": "x", "payload": {"prompt": "x" * (11 * budgets.MB)}}))
    ],
    "POST /images/verdict": [Case(NAMED, lambda: selection(verdict="kept"))],
    "POST /images/rating": [Case(NAMED, lambda: selection(rating=3))],
    "POST /images/trash": SELECTIONS,
    "POST /images/restore": SELECTIONS,
    "POST /images/purge": SELECTIONS,
    "POST /images/audit": SELECTIONS,
    "POST /images/retry": SELECTIONS,
    "POST /images/save": SELECTIONS,
    "POST /images/export": [Case(NAMED, lambda: selection(format="csv"))],
    "POST /jobs/{id}/export": [Case(NAMED, lambda: selection(format="zip"))],
    "POST /import": [
        Case("100,000 folders", lambda: _json({"folders": [f"{n:016x}" for n in range(100_000)]}))
    ],
    "POST /undo": [Case("a long token", lambda: _json({"undo": "x" * 250_000}))],
    "PATCH /jobs/{id}": [Case("a long note", lambda: _json({"note": "x" * 250_000}))],
    "GET /jobs": [Case("1,000 letters", query="text=" + "a+" * 500)],
    "GET /images": [
        Case("words", query="text=" + "a+" * 500 + "&limit=1000"),
        Case("a LoRA", query="lora=" + "a" * 1_000),
    ],
    "GET /changes": [Case("all there is", query="epoch=x&since=0")],
}
#: routes without a body, whose answer is as long as what is there
PLAIN = (
    "GET /status", "GET /jobs/{id}", "GET /live", "GET /live/preview", "GET /captures/{id}", "GET /catalog",
    "GET /jobs/{id}/spec", "GET /images/{id}/file", "GET /images/{id}/thumb", "GET /images/{id}/info",
    "GET /guests", "GET /guests/{id}/images/{image}",
    "GET /trash", "GET /exports/{id}", "GET /import", "GET /import/folders", "GET /recipes",
    "GET /recipes/{id}/file", "GET /queue/plan", "POST /jobs/{id}/pause", "POST /jobs/{id}/resume",
    "POST /jobs/{id}/cancel", "POST /jobs/{id}/retry", "POST /trash/strays", "POST /import/cancel",
    "POST /queue/stop", "POST /queue/go", "POST /scheduler/install", "POST /scheduler/enable",
    "POST /scheduler/restart", "DELETE /recipes/{id}", "DELETE /jobs/{id}",
)  # fmt: skip
#: without one, nobody is a guest
PASSWORD = "bench:bench"
#: more than their route needs
_BODY = Case("256 KB that nobody asked for", lambda: b" " * budgets.BODY)


def cases() -> Iterator[tuple[str, Case]]:
    for route, of_route in CASES.items():
        for case in of_route:
            yield route, case
    for route in PLAIN:
        case = _BODY if route.startswith("POST") else Case("as it is")
        yield route, case._replace(id=IMAGE if "/images/" in route else JOB)


def ready_for_guests(folder: Path) -> None:
    (folder / "config.json").write_text(json.dumps({"inu_jobs_guests": "in turn with my own jobs"}))


# ------------------------------------------------------------------------------ measuring


class Measured(NamedTuple):
    seconds: float
    work: float  # seconds of the processor, in the whole process: what the machine is at besides counts less
    memory: float  # MB more than before
    answer: float  # the slowest /config meanwhile, in seconds
    status: int


class Meter:
    """Asks the process for its memory, and the WebUI for /config, as fast as they answer."""

    def __init__(self, sandbox: Sandbox) -> None:
        assert sandbox.process is not None
        self._sandbox = sandbox
        self._memory_of = Path(f"/proc/{sandbox.process.pid}/status")
        self._work_of = Path(f"/proc/{sandbox.process.pid}/stat")
        self._peak = 0.0
        self._slowest = 0.0
        self._running = False

    def memory(self) -> float:
        text = self._memory_of.read_text()
        return int(text.split("VmRSS:")[1].split()[0]) / 1024

    def work(self) -> float:
        fields = self._work_of.read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")

    def settle(self) -> None:
        """Wait until what it does by itself after a start is done."""
        before = self.work()
        while time.sleep(1.0) is None and self.work() - before > 0.05:
            before = self.work()

    @contextmanager
    def watching(self) -> Iterator[None]:
        self._peak, self._slowest, self._running = self.memory(), 0.0, True
        threads = [threading.Thread(target=work) for work in (self._weigh, self._ask)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._running = False
            for thread in threads:
                thread.join()

    def _weigh(self) -> None:
        while self._running:
            self._peak = max(self._peak, self.memory())
            time.sleep(0.005)

    def _ask(self) -> None:
        while self._running:
            start = time.perf_counter()
            self._sandbox.fetch("/config")
            self._slowest = max(self._slowest, time.perf_counter() - start)
            time.sleep(0.25)  # each takes the WebUI's own time, too

    def measure(self, method: str, path: str, body: bytes | None) -> Measured:
        before, work = self.memory(), self.work()
        known = base64.b64encode(PASSWORD.encode()).decode()
        headers = {
            "Content-Type": "application/json", "X-Inu-Jobs": "1", "Authorization": f"Basic {known}",
        }  # fmt: skip
        request = urllib.request.Request(self._sandbox.url + path, body, headers, method=method)
        with self.watching():
            start = time.perf_counter()
            try:
                with self._sandbox.opener.open(request, timeout=300) as answer:
                    answer.read()
                    status = int(answer.status)
            except urllib.error.HTTPError as error:
                with error:
                    status = error.code
            except TimeoutError:  # a miss like any other; the rest is still to be measured
                status = 504
            seconds = time.perf_counter() - start
        return Measured(seconds, self.work() - work, self._peak - before, self._slowest, status)


def routes_of(sandbox: Sandbox) -> set[str]:
    """Of the app itself, as it describes them."""
    paths = json.loads(sandbox.fetch("/openapi.json"))["paths"]
    return {
        f"{method.upper()} {path.removeprefix(ROOT)}"
        for path, methods in paths.items()
        if path.startswith(ROOT + "/")
        for method in methods
    }


def hold_everything(folder: Path) -> None:
    """What the sandbox generates is not what a request costs."""
    store = Store(folder)
    with store.transaction() as t:
        t.set_hold(Hold("user"))
    store.close()


def measured(only: str = "") -> Iterator[Row]:
    """Each as soon as it is known."""
    with tempfile.TemporaryDirectory(prefix="inu-jobs-bench-") as name:
        folder = Path(name)
        fill(folder / "inu-jobs", MANY)
        hold_everything(folder / "inu-jobs")
        ready_for_guests(folder)
        with Sandbox(folder, ["--api-auth", PASSWORD]) as sandbox:
            for route in sorted(routes_of(sandbox) - {*CASES, *PLAIN}):
                yield Row(f"no case for {route}", 1, "routes", "0", False, "")
            meter = Meter(sandbox)
            meter.measure("GET", "/config", None)
            meter.settle()
            for route, case in cases():
                if only not in route:
                    continue
                method, path = route.split(" ", 1)
                address = ROOT + path.replace("{id}", case.id) + (f"?{case.query}" if case.query else "")
                body = case.body() if case.body else None
                yield _row(f"{route}: {case.name}", meter.measure(method, address, body))


def run() -> list[Row]:
    return list(measured())


def _row(name: str, told: Measured) -> Row:
    ok = told.seconds < SECONDS and told.memory < MEMORY and told.answer < ANSWER and told.status < 500
    detail = f"{told.work:.2f} s of work, {told.memory:.0f} MB more, /config within {told.answer:.2f} s"
    detail += f"; answered {told.status}"
    return Row(name, told.seconds, "s", f"< {SECONDS:g} s, {MEMORY:g} MB, /config {ANSWER:g} s", ok, detail)


if __name__ == "__main__":
    for row in measured(*sys.argv[1:2]):
        print(f"{'ok ' if row.ok else 'BAD'} {row.name}: {row.value:.2f} s, {row.detail}", flush=True)
