"""What a task of ours costs on a real WebUI, against one of Agent Scheduler's own.

    python -m bench --webui PATH added

64 x 64 at 2 steps, so that the image itself takes next to nothing. In one WebUI, in turn: some tasks through
Agent Scheduler's own API, and a job of ours of as many. What counts is the median of the time from one saved
file to the next, by the files' own times. Beside it, the processor's time that the whole WebUI took.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

from bench.row import Row
from tests.contract.kit.whole import PATIENCE, Jobs, RealWebui

TASKS, ROUNDS = 24, 5
SMALL = {"prompt": "a house by a lake", "steps": 2, "width": 64, "height": 64, "sampler_name": "Euler a"}
_FIRST = 4  # tasks of a batch that are left out: the first one wakes the runner


class Batch:
    """``gaps``: seconds from one file to the next; ``processor``: seconds a task."""

    def __init__(self, webui: RealWebui) -> None:
        self._webui = webui
        self._before = set(self._files())
        self._used = self._processor()

    def wait(self) -> None:
        end = time.monotonic() + PATIENCE
        while len(new := set(self._files()) - self._before) < TASKS:
            if time.monotonic() > end:
                told = "\n".join(self._webui.output[-40:])
                raise RuntimeError(f"only {len(new)} of {TASKS} images:\n{told}")
            time.sleep(0.1)
        time.sleep(1.5)  # until the runner is idle, and what is done beside it is done
        self.processor = (self._processor() - self._used) / TASKS
        times = sorted(path.stat().st_mtime_ns for path in new)[_FIRST:]
        self.gaps = [(b - a) / 1e9 for a, b in pairwise(times)]

    def _files(self) -> list[Path]:
        return [path for path in self._webui.folder.rglob("*.png") if "outputs" in path.parts]

    def _processor(self) -> float:
        assert self._webui.process is not None
        fields = Path(f"/proc/{self._webui.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def theirs(webui: RealWebui) -> Batch:
    batch = Batch(webui)
    webui.request("/agent-scheduler/v1/queue/pause", method="POST")
    for seed in range(TASKS):
        webui.request("/agent-scheduler/v1/queue/txt2img", SMALL | {"seed": seed})
    webui.request("/agent-scheduler/v1/queue/resume", method="POST")
    batch.wait()
    return batch


def ours(webui: RealWebui) -> Batch:
    batch = Batch(webui)
    Jobs(webui).queue(TASKS, **SMALL)
    batch.wait()
    return batch


def run(webui: str = "") -> list[Row]:
    if not webui or sys.platform != "linux":
        print("what a task of ours costs on a real WebUI: skipped, needs --webui PATH (and Linux)")
        return []
    with (
        tempfile.TemporaryDirectory(prefix="inu-jobs-bench-") as folder,
        RealWebui(Path(webui), Path(folder)) as host,
    ):
        theirs(host)  # warms up
        ours(host)
        rounds = [(theirs(host), ours(host)) for _ in range(ROUNDS)]
    base = statistics.median(gap for batch, _ in rounds for gap in batch.gaps)
    mine = statistics.median(gap for _, batch in rounds for gap in batch.gaps)
    by_round = " ".join(f"{statistics.median(b.gaps) / statistics.median(a.gaps):.2f}" for a, b in rounds)
    used = [statistics.median(pair[n].processor for pair in rounds) for n in (0, 1)]
    detail = (
        f"{mine * 1e3:.0f} ms against {base * 1e3:.0f} ms, by round {by_round};"
        f" processor {used[1] * 1e3:.0f} ms against {used[0] * 1e3:.0f} ms"
    )
    value, what = mine / base, "a small task on the real WebUI"
    return [Row(what, value, "x Agent Scheduler's own", "≤ 1.1", value <= 1.1, detail)]


if __name__ == "__main__":
    from bench.__main__ import main

    sys.exit(main(["added"]))
