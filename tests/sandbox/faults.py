"""Faults that can be switched on while the sandbox runs: by its page, over HTTP, or by tests.

They act where a real WebUI would fail: while sampling, or after a file was saved."""

from __future__ import annotations

import json
import os
import threading
import time
from dataclasses import asdict, dataclass, fields

from PIL import Image


@dataclass
class Faults:
    """``fail_text``: a prompt with this text fails. ``fail_next`` / ``oom_next`` / ``crash_next`` /
    ``vanish_next``: that many of the next images fail, run out of memory, kill the process, or lose
    their file right after saving. ``black_next``: that many images come out black, as from a model that
    makes no numbers (NaN). ``seconds_per_step``: how long a sampling step takes; ``clone_seconds``: how long
    the download of an extension takes."""

    fail_text: str = ""
    fail_next: int = 0
    fail_message: str = "the sandbox was told to fail"
    oom_text: str = ""
    oom_next: int = 0
    crash_next: int = 0
    vanish_next: int = 0
    black_next: int = 0
    seconds_per_step: float = 0.0
    clone_seconds: float = 0.0


_lock = threading.Lock()
current = Faults(**json.loads(os.environ.get("INU_SANDBOX_FAULTS", "{}")))


def as_dict() -> dict[str, object]:
    with _lock:
        return asdict(current)


def change(**values: object) -> dict[str, object]:
    """Set some of the faults; unknown names and wrong types are a ``ValueError``."""
    known = {f.name: type(f.default) for f in fields(Faults)}
    with _lock:
        for name, value in values.items():
            if name not in known:
                raise ValueError(f"There is no fault named {name}. Known: {', '.join(known)}.")
            setattr(current, name, known[name](value))  # type: ignore[operator]
        return asdict(current)


def _take(name: str) -> bool:
    with _lock:
        left = getattr(current, name)
        if left > 0:
            setattr(current, name, left - 1)
        return left > 0


def before_sampling(prompt: str) -> None:
    """Raises what a real sampler would raise, or ends the process."""
    if _take("crash_next"):
        os._exit(70)
    if _take("oom_next") or (current.oom_text and current.oom_text in prompt):
        raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB (GPU 0; 8.00 GiB total capacity)")
    if _take("fail_next") or (current.fail_text and current.fail_text in prompt):
        raise RuntimeError(current.fail_message)


def sampled(image: Image.Image) -> Image.Image:
    """What comes out of sampling."""
    return Image.new(image.mode, image.size) if _take("black_next") else image


def step() -> None:
    if current.seconds_per_step > 0:
        time.sleep(current.seconds_per_step)


def after_saving(path: str) -> None:
    if _take("vanish_next"):
        os.remove(path)
