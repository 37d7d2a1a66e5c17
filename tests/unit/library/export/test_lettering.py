"""Texts in any script, drawn with fonts that the test makes."""

from __future__ import annotations

import io
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Picture
from PIL import ImageFont

from inu_jobs.library.export import Look, fonts, sheet_of
from inu_jobs.library.export.bidi import runs_of
from inu_jobs.library.export.fonts import installed
from inu_jobs.library.export.lettering import Lettering
from tests.unit.library.export.fonts_kit import bar_font, picture_font

PAPER, INK, RED = (255, 255, 255), (0, 0, 0), (255, 0, 0)
LATIN = {"a": 3, "b": 5, " ": 4, ".": 2, "1": 7, "(": 9, ")": 10}
#: alef, bet, gimel; dog
HEBREW = {"א": 4, "ב": 6, "ג": 8}
DOG = "\U0001f415"

RAQM = pytest.param(True, marks=pytest.mark.skipif(not ImageFont.core.HAVE_RAQM, reason="no raqm here"))


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The fonts that are installed, to be filled."""
    files: list[str] = []
    monkeypatch.setattr(fonts, "installed", lambda: tuple(files))
    return files


@pytest.fixture(params=[RAQM, False])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With and without the library that lays out complex scripts."""
    monkeypatch.setattr(ImageFont.core, "HAVE_RAQM", request.param)


def bars(letters: Lettering, text: str) -> list[int]:
    """The widths of the bars that are drawn for ``text``, from left to right."""
    page = Picture.new("RGB", (300, 30), PAPER)
    letters.draw(page, (0, 5), text, INK)
    row = [page.getpixel((x, 12)) != PAPER for x in range(300)]
    return [len(list(group)) + 1 for ink, group in groupby(row) if ink]


def test_each_letter_comes_from_the_first_font_that_has_it(
    tmp_path: Path, system: list[str], engine: None
) -> None:
    chosen = bar_font(tmp_path / "chosen.ttf", LATIN)
    system += [
        str(tmp_path / "not there.ttf"),
        bar_font(tmp_path / "kana.ttf", {"ね": 11, "こ": 13}),
        bar_font(tmp_path / "kanji.ttf", {"猫": 17, "ね": 19}),
    ]
    assert bars(Lettering([chosen]), "aねbこ猫") == [3, 11, 5, 13, 17]
    assert bars(Lettering([chosen]), "猫ねこ") == [17, 19, 13]  # what was found for one serves the next
    assert Lettering([chosen]).length("aねbこ猫") == 49


def test_what_no_font_has_is_a_box_and_all_fonts_are_searched_few_times(
    tmp_path: Path, system: list[str], engine: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = bar_font(tmp_path / "chosen.ttf", LATIN)
    system += [bar_font(tmp_path / "other.ttf", HEBREW)]
    opened: list[str] = []
    real = fonts.Face
    monkeypatch.setattr(fonts, "Face", lambda name: opened.append(name) or real(name))
    letters = Lettering([chosen])
    assert bars(letters, "a猫b") == [3, 5, 5]  # the box of the chosen font is 4 wide, and 1 beside it
    assert bars(letters, "".join(chr(0x4E00 + n) for n in range(40))) == [5] * 40
    assert len(opened) < 20
    assert bars(letters, "\ud800\udfff") == [5, 5] and bars(letters, "a\0\tb") == [3, 5]


def test_no_font_at_all(system: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_USUAL", ())
    letters = Lettering(["no such font"])
    assert bars(letters, "abc") and letters.length("猫") > 0
    page = Picture.new("RGB", (300, 30), PAPER)
    letters.draw(page, (0, 5), f"猫 {DOG} שלום", INK)
    assert page.getcolors() != [(9000, PAPER)] and letters.fit("猫" * 200, 100).endswith("...")


def test_a_font_of_pictures_is_drawn_at_the_size_of_the_text(
    tmp_path: Path, system: list[str], engine: None
) -> None:
    chosen = bar_font(tmp_path / "chosen.ttf", LATIN)
    system += [picture_font(tmp_path / "emoji.ttf", DOG, RED)]
    page = Picture.new("RGB", (60, 30), PAPER)
    letters = Lettering([chosen])
    letters.draw(page, (0, 5), f"a{DOG}b", INK)
    colours = {colour: count for count, colour in page.getcolors()}
    assert 12**2 < colours[RED] < 20**2
    assert bars(letters, f"a{DOG}b")[0] == 3 and letters.length(DOG) == 18


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("אבג", [8, 6, 4]),
        ("a אב b", [3, 6, 4, 5]),
        ("אב 11 ג", [8, 7, 7, 6, 4]),
        ("אב ab", [3, 5, 6, 4]),
        # the opening bracket stands at the right, and is the other one as it is seen
        ("(אב)", [9, 6, 4, 10]),
        ("a (אב)", [3, 9, 6, 4, 10]),
    ],
)
def test_right_to_left_text_is_drawn_as_it_is_read(
    tmp_path: Path, system: list[str], engine: None, text: str, drawn: list[int]
) -> None:
    system += [bar_font(tmp_path / "hebrew.ttf", HEBREW)]
    assert bars(Lettering([bar_font(tmp_path / "latin.ttf", LATIN)]), text) == drawn


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("", []),
        ("a cat, 12", ["a cat, 12"]),
        ("שלום עולם", ["<שלום עולם"]),
        ("a cat שלום, עולם 2024 end", ["a cat ", "2024", "<שלום, עולם ", " end"]),
        ("שלום (abc) 12.5 test", ["12.5 test", "<) ", "abc", "<שלום ("]),
        ("Prompt: (שלום:1.2), b", ["Prompt: (", "1.2", "<שלום:", "), b"]),
        ("a (שלום עולם)!", ["a (", "<שלום עולם", ")!"]),
        ("שלום -5% a", ["a", "< ", "5%", "<שלום -"]),
        ("مرحبا 12", ["12", "<مرحبا "]),
    ],
)
def test_runs(text: str, runs: list[str]) -> None:
    assert [("<" if run.right_to_left else "") + run.text for run in runs_of(text)] == runs


@given(st.text() | st.text(alphabet="ab אב\u06271.,()[]%-猫"))
def test_nothing_is_lost_in_runs(text: str) -> None:
    assert sorted("".join(run.text for run in runs_of(text))) == sorted(text)


@given(st.text(alphabet="ab אב1.,()猫、。「」ー\n\U0001f415\u200d\ufe0f\u0301"), st.integers(60, 200))
def test_lines_keep_within_their_width_and_hold_all_words(text: str, width: int) -> None:
    letters = _usual()
    lines = letters.wrap(text, width, 1000)
    assert "".join("".join(lines).split()) == "".join(text.split()) or any(
        line.endswith("...") for line in lines
    )
    assert all(letters.length(line) <= width for line in lines)
    assert len(letters.wrap(text, width, 2)) <= 2


def _usual() -> Lettering:
    letters = Lettering()
    letters._fonts._vain = 10**6  # what is installed does not matter
    return letters


def test_a_long_japanese_prompt_goes_on_in_the_next_line(tmp_path: Path, system: list[str]) -> None:
    font = bar_font(tmp_path / "kana.ttf", {"ね": 10, "。": 10, "「": 10, ".": 3, " ": 4})
    lines = Lettering([font]).wrap("ね" * 9 + "。" + "ね" * 9 + "「" + "ね" * 4, 100, 9)
    assert lines == ["ね" * 9 + "。", "ね" * 9, "「" + "ね" * 4]
    assert Lettering([font]).wrap("ね" * 9 + "。" + "ね" * 30, 95, 2) == ["ね" * 8, "ね。" + "ね" * 6 + "..."]


def test_a_sheet_is_lettered_in_the_font_of_the_webui(tmp_path: Path, system: list[str]) -> None:
    from test_export import Folder, add, parts_of

    title = "ねこ"
    font = bar_font(tmp_path / "kana.ttf", {"ね": 11, "こ": 13})
    parts = parts_of([add(tmp_path, "1.png")])

    def drawn(chosen: tuple[str, ...]) -> list[int]:
        (data,) = [part for part in sheet_of(parts, Folder(tmp_path), Look(title, "png", chosen)) if part]
        sheet: Any = Picture.open(io.BytesIO(data)).convert("RGB")
        row = [sheet.getpixel((x, 19)) != PAPER for x in range(12, 60)]
        return [len(list(group)) + 1 for ink, group in groupby(row) if ink]

    assert drawn((font,)) == [11, 13] and drawn(("no such font", font)) == [11, 13]


def test_the_systems_fonts_begin_with_those_that_read_best(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [
        "Aaa.ttf",
        "Aaa-Bold.ttf",
        "LastResort.otf",
        "NotoSansCJK-Regular.ttc",
        "sub/malgun.TTF",
        "b.txt",
    ]
    for name in names:
        (tmp_path / "fonts" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "fonts" / name).touch()
    monkeypatch.setattr(fonts, "_folders", lambda: [tmp_path / "fonts", tmp_path / "not there"])
    found = installed.__wrapped__()
    assert [Path(file).name for file in found] == [
        "NotoSansCJK-Regular.ttc", "malgun.TTF", "Aaa.ttf", "Aaa-Bold.ttf", "LastResort.otf",
    ]  # fmt: skip
