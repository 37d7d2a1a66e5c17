"""Zip, contact sheet and tables, unpacked and read again by other code than made them."""

from __future__ import annotations

import csv
import io
import json
import re
import struct
import sys
import tracemalloc
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PureWindowsPath
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image as Picture
from PIL import ImageDraw

from inu_jobs.errors import NotFound
from inu_jobs.library.export import (
    Look,
    Part,
    Table,
    archive,
    csv_of,
    json_of,
    layout_of,
    matrix_of,
    sheet_of,
    zip_of,
)
from inu_jobs.library.export.canvas import FAINT
from inu_jobs.library.export.canvas import picture as thumbnail
from inu_jobs.library.export.file_names import FileNames, safe
from inu_jobs.library.export.items import named
from inu_jobs.library.export.lettering import Lettering
from inu_jobs.library.export.parameter_files import harmless
from inu_jobs.library.export.sheet import Varying, caption, lines_of, made_with_of
from inu_jobs.library.thumbs import TooLargeToShow
from inu_jobs.model import Image, Payload
from tests.soak import sized
from tests.unit.library.library_kit import encoded, picture


class Folder:
    """``Source`` on a folder; the infotext lies beside each file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.opened: list[str] = []

    def file(self, image: Image) -> Path:
        self.opened.append(image.id)
        path = self.folder / image.path
        if not path.is_file():
            raise NotFound("The image's file no longer exists.")
        return path

    def thumb(self, image: Image) -> bytes:
        return self.file(image).read_bytes()

    def infotext(self, path: Path) -> str:
        beside = path.with_suffix(".txt")
        return beside.read_text("utf-8") if beside.exists() else ""

    def payload(self, image: Image) -> Payload:
        return {"prompt": "from the payload", "steps": 7, "override_settings": {"sd_model_checkpoint": "m"}}


def add(folder: Path, name: str, infotext: str = "", seed: int | None = 5, job: str = "j1") -> Image:
    data = encoded(picture(64, 48))
    (folder / name).write_bytes(data)
    if infotext:
        (folder / name).with_suffix(".txt").write_text(infotext, "utf-8")
    return Image(f"i{name}", job, "t1", name, 1_700_000_000.0, len(data), 0, 64, 48, seed=seed)


def parts_of(images: Iterable[Image], job: str = "Houses") -> list[Part]:
    return named(Part(image, job, number) for number, image in enumerate(images, 1))


def unzip(chunks: Iterator[bytes]) -> zipfile.ZipFile:
    archive = zipfile.ZipFile(io.BytesIO(b"".join(chunks)))
    assert archive.testzip() is None
    return archive


# ------------------------------------------------------------------------ zip


def test_a_zip_holds_the_files_unchanged_and_what_they_were_made_with(tmp_path: Path) -> None:
    images = [add(tmp_path, f"{n}.png", f"a house\nSteps: 2{n}, Sampler: Euler, Seed: {n}") for n in range(3)]
    archive = unzip(zip_of(parts_of(images), Folder(tmp_path)))
    names = ["parameters.json", "Houses/0001-5.png", "Houses/0002-5.png", "Houses/0003-5.png"]
    assert archive.namelist() == names
    assert archive.read(names[2]) == (tmp_path / "1.png").read_bytes()
    assert archive.getinfo(names[2]).compress_type == zipfile.ZIP_STORED
    told = json.loads(archive.read("parameters.json"))
    assert [one["file"] for one in told] == names[1:]
    assert told[2]["parameters"] == {
        "Prompt": "a house", "Negative prompt": "", "Steps": "22", "Sampler": "Euler", "Seed": "2",
    }  # fmt: skip


def test_what_is_gone_is_named_and_breaks_nothing(tmp_path: Path) -> None:
    images = [add(tmp_path, "1.png"), add(tmp_path, "2.png"), add(tmp_path, "3.png")]
    (tmp_path / "2.png").unlink()
    archive = unzip(zip_of(parts_of(images), Folder(tmp_path)))
    assert archive.namelist()[1:] == ["Houses/0001-5.png", "Houses/0003-5.png", "omitted.txt"]
    omitted = archive.read("omitted.txt").decode()
    assert "Houses/0002-5.png\t2.png\tThe image's file no longer exists." in omitted
    assert json.loads(archive.read("parameters.json"))[1]["parameters"]["Prompt"] == "from the payload"


def test_a_file_that_vanishes_or_grows_while_it_is_sent(tmp_path: Path) -> None:
    images = [add(tmp_path, "1.png"), add(tmp_path, "2.png")]
    before = (tmp_path / "1.png").read_bytes()
    chunks = zip_of(parts_of(images), Folder(tmp_path))
    got = []
    for chunk in chunks:
        got.append(chunk)
        if b"Houses/0001" in chunk:
            with (tmp_path / "1.png").open("ab") as file:
                file.write(b"more")
            (tmp_path / "2.png").unlink(missing_ok=True)
    archive = unzip(iter(got))
    assert archive.read("Houses/0001-5.png") == before and "omitted.txt" in archive.namelist()


def test_a_zip_has_the_text_files_too(tmp_path: Path) -> None:
    images = [add(tmp_path, "1.png", "a house"), add(tmp_path, "2.png", "notes"), add(tmp_path, "3.png")]
    own = {tmp_path / "1.png": tmp_path / "1.txt"}
    archive = unzip(zip_of(parts_of(images), Folder(tmp_path), own.get))
    files = [f"Houses/000{number}-5.png" for number in (1, 2, 3)]
    assert archive.namelist()[1:] == [files[0], "Houses/0001-5.txt", *files[1:]]
    assert archive.read("Houses/0001-5.txt") == b"a house"


def test_a_zip_costs_little_memory_and_begins_at_once(tmp_path: Path) -> None:
    images = [add(tmp_path, f"{n}.png") for n in range(4)]
    for n in range(4):
        (tmp_path / f"{n}.png").write_bytes(bytes(8 * 1024 * 1024))
    tracemalloc.start()
    try:
        sent = sum(len(chunk) for chunk in zip_of(parts_of(images), Folder(tmp_path)))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert sent > 32 * 1024 * 1024 and peak < 4 * 1024 * 1024


def test_who_stops_reading_stops_the_work(tmp_path: Path) -> None:
    images = [add(tmp_path, f"{n}.png") for n in range(50)]
    source = Folder(tmp_path)
    chunks = zip_of(parts_of(images), source)
    next(chunk for chunk in chunks if b"Houses/0002" in chunk)
    chunks.close()  # type: ignore[attr-defined]
    read = source.opened[len(images) :]  # after parameters.json, which needs all
    assert len(read) < 5


def test_a_file_of_more_than_two_gigabytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or of more than what counts as that here."""
    limit = sized(2**21, 2**31)
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", limit - 1)
    monkeypatch.setattr(archive, "_BIG", limit - 1)
    image = add(tmp_path, "1.png")
    with (tmp_path / "1.png").open("wb") as file:
        file.truncate(limit + 10)  # a hole: takes no room
    tail, length = b"", 0
    for chunk in zip_of(parts_of([image]), Folder(tmp_path)):
        tail, length = (tail + chunk)[-4096:], length + len(chunk)
    # the end of a zip of that length, read by hand: the whole would have to lie on the disk otherwise
    offset = struct.unpack("<I", tail[tail.rindex(b"PK\5\6") + 16 :][:4])[0]
    if offset == 0xFFFFFFFF:
        end = tail[tail.rindex(b"PK\6\6") :]
        offset = struct.unpack("<Q", end[48:56])[0]
    entry = tail[offset - length :] if offset - length >= -4096 else b""
    assert entry.startswith(b"PK\1\2") and length > limit
    sizes = tail[tail.index(b"Houses/0001-5.png") + len("Houses/0001-5.png") :]
    assert struct.unpack("<HHQQ", sizes[:20]) == (1, 16, limit + 10, limit + 10)


# ---------------------------------------------------------------------- names


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.text(max_size=90)), max_size=30))
def test_names_are_good_on_every_system_and_each_comes_once(jobs: list[tuple[str, str]]) -> None:
    names = FileNames()
    given_out = [names.give(job, title, 1, 7, ".PNG") for job, title in jobs]
    assert len({name.casefold() for name in given_out}) == len(given_out)
    for name in given_out:
        folder, _, file = name.partition("/")
        assert file.endswith("-7.png") and len(folder.encode()) < 255
        assert not PureWindowsPath(folder).is_reserved() and "/" not in file
        assert folder == folder.strip(". ") and not set(folder) & set('<>:"\\|?*\0\n')
        assert folder not in ("", ".", "..")


@pytest.mark.parametrize("name", ["CON", "nul.txt", "..", "...", " ", "a/../b", "\ud800", "x" * 500, "com¹"])
def test_bad_names_become_good_ones(name: str) -> None:
    made = safe(name)
    assert made and made != ".." and "/" not in made and len(made) <= 61
    assert made.encode() and not PureWindowsPath(made).is_reserved()


# --------------------------------------------------------------------- tables


def test_csv_has_a_column_for_each_parameter_that_any_image_has(tmp_path: Path) -> None:
    images = [
        add(tmp_path, "1.png", 'a, "b"\nc\nSteps: 20, Sampler: Euler, Seed: 1'),
        add(tmp_path, "2.png", "=HYPERLINK(1)\nSteps: 9, Sampler: DPM++ 2M, Hires upscale: 2, Seed: -1"),
    ]
    data = b"".join(csv_of(parts_of(images), Folder(tmp_path)))
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert [row["Prompt"] for row in rows] == ['a, "b"\nc', "'=HYPERLINK(1)"]
    assert [row["Hires upscale"] for row in rows] == ["", "2"]
    assert rows[0]["file"] == "Houses/0001-5.png" and rows[1]["Seed"] == "-1"


EVERY = list(map(chr, range(0x110000)))
#: what makes a cell a formula in some country's spreadsheet
SIGNS = [c for c in EVERY if unicodedata.normalize("NFKC", c) in ("=", "+", "-", "@", "\u2212")]
#: where some reader begins a cell or a row
SPLITS = [";", "\t", "|", "\u061b", "\n", "\r\n", *"\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"]
#: what readers drop or do not show before it
FILLERS = "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0\ufe00\ufe0f\U000e0100"
DROPPED = {c for c in EVERY if not c.isprintable() or c.isspace()} | set(FILLERS) | {'"'}
BLANK = {*DROPPED, *SPLITS, "'"}
UNSEEN = ["", " ", "\u3000", "\ufeff", "\u200b", "\xad", "\u202e", "\x01", "\ue000", '"', '""', *FILLERS]
TEXTS = st.text() | st.lists(
    st.sampled_from([*UNSEEN, *SPLITS, *SIGNS, "'", "a", "1", ",", "\u65e5\u672c"]), max_size=12
).map("".join)


@pytest.mark.parametrize("unseen", UNSEEN)
@pytest.mark.parametrize("sign", SIGNS)
def test_a_sign_where_a_cell_may_begin_is_no_formula(unseen: str, sign: str) -> None:
    assert harmless(f"{unseen}{sign}1+1") == f"{unseen}'{sign}1+1"
    for split in SPLITS:
        assert harmless(f"a cat{split}{unseen}{sign}1+1") == f"a cat{split}{unseen}'{sign}1+1"
    assert harmless(f"a{unseen}{sign}1, {sign}b") == f"a{unseen}{sign}1, {sign}b"


@pytest.mark.parametrize("value", ["-1", "+2.5", "-3e-7", "a cat, -b (c:1.2) <lora:d:-0.5>; e", "", 5, -1.5])
def test_what_is_no_formula_stays_as_it_is(value: Any) -> None:
    assert harmless(value) == value


class Prompts(Folder):
    """Images whose files say nothing: what was sent is told."""

    def __init__(self, folder: Path, prompts: list[str]) -> None:
        super().__init__(folder)
        self.prompts = prompts

    def infotext(self, path: Path) -> str:
        return ""

    def payload(self, image: Image) -> Payload:
        return {"prompt": self.prompts[image.seed or 0], "negative_prompt": self.prompts[0]}


@given(st.lists(TEXTS, min_size=1, max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_reader_of_a_table_meets_a_formula_and_the_words_come_back(
    tmp_path: Path, prompts: list[str]
) -> None:
    if sys.version_info < (3, 11):
        prompts = [text.replace("\0", "") for text in prompts]  # its csv module reads none
    parts = parts_of([add(tmp_path, "1.png", seed=seed) for seed in range(len(prompts))], prompts[0])
    data = b"".join(csv_of(parts, Prompts(tmp_path, prompts))).decode("utf-8-sig")
    for delimiter in ",;\t|":
        for row in csv.reader(io.StringIO(data, newline=""), delimiter=delimiter):
            for cell in row:
                begin = "".join(c for c in cell if c.isprintable() and c not in '" \ufe0f\u3164')[:1]
                assert begin == "" or begin not in SIGNS or re.fullmatch(r"[+-]?[0-9.e]+", cell), (
                    delimiter,
                    row,
                )
    rows = list(csv.DictReader(io.StringIO(data, newline="")))
    assert [restored(row["Prompt"]) for row in rows] == prompts
    assert {restored(row["Negative prompt"]) for row in rows} == {prompts[0]}


def restored(cell: str) -> str:
    """``cell`` without the ' that was put before each sign where a cell may begin."""
    blank = "[" + re.escape("".join(BLANK & {"'", *cell})) + "]"
    split = "|".join(map(re.escape, SPLITS))
    return re.sub(f"((?:^|{split}){blank}*)'(?=[{re.escape(''.join(SIGNS))}])", r"\1", cell)


def test_json_of_nothing_and_of_many(tmp_path: Path) -> None:
    assert json.loads(b"".join(json_of([], Folder(tmp_path)))) == []
    images = [add(tmp_path, f"{n}.png", "“x” 日本\nSteps: 1, Seed: 2, CFG scale: 3") for n in range(3)]
    told = json.loads(b"".join(json_of(parts_of(images), Folder(tmp_path))))
    assert len(told) == 3 and told[1]["parameters"]["Prompt"] == "“x” 日本" and told[1]["seed"] == 5


# ---------------------------------------------------------------------- sheet


def test_a_sheet_shows_each_image_and_what_varies(tmp_path: Path) -> None:
    images = [
        add(tmp_path, f"{n}.png", f"a house\nSteps: {20 + n}, Sampler: Euler, Seed: 3") for n in range(7)
    ]
    (tmp_path / "4.png").unlink()
    source = Folder(tmp_path)
    data = b"".join(sheet_of(parts_of(images), source, Look("Houses", "png")))
    sheet = Picture.open(io.BytesIO(data))
    assert sheet.format == "PNG" and sheet.width == 12 + 6 * 332
    first = encoded(picture(64, 48))
    pixels = Picture.open(io.BytesIO(first)).convert("RGB")
    left = 12 + (320 - 64) // 2
    assert sheet.crop((left, 43, left + 64, 43 + 48)).tobytes() == pixels.tobytes()


def test_captions_tell_what_differs_and_not_what_is_alike() -> None:
    made = [
        {"Prompt": "a", "Steps": "20", "Sampler": "Euler", "Version": "1"},
        {"Prompt": "b", "Steps": "20", "Sampler": "Euler a", "Version": "2"},
        {"Prompt": "a", "Steps": "20", "Sampler": "Euler", "Hires upscale": "2"},
    ]
    varying = Varying()
    for one in made:
        varying.see(one)
    assert varying.words() == ["Sampler", "Hires upscale", "Prompt"]
    part = parts_of([Image("i1", "j1", "t1", "1.png", 0.0, seed=9)])[0]
    assert caption(part, made[2], varying.words()) == [
        "1 · seed 9", "Sampler: Euler", "Hires upscale: 2", "Prompt: a",
    ]  # fmt: skip


def test_a_caption_says_a_value_of_an_axis_in_the_words_of_the_grid(tmp_path: Path) -> None:
    """Also beside images of another job, without that axis: both then say whose they are."""

    def told(parts: list[Part]) -> list[list[str]]:
        made = [made_with_of(part, Folder(tmp_path)) for part in parts]
        varying = Varying()
        for one in made:
            varying.see(one)
        return [caption(part, one, varying.words()) for part, one in zip(parts, made, strict=True)]

    parts = [
        Part(
            add(tmp_path, f"{n}.png", f"a house <lora:ink:{n}>\nSteps: 20, CFG scale: 7, Seed: 3"),
            "Ink", 3 * n, values={"Prompt": "", "lora:ink": f"LoRA ink {n}", "CFG scale": "CFG 7"},
        )
        for n in (1, 2)
    ]  # fmt: skip
    assert told(named(parts)) == [["3 · seed 3", "LoRA ink 1"], ["6 · seed 3", "LoRA ink 2"]]
    other = Part(add(tmp_path, "3.png", "a boat\nSteps: 20, CFG scale: 5, Seed: 3", job="j2"), "Ink", 3)
    assert told(named([parts[0], other])) == [
        ["3 · seed 3", "Job: Ink", "LoRA ink 1", "CFG 7"],
        ["3 · seed 3", "Job: Ink (2)", "CFG scale: 5", "Prompt: a boat"],
    ]


def test_a_long_value_on_a_sheet_goes_on_in_the_next_line() -> None:
    letters = Lettering()
    prompt = "Prompt: a lighthouse at dusk with a boat before it <lora:goldenhour:0.4>"
    lines = lines_of(letters, ["1 · seed 9", prompt])
    assert len(lines) > 2 and " ".join(lines[1:]) == prompt
    assert len(lines_of(letters, ["1", *["many words " * 40] * 5])) == 7


def test_lines_of_a_prompt_stand_behind_each_other_on_a_sheet(tmp_path: Path) -> None:
    prompts = ["a house\r\nby a lake", "a house\nin the woods", "a\u2028b", "", "\t"]
    images = [add(tmp_path, f"{n}.png", f"{text}\nSteps: 20, Seed: 1") for n, text in enumerate(prompts)]
    data = b"".join(sheet_of(parts_of(images, "two\nlines"), Folder(tmp_path), Look("two\nlines")))
    assert Picture.open(io.BytesIO(data)).format == "JPEG"


def test_many_images_become_pages(tmp_path: Path) -> None:
    image = add(tmp_path, "1.png")
    source = Folder(tmp_path)
    archive = unzip(sheet_of(parts_of([image] * 300), source, Look("x" * 500)))
    assert archive.namelist() == ["sheet-01.jpg", "sheet-02.jpg", "sheet-03.jpg"]
    sizes = [Picture.open(io.BytesIO(archive.read(name))).size for name in archive.namelist()]
    assert sizes[0] == sizes[1] and sizes[2][1] < sizes[0][1]


# --------------------------------------------------------------------- matrix


def coloured(folder: Path, number: int, width: int = 64, height: int = 48) -> Part:
    """An image of one colour, which says its number."""
    Picture.new("RGB", (width, height), colour(number)).save(folder / f"{number}.png")
    image = Image(f"i{number}", "j1", "t1", f"{number}.png", 1.0, 1, 0, width, height)
    return Part(image, "Houses", number, name=f"{number}.png")


def colour(number: int) -> tuple[int, int, int]:
    return (20 + 20 * (number % 10), 20 + 20 * (number // 10), 250)


def drawn(table: Table, folder: Path, look: Look) -> tuple[Any, Any]:
    layout = layout_of(table, look)
    assert layout is not None
    *before, data = matrix_of(table, layout, Folder(folder), look)
    assert before == [b""] * sum(map(len, table.cells.values()))
    page = Picture.open(io.BytesIO(data))
    assert page.size == layout.size
    return page.convert("RGB"), layout


@given(st.sets(st.tuples(st.integers(0, 2), st.integers(0, 3)), min_size=1), st.integers(1, 5))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_each_image_stands_at_its_row_and_column(
    tmp_path: Path, places: set[tuple[int, int]], each: int
) -> None:
    numbers = iter(range(100))
    cells = {place: [coloured(tmp_path, next(numbers)) for _ in range(each)] for place in sorted(places)}
    table = Table(("Prompt", "CFG scale"), ["a", "b", "c"], ["1", "2", "3", "4"], cells)
    page, layout = drawn(table, tmp_path, Look("", "png"))
    across = layout.across
    for row in range(3):
        for column in range(4):
            left = layout.side + 12 + column * (layout.place[0] + 12)
            top = layout.top + row * (layout.place[1] + 12)
            for nth, part in enumerate(cells.get((row, column), [])):
                middle = (left + nth % across * 76 + 32, top + nth // across * 60 + 24)
                assert page.getpixel(middle) == colour(int(part.image.id[1:]))
            if (row, column) not in cells:
                inside = page.crop((left, top, left + layout.place[0], top + layout.place[1]))
                assert inside.getcolors() == [(layout.place[0] * layout.place[1], (255, 255, 255))]


def test_a_matrix_has_its_headings_and_a_hole_where_a_file_is_gone(tmp_path: Path) -> None:
    cells = {(0, 0): [coloured(tmp_path, 1, 320, 320)], (0, 1): [coloured(tmp_path, 2, 320, 320)]}
    (tmp_path / "2.png").unlink()
    bare = Table(("", ""), [""], ["", ""], cells)
    full = Table(("Prompt", "Seed"), ["a fox " * 30], ["first", "second"], cells, note="CFG scale: 7")
    page, layout = drawn(bare, tmp_path, Look("", "png"))
    assert layout.side == 0
    hole = layout.side + 12 + 332 + 160
    assert page.getpixel((hole, layout.top + 160 + 70)) == (225, 225, 230)

    def ink(picture: Any, box: tuple[int, int, int, int]) -> bool:
        return picture.crop(box).getextrema() != ((255, 255),) * 3

    assert not ink(page, (0, 0, page.width, layout.top))
    page, layout = drawn(full, tmp_path, Look("A job", "png"))
    head = layout.top - 12 - 57
    assert ink(page, (0, 12, 300, 31)) and ink(page, (0, 31, 300, 50))  # title, note
    for column in range(2):
        left = layout.side + 12 + column * 332
        assert ink(page, (left, head, left + 320, layout.top - 12))
    assert ink(page, (12, layout.top, 200, layout.top + 19)) and ink(
        page, (12, layout.top + 19, 200, layout.top + 38)
    )


def test_a_large_table_is_made_smaller_and_a_huge_one_is_refused(tmp_path: Path) -> None:
    part = coloured(tmp_path, 1, 1024, 1024)

    def table(rows: int, columns: int) -> Table:
        return Table(("r", "c"), ["r"] * rows, ["c"] * columns, {(0, 0): [part]})

    edges = [
        layout.edge if (layout := layout_of(table(n, n), Look())) else None for n in (20, 35, 50, 80, 200)
    ]
    assert edges == [320, 240, 160, 96, None]
    assert layout_of(table(1, 700), Look()) is None  # a side of more than 65,000 pixels


def test_headings_are_wrapped_and_only_then_cut() -> None:
    letters = Lettering()
    text = "a small house by a lake at night with many lights in the windows"
    lines = letters.wrap(text, 150, 9)
    assert len(lines) > 2 and " ".join(lines) == text
    assert all(letters.length(line) <= 150 for line in lines)
    short = letters.wrap(text, 150, 2)
    assert short[0] == lines[0] and short[1].endswith("...") and len(short) == 2
    assert letters.wrap("", 150, 3) == []


def test_an_image_that_is_too_large_to_show_is_not_said_to_be_gone(tmp_path: Path) -> None:
    class Huge(Folder):
        def thumb(self, image: Image) -> bytes:
            raise TooLargeToShow("a.png is too large for a thumbnail: 13000x13000 pixels.")

    part = parts_of([add(tmp_path, "1.png")])[0]
    there = thumbnail(Huge(tmp_path), part)
    (tmp_path / "1.png").unlink()
    gone = thumbnail(Folder(tmp_path), part)
    assert there.size == gone.size == (320, 160) and there.tobytes() != gone.tobytes()
    words = Picture.new("RGB", there.size, there.getpixel((0, 0)))
    ImageDraw.Draw(words).text((12, 80), "too large to show", FAINT)
    assert there.tobytes() == words.tobytes()
