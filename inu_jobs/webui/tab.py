"""The tab: one empty element that our web UI fills."""

from __future__ import annotations

import html
from typing import Any

import gradio as gr


def build(address: str = "", ahead: bool = False, problem: str = "") -> list[tuple[Any, str, str]]:
    """What ``on_ui_tabs`` wants: (blocks, title, id); the WebUI makes ``#tab_inu_jobs`` of the id.

    ``address``: of the web UI's first module; ``ahead``: it may be loaded before the tab is opened.
    ``problem`` is shown instead of the web UI when our own packages could not be loaded."""
    inside = f'<p class="ij-problem">{html.escape(problem)}</p>' if problem else ""
    data = f' data-main="{html.escape(address)}"' + (" data-ahead" if ahead else "")
    with gr.Blocks(analytics_enabled=False) as blocks:
        gr.HTML(f'<div id="inu-jobs" class="ij-root"{data}>{inside}</div>')
    return [(blocks, "Jobs", "inu_jobs")]
