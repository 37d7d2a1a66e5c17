"""What a click on Generate itself writes to ``gr.State`` before generating.

ControlNet fills its units this way: its State follows most of its controls (but not a number typed next to a
slider), and a click on Generate fills it again from all of them. Our button does the same for its own draft,
to capture the page exactly as it is.
Source: ControlNet 1.1.455 and Forge, controlnet_ui_group.py (``submit_button.click(create_ui_unit, ...)``).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import gradio as gr

from ...log import log
from ..host.page_events import PageEvent


class StateFiller(NamedTuple):
    """``place``: the State's index among Generate's inputs."""

    function: Callable[..., Any]
    inputs: list[Any]
    place: int


def state_fillers(events: Iterable[PageEvent], button: Any, inputs: Sequence[Any]) -> list[StateFiller]:
    """The events that fill a State among ``inputs``, the inputs of Generate's ``button``."""
    places = {component._id: place for place, component in enumerate(inputs)}
    found = []
    for event in events:
        if (button._id, "click") not in event.targets or len(event.outputs) != 1 or event.function is None:
            continue
        output = event.outputs[0]
        plain = not (
            inspect.iscoroutinefunction(event.function) or inspect.isgeneratorfunction(event.function)
        )
        if isinstance(output, gr.State) and output._id in places and plain:
            found.append(StateFiller(event.function, list(event.inputs), places[output._id]))
    return found


def fill(values: Sequence[Any], fillers: Sequence[StateFiller]) -> list[Any]:
    """Generate's values with their States filled. ``values``: of Generate's inputs, then of each filler's. If
    a filler fails, its State stays unchanged, as it does for Generate."""
    count = len(values) - sum(len(filler.inputs) for filler in fillers)
    found, given = list(values[:count]), list(values[count:])
    for filler in fillers:
        own, given = given[: len(filler.inputs)], given[len(filler.inputs) :]
        try:
            found[filler.place] = filler.function(*own)
        except Exception:
            log.exception("what another extension sends with Generate could not be determined.")
    return found
