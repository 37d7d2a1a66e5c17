"""Prompts from a text, one per line, as the WebUI's script "Prompts from file or textbox" reads them.

A line is a prompt, or options: ``--prompt "a cat" --steps 20 --seed 5`` (scripts/prompts_from_file.py of
WebUI 1.10.1). If that script cannot read a line, it treats all of it as a prompt; here, a line that begins
with an option is refused, with its number.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal

from msgspec import UNSET

from ...budgets import whole_number
from ...errors import InvalidInput
from ...fields.field_types import check_value
from ...fields.table import CHECKPOINT, LINES, TABLE
from ...model import Axis, Finding, Writing
from ...sentences import Sentence, say
from ...spelling import nearest
from ..tasks import MAX_TASKS

#: characters; a longer file is not a list of prompts
LONGEST = 2_000_000
#: characters of a line with options: reading one takes time with the square of its length
LONGEST_OPTIONS = 20_000
Place = Literal["instead", "start", "end"]


def _styles(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _switch(text: str) -> bool:
    return text == "true"  # as in the WebUI: anything else is off


_CHECKPOINT = "sd_model"
_READERS: dict[str, Callable[[str], Any]] = {
    "text": str, "texts": _styles, "integer": whole_number, "number": float, "switch": _switch,
}  # fmt: skip
_OPTIONS = (
    "prompt", "negative_prompt", "styles", "seed", "subseed", "subseed_strength", "seed_resize_from_h",
    "seed_resize_from_w", "sampler_name", "batch_size", "n_iter", "steps", "cfg_scale", "width", "height",
    "restore_faces", "tiling",
)  # fmt: skip
_READ: dict[str, Callable[[str], Any]] = {
    _CHECKPOINT: str,
    **{option: _READERS[TABLE[option].type] for option in _OPTIONS},
}
#: known to the script, but without effect on an image, or not a request's business
_IGNORED = frozenset(
    {
        "outpath_samples", "outpath_grids", "prompt_for_display", "sampler_index", "do_not_save_samples",
        "do_not_save_grid",
    }
)  # fmt: skip
_PROMPTS = ("prompt", "negative_prompt")


def read_lines(
    text: str, kind: str, samplers: Sequence[str] = (), place: Place = "instead"
) -> tuple[Axis, list[Finding]]:
    """An axis whose values are the changes (dotted path -> value) of each line, and a finding for options
    that are ignored. ``place``: whether a line's prompts replace the job's prompts or are added at their
    start or end. ``InvalidInput`` with "lines" for an invalid line."""
    if len(text) > LONGEST:
        raise InvalidInput(
            say("The list of prompts can have at most {longest:,} characters.", longest=LONGEST), "lines"
        )
    found: list[dict[str, Any]] = []
    ignored: dict[str, None] = {}
    names = {name.lower(): name for name in samplers}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        if len(found) == MAX_TASKS:
            raise InvalidInput(
                say(
                    "That is more than {max_tasks:,} lines, the most tasks that a job can have.",
                    max_tasks=MAX_TASKS,
                ),
                "lines",
            )
        changes: dict[str, Any] = {}
        for option, value in _options(line.strip(), number):
            if option in _IGNORED:
                ignored[option] = None
            else:
                changes |= _change(option, value, number, kind, names)
        found.append(changes)
    if not found:
        raise InvalidInput(say("This list has no prompts."), "lines")
    notes = [
        Finding(
            "warning",
            "line_option",
            say("--{option} is ignored: it has no effect here.", option=option),
            "lines",
        )
        for option in ignored
    ]
    return Axis(LINES, found, text, Writing(at=place)), notes


def lines_at(axis: Axis) -> Place:
    """Where the prompts of the lines on ``axis`` go."""
    at = UNSET if axis.template is None else axis.template.at
    return "instead" if at is UNSET else at


def placed(line: dict[str, Any], now: dict[str, Any], place: str) -> dict[str, Any]:
    """The line's changes, with its prompts joined to those of ``now`` as the WebUI's script does."""
    found = dict(line)
    for field in _PROMPTS:
        own, there = line.get(field), now.get(field)
        if own and isinstance(there, str) and there and place != "instead":
            found[field] = f"{own} {there}" if place == "start" else f"{there} {own}"
    return found


def _options(line: str, number: int) -> Iterator[tuple[str, str]]:
    """(option, value) for each; a line without options is a prompt."""
    words = _split(line, number)
    if not words or not words[0].startswith("--"):
        yield "prompt", line
        return
    place = 0
    while place < len(words):
        if not words[place].startswith("--"):
            raise _wrong(
                number,
                say(
                    "“{text}” does not belong to an option: put text with spaces in quotes.",
                    text=words[place][:60],
                ),
            )
        option = words[place][2:]
        if option not in _READ and option not in _IGNORED:
            raise _unknown_option(option, number)
        if place + 1 == len(words):
            raise _wrong(number, say("--{option} has no value.", option=option))
        end = place + 2
        if option in _PROMPTS:  # may continue without quotes
            while end < len(words) and not words[end].startswith("--"):
                end += 1
        yield option, " ".join(words[place + 1 : end])
        place = end


def _split(line: str, number: int) -> list[str]:
    """None for a prompt whose quotes do not match: it is used unchanged."""
    if len(line) > LONGEST_OPTIONS:
        if line.startswith("--"):
            longest = say("with options it can have at most {longest:,} characters.", longest=LONGEST_OPTIONS)
            raise _wrong(number, longest)
        return []
    try:
        return shlex.split(line) if "--" in line else []
    except ValueError as error:
        if line.startswith("--"):
            raise _wrong(number, say("it cannot be read: {error}.", error=str(error).lower())) from None
        return []


def _unknown_option(option: str, number: int) -> InvalidInput:
    near = nearest(option, [*_READ, *sorted(_IGNORED)])
    absent = say("there is no option “--{option}”", option=option[:60])
    return _wrong(
        number,
        say("{absent}; did you mean --{near}?", absent=absent, near=near)
        if near
        else say("{absent}.", absent=absent),
    )


def _change(option: str, text: str, number: int, kind: str, samplers: dict[str, str]) -> dict[str, Any]:
    try:
        value = _READ[option](text)
    except ValueError:
        if _READ[option] is whole_number:
            what = say("--{option} must be a whole number, not “{text}”.", option=option, text=text[:60])
        else:
            what = say("--{option} must be a number, not “{text}”.", option=option, text=text[:60])
        raise _wrong(number, what) from None
    if option == _CHECKPOINT:
        return {CHECKPOINT: value}
    if option == "sampler_name":
        value = samplers.get(text.lower(), text)
    try:
        check_value(option, value, kind, "lines")
    except InvalidInput as error:
        raise _wrong(number, error.sentence) from None
    if option == "n_iter" and value < 1:
        raise _wrong(number, say("--n_iter must be at least 1."))
    return {option: value}


def _wrong(number: int, what: Sentence) -> InvalidInput:
    return InvalidInput(say("Line {number}: {what}", number=number, what=what), "lines")
