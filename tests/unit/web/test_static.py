"""The files of the web UI: which are served, for how long they are kept, and nothing besides."""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from inu_jobs.web.static import ROOT, STYLES, WebUi
from tests.unit.service.service_kit import House
from tests.unit.web.web_kit import UI_FILES, client_of, make_ui, plain_app

TYPES = {".mjs": "text/javascript", ".css": "text/css"}


def test_under_its_stamp_a_file_is_kept_for_ever(client: TestClient, house: House) -> None:
    web_ui = make_ui(house.folder)
    for name, text in UI_FILES.items():
        answer = client.get("/" + web_ui.address(name))
        assert answer.text == text
        assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
        assert answer.headers["content-type"].startswith(TYPES[Path(name).suffix])
        again = client.get("/" + web_ui.address(name), headers={"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304


@pytest.mark.parametrize("stamp", ["", "0123456789abcdef/"])
def test_under_any_other_it_is_the_file_of_now_and_asked_for_each_time(
    client: TestClient, stamp: str
) -> None:
    for name, text in UI_FILES.items():
        answer = client.get(f"{ROOT}/{stamp}{name}")
        assert answer.text == text and answer.headers["cache-control"] == "private, no-cache"
        again = client.get(f"{ROOT}/{stamp}{name}", headers={"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304


def test_the_stamp_changes_with_any_file_and_with_nothing_else(tmp_path: Path) -> None:
    stamp = make_ui(tmp_path).stamp
    (tmp_path / "ui" / "notes.txt").write_text("more")
    assert make_ui(tmp_path).stamp == stamp
    stamps = {stamp}
    for name in UI_FILES:
        (tmp_path / "ui" / name).write_text("other")
        stamps.add(WebUi(tmp_path / "ui").stamp)
    (tmp_path / "ui" / "inu.css").rename(tmp_path / "ui" / "new.css")
    stamps.add(WebUi(tmp_path / "ui").stamp)
    assert len(stamps) == len(UI_FILES) + 2


def test_what_is_written_after_the_start_is_not_mixed_in(client: TestClient, house: House) -> None:
    (house.folder / "ui" / "main.mjs").write_text("of another version")
    assert client.get(f"{ROOT}/main.mjs").text == UI_FILES["main.mjs"]


@pytest.mark.parametrize(("encodings", "used"), [("gzip, br", "gzip"), ("br", "identity"), ("", "identity")])
def test_it_is_compressed_where_that_is_understood(tmp_path: Path, encodings: str, used: str) -> None:
    answer = make_ui(tmp_path).answer("main.mjs", {}, encodings)
    assert answer.headers["content-encoding"] == used
    data = gzip.decompress(answer.body) if used == "gzip" else answer.body
    assert data == UI_FILES["main.mjs"].encode()


@pytest.mark.parametrize("stamp", ["", "0123456789abcdef/"])
@pytest.mark.parametrize(
    "path",
    [
        "notes.txt",
        "page.html",
        "",
        "views",
        "views/",
        "nope.mjs",
        "../secret.mjs",
        "%2e%2e/secret.mjs",
        "..%2fsecret.mjs",
        "views/..%2f..%2fsecret.mjs",
        "%2e%2e%2fdata%2fjobs.json",
        "%2fetc%2fpasswd",
        "/secret.mjs",
        "..%5csecret.mjs",
        "C:%5csecret.mjs",
        "c:/secret.mjs",
        "main.mjs%00.css",
        "main.mjs::$DATA",
        "link.mjs",
        "folder/secret.mjs",
        "x" * 5000 + ".mjs",
    ],
)
def test_nothing_else_is_served(house: House, path: str, stamp: str) -> None:
    outside = house.folder / "outside"
    outside.mkdir()
    for folder in (house.folder, outside):
        (folder / "secret.mjs").write_text("secret")
    make_ui(house.folder)
    if sys.platform != "win32":
        (house.folder / "ui" / "link.mjs").symlink_to(house.folder / "secret.mjs")
        (house.folder / "ui" / "folder").symlink_to(outside)
    answer = client_of(plain_app(house)).get(f"{ROOT}/{stamp}{path}")
    assert answer.status_code in (404, 307) and "secret" not in answer.text


def test_a_folder_of_ours_may_itself_be_a_link(tmp_path: Path) -> None:
    if sys.platform == "win32":
        pytest.skip("links need rights there")
    make_ui(tmp_path)
    (tmp_path / "linked").symlink_to(tmp_path / "ui")
    assert WebUi(tmp_path / "linked").stamp == WebUi(tmp_path / "ui").stamp


def test_other_files_are_served_by_their_names(tmp_path: Path) -> None:
    (tmp_path / "style.css").write_text(".ij {}")
    web_ui = WebUi(make_folder(tmp_path), tmp_path / "style.css")
    assert web_ui.answer("style.css", {}, "").body == b".ij {}"


def test_all_styles_are_one_file_with_what_all_pages_are_built_of_first(tmp_path: Path) -> None:
    ui = make_folder(tmp_path)
    for name in ("zoo/zoo.css", "compare/compare.css", "dom/base.css", "dom/components.css"):
        (ui / name).parent.mkdir(exist_ok=True)
        (ui / name).write_text(f"/* {name} */")
    (tmp_path / "style.css").write_text("/* of the WebUI's page */")
    web_ui = WebUi(ui, tmp_path / "style.css")
    joined = bytes(web_ui.answer(STYLES, {}, "").body).decode().split("\n")
    assert joined == [
        "/* dom/base.css */",
        "/* dom/components.css */",
        "/* compare/compare.css */",
        ".ij {}",
        "",
        "/* zoo/zoo.css */",
    ]
    page = bytes(web_ui.page("").body).decode()
    sheets = [line for line in page.splitlines() if 'rel="stylesheet"' in line]
    assert [line.split('"')[3].split("/")[-1] for line in sheets] == ["theme.css", "style.css", "ui.css"]


def make_folder(folder: Path) -> Path:
    make_ui(folder)
    return folder / "ui"
