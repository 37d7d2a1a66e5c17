"""Everything that is hooked into the WebUI, in one place.

``register()`` runs once at start and again at each "Reload UI", after the WebUI has dropped all
callbacks. It must never keep the WebUI from starting, whatever is missing or broken.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from modules import script_callbacks, shared

from . import tab

ROOT = Path(__file__).resolve().parents[2]

try:
    from . import capture, routes, runtime, script, settings
    from .script import InuJobsScript
    from .upscale import InuJobsUpscale
    from .web_ui import WebUi

    problem = ""
except ImportError as error:
    # A dependency did not get installed. The tab says so; nothing else of ours runs.
    InuJobsScript = InuJobsUpscale = None  # type: ignore[assignment,misc]
    problem = (
        f"Inu Jobs cannot run: the Python package {error.name or error} is missing."
        " Connect to the internet and restart the WebUI, or install it with pip in the WebUI's environment."
    )


def data_folder() -> Path:
    """``--inu-jobs-data``, or ``data`` in the extension's own folder, which updates leave alone."""
    chosen = getattr(shared.cmd_opts, "inu_jobs_data", None)
    return Path(chosen).resolve() if chosen else ROOT / "data"


def guarded(callback: Callable[..., Any]) -> Callable[..., Any]:
    """``callback``, but an error is printed and never reaches the WebUI."""

    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return callback(*args, **kwargs)
        except Exception:
            print("Inu Jobs: an error in our own code; the WebUI goes on without this step.")
            traceback.print_exc()
            return None

    return call


def on_app_started(demo: Any, app: Any) -> None:
    """``demo`` is None with --nowebui: the API and the queue work, the tab does not."""
    running = runtime.open_runtime(data_folder())
    if demo is not None:
        capture.bind(
            demo, running
        )  # first: the WebUI serves its page by now, and lacks our events until then
    routes.add_routes(app, running, web_ui())
    running.start()


@cache
def web_ui() -> WebUi:
    """The same for the tab and for the routes; read anew at each "Reload UI"."""
    return WebUi(ROOT / "ui", ROOT / "style.css")


def build_tab() -> list[tuple[Any, str, str]]:
    # with --api-auth the browser asks for the password: not before the tab is opened
    ahead = not getattr(shared.cmd_opts, "api_auth", None)
    return tab.build(web_ui().address("main.mjs"), ahead=ahead)


def on_unloaded() -> None:
    running = runtime.current()
    if running is not None:
        running.stop()


def register() -> None:
    if problem:
        print(problem)
        script_callbacks.on_ui_tabs(lambda: guarded(tab.build)(problem=problem) or [])
        return
    web_ui.cache_clear()
    script_callbacks.on_ui_tabs(lambda: guarded(build_tab)() or [])
    script_callbacks.on_ui_settings(guarded(settings.add_settings))
    script_callbacks.on_after_component(guarded(capture.on_after_component))
    script_callbacks.on_image_saved(guarded(script.on_image_saved))
    script_callbacks.on_app_started(guarded(on_app_started))
    script_callbacks.on_script_unloaded(guarded(on_unloaded))
