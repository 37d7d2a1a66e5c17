"""The notation of the X/Y/Z plot. tests/contract/test_notation.py holds it against the WebUI itself."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inu_jobs.errors import InvalidInput
from inu_jobs.model import AxisSpec
from inu_jobs.plan.axes.labels import value_titles
from inu_jobs.plan.axes.notation import LONGEST, floats, integers, items
from inu_jobs.plan.axes.values import read as read_axis
from tests.unit.plan.axes.notation_cases import FLOATS, INTEGERS, TEXTS, random_texts


@pytest.mark.parametrize("text", INTEGERS)
def test_whole_numbers(text: str) -> None:
    if (expected := INTEGERS[text]) is not None:
        assert integers(text, 100) == expected
    else:
        with pytest.raises(InvalidInput, match="neither a whole number nor a range"):
            integers(text, 100)


@pytest.mark.parametrize("text", FLOATS)
def test_fractions(text: str) -> None:
    if (expected := FLOATS[text]) is not None:
        assert floats(text, 100) == expected
    else:
        with pytest.raises(InvalidInput, match="neither a number nor a range"):
            floats(text, 100)


@pytest.mark.parametrize("text", TEXTS)
def test_texts(text: str) -> None:
    assert items(text) == TEXTS[text]


@pytest.mark.parametrize(
    "text",
    [
        "1-1000000000000",
        "1-9 [1000000000000]",
        "0-1 (+0.0000000001)",
        "0-1 [999999999]",
        "1," * 101,
        "1-60,1-60",
    ],
)
def test_too_many_are_counted_and_not_made(text: str) -> None:
    with pytest.raises(InvalidInput, match="more than 100 values"):
        floats(text, 100)
    if "0.0" not in text:
        with pytest.raises(InvalidInput, match="more than 100 values"):
            integers(text, 100)


@pytest.mark.parametrize("text", ["1e999", "nan", "inf", "1e400-2", "9" * 400 + "-1"])
def test_what_no_number_holds_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        floats(text, 100)


def test_a_line_that_nobody_wrote_is_refused() -> None:
    with pytest.raises(InvalidInput, match="too long"):
        items("1," * LONGEST)


@given(st.text(st.sampled_from("0123456789+-. ,()[]e_\"'\n\ra"), max_size=24))
def test_any_text_gives_numbers_or_a_sentence(text: str) -> None:
    for read in (integers, floats):
        try:
            found = read(text, 50)
        except InvalidInput as refused:
            assert str(refused).endswith(".")
        else:
            assert len(found) <= 50


@given(st.lists(st.integers(-(10**6), 10**6), max_size=20), st.lists(st.text(max_size=8), max_size=6))
def test_what_is_written_out_is_read_back(numbers: list[int], words: list[str]) -> None:
    assert integers(", ".join(map(str, numbers)), 20) == numbers
    clean = [" ".join(word.split()).replace("\0", "") for word in words]
    if any(clean):  # a line of nothing has no items
        assert items(",".join('"' + word.replace('"', '""') + '"' for word in clean)) == clean


# ------------------------------------------------------------------------- the page's own

UI = Path(__file__).resolve().parents[4] / "ui" / "plan" / "number-ranges.mjs"
ASK = """
import { readFileSync } from "node:fs";
const { numbers } = await import(process.argv[1]);
const read = ([text, whole]) => { try { return numbers(text, whole); } catch { return null; } };
console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(read)));
"""


def page(texts: list[tuple[str, bool]]) -> list[list[float] | None]:
    """What the page's reader makes of each; None where it refuses."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs node")
    command = [node, "--input-type=module", "--eval", ASK, UI.as_uri()]
    told = subprocess.run(command, input=json.dumps(texts), capture_output=True, text=True, check=True)
    found: list[list[float] | None] = json.loads(told.stdout)
    return found


def test_the_page_reads_what_the_server_reads() -> None:
    plain = [text for text, values in INTEGERS.items() if values and '"' not in text and "\n" not in text]
    wanted = [(text, True) for text in plain]
    wanted += [(text, False) for text, values in FLOATS.items() if values and "e" not in text]
    count = len(wanted)
    wanted += [(text, whole) for text in random_texts(1500) for whole in (True, False)]
    agreed = 0
    for number, ((text, whole), theirs) in enumerate(zip(wanted, page(wanted), strict=True)):
        try:
            ours = list(dict.fromkeys(integers(text, 500) if whole else floats(text, 500)))
        except InvalidInput:
            continue
        assert theirs is not None or number >= count, text
        if theirs is not None:  # else it says why not
            assert theirs == ours, text
            agreed += 1
    assert agreed > count + 100


def test_what_is_queued_is_what_the_plot_gives_and_labels_are_short() -> None:
    axis = read_axis(AxisSpec("cfg_scale", text="1-2 [4]"), "txt2img", {}, "axes")
    assert axis.values == FLOATS["1-2 [4]"]
    assert value_titles(axis) == ["1", "1.33333333", "1.66666667", "2"]
    unknown = read_axis(
        AxisSpec("override_settings.some_setting", text="0.3-0.6 (+0.1)"), "txt2img", {}, "axes"
    )
    assert unknown.values == FLOATS["0.3-0.6 (+0.1)"]
