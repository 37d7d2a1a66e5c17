"""Why a task failed, in plain words. Agent Scheduler keeps ``str(exception)``, which is often empty or
meaningless to anyone who did not write the code."""

from __future__ import annotations

import re

from ..model import storable
from ..sentences import Sentence, say

#: for a task that needs a larger graphics card
OUT_OF_MEMORY = say("The graphics card ran out of memory: make smaller images, or fewer at a time.")
#: for a task that nobody stopped
NOTHING = say("It ended without an error and without an image, although nobody stopped it.")
#: for a task whose images cannot be recorded
UNNAMED = say("Its images were saved under a path that is not valid Unicode: choose another output folder.")
#: for a task that our script stopped
OUTSIDE = say(
    "It tried to save outside the WebUI's output folders, so it was stopped and nothing was written:"
    " delete the job unless you know where it comes from."
)

_KNOWN: tuple[tuple[str, Sentence], ...] = (
    (
        # "OOM" is all that Forge Neo says
        r"out of memory|OutOfMemory|not enough memory|\bOOM\b",
        OUT_OF_MEMORY,
    ),
    (
        r"NansException|all NaNs|tensor with (all )?NaNs",
        say("The model produced NaNs instead of an image: try --no-half or --no-half-vae, or another VAE."),
    ),
    (r"No space left on device|disk.{0,100}full", say("The disk is full.")),
    (
        r"Permission denied|Read-only file system",
        say("The WebUI is not allowed to write to the output folder."),
    ),
    (r"Init image not found", say("The image to start from is missing.")),
    (r"Invalid encoded image|cannot identify image file", say("An input image cannot be read.")),
    (r"Invalid sampler|Sampler not found", say("The WebUI does not have this sampler.")),
    (r"mat1 and mat2 shapes|size mismatch", say("A LoRA or another network does not fit the checkpoint.")),
)
_REASONS = tuple((re.compile(pattern, re.IGNORECASE), sentence) for pattern, sentence in _KNOWN)
_LONGEST = 300


def explain(error: str) -> Sentence:
    """One sentence from the scheduler's text of an exception."""
    text = storable(" ".join(error.split()))
    if text == OUTSIDE:  # our own, passed on by the scheduler
        return OUTSIDE
    for pattern, sentence in _REASONS:
        if pattern.search(text):
            return sentence
    if not text or text == "None":
        return say("The WebUI gave no reason: look for the error in its console.")
    if len(text) > _LONGEST:
        text = text[: _LONGEST - 1] + "…"
    return say("The WebUI says: {text}", text=text)


#: what varies between tasks with the same error: quoted names, paths, sizes, seeds, addresses
_QUOTED = re.compile(r"""(?<!\w)'[^']*'(?!\w)|"[^"]*"|`[^`]*`|“[^“”]*”""")
_PARTICULAR = re.compile(r"[\\/\d]")
_LOOKED_AT = 2_000  # characters
_TELLING = 120  # characters; a long reason may have been cut off anywhere after these


def gist(reason: str) -> str:
    """``reason`` without numbers, paths and quoted parts: equal for the same error."""
    words = _QUOTED.sub("…", reason[:_LOOKED_AT]).split()
    return " ".join("…" if _PARTICULAR.search(word) else word for word in words)[:_TELLING]


def too_few(made: int, asked: int) -> Sentence:
    """Why a task that was interrupted made fewer images than requested."""
    if made == 0:
        return say("It was interrupted before an image was made.")
    return say("It was interrupted after {made} of {asked} images.", made=made, asked=asked)
