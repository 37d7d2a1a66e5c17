"""What Generate's click itself puts into ``gr.State`` before it generates.

ControlNet fills its units so: its State follows most of its controls (not a number typed beside a slider),
and a click on Generate fills it from all of them once more. Our button does the same for its own draft, so
that the page is taken as it stands.
Source: ControlNet 1.1.455 and Forge, controlnet_ui_group.py (``submit_button.click(create_ui_unit, ...)``).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import gradio as gr

from ...log import log


class PageEvent(NamedTuple):
    """``targets``: (component id, trigger) pairs."""

    targets: set[tuple[Any, Any]]
    inputs: Sequence[Any]
    outputs: Sequence[Any]
    function: Callable[..., Any] | None


class StateFiller(NamedTuple):
    """``place``: of the State among Generate's inputs."""

    function: Callable[..., Any]
    inputs: list[Any]
    place: int


def state_fillers(events: Iterable[PageEvent], button: Any, inputs: Sequence[Any]) -> list[StateFiller]:
    """``inputs``: those of Generate, whose button is ``button``."""
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
    """Generate's values, their States filled. ``values``: of Generate's inputs, then of each filler's. A
    filler that fails leaves its State as it is: so does Generate's."""
    count = len(values) - sum(len(filler.inputs) for filler in fillers)
    found, given = list(values[:count]), list(values[count:])
    for filler in fillers:
        own, given = given[: len(filler.inputs)], given[len(filler.inputs) :]
        try:
            found[filler.place] = filler.function(*own)
        except Exception:
            log.exception("what another extension sends with Generate could not be determined.")
    return found
