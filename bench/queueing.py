"""Queueing 1,000 img2img tasks of one 1024 x 1024 picture, over HTTP.

    python -m bench.queueing

Ours: one request to our API with the picture in it and an axis of 1,000 seeds. When it is answered, all
tasks are on the disk and the client may go, as after the last request of the baseline: what API clients
do, one request to Agent Scheduler a task, with the picture as base64 in it (its body is made once and not
counted). The second row goes on until all 1,000 have their rows in Agent Scheduler's database too. That
is bounded by Agent Scheduler, which writes and syncs each row by itself, so its baseline is one request
to Agent Scheduler a task with the picture's path in it, the least that a row can cost; ours also writes
and syncs its own record before each, so that a kill in between loses nothing. The look-ahead is raised
for that, and how many may fail before the job is held: normally only the next few are handed over, and
fewer still of a job that has not shown that it works. Each runs in a WebUI stand-in of its own, served by
uvicorn on loopback, with the queue paused.
"""

from __future__ import annotations

import base64
import http.client
import io
import json
import sqlite3
import sys
import tempfile
import time
import urllib.request
from contextlib import closing
from pathlib import Path
from typing import Any

from bench.row import Row
from bench.thumbs import SIZE, generated
from tests.sandbox import ROOT
from tests.sandbox.headless import SCHEDULER
from tests.sandbox.process import Sandbox

TASKS, REQUESTS = 1_000, 40
PATIENCE = 300.0  # seconds

SERVER = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.sandbox import headless, run
data = Path({data!r})
headless.prepare(data, ["--api", "--nowebui", *sys.argv[1:]], [Path(p) for p in {extensions!r}])
from modules.shared_cmd_options import cmd_opts
run.api_only(cmd_opts)
"""


class Webui(Sandbox):
    """Without a page; with or without our extension. Its queue is paused from the start."""

    def __init__(self, folder: Path, ours: bool) -> None:
        super().__init__(folder, ["--inu-jobs-data", str(folder / "jobs")] if ours else [])
        self._extensions = [str(ROOT)] if ours else []
        self._database = folder / "extensions" / SCHEDULER / "task_scheduler.sqlite3"
        folder.mkdir()
        settings = {
            "queue_paused": True,
            "inu_jobs_look_ahead": TASKS,
            "inu_jobs_hold_after_failures": TASKS,
        }
        (folder / "config.json").write_text(json.dumps(settings), encoding="utf-8")

    def command(self) -> tuple[list[str], Path]:
        code = SERVER.format(root=str(ROOT), data=str(self.folder), extensions=self._extensions)
        return [sys.executable, "-c", code], ROOT

    def wait_until_up(self) -> None:
        end = time.monotonic() + self.START
        while self.process is not None and self.process.poll() is None and time.monotonic() < end:
            try:
                with urllib.request.urlopen(f"{self.url}/agent-scheduler/v1/queue?limit=1", timeout=10):
                    return
            except OSError:
                time.sleep(0.1)
        self.kill()
        raise RuntimeError("The stand-in did not start. It printed:\n" + "\n".join(self.output))

    def rows(self) -> int:
        with closing(sqlite3.connect(self._database, timeout=30)) as database:
            return int(database.execute("SELECT count(*) FROM task").fetchone()[0])

    def size(self) -> int:
        return self._database.stat().st_size


def payload(picture: str, **more: Any) -> dict[str, Any]:
    return {
        "prompt": "a night market in the rain, neon", "negative_prompt": "blurry", "steps": 20,
        "sampler_name": "Euler a", "width": SIZE, "height": SIZE, "denoising_strength": 0.5,
        "init_images": [picture], **more,
    }  # fmt: skip


def ours(folder: Path, picture: str) -> tuple[float, float, float]:
    """Seconds until the job is there, seconds until all is handed over, bytes in the database, for all."""
    webui = Webui(folder, ours=True)
    with webui:
        empty = webui.size()
        body = {
            "kind": "img2img",
            "payload": payload(picture),
            "axes": [{"field": "seed", "values": list(range(1, TASKS + 1))}],
        }
        start = time.perf_counter()
        webui.request("/inu-jobs/v1/jobs", body)
        created = time.perf_counter() - start
        while webui.rows() < TASKS:
            if time.perf_counter() - start > PATIENCE:
                raise RuntimeError(f"only {webui.rows()} of {TASKS} tasks were handed over")
            time.sleep(0.05)
        return created, time.perf_counter() - start, webui.size() - empty


def baseline(folder: Path, picture: str) -> tuple[float, float]:
    """Seconds and bytes a task, of ``REQUESTS`` tasks. ``picture``: base64 or the path of a file."""
    webui = Webui(folder, ours=False)
    with webui:
        empty = webui.size()
        bodies = [json.dumps(payload(picture, seed=seed)).encode() for seed in range(1, REQUESTS + 1)]
        with closing(http.client.HTTPConnection("127.0.0.1", webui.port, timeout=PATIENCE)) as client:
            start = time.perf_counter()
            for body in bodies:
                client.request(
                    "POST", "/agent-scheduler/v1/queue/img2img", body, {"Content-Type": "application/json"}
                )
                with client.getresponse() as answer:
                    if "task_id" not in json.loads(answer.read()):
                        raise RuntimeError(f"refused with status {answer.status}")
            seconds = time.perf_counter() - start
        if webui.rows() != REQUESTS:
            raise RuntimeError(f"{webui.rows()} rows after {REQUESTS} requests")
        return seconds / REQUESTS, (webui.size() - empty) / REQUESTS


def run() -> list[Row]:
    out = io.BytesIO()
    generated(1).save(out, "PNG")
    picture = base64.b64encode(out.getvalue()).decode()
    with tempfile.TemporaryDirectory(prefix="inu-jobs-bench-") as name:
        folder = Path(name)
        (folder / "picture.png").write_bytes(out.getvalue())
        base_seconds, base_bytes = baseline(folder / "theirs", picture)
        path_seconds, _ = baseline(folder / "paths", str(folder / "picture.png"))
        created, handed_over, size = (each / TASKS for each in ours(folder / "ours", picture))
    faster, slower, smaller = base_seconds / created, handed_over / path_seconds, base_bytes / size
    what = f"queueing {TASKS:,} img2img tasks of a {len(out.getvalue()) / 1e6:.1f} MB picture"
    a_task = f"ms a task (of {REQUESTS} requests)"
    queued = f"{created * 1e3:.2f} ms a task against {base_seconds * 1e3:.1f} {a_task}"
    handed = f"{handed_over * 1e3:.2f} ms a task against {path_seconds * 1e3:.2f} {a_task}"
    bytes_detail = f"{size / 1e3:.1f} kB a task against {base_bytes / 1e6:.2f} MB (of {REQUESTS} requests)"
    return [
        Row(what, faster, "x faster than base64 over HTTP", "≥ 20", faster >= 20, queued),
        Row(f"{what}, and handing all over", slower, "x its own route", "≤ 1.2", slower <= 1.2, handed),
        Row(f"{what}: database", smaller, "x fewer bytes", "≥ 100", smaller >= 100, bytes_detail),
    ]


if __name__ == "__main__":
    for row in run():
        print(f"{'ok ' if row.ok else 'BAD'} {row.name}: {row.value:.2f} {row.unit} (goal {row.goal})")
        print(f"    {row.detail}")
