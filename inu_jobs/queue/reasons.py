"""Why a task failed, in plain words. Agent Scheduler keeps ``str(exception)``, which is often empty
or means nothing to who did not write the code."""

from __future__ import annotations

import re

from ..model import storable

#: of a task for which the graphics card is too small
OUT_OF_MEMORY = "The graphics card ran out of memory: make the images smaller or fewer at a time."
#: of a task that nobody stopped
NOTHING = "It ended without an error and without an image, and nobody had stopped it."
#: of a task whose images cannot be recorded
UNNAMED = "Its images were saved under a path that is not Unicode text: choose another output folder."

_KNOWN: tuple[tuple[str, str], ...] = (
    (
        r"out of memory|OutOfMemory|not enough memory|MPS backend out of memory",
        OUT_OF_MEMORY,
    ),
    (
        r"NansException|all NaNs|tensor with (all )?NaNs",
        "The model gave not-a-number instead of an image: try --no-half or --no-half-vae, or another VAE.",
    ),
    (r"No space left on device|disk.*full", "The disk is full."),
    (
        r"Permission denied|Read-only file system",
        "The WebUI may not write to the output folder.",
    ),
    (r"Init image not found", "The picture to start from is missing."),
    (r"Invalid encoded image|cannot identify image file", "An input picture cannot be read."),
    (r"Invalid sampler|Sampler not found", "The sampler is not known to the WebUI."),
    (r"mat1 and mat2 shapes|size mismatch", "A LoRA or another network does not fit the checkpoint."),
)
_LONGEST = 300


def explain(error: str) -> str:
    """One sentence from what the scheduler kept of an exception."""
    text = storable(" ".join(error.split()))
    for pattern, sentence in _KNOWN:
        if re.search(pattern, text, re.IGNORECASE):
            return sentence
    if not text or text == "None":
        return "The WebUI gave no reason: its console shows the error."
    if len(text) > _LONGEST:
        text = text[: _LONGEST - 1] + "…"
    return f"The WebUI says: {text}"


#: what differs from task to task in one and the same error
_PARTICULARS = re.compile(
    r"""
      (?<!\w)'[^']*'(?!\w) | "[^"]*" | `[^`]*` | “[^”]*”  # names in quotes
    | \S*[\\/]\S*                                       # paths
    | \S*\d\S*                                          # sizes, seeds, addresses, hashes
    """,
    re.VERBOSE,
)
_TELLING = 120  # characters; a long reason was cut off, anywhere in one of these


def gist(reason: str) -> str:
    """``reason`` without numbers, paths and what stands in quotes: the same for the same error."""
    return " ".join(_PARTICULARS.sub("…", reason).split())[:_TELLING]


def too_few(made: int, asked: int) -> str:
    if made == 0:
        return "It was interrupted before an image was made."
    return f"It was interrupted after {made} of {asked} images."
