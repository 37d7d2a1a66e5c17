"""What Inu Jobs adds to the WebUI's start: import and register with an empty store, against the
WebUI's own import of gradio. Each measured in fresh processes, in turn; of each
the quickest counts: whatever else the machine does only adds to it.

As in a WebUI that has been started before, there is byte code of everything. Python's own collector is run
before ours begins: a full collection goes over all that gradio has made, 0.1 s of it, and who happens to
make one object more when it is due is chance. The code runs from a file, as a WebUI does: when a callback is
added, the WebUI asks for the stack, and for code without a file Python looks through all modules for it."""

from __future__ import annotations

import os
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
import gc, sys, time
from pathlib import Path
import gradio
sys.path.insert(0, {root!r})
from tests.sandbox import headless
headless.prepare(Path({data!r}), [], [], scheduler=False)
from modules import img2img, shared, txt2img  # the WebUI has these loaded before it loads extensions
from PIL import ImageFont  # as modules.images of every WebUI has
shared.cmd_opts.inu_jobs_data = {data!r} + "/jobs"
from fastapi import FastAPI
app = FastAPI()
gc.collect()
t = time.perf_counter()
from inu_jobs.webui import extension
extension.register()
extension.on_app_started(None, app)
print(time.perf_counter() - t)
assert not extension.problem, extension.problem
"""


def seconds(code: str, folder: Path) -> float:
    env = {**os.environ, "PYTHONPYCACHEPREFIX": str(folder / "byte_code")}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    script = folder / "start.py"
    script.write_text(code, encoding="utf-8")
    done = subprocess.run([sys.executable, str(script)], check=True, capture_output=True, text=True, env=env)
    return float(done.stdout.split()[-1])


def run() -> list[Row]:
    gradio, ours = [], []
    with tempfile.TemporaryDirectory(prefix="inu-jobs-bench-") as name:
        folder = Path(name)
        for number in range(REPEATS):
            ours.append(seconds(OURS.format(root=str(ROOT), data=str(folder / str(number))), folder))
            gradio.append(seconds(GRADIO, folder))
    base, mine = min(gradio), min(ours)
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
