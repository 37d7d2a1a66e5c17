"""All hooks into the WebUI, in one place.

``register()`` runs at start and again on each "Reload UI", after the WebUI has dropped all callbacks. It must
never keep the WebUI from starting, whatever is missing or broken.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from modules import paths_internal, script_callbacks, shared

from .. import __version__
from ..log import log
from . import tab
from .host import missing_names
from .host.setup import versions

ROOT = Path(__file__).resolve().parents[2]

try:
    from ..web import routes
    from ..web.guard import Guard
    from ..web.private_files import PrivateFiles
    from ..web.static import WebUi
    from . import runtime, settings
    from .capture import queue_button
    from .generation import script
    from .generation.script import InuJobsScript
    from .generation.upscale import InuJobsUpscale
    from .scheduler import web_guard

    if find_spec("dynamicprompts") is None:  # imported lazily, with the first template
        raise ModuleNotFoundError(name="dynamicprompts")
    problem = ""
except ImportError as error:
    # A dependency was not installed, or the WebUI is too different. The tab says so; nothing else runs.
    InuJobsScript = InuJobsUpscale = None  # type: ignore[assignment,misc]
    problem = missing_names.problem(error)


def data_folder() -> Path:
    """``--inu-jobs-data``, else ``data`` in the extension's own folder, which updates do not touch."""
    chosen = getattr(shared.cmd_opts, "inu_jobs_data", None)
    return Path(chosen).resolve() if chosen else ROOT / "data"


def guarded(callback: Callable[..., Any]) -> Callable[..., Any]:
    """``callback``, with errors printed instead of reaching the WebUI."""

    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return callback(*args, **kwargs)
        except Exception:
            log.exception("an error in Inu Jobs; the WebUI continues without this step.")
            return None

    return call


def on_app_started(demo: Any, app: Any) -> None:
    """``demo`` is None with --nowebui: the API and the queue work, the tab does not."""
    try:
        start(demo, app)
    except Exception as error:
        log.exception("it could not start.")
        said = (
            missing_names.problem(error)
            if isinstance(error, ImportError)
            else f"Inu Jobs could not start: {type(error).__name__}: {error}"
        )
        guard = Guard.of(app, settings.WebuiSettings(), shared.cmd_opts)
        routes.add_problem(app, guard, report(said))


def start(demo: Any, app: Any) -> None:
    running = runtime.open_runtime(data_folder())
    guard = Guard.of(app, running.settings, shared.cmd_opts)
    needed = [Path.cwd(), *map(Path, (paths_internal.script_path, paths_internal.data_path))]
    PrivateFiles(data_folder(), [*needed, *running.host.output_folders()]).close(app)
    web_guard.protect(app, guard, running)
    if demo is not None:
        # first: the WebUI is already serving its page, without our events until then
        queue_button.bind(demo, running, guard)
    routes.add_routes(app, running, web_ui(), shared.cmd_opts)
    running.start()


def report(said: str) -> str:
    """For a bug report: one sentence, then all versions."""
    return "\n".join([said, *versions.of_all(), f"Inu Jobs {__version__}"])


@cache
def web_ui() -> WebUi:
    """Shared by the tab and the routes; read again on each "Reload UI"."""
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
    """Register all callbacks; called on each load of our scripts."""
    if problem:
        log.error(problem)
        script_callbacks.on_ui_tabs(
            lambda: guarded(lambda: tab.build(problem=problem, report=report(problem)))() or []
        )
        return
    web_ui.cache_clear()
    script_callbacks.on_ui_tabs(lambda: guarded(build_tab)() or [])
    script_callbacks.on_ui_settings(guarded(settings.add_settings))
    script_callbacks.on_after_component(guarded(queue_button.on_after_component))
    script_callbacks.on_before_image_saved(guarded(script.on_before_image_saved))
    script_callbacks.on_image_saved(guarded(script.on_image_saved))
    script_callbacks.on_app_started(guarded(on_app_started))
    script_callbacks.on_script_unloaded(guarded(on_unloaded))
