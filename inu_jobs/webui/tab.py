"""The tab: one empty element, filled by our web UI."""

from __future__ import annotations

import html
from typing import Any

import gradio as gr


def build(
    address: str = "", ahead: bool = False, problem: str = "", report: str = ""
) -> list[tuple[Any, str, str]]:
    """What ``on_ui_tabs`` expects: (blocks, title, id); the WebUI turns the id into ``#tab_inu_jobs``.

    ``address``: of the web UI's first module; ``ahead``: it may be loaded before the tab is opened.
    ``problem``: shown instead of the web UI if our packages could not be loaded; ``report``: for a bug
    report."""
    inside = f'<p class="ij-problem">{html.escape(problem)}</p>{_copyable(report)}' if problem else ""
    data = f' data-main="{html.escape(address)}"' + (" data-ahead" if ahead else "")
    with gr.Blocks(analytics_enabled=False) as blocks:
        gr.HTML(f'<div id="inu-jobs" class="ij-root"{data}>{inside}</div>')
    return [(blocks, "Jobs", "inu_jobs")]


def _copyable(report: str) -> str:
    """Where it is needed, no script of ours runs. The clipboard needs https or localhost; a selection can be
    copied anywhere."""
    copy = "const box = this.previousElementSibling; box.select(); document.execCommand('copy')"
    return (
        f'<textarea class="ij-report" readonly rows="5" aria-label="For a bug report">{html.escape(report)}'
        f'</textarea><button class="ij-report" type="button" onclick="{copy}">Copy</button>'
        if report
        else ""
    )
