"""The button beside Generate and what it reads."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.unit.webui.host_side.registry import case


@case
def scripts_are_read_by_their_slices(folder: Path) -> None:
    from inu_jobs.webui.capture.read_page import read_scripts

    def script(title: str, start: int, end: int, **more: Any) -> Any:
        plain = {"api_info": None, "alwayson": True, "setup_for_ui_only": False}
        return SimpleNamespace(title=lambda: title, args_from=start, args_to=end, **{**plain, **more})

    described = SimpleNamespace(args=[SimpleNamespace(value=5), SimpleNamespace()])
    scripts = [
        script("Seed", 1, 2, setup_for_ui_only=True),
        script("Seed", 2, 3),  # somebody else's
        script("Tiler", 3, 5, api_info=described),
        script("Extra options", 5, 6, setting_names=["sd_vae"]),
        script("Plot", 6, 7, alwayson=False),
    ]
    runner = SimpleNamespace(scripts=scripts, selectable_scripts=scripts[4:])
    values = [1, 7, "x", 8, 9, "None", "2,4"]
    on_page, selected = read_scripts(runner, values)
    assert [found.role for found in on_page] == ["seed", "script", "script", "extra options", "script"]
    assert [found.args for found in on_page] == [[7], ["x"], [8, 9], ["None"], ["2,4"]]
    assert on_page[2].defaults == [5, None]
    assert on_page[3].names == ["sd_vae"]
    assert selected is not None
    assert (selected.title, selected.args) == ("Plot", ["2,4"])
    assert read_scripts(runner, [0, *values[1:]])[1] is None


@case
def the_button_finds_its_place_and_its_inputs(folder: Path) -> None:
    import gradio as gr

    from inu_jobs.webui.capture import queue_button
    from inu_jobs.webui.host import page_events

    def part(component: Any) -> Any:
        """The WebUI calls this for each component as it is made."""
        queue_button.on_after_component(component)
        return component

    with gr.Blocks() as demo:
        with gr.Column() as normal, gr.Row() as box:
            part(gr.Button("Interrupt", elem_id="txt2img_interrupt"))
            generate = part(gr.Button("Generate", elem_id="txt2img_generate"))
        with gr.Row(render=False) as later:
            late = part(gr.Button("Generate", elem_id="img2img_generate"))
        with gr.Column() as compact:
            later.render()
            panel = part(gr.Column(elem_id="img2img_results_panel"))
        ids = [gr.Textbox(), gr.Textbox()]
        outputs = [gr.Textbox() for _ in range(4)]
        for button in (generate, late):
            button.click(fn=lambda *_: None, inputs=[ids[1]], outputs=[outputs[0]])
            button.click(fn=lambda *_: [None] * 4, inputs=ids, outputs=outputs)
    assert [child.elem_id for child in normal.children[1:]] == ["txt2img_queue_job"]
    assert normal.children[0] is box
    assert [child.elem_id for child in compact.children[1:]] == ["img2img_queue_job", "img2img_results_panel"]
    assert panel in compact.children
    assert page_events.generate_inputs(demo, generate) == ids
    assert page_events.generate_inputs(demo, gr.Button()) is None
    before = len(demo.dependencies)
    queue_button.bind(demo, SimpleNamespace(), guard())
    bound = demo.dependencies[before:]
    queue_buttons = {normal.children[1]._id, compact.children[1]._id}
    clicks = [
        event for event in bound if event["trigger"] == "click" and set(event["targets"]) & queue_buttons
    ]
    assert [event["inputs"] for event in clicks] == [[i._id for i in ids]] * 2
    assert [event["queue"] for event in clicks] == [False, False]


@case
def events_of_gradio_4_are_understood(folder: Path) -> None:
    from inu_jobs.webui.host import page_events

    button, inputs = SimpleNamespace(_id=5), [object(), object()]
    functions = {
        0: SimpleNamespace(targets=[(5, "click")], inputs=[], outputs=[object()]),
        1: SimpleNamespace(targets=[(4, "submit"), (5, "change")], inputs=[], outputs=[object()] * 4),
        2: SimpleNamespace(targets=[(5, "click"), (9, "submit")], inputs=inputs, outputs=[object()] * 4),
    }
    assert page_events.generate_inputs(SimpleNamespace(fns=functions), button) == inputs
    assert page_events.generate_inputs(SimpleNamespace(fns=functions), SimpleNamespace(_id=6)) is None


@case
def a_page_that_cannot_be_read_is_an_answer_not_an_exception(folder: Path) -> None:
    from inu_jobs.webui.capture import queue_button

    runtime = SimpleNamespace(inputs=SimpleNamespace(save_image=None))
    answer = queue_button.handler("txt2img", runtime, guard())(pressed())
    assert set(answer) == {"error", "says"}
    assert "reload" in answer["error"]
    answer = queue_button.handler("img2img", SimpleNamespace(), guard())(pressed(), 1, 2, 3)
    assert "see the console" in answer["error"]


@case
def a_press_of_another_site_is_no_press(folder: Path) -> None:
    """Nothing of the page is even looked at: the runtime here has nothing."""
    from inu_jobs.webui.capture import queue_button

    press = queue_button.handler("txt2img", SimpleNamespace(), guard())
    own = {"host": "localhost:7860", "origin": "http://localhost:7860"}
    for sent in (
        pressed(origin="http://evil.example"),
        pressed(origin="null"),
        pressed(host="evil.example", origin="http://evil.example"),
        pressed(**{"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}),
        # as gradio 3 makes it of what a body says of itself, and gradio 4
        SimpleNamespace(request=None, username="ada", headers=own),
        SimpleNamespace(request={"headers": own}, username=None),
    ):
        answer = press(sent)
        assert set(answer) == {"error", "says"} and "see the console" not in answer["error"], answer
    assert "see the console" in press(pressed(origin="http://localhost:7860"))["error"]  # it went further


def guard() -> Any:
    from inu_jobs.web.guard import Guard

    return Guard(SimpleNamespace(), SimpleNamespace(allowed_hosts=[]), None, None)


def pressed(**headers: str) -> Any:
    """What gradio hands over of a press on the page."""
    from starlette.requests import Request

    named = {"host": "localhost:7860", **headers}
    raw = [(name.encode(), value.encode()) for name, value in named.items()]
    return SimpleNamespace(request=Request({"type": "http", "headers": raw}), username=None)
