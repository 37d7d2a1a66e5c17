"""The events of the WebUI's page: which one is Generate's, and what it is given.

Two generations of gradio differ here, and so do the hosts on them:

- gradio 3.41.2 (A1111 1.10.1, reForge) has events as dicts with ids and ``_js``; 4.40 (Forge f2.0.1, Forge
  Neo 2.26) has functions with components and ``js``.
- Generate has 4 outputs; on Forge Neo 5, because it can make videos. Nothing else on that button has as many.
- In img2img, A1111 and reForge pass the same dummy component as task id and as mode, and their JavaScript
  puts in both; on Forge and Forge Neo the mode is a component of its own.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

GENERATE_OUTPUTS = 4


class PageEvent(NamedTuple):
    """``targets``: (component id, trigger) pairs."""

    targets: set[tuple[Any, Any]]
    inputs: Sequence[Any]
    outputs: Sequence[Any]
    function: Callable[..., Any] | None


def events(demo: Any) -> Iterator[PageEvent]:
    """All events on the page."""
    if isinstance(demo.fns, dict):  # gradio 4.3x and later
        for function in demo.fns.values():
            targets = {tuple(target) for target in function.targets}
            yield PageEvent(targets, function.inputs, function.outputs, getattr(function, "fn", None))
        return
    for event, function in zip(demo.dependencies, demo.fns, strict=True):
        targets = {
            (target, event.get("trigger")) if isinstance(target, int) else tuple(target)
            for target in event["targets"]
        }
        blocks = demo.blocks
        inputs = [blocks[i] for i in event["inputs"]]
        yield PageEvent(targets, inputs, [blocks[i] for i in event["outputs"]], function.fn)


def generate_inputs(demo: Any, button: Any) -> list[Any] | None:
    """What the page sends when Generate is pressed. None if ``button`` is not Generate."""
    found = [
        list(event.inputs)
        for event in events(demo)
        if (button._id, "click") in event.targets and len(event.outputs) >= GENERATE_OUTPUTS
    ]
    # another extension may have an event of as many outputs, but none that needs the whole page
    return max(found, key=len, default=None)


def javascript(demo: Any) -> str:
    """The name of the parameter for an event's JavaScript."""
    return "_js" if "_js" in inspect.signature(demo.load).parameters else "js"


def collect(inputs: Sequence[Any], count: int, is_img2img: bool) -> str:
    """The JavaScript that gathers the values for our own event: ``count`` of them, first Generate's
    ``inputs``.

    gradio passes the values of an event's outputs, too. gradio 4 puts the ``gr.State`` among the inputs back
    only if it gets exactly as many values as there are inputs: else each later value would move up by one,
    and a script would get another one's arguments. The task id is not for us."""
    mode = ""
    if is_img2img and inputs[0] is inputs[1]:
        mode = " values[1] = get_tab_index('mode_img2img');"
    return f"(...given) => {{ const values = given.slice(0, {count}); values[0] = '';{mode} return values; }}"
