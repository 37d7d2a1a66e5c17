"""Texts that once held the whole WebUI for seconds, each with what is right for it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from inu_jobs.errors import InvalidInput
from inu_jobs.library.infotext import to_payload
from inu_jobs.library.infotext.parsing import parse
from inu_jobs.library.inputs import Inputs
from inu_jobs.library.payload_images import accept
from inu_jobs.plan.axes.notation import floats, integers
from inu_jobs.plan.preflight.names_in_text import wildcards
from inu_jobs.plan.prompts.lora import set_strength, swap_lora, without_lora
from inu_jobs.plan.prompts.prompts_from_file import read_lines
from inu_jobs.plan.prompts.syntax import loras, open_network, unbalanced, without_networks
from inu_jobs.queue.failure_reasons import explain, gist
from inu_jobs.spelling import nearest
from tests.permits import RecordedPermits

OPEN = "<a:" * 20_000


@pytest.fixture(autouse=True)
def soon() -> Iterator[None]:
    """Seconds of this thread: what is broken takes from two to forty of them."""
    start = time.thread_time()
    yield
    assert time.thread_time() - start < 1.0


def test_networks_that_are_never_closed() -> None:
    assert loras(OPEN) == []
    # as the WebUI reads it: the first "<a:" goes on to the first ">"
    assert loras(f"{OPEN}<lora:x:1>") == []
    assert [lora.name for lora in loras(f"<lora:x:1>{OPEN}")] == ["x"]
    assert without_networks(f"a cat, {OPEN}") == f"a cat, {OPEN}"
    assert without_networks("a cat <lora:x:1>, a dog") == "a cat, a dog"
    assert set_strength(f"<lora:x:1>{OPEN}", "x", 0.5) == f"<lora:x:0.5>{OPEN}"
    assert swap_lora(f"<lyco:x:1>{OPEN}", "x", "y") == f"<lyco:y:1>{OPEN}"
    assert without_lora(f"a <lora:x:1>{OPEN}", "x") == f"a {OPEN}"
    assert open_network("<lora:" * 20_000) == "<lora:"
    assert unbalanced(f"({OPEN}") == "("


def test_wildcards_that_are_never_closed() -> None:
    assert list(wildcards(".__a" * 10_000, "prompt", ["a"], [])) == []
    found = [f.message for f in wildcards(".__a" * 10_000 + " __b__, __c(x=1)__.", "prompt", ["a"], [])]
    assert found == ["There is no wildcard “b”.", "There is no wildcard “c”."]
    (finding,) = wildcards(".__a" * 10_000 + "__", "prompt", [], [])
    assert finding.message == "There is no wildcard “a”."


@pytest.mark.parametrize("text", ["1" * 20_000, "9" * 2_000 + "-" + "9" * 2_000, "1-" * 10_000, "1.1-" * 500])
def test_numbers_of_many_digits(text: str) -> None:
    for read in (integers, floats):
        with pytest.raises(InvalidInput, match="is neither"):
            read(text, 100)


def test_blanks_in_a_range_count_for_nothing() -> None:
    blanks = " " * 20_000
    assert integers(f"1{blanks}-{blanks}3 (+1{blanks})", 100) == [1, 2, 3]
    assert floats(f"1{blanks}-{blanks}2{blanks}[3{blanks}]", 100) == [1.0, 1.5, 2.0]
    with pytest.raises(InvalidInput, match="neither a number nor a range"):
        floats(f"1{blanks}x", 100)


def test_a_seed_of_many_digits_in_a_line() -> None:
    with pytest.raises(InvalidInput, match="Line 1: --seed must be a whole number"):
        read_lines(f'--prompt "a cat" --seed {"9" * 19_000}', "txt2img")
    with pytest.raises(InvalidInput, match="Line 1: with options it can have at most 20,000 characters"):
        read_lines(f'--prompt "a cat" --seed {"9" * 1_900_000}', "txt2img")
    (prompt,) = read_lines("a -- cat " * 5_000, "txt2img")[0].values
    assert prompt == {"prompt": ("a -- cat " * 5_000).strip()}


def test_the_name_of_a_checkpoint_with_many_blanks() -> None:
    blanks = " " * 40_000
    assert nearest(f"tiny{blanks}[", ["tiny.safetensors"]) == ""
    assert nearest(f"tiny{blanks}[a00832751b]", ["sd15/tiny.safetensors [a00832751b]"]) == (
        "sd15/tiny.safetensors [a00832751b]"
    )


def accepted(text: str, inputs: Inputs) -> str:
    """As an argument of a script."""
    payload = {"script_name": "x", "script_args": [text]}
    return str(accept(payload, "txt2img", inputs, RecordedPermits())["script_args"][0])


def test_a_picture_s_head_with_many_blanks(tmp_path: Path) -> None:
    inputs = Inputs(tmp_path)
    for tail in ("!", "\n!", "=" * 1_000 + "!"):
        text = "iVBORw0KGgo" + "A" * 80 + " " * 40_000 + tail
        assert accepted(text, inputs) == text
    with pytest.raises(InvalidInput, match="not a readable"):
        accepted("iVBORw0KGgo" + "A" * 81 + " " * 40_000, inputs)


def test_paths_are_still_told() -> None:
    inputs = Inputs(Path())
    for path in ("/etc/x.png", "~/x.JPG", "..\\x.tiff", "C:\\x\\y.jpeg", "./" + "a" * 100_000 + ".tif"):
        with pytest.raises(InvalidInput, match="must not be a path"):
            accepted(path, inputs)
    for words in ("a cat.png", "/two\nlines.png", "/etc/passwd", "/" * 100_000):
        assert accepted(words, inputs) == words


def test_an_infotext_of_many_open_networks(tmp_path: Path) -> None:
    """As it comes out of the file that somebody sent."""
    words = PngInfo()
    words.add_text("parameters", f"{OPEN}\nSteps: 20, Sampler: Euler, Version: v{'1' * 5_000}.1.0")
    Image.new("RGB", (8, 8)).save(tmp_path / "x.png", pnginfo=words)
    with Image.open(tmp_path / "x.png") as image:
        read = parse(image.info["parameters"])
    payload = to_payload.payload_of(read, to_payload.Here(lambda name: False, ()))
    assert (payload["prompt"], payload["steps"]) == (OPEN, 20)
    assert loras(payload["prompt"]) == []


def test_the_reason_of_a_failure_of_any_length() -> None:
    assert explain("disk " * 100_000).startswith("The WebUI says: disk disk")
    assert explain("the disk is full") == "The disk is full."
    assert gist("“" * 100_000).startswith("““")
    assert gist("a" * 100_000) == "a" * 120
    assert gist("no file 'a b' at /x/y (5 of 7)") == "no file … at … … of …"
