"""Nobody gets our files by the routes of others: a real gradio app, as the WebUI serves it."""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import quote

import gradio as gr
import pytest
from fastapi import FastAPI
from gradio.routes import App
from starlette.responses import FileResponse
from starlette.testclient import TestClient

from inu_jobs.library.trash.places import FOLDER as TRASH
from inu_jobs.web.private_files import PrivateFiles

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")


@pytest.fixture
def webui(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The WebUI's working folder, whose files gradio serves, with an extension of ours in it."""
    root = tmp_path / "webui"
    for name in (
        "extensions/inu-jobs/data/jobs.json", "extensions/inu-jobs/data/jobs.json.unreadable-2026",
        "extensions/inu-jobs/data/inputs/ab/abc.png", "extensions/inu-jobs/data/thumbs/t.webp",
        "extensions/inu-jobs/style.css", "models/Lora/a.png", "outputs/a.png", f"outputs/{TRASH}/i1.png",
        f"outputs/{TRASH}/manifest.jsonl", "script.js",
    ):  # fmt: skip
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    monkeypatch.chdir(root)
    return root


def serve(webui: Path, data: Path, *allowed: Path) -> TestClient:
    with gr.Blocks(analytics_enabled=False) as blocks:
        gr.HTML("page")
    blocks.allowed_paths = [str(webui), *map(str, allowed)]
    blocks.blocked_paths = []
    blocks.auth = None
    app = App.create_app(blocks)

    # modules/ui_extra_networks.py, fetch_file
    @app.get("/sd_extra_networks/thumb")
    def fetch_file(filename: str = "") -> FileResponse:
        if (webui / "models" / "Lora").absolute() not in Path(filename).absolute().parents:
            raise ValueError
        return FileResponse(filename)

    PrivateFiles(data, [webui, webui / "outputs"]).close(app)
    return TestClient(app, base_url="http://localhost:7860")


def spellings(path: Path, webui: Path) -> list[str]:
    """Addresses of one file, by all routes that serve files."""
    inside = path.relative_to(webui)
    up = webui / "models" / ".." / inside
    names = [str(path), str(inside), f"./{inside}", str(up), str(path.parent / "." / path.name),
             str(path).replace("/extensions/", "//extensions/"), f"/proc/self/cwd/{inside}"]  # fmt: skip
    found = [f"/{route}{quote(name)}" for name in names for route in ("file=", "file/")]
    found.append("/file=" + "".join(f"%{byte:02x}" for byte in str(path).encode()))
    deep = webui / "models" / "Lora" / ".." / ".." / inside
    return [*found, f"/sd_extra_networks/thumb?filename={quote(str(deep))}"]


@pytest.mark.parametrize(
    "name", ["jobs.json", "jobs.json.unreadable-2026", "inputs/ab/abc.png", "thumbs/t.webp"]
)
def test_our_data_folder_is_served_by_nobody(webui: Path, name: str) -> None:
    data = webui / "extensions" / "inu-jobs" / "data"
    client = serve(webui, data)
    for address in spellings(data / name, webui):
        for method in ("GET", "HEAD"):
            answer = client.request(method, address)
            assert answer.status_code == 403, (method, address)
            assert name.encode() not in answer.content


def test_what_is_not_ours_is_served_as_before(webui: Path) -> None:
    client = serve(webui, webui / "extensions" / "inu-jobs" / "data")
    for name in ("script.js", "outputs/a.png", "extensions/inu-jobs/style.css"):
        assert client.get(f"/file={webui / name}").text == name
        assert client.get(f"/file={name}").text == name
        assert client.head(f"/file={name}").status_code == 200
    assert (
        client.get(f"/sd_extra_networks/thumb?filename={webui}/models/Lora/a.png").text == "models/Lora/a.png"
    )
    assert client.get("/file=nothing.png").status_code == 404
    assert client.get("/").status_code == 200 and client.get("/config").status_code == 200


def test_what_lies_in_the_trash_is_served_by_nobody(webui: Path) -> None:
    client = serve(webui, webui / "extensions" / "inu-jobs" / "data")
    for name in ("i1.png", "manifest.jsonl"):
        for address in spellings(webui / "outputs" / TRASH / name, webui):
            assert client.get(address).status_code == 403, address


def test_a_link_to_our_folder_opens_nothing(webui: Path, tmp_path: Path) -> None:
    """The extension may be a link, so may our folder, and any link of the user may lead there."""
    data = webui / "extensions" / "inu-jobs" / "data"
    elsewhere = tmp_path / "elsewhere"
    data.rename(elsewhere)
    data.symlink_to(elsewhere)
    (webui / "shortcut").symlink_to(elsewhere / "inputs")
    (webui / "one.png").symlink_to(elsewhere / "inputs" / "ab" / "abc.png")
    for chosen in (data, elsewhere):
        client = serve(webui, chosen, elsewhere)
        for path in (data / "jobs.json", webui / "shortcut" / "ab" / "abc.png", webui / "one.png",
                     elsewhere / "jobs.json", webui / ".." / "elsewhere" / "jobs.json"):  # fmt: skip
            assert client.get(f"/file={path}").status_code == 403, path


def test_a_part_that_lies_elsewhere_is_ours_too(webui: Path, tmp_path: Path) -> None:
    data = webui / "extensions" / "inu-jobs" / "data"
    (data / "inputs").rename(tmp_path / "big")
    (data / "inputs").symlink_to(tmp_path / "big")
    client = serve(webui, data, tmp_path / "big")
    assert client.get(f"/file={data}/inputs/ab/abc.png").status_code == 403
    assert client.get(f"/file={tmp_path}/big/ab/abc.png").status_code == 403


def test_the_webui_goes_on_if_our_folder_is_its_own(webui: Path) -> None:
    """``--inu-jobs-data .``: its page must still get its files."""
    for name in ("jobs.json", "jobs.json.unreadable-2026", "inputs/abc.png"):
        (webui / name).parent.mkdir(exist_ok=True)
        (webui / name).write_text(name)
    client = serve(webui, webui)
    for name in ("script.js", "outputs/a.png", "extensions/inu-jobs/style.css"):
        assert client.get(f"/file={name}").text == name
    for name in ("jobs.json", "jobs.json.unreadable-2026", "inputs/abc.png"):
        assert client.get(f"/file={webui / name}").status_code == 403
        assert client.get(f"/file={name}").status_code == 403


def test_gradio_knows_it_too(webui: Path) -> None:
    """For versions that serve files by routes of other names."""
    data = webui / "extensions" / "inu-jobs" / "data"
    client = serve(webui, data)
    blocks = client.app.get_blocks()  # type: ignore[attr-defined]
    assert str(data) in blocks.blocked_paths


def test_letter_case_is_the_file_systems_business(webui: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows and macOS another case is the same folder: what the system says of it counts."""
    data = webui / "extensions" / "inu-jobs" / "data"
    files = PrivateFiles(data, [webui])
    other = str(data / "jobs.json").replace("/data/", "/DATA/")
    assert not any(map(files.hold, ("a\0b", "", "/", "a" * 500, "\ud800")))
    assert not files.hold(other)  # here it is another one
    data.with_name("DATA").symlink_to(data)
    assert files.hold(other)


def test_a_name_without_end_is_not_looked_into(webui: Path) -> None:
    """Each part of a name costs a look at the disk, before anybody was asked for a password."""
    data = webui / "extensions" / "inu-jobs" / "data"
    client = serve(webui, data)
    assert client.get(f"/file={'a/' * 20_000}").status_code == 403
    files = PrivateFiles(data, [webui])
    for name in ("models/../" * 4_000 + "script.js", "models/../" * 60 + "script.js"):
        assert files.hold(name)
    many = "&".join(["filename=models/Lora/a.png"] * 1_000)
    assert client.get(f"/sd_extra_networks/thumb?{many}").status_code == 403
    assert files.hold("models/../" * 9 + "extensions/inu-jobs/data/jobs.json")
    assert not files.hold("models/../" * 9 + "script.js")


def test_without_gradio_there_is_nothing_to_close(tmp_path: Path) -> None:
    app = FastAPI()
    before = len(app.router.routes)
    PrivateFiles(tmp_path, []).close(app)
    assert len(app.router.routes) == before
