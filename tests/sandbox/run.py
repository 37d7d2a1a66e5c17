"""``python -m tests.sandbox``: the extension in a stand-in for the WebUI, with a page.

Takes the WebUI's flags (``--nowebui``, ``--api-auth``, ``--gradio-auth``, ``--port``, ``--subpath``,
...) and ``--data-dir`` (default: a folder in the user's cache), ``--speed`` (seconds a sampling step
takes), ``--no-scheduler`` (as if Agent Scheduler was not installed), ``--controlnet`` (with a stand-in for
ControlNet)."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from tests import sandbox
from tests.sandbox import faults, headless, panel


def default_folder() -> Path:
    cache = os.environ.get("LOCALAPPDATA") or os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "inu-jobs" / "sandbox-data"


def read_arguments(arguments: list[str]) -> tuple[argparse.Namespace, list[str]]:
    """Ours, and the rest, which is the WebUI's and the extension's."""
    parser = argparse.ArgumentParser(prog="python -m tests.sandbox", description=__doc__, add_help=False)
    parser.add_argument("--data-dir", type=Path, default=None)
    parser.add_argument("--inu-jobs-data", type=Path, default=None)
    parser.add_argument("--speed", type=float, default=None)
    parser.add_argument("--no-scheduler", action="store_true")
    parser.add_argument("--controlnet", action="store_true")
    ours, rest = parser.parse_known_args(arguments)
    ours.data_dir = (ours.data_dir or default_folder()).resolve()
    ours.inu_jobs_data = (ours.inu_jobs_data or ours.data_dir / "inu-jobs").resolve()
    return ours, rest


def main(arguments: list[str] | None = None) -> None:
    ours, rest = read_arguments(sys.argv[1:] if arguments is None else arguments)
    if ours.speed is not None:
        faults.change(seconds_per_step=ours.speed)
    elif "INU_SANDBOX_FAULTS" not in os.environ:
        faults.change(seconds_per_step=0.06)
    # As in the WebUI, the extension's folder is on the path only while its own scripts run.
    root = str(sandbox.ROOT)
    sys.path[:] = [p for p in sys.path if p and str(Path(p).resolve()) != root]
    if not sys.stdout.isatty():
        sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    if ours.controlnet:
        headless.install_controlnet(ours.data_dir)
    headless.prepare(
        ours.data_dir,
        ["--api", "--inu-jobs-data", str(ours.inu_jobs_data), *rest],
        scheduler=not ours.no_scheduler,
    )
    from modules.shared_cmd_options import cmd_opts

    # The WebUI, too, ends at once at Ctrl+C.
    signal.signal(signal.SIGINT, lambda *_: os._exit(0))
    if cmd_opts.nowebui:
        api_only(cmd_opts)
    else:
        webui(cmd_opts)


def server_name(cmd_opts: Any) -> str | None:
    return cmd_opts.server_name or ("0.0.0.0" if cmd_opts.listen else None)


def setup_middleware(app: Any, cmd_opts: Any) -> None:
    """As the WebUI: everything is gzipped, and other origins are refused unless allowed."""
    from starlette.middleware.cors import CORSMiddleware
    from starlette.middleware.gzip import GZipMiddleware

    app.middleware_stack = None
    app.add_middleware(GZipMiddleware, minimum_size=1000)
    cors: dict[str, Any] = {"allow_methods": ["*"], "allow_headers": ["*"], "allow_credentials": True}
    if cmd_opts.cors_allow_origins:
        cors["allow_origins"] = cmd_opts.cors_allow_origins.split(",")
    if cmd_opts.cors_allow_origins_regex:
        cors["allow_origin_regex"] = cmd_opts.cors_allow_origins_regex
    app.add_middleware(CORSMiddleware, **cors)
    app.build_middleware_stack()


def api_only(cmd_opts: Any) -> None:
    from fastapi import FastAPI

    from modules import script_callbacks
    from modules.api.api import Api
    from modules.call_queue import queue_lock

    app = FastAPI()
    setup_middleware(app, cmd_opts)
    api = Api(app, queue_lock)
    panel.add_routes(app)
    script_callbacks.before_ui_callback()
    script_callbacks.app_started_callback(None, app)
    port = cmd_opts.port or 7861
    print(f"Running on local URL:  http://127.0.0.1:{port}")
    print("Startup complete.")
    subpath = f"/{cmd_opts.subpath}" if cmd_opts.subpath else ""
    api.launch(server_name(cmd_opts) or "127.0.0.1", port, subpath)


def gradio_auth(cmd_opts: Any) -> list[tuple[str, ...]] | None:
    entries = (cmd_opts.gradio_auth or "").split(",")
    if cmd_opts.gradio_auth_path:
        entries += Path(cmd_opts.gradio_auth_path).read_text("utf-8").replace("\n", ",").split(",")
    return [tuple(e.strip().split(":", 1)) for e in entries if e.strip()] or None


def webui(cmd_opts: Any) -> None:
    """The WebUI's main loop: build, serve, wait for "Reload UI", and again."""
    import host_page
    from modules import initialize, progress, script_callbacks, shared, ui
    from modules.api.api import Api
    from modules.call_queue import queue_lock

    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    while True:
        script_callbacks.before_ui_callback()
        shared.demo = ui.create_ui()
        if not cmd_opts.no_gradio_queue:
            host_page.queue(shared.demo)
        app, _, _ = shared.demo.launch(
            server_name=server_name(cmd_opts),
            server_port=cmd_opts.port,
            auth=gradio_auth(cmd_opts),
            prevent_thread_lock=True,
            allowed_paths=[*cmd_opts.gradio_allowed_path, *map(str, sandbox.extensions), str(sandbox.HERE)],
            app_kwargs={"docs_url": "/docs", "redoc_url": "/redoc"},
            root_path=f"/{cmd_opts.subpath}" if cmd_opts.subpath else "",
            **host_page.launch_arguments(),
        )
        app.user_middleware = [x for x in app.user_middleware if x.cls.__name__ != "CORSMiddleware"]
        setup_middleware(app, cmd_opts)
        progress.setup_progress_api(app)
        ui.setup_ui_api(app)
        panel.add_routes(app)
        if cmd_opts.api:
            Api(app, queue_lock)
        script_callbacks.app_started_callback(shared.demo, app)
        print("Startup complete.")
        if wait_for_command(shared) == "stop":
            shared.demo.close()
            return
        print("Restarting UI...")
        shared.demo.close()
        time.sleep(0.5)
        script_callbacks.app_reload_callback()
        script_callbacks.script_unloaded_callback()
        initialize.initialize_rest(reload_script_modules=True)


def wait_for_command(shared: Any) -> str:
    while True:
        command = shared.state.wait_for_server_command(timeout=5)
        if command in ("stop", "restart"):
            return str(command)
