"""The "Sandbox" tab: how slow, and which faults. The same over HTTP for tests."""

from __future__ import annotations

from typing import Any

from tests.sandbox import faults

_started = 0


def create_ui() -> Any:
    import gradio as gr

    now = faults.as_dict()
    with gr.Blocks(analytics_enabled=False) as blocks:
        gr.Markdown("Make the stand-in slow, or make it fail. Faults act on the next images.")
        with gr.Row():
            speed = gr.Slider(
                0, 1, step=0.01, value=now["seconds_per_step"], label="Seconds a sampling step takes"
            )
            text = gr.Textbox(value=now["fail_text"], label="Prompts with this text fail")
            oom_text = gr.Textbox(value=now["oom_text"], label="Prompts with this text run out of memory")
        with gr.Row():
            counts = [
                gr.Number(value=now[name], precision=0, label=label, elem_id=f"sandbox_{name}")
                for name, label in (
                    ("fail_next", "Next images that fail"),
                    ("oom_next", "Next images that run out of memory"),
                    ("vanish_next", "Next files that vanish"),
                    ("black_next", "Next images that come out black"),
                    ("crash_next", "Next images that end the process"),
                )
            ]
        apply = gr.Button("Apply", variant="primary", elem_id="sandbox_apply")
        result = gr.JSON(label="In force")

        def change(speed, text, oom_text, fail, oom, vanish, black, crash):
            return faults.change(
                seconds_per_step=speed or 0,
                fail_text=text,
                oom_text=oom_text,
                fail_next=fail or 0,
                oom_next=oom or 0,
                vanish_next=vanish or 0,
                black_next=black or 0,
                crash_next=crash or 0,
            )

        apply.click(change, [speed, text, oom_text, *counts], [result])
        blocks.load(faults.as_dict, None, [result])
    return blocks


def add_routes(app: Any) -> None:
    """``GET /sandbox/faults`` and ``POST`` with some of its fields; ``POST /sandbox/reload`` is
    "Reload UI", and ``GET /sandbox/state`` counts how often the page was built."""
    from fastapi import Body
    from fastapi.responses import JSONResponse

    def post(values: dict[str, Any] = Body()) -> Any:  # noqa: B008
        try:
            return faults.change(**values)
        except (TypeError, ValueError) as error:
            return JSONResponse({"detail": str(error)}, 422)

    def state() -> dict[str, int]:
        return {"started": _started}

    def reload() -> dict[str, int]:
        from modules import shared

        shared.state.request_restart()
        return state()

    global _started
    _started += 1
    app.add_api_route("/sandbox/state", state, methods=["GET"])
    app.add_api_route("/sandbox/reload", reload, methods=["POST"])
    app.add_api_route("/sandbox/faults", faults.as_dict, methods=["GET"])
    app.add_api_route("/sandbox/faults", post, methods=["POST"])
