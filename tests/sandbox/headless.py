"""The stand-in without a page, a server, or gradio: for tests that start and kill many processes.

from tests.sandbox import headless
host = headless.start(folder)          # once per process
host.runner.register_api_task(...)
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests import sandbox
from tests.sandbox import models

SCHEDULER = "sd-webui-agent-scheduler"


class Host:
    """``runner`` is Agent Scheduler's TaskRunner, ``task_manager`` its database."""

    def __init__(self, data: Path, runner: Any, task_manager: Any) -> None:
        self.data = data
        self.runner = runner
        self.task_manager = task_manager

    def reload(self) -> None:
        """What "Reload UI" does to all but the page."""
        from modules import initialize, script_callbacks, shared

        shared.state.interrupt()
        script_callbacks.app_reload_callback()
        script_callbacks.script_unloaded_callback()
        initialize.initialize_rest(reload_script_modules=True)
        self.runner = begin()


#: in a folder that the sandbox itself has put there
OURS = ".of-the-sandbox"


def install_scheduler(data: Path) -> None:
    """Put Agent Scheduler's stand-in where extensions are installed."""
    target = data / "extensions" / SCHEDULER
    copy_scheduler(target)
    (target / OURS).touch()


def copy_scheduler(target: Path) -> None:
    """The stand-in as the extension that one would download."""
    shutil.copytree(sandbox.HERE / "scheduler_extension", target, dirs_exist_ok=True)
    shutil.copytree(
        sandbox.HERE / "agent_scheduler",
        target / "agent_scheduler",
        ignore=shutil.ignore_patterns("__pycache__"),
        dirs_exist_ok=True,
    )


def scheduler_repository(folder: Path) -> Path:
    """A git repository with it, to install from."""
    copy_scheduler(folder)
    for command in (
        ["init", "--quiet", "--initial-branch=main"],
        ["add", "--all"],
        ["-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "--quiet", "--message=First"],
    ):
        subprocess.run(["git", *command], cwd=folder, check=True)
    return folder


def install_controlnet(data: Path) -> None:
    """The stand-in for the host's ControlNet, and scripts with pictures in their arguments."""
    extensions = data / "extensions"
    controlnet = sandbox.HERE / sandbox.HOST / "controlnet_extension"
    shutil.copytree(controlnet, extensions / "sd-webui-controlnet", dirs_exist_ok=True)
    shutil.copytree(sandbox.HERE / "look_extension", extensions / "look", dirs_exist_ok=True)


def prepare(
    data: Path,
    arguments: list[str] | None = None,
    loaded: list[Path] | None = None,
    scheduler: bool = True,
) -> None:
    """Files, settings and scripts, as at the start of the WebUI. ``modules`` is usable afterwards."""
    if scheduler:
        install_scheduler(data)
    elif (data / "extensions" / SCHEDULER / OURS).exists():
        sandbox.hidden.add(SCHEDULER)
    sandbox.activate(data, arguments, loaded)
    import host_traits
    from modules import initialize

    models.install(data, host_traits.EMBEDDINGS_FOLDER, host_traits.MODEL_FILES)
    initialize.initialize()


def begin(app: Any = None) -> Any:
    """What building the page does for scripts, without the page; returns the TaskRunner, if any.

    ``app`` is a FastAPI for the routes of extensions, as with --nowebui; None where there are none."""
    from modules import script_callbacks, scripts

    script_callbacks.before_ui_callback()
    script_callbacks.ui_settings_callback()
    for runner, is_img2img in ((scripts.scripts_txt2img, False), (scripts.scripts_img2img, True)):
        runner.initialize_scripts(is_img2img)
        for script in runner.scripts:
            # Controls need gradio. The built-in ones are for the page only, the API sets fields instead.
            script.args_from = script.args_to = 1
            script.name = script.title().lower()
    script_callbacks.app_started_callback(None, app)
    task_runner = sys.modules.get("agent_scheduler.task_runner")
    return None if task_runner is None else task_runner.TaskRunner.instance


def start(data: Path, arguments: list[str] | None = None, loaded: list[Path] | None = None) -> Host:
    """Start it. ``loaded``: extension folders besides Agent Scheduler's; none by default, as most callers
    join the parts they test themselves."""
    prepare(data, arguments, loaded or [])
    runner = begin()
    from agent_scheduler.db import task_manager

    return Host(data, runner, task_manager)
