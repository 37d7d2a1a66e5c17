"""What Inu Jobs adds to the WebUI's start: import and register with an empty store, against the
WebUI's own import of gradio. Each measured in fresh processes, medians."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from .row import Row

ROOT = Path(__file__).resolve().parents[1]
REPEATS = 7

GRADIO = "import time; t = time.perf_counter(); import gradio; print(time.perf_counter() - t)"
# gradio, fastapi and the host are loaded when extensions are; msgspec, filelock and the rest are ours
OURS = """
import sys, time
from pathlib import Path
import gradio
sys.path.insert(0, {root!r})
from tests.sandbox import headless
headless.prepare(Path({data!r}), [], [], scheduler=False)
from modules import img2img, shared, txt2img  # the WebUI has these loaded before it loads extensions
shared.cmd_opts.inu_jobs_data = {data!r} + "/jobs"
from fastapi import FastAPI
app = FastAPI()
t = time.perf_counter()
from inu_jobs.webui import register
register.register()
register.on_app_started(None, app)
print(time.perf_counter() - t)
assert not register.problem, register.problem
"""


def seconds(code: str) -> float:
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return float(done.stdout.split()[-1])


def run() -> list[Row]:
    gradio, ours = [], []
    for _ in range(REPEATS):
        with tempfile.TemporaryDirectory() as data:
            ours.append(seconds(OURS.format(root=str(ROOT), data=data)))
        gradio.append(seconds(GRADIO))
    base, mine = statistics.median(gradio), statistics.median(ours)
    share = 100 * mine / base
    return [
        Row(
            name="start-up: import and register, empty store",
            value=share,
            unit="%",
            goal="<= 10 % of the import of gradio",
            ok=share <= 10,
            detail=f"{mine * 1000:.0f} ms against {base * 1000:.0f} ms",
        )
    ]
