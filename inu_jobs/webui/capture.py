"""The "Queue as job" button beside Generate: keeps a draft of all that is set on the page.

The gradio event only stores a draft and answers with its id; queueing goes through the web API. So a
forged event can do no more than fill the few drafts that are kept.
Source: gradio 3.41.2 and 4.40 (events as dicts or as functions); WebUI 1.10.1, modules/ui_toprow.py.
"""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Literal

import gradio as gr

from ..errors import InuJobsError
from . import frozen, page

if TYPE_CHECKING:
    from .runtime import Runtime

Tab = Literal["txt2img", "img2img"]
TABS: tuple[Tab, ...] = ("txt2img", "img2img")
GENERATE_OUTPUTS = 4

#: remembers Shift: gradio calls ``_js`` later than the click, without its event
REMEMBER_SHIFT = """() => {
    document.addEventListener('click', (event) => {
        if (event.target.closest?.('#txt2img_queue_job, #img2img_queue_job')) {
            window.inuJobsShift = event.shiftKey;
        }
    }, true);
    return [];
}"""
#: the page's values, without the outputs that gradio adds; the task's id is not for us
COLLECT: dict[Tab, str] = {
    "txt2img": "(...values) => { values[0] = ''; return values; }",
    "img2img": (
        "(...values) => { values[0] = ''; values[1] = get_tab_index('mode_img2img'); return values; }"
    ),
}
TELL = """(answer) => {
    window.inuJobs?.captured(answer.id ?? {error: answer.error}, Boolean(window.inuJobsShift));
    return [];
}"""


class Buttons:
    """Of one tab of the page being built: Generate, ours, and the box around Generate."""

    def __init__(self, generate: Any) -> None:
        self.generate = generate
        self.queue: Any = None


_buttons: dict[Tab, Buttons] = {}


def on_after_component(component: Any, **_: Any) -> None:
    """Called for everything on the page as it is made; puts our button below Generate's box, so that
    Interrupt and Skip, which cover the box, leave it free while something generates."""
    elem_id = getattr(component, "elem_id", None)
    for tab in TABS:
        if elem_id == f"{tab}_generate":
            _buttons[tab] = Buttons(component)
        # In the compact layout Generate's box gets its place only later, just before the results.
        if elem_id in (f"{tab}_generate", f"{tab}_results_panel") and tab in _buttons:
            add_button(_buttons[tab], tab)


def is_placed(box: Any) -> bool:
    """A block made with ``render=False`` names a parent that does not know it."""
    return box.parent is not None and box in box.parent.children


def add_button(buttons: Buttons, tab: Tab) -> None:
    """Our button into the column of Generate's box, if that has a place and we have none yet."""
    box = buttons.generate.parent
    if buttons.queue is not None or not is_placed(box):
        return
    column = box.parent
    buttons.queue = button = gr.Button(
        "Queue as job", elem_id=f"{tab}_queue_job", elem_classes=["ij-queue-job"]
    )
    button.webui_tooltip = "Keep all settings of this page as a job. With Shift: queue it at once"
    button.parent.children.remove(button)
    column.add(button)
    column.children.remove(button)
    column.children.insert(column.children.index(box) + 1, button)


def bind(demo: Any, runtime: Runtime) -> None:
    """Connect our buttons, once the page is complete. ``demo`` is the whole page."""
    with demo:
        js = "_js" if "_js" in inspect.signature(demo.load).parameters else "js"  # gradio 3, 4
        demo.load(fn=None, inputs=None, outputs=None, **{js: REMEMBER_SHIFT})
        for tab, buttons in _buttons.items():
            inputs = click_inputs(demo, buttons.generate)
            if inputs is None or buttons.queue is None:
                print(f"Inu Jobs: Generate was not found in {tab}, so its page cannot be queued as a job.")
                continue
            answer = gr.JSON(visible=False)
            event = buttons.queue.click(
                fn=handler(tab, runtime),
                inputs=inputs,
                outputs=[answer],
                show_progress="hidden",
                queue=False,  # answer at once, also while something generates
                **{js: COLLECT[tab]},
            )
            # not after a failure, which gradio shows itself: the last answer is still there then
            event.success(fn=None, inputs=[answer], outputs=None, **{js: TELL})
    _buttons.clear()


def click_inputs(demo: Any, button: Any) -> list[Any] | None:
    """The inputs of ``button``'s click event that has as many outputs as Generate's."""
    for targets, inputs, outputs in events(demo):
        if (button._id, "click") in targets and len(outputs) == GENERATE_OUTPUTS:
            return list(inputs)
    return None


def events(demo: Any) -> Iterator[tuple[set[tuple[Any, Any]], list[Any], list[Any]]]:
    """All events of the page: (component id, trigger) pairs, inputs, outputs."""
    if isinstance(demo.fns, dict):  # gradio 4.3x and later
        for function in demo.fns.values():
            yield {tuple(target) for target in function.targets}, function.inputs, function.outputs
        return
    for event in demo.dependencies:
        targets = {
            (target, event.get("trigger")) if isinstance(target, int) else tuple(target)
            for target in event["targets"]
        }
        blocks = demo.blocks
        yield targets, [blocks[i] for i in event["inputs"]], [blocks[i] for i in event["outputs"]]


def handler(tab: Tab, runtime: Runtime) -> Callable[..., dict[str, str]]:
    """What our button does: keeps a draft and answers ``{"id": ...}``, or ``{"error": sentence}``."""

    def capture(*values: Any) -> dict[str, str]:
        try:
            draft = frozen.freeze(page.read_page(tab, values, runtime.inputs.save_image))
            stored = runtime.captures.put(
                tab, draft.payload, draft.name, draft.batch_count, draft.summary, draft.not_frozen
            )
            return {"id": stored.id}
        except InuJobsError as error:
            return {"error": str(error)}
        except Exception:
            traceback.print_exc()
            return {
                "error": "The page could not be captured because of an error in Inu Jobs: see the console."
            }

    return capture
