"""Wildcard files from elsewhere: whatever encoding they have, no letter is lost without a word."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inu_jobs.model import Template
from inu_jobs.plan import Wildcards, fill_in
from inu_jobs.plan.prompts.templates import Filled
from inu_jobs.plan.prompts.wildcard_files import decode

FRENCH = "une fille à la fenêtre\ncafé noir\n"
CHINESE = "一个女孩在窗边\n红色的猫在屋顶上\n"
RUSSIAN = "красный кот\nсиний дом\n"  # noqa: RUF001


def filled(folder: Path, text: str) -> Filled:
    return fill_in(Template(text, "combinatorial"), Wildcards(lambda: [folder]))


@pytest.mark.parametrize(
    ("text", "encoding", "guessed"),
    [
        (FRENCH, "utf-8", ""),
        (FRENCH, "utf-8-sig", ""),
        (FRENCH, "utf-16", ""),
        (CHINESE, "utf-32", ""),
        ("red\nblue\n", "utf-16-le", "UTF-16-LE"),
        ("red\nblue\n", "utf-16-be", "UTF-16-BE"),
        ("café\n", "cp1252", "CP1252"),
        (FRENCH, "cp1252", "CP1252"),
        (CHINESE, "gbk", "GB18030"),
        (RUSSIAN, "cp1251", "CP1251"),
    ],
)
def test_lines_are_read_whatever_wrote_them(tmp_path: Path, text: str, encoding: str, guessed: str) -> None:
    (tmp_path / "words.txt").write_bytes(text.encode(encoding))
    found = filled(tmp_path, "__words__")
    assert sorted(found.prompts) == sorted(text.split("\n")[:-1])
    told = [(finding.severity, finding.code, finding.message) for finding in found.findings("text")]
    sentence = (
        f"The wildcard file “words” is not UTF-8 and was read as {guessed}."
        " If letters look wrong, save it as UTF-8."
    )
    assert told == ([("warning", "wildcard_encoding", sentence)] if guessed else [])


def test_a_guess_is_told_only_to_who_uses_the_file(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_bytes(FRENCH.encode("cp1252"))
    (tmp_path / "other.txt").write_text("one\n", "utf-8")
    wildcards = Wildcards(lambda: [tmp_path])
    assert fill_in(Template("__words__", "combinatorial"), wildcards).guessed == {"words": "cp1252"}
    assert fill_in(Template("__other__", "combinatorial"), wildcards).guessed == {}
    assert fill_in(Template("__wo*__", "combinatorial"), wildcards).guessed == {"words": "cp1252"}


@pytest.mark.parametrize("ending", ["json", "yaml"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_lists_in_a_file_with_a_structure(tmp_path: Path, ending: str, encoding: str) -> None:
    (tmp_path / f"all.{ending}").write_bytes('{"colour": ["grün", "blau"]}'.encode(encoding))
    assert sorted(filled(tmp_path, "__colour__").prompts) == ["blau", "grün"]


def test_a_yaml_file_that_would_unfold_for_ever_is_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    (tmp_path / "bomb.yaml").write_text("\n".join(lines), "utf-8")
    (tmp_path / "kept.yaml").write_text("base: &base [one, two]\nmore: *base\n", "utf-8")
    assert sorted(filled(tmp_path, "__more__").prompts) == ["one", "two"]
    assert "bomb.yaml cannot be read: it has more than 100 aliases" in capsys.readouterr().err


@given(st.binary(max_size=200))
def test_any_bytes_are_text(data: bytes) -> None:
    text, encoding = decode(data)
    assert isinstance(text, str) and isinstance(encoding, str)


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff"), max_size=200))
def test_utf8_is_never_guessed(text: str) -> None:
    assert decode(text.encode()) == (text, "")


def test_a_file_with_comments_only_has_no_lines(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("# only a comment\n", "utf-8")
    found = filled(tmp_path, "a __empty__ {__none__|cat}")
    empty, unknown = sorted(found.findings("text"), key=lambda finding: finding.code)
    assert (empty.severity, empty.code, empty.suggestion) == ("error", "wildcard_empty", "")
    assert empty.message == "The wildcard “empty” has no lines."
    assert unknown.message == "There is no wildcard “none”."


@pytest.mark.parametrize(
    "line",
    [
        "<lora:Example_Lora__I_exist:1> castle",
        "<lora:a__b__c:0.5:lbw=x__y> castle",
        "snake__case castle",
        "__init castle",
    ],
)
def test_a_line_with_two_underscores_stands_as_it_is(tmp_path: Path, line: str) -> None:
    (tmp_path / "places.txt").write_text(f"{line}\nfield\nby the __water__\n", "utf-8")
    (tmp_path / "water.txt").write_text("sea\n", "utf-8")
    found = filled(tmp_path, "a __places__ at night")
    assert sorted(found.prompts) == sorted(
        [f"a {line} at night", "a field at night", "a by the sea at night"]
    )
    assert found.findings("text") == []


def test_a_lora_in_a_line_may_be_called_by_a_wildcard(tmp_path: Path) -> None:
    (tmp_path / "styles.txt").write_text("<lora:__names__:1> ink\n", "utf-8")
    (tmp_path / "names.txt").write_text("one\ntwo__a\n", "utf-8")
    assert sorted(filled(tmp_path, "__styles__").prompts) == ["<lora:one:1> ink", "<lora:two__a:1> ink"]
