"""Starting again as a new process, where something waits for that."""

import os
from pathlib import Path

from modules.paths_internal import data_path


def is_restartable():
    return bool(os.environ.get("SD_WEBUI_RESTART"))


def restart_program():
    """(The real one puts the file into its program's folder, where webui.sh looks for it.)"""
    tmpdir = Path(data_path) / "tmp"
    tmpdir.mkdir(parents=True, exist_ok=True)
    (tmpdir / "restart").touch()
    stop_program()


def stop_program():
    os._exit(0)
