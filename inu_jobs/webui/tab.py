"""The tab: one empty element, filled by our web UI."""

from __future__ import annotations

import html
from typing import Any

import gradio as gr


def build(address: str = "", ahead: bool = False, problem: str = "") -> list[tuple[Any, str, str]]:
    """What ``on_ui_tabs`` expects: (blocks, title, id); the WebUI turns the id into ``#tab_inu_jobs``.

    ``address``: of the web UI's first module; ``ahead``: it may be loaded before the tab is opened.
    ``problem``: shown instead of the web UI if our packages could not be loaded."""
    inside = f'<p class="ij-problem">{html.escape(problem)}</p>' if problem else ""
    data = f' data-main="{html.escape(address)}"' + (" data-ahead" if ahead else "")
    with gr.Blocks(analytics_enabled=False) as blocks:
        gr.HTML(f'<div id="inu-jobs" class="ij-root"{data}>{inside}</div>')
    return [(blocks, "Jobs", "inu_jobs")]
