"""The "Queue as job" button next to Generate: stores a draft of everything set on the page.

The gradio event only stores a draft and returns its id; queueing goes through the web API. Any web page can
send gradio events to a WebUI on the same machine, so the event asks our guard to check the origin.
Source: gradio 3.41.2 and 4.40 (``Request``); WebUI 1.10.1, modules/ui_toprow.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal

import gradio as gr
import msgspec
from starlette.requests import HTTPConnection

from ...errors import InuJobsError
from ...log import log
from ...sentences import Sentence, say
from ...web.guard import Denied, Guard
from ..host import page_events
from .page_to_payload import freeze
from .read_page import read_page
from .state_components import StateFiller, fill, state_fillers

if TYPE_CHECKING:
    from ..runtime import Runtime

Tab = Literal["txt2img", "img2img"]
TABS: tuple[Tab, ...] = ("txt2img", "img2img")

#: remembers Shift: gradio calls ``_js`` after the click, without its event
REMEMBER_SHIFT = """() => {
    document.addEventListener('click', (event) => {
        if (event.target.closest?.('#txt2img_queue_job, #img2img_queue_job')) {
            window.inuJobsShift = event.shiftKey;
        }
    }, true);
    return [];
}"""
TELL = """(answer) => {
    window.inuJobs?.captured(answer.id ?? answer, Boolean(window.inuJobsShift));
    return [];
}"""


class Buttons:
    """For one tab of the page being built: Generate, our button, and the box around Generate."""

    def __init__(self, generate: Any) -> None:
        self.generate = generate
        self.queue: Any = None


_buttons: dict[Tab, Buttons] = {}


def on_after_component(component: Any, **_: Any) -> None:
    """Called for each component of the page as it is created; puts our button below Generate's box, so that
    Interrupt and Skip, which cover the box during generation, do not cover it."""
    elem_id = getattr(component, "elem_id", None)
    for tab in TABS:
        if elem_id == f"{tab}_generate":
            _buttons[tab] = Buttons(component)
        # In the compact layout, Generate's box is placed later, just before the results.
        if elem_id in (f"{tab}_generate", f"{tab}_results_panel") and tab in _buttons:
            add_button(_buttons[tab], tab)


def is_placed(box: Any) -> bool:
    """A block created with ``render=False`` names a parent that does not contain it."""
    return box.parent is not None and box in box.parent.children


def add_button(buttons: Buttons, tab: Tab) -> None:
    """Put our button into the column of Generate's box, if the box is placed and has no button yet."""
    box = buttons.generate.parent
    if buttons.queue is not None or not is_placed(box):
        return
    column = box.parent
    buttons.queue = button = gr.Button(
        "Queue as job", elem_id=f"{tab}_queue_job", elem_classes=["ij-queue-job"]
    )
    button.webui_tooltip = "Capture all settings of this page as a job. Shift-click: queue it at once"
    button.parent.children.remove(button)
    column.add(button)
    column.children.remove(button)
    column.children.insert(column.children.index(box) + 1, button)


def bind(demo: Any, runtime: Runtime, guard: Guard) -> None:
    """Connect our buttons once the page is complete. ``demo`` is the whole page."""
    with demo:
        js = page_events.javascript(demo)
        demo.load(fn=None, inputs=None, outputs=None, **{js: REMEMBER_SHIFT})
        for tab, buttons in _buttons.items():
            inputs = page_events.generate_inputs(demo, buttons.generate)
            if inputs is None or buttons.queue is None:
                log.warning("Generate was not found in %s, so its page cannot be queued as a job.", tab)
                continue
            fillers = state_fillers(page_events.events(demo), buttons.generate, inputs)
            sent = [*inputs, *(component for filler in fillers for component in filler.inputs)]
            answer = gr.JSON(visible=False)
            event = buttons.queue.click(
                fn=handler(tab, runtime, guard, fillers),
                inputs=sent,
                outputs=[answer],
                show_progress="hidden",
                queue=False,  # respond at once, even during generation
                **{js: page_events.collect(inputs, len(sent), tab == "img2img")},
            )
            # not after a failure, which gradio shows itself: the previous answer would still be there
            event.success(fn=None, inputs=[answer], outputs=None, **{js: TELL})
    _buttons.clear()


def handler(
    tab: Tab, runtime: Runtime, guard: Guard, fillers: Sequence[StateFiller] = ()
) -> Callable[..., dict[str, str]]:
    """The button's action: stores a draft and returns ``{"id": ...}`` or ``{"error": sentence}``. gradio
    itself has checked the login, if there is one."""

    def capture(request: gr.Request, *values: Any) -> dict[str, str]:
        try:
            guard.check_site("POST", _sent(request).headers)
            on_page = fill(values, fillers)
            draft = freeze(read_page(tab, on_page, runtime.inputs))
            stored = runtime.captures.put(
                tab,
                draft.payload,
                draft.name,
                draft.batch_count,
                draft.summary,
                draft.not_frozen,
                owner=request.username or "",
                axes=draft.axes,
            )
            return {"id": stored.id}
        except InuJobsError as error:
            return _told(error.sentence)
        except Exception:
            log.exception("the page could not be captured.")
            return _told(
                say("The page could not be captured because of an error in Inu Jobs: see the console.")
            )

    return capture


def _told(why: Sentence) -> dict[str, Any]:
    return {"error": str(why), "says": msgspec.to_builtins(why.says)}


def _sent(request: gr.Request) -> HTTPConnection:
    """The request that was actually received. A request may come with a description of another one, which
    gradio 3 takes from its own queue and gradio 4 from anyone; our event is not queued, so it never has
    one."""
    sent = request.request
    if not isinstance(sent, HTTPConnection):
        raise Denied(say("“Queue as job” was not pressed on the WebUI's page."), 403)
    return sent
