"""Reading infotexts: what the WebUI wrote in real images, and what it could write."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from inu_jobs.library.infotext.parsing import parse, with_settings
from tests.unit.library.library_kit import RECORDED, recorded_tasks

TASKS = recorded_tasks()
FILES = sorted(path.name for path in (RECORDED / "images").iterdir())


@pytest.mark.parametrize("name", FILES)
def test_a_recorded_image_says_what_was_asked(name: str) -> None:
    with Image.open(RECORDED / "images" / name) as image:
        text, size = image.info["parameters"], image.size
    read = parse(text)
    row = TASKS[name.partition("__")[0]]
    args, result = row["params"]["args"], row["result"]["geninfo"]
    assert read.prompt == args["prompt"]
    assert read.negative == args["negative_prompt"]
    assert int(read.fields["Seed"]) in result["all_seeds"]
    assert read.fields["Size"] == f"{args['width']}x{args['height']}"
    assert int(read.fields["Steps"]) == result["steps"]
    assert float(read.fields["CFG scale"]) == args["cfg_scale"]
    assert read.fields["Sampler"] == result["sampler_name"]
    assert read.fields["Model hash"] == result["sd_model_hash"]
    assert [*read.fields][-1] == "Version"
    if args.get("denoising_strength") is not None and (row["params"]["is_img2img"] or args["enable_hr"]):
        assert float(read.fields["Denoising strength"]) == args["denoising_strength"]
    if "grid" not in name and not args.get("enable_hr"):
        assert size == (args["width"], args["height"])


def test_quoted_values_of_recorded_images() -> None:
    with Image.open(RECORDED / "images" / "two_loras__00003-11.png") as image:
        fields = parse(image.info["parameters"]).fields
    assert fields["Lora hashes"] == "testlora: 7e1f70222e36, testlora2: 1d896ebb6859"
    with Image.open(RECORDED / "images" / "script_xyz__xyz_grid-0000-1.png") as image:
        fields = parse(image.info["parameters"]).fields
    assert (fields["X Values"], fields["Fixed X Values"]) == ("1,2", "1, 2")


def quote(text: str) -> str:
    """As infotext_utils.quote of WebUI 1.10.1 does."""
    if "," not in text and "\n" not in text and ":" not in text:
        return text
    return json.dumps(text, ensure_ascii=False)


def write(prompt: str, negative: str, fields: dict[str, Any]) -> str:
    """As create_infotext of WebUI 1.10.1 does."""
    negative_text = f"\nNegative prompt: {negative}" if negative else ""
    settings = ", ".join(
        name if name == value else f"{name}: {quote(value)}" for name, value in fields.items()
    )
    return f"{prompt}{negative_text}\n{settings}".strip()


names = st.from_regex(r"[A-Za-z][A-Za-z0-9 \-/]{0,10}[A-Za-z0-9]", fullmatch=True).filter(
    lambda name: name != "Steps"
)
values = st.text(max_size=15).filter(
    # what the WebUI writes unquoted and so cannot be told from the text around it
    lambda text: (
        text == text.strip() and "\r" not in text and not (text.startswith('"') and quote(text) == text)
    )
)
prompts = st.lists(
    st.text(max_size=20) | st.sampled_from(["a: b, c: d, e: f", 'say "hi", (x:1.2)', "夜市 🍜"]), max_size=3
).map("\n".join)


def plain_prompt(text: str) -> bool:
    return text == text.strip() and plain_negative(text)


def plain_negative(text: str) -> bool:
    return "\r" not in text and "Negative prompt:" not in text


@given(
    prompts.filter(plain_prompt), prompts.filter(plain_negative), st.dictionaries(names, values, max_size=6)
)
@example("a\nSteps: 3, x", "b", {"Seed": "1"})
@example("", "only this", {})
@example("a  b\n  c", "  d \n\n e", {})
@example("a", "", {"Name": "Name"})
def test_what_the_webui_writes_is_read_back(prompt: str, negative: str, fields: dict[str, str]) -> None:
    fields = {"Steps": "20", **fields}
    read = parse(write(prompt, negative, fields))
    assert read.fields == fields
    assert read.negative == negative
    assert read.prompt == prompt


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    read = parse(text)
    if not read.fields and not read.negative:
        assert read.prompt == text.replace("\r\n", "\n").strip("\n")


anything = st.text(st.characters())  # halves of characters too


@given(anything, anything, anything.map(json.dumps))
@example("a \ud83d fox", "", '"\\ud83d"')
def test_what_is_read_can_be_written(prompt: str, negative: str, quoted: str) -> None:
    text = f"{prompt}\nNegative prompt: {negative}\nSteps: 20, Hires prompt: {quoted}, Size: 8x8"
    read = parse(text)
    for part in (read.prompt, read.negative, *read.fields, *read.fields.values()):
        part.encode()


def test_text_that_an_extension_added_below_is_not_prompt() -> None:
    read = parse(
        "a cat\nNegative prompt: bad\nSteps: 20, Sampler: Euler a, Size: 512x512\nTemplate: a {cat|dog}"
    )
    assert (read.prompt, read.negative) == ("a cat", "bad")
    assert read.fields == {"Steps": "20", "Sampler": "Euler a", "Size": "512x512", "Template": "a {cat|dog}"}


def test_settings_of_another_tool_need_no_steps() -> None:
    read = parse("a cat\nSampler: Euler, Seed: 5, Size: 8x8")
    assert read.prompt == "a cat"
    assert read.fields == {"Sampler": "Euler", "Seed": "5", "Size": "8x8"}
    assert parse("a cat\nby: a lake").prompt == "a cat\nby: a lake"


CASES = RECORDED.parent / "cases"


def text_of(name: str) -> str:
    with Image.open(CASES / name) as image:
        return str(image.info["parameters"])


@pytest.mark.parametrize("name", ["prompt_only.png", "fooocus_json.png"])
def test_words_are_no_settings(name: str) -> None:
    text = text_of(name)
    assert parse(text) == (text, "", {}, "")


@pytest.mark.parametrize(
    ("text", "prompt", "negative"),
    [
        ("a cat\nNegative prompt: ugly, bad", "a cat", "ugly, bad"),
        (
            "a cat\nNegative prompt: ugly, style: bad, light: dull",
            "a cat",
            "ugly, style: bad, light: dull",
        ),
        ("(red cat:1.2), (blue dog:1.3), (green fox:1.1)", None, ""),
        ("red cat:1.2, blue dog:1.3, green fox:1.1", None, ""),
        ("a cat, Sampler: Euler, Seed: 5, Size: 8x8", None, ""),
        # other tools: InvokeAI, ComfyUI, SwarmUI, NovelAI, sd-metadata
        ('"a cat, Seed: 5" -s 50 -S 1234 -W 512 -H 512 -C 7.5 -A k_lms', None, ""),
        ('{"3": {"inputs": {"seed": 5, "steps": 20, "cfg": 8.0}, "class_type": "KSampler"}}', None, ""),
        ('{\n  "sui_image_params": {\n    "prompt": "a: b, c: d, e: f",\n    "steps": 20\n  }\n}', None, ""),
        ('{"model": "stable diffusion", "image": {"prompt": [{"prompt": "a", "weight": 1.0}]}}', None, ""),
        ('{"prompt": "a cat", "steps": 28, "uc": "Steps: 20, Sampler: x, Seed: 1"}', None, ""),
    ],
)  # fmt: skip
def test_a_text_without_settings_stands_as_it_is(text: str, prompt: str | None, negative: str) -> None:
    assert parse(text) == (text if prompt is None else prompt, negative, {}, "")


def test_lines_below_the_settings_say_nothing_of_them() -> None:
    read = parse(text_of("template.png"))
    assert (read.prompt, read.negative) == ("a red cat, masterpiece", "dog, bad")
    assert read.fields["Size"] == "96x64" and read.fields["Version"] == "v1.10.1"
    assert read.fields["Template"] == "a {red|blue} cat, masterpiece, best quality, Size: large"
    assert read.fields["Negative Template"] == "dog, bad"
    assert [*read.fields][-3:] == ["Version", "Template", "Negative Template"]


SETTINGS = "Steps: 20, Sampler: Euler a, Seed: 5"


def test_a_template_may_have_lines_that_look_like_settings() -> None:
    template = f"a {{red|blue}} cat\nSeed: 9\nstyle: oil\n\n{SETTINGS}9, Size: 8x8"
    read = parse(f"a red cat\n{SETTINGS}\nTemplate: {template}\nNegative Template: dog\nbad\n")
    assert read.fields == {
        "Steps": "20", "Sampler": "Euler a", "Seed": "5", "Template": template,
        "Negative Template": "dog\nbad",
    }  # fmt: skip
    assert (read.prompt, read.negative, read.rest) == ("a red cat", "", "")


def test_the_text_of_another_image_in_the_prompt_is_prompt() -> None:
    """Pasted, and never applied by the arrow below Generate."""
    other = f"a dog\n{SETTINGS}1\nTemplate: a dog"
    assert parse(f"{other}\n{SETTINGS}") == (other, "", parse(SETTINGS).fields, "")


def test_what_has_no_name_is_kept_apart() -> None:
    read = parse(
        f'a cat\n{SETTINGS}, Civitai resources: [{{"type":"checkpoint","id":7}}, Clip skip: 2\nby me'
    )
    assert read.fields["Civitai resources"] == '[{"type":"checkpoint"'
    assert read.fields["Clip skip"] == "2"
    assert read.rest == '"id": 7}\nby me'


pasted = st.sampled_from([SETTINGS, "Template: x", "Size: large", "Negative prompt: y"])


@given(st.lists(st.text(max_size=30) | pasted).map("\n".join))
def test_no_word_of_a_text_is_lost(text: str) -> None:
    read = parse(text)
    found = "\n".join([read.prompt, "Negative prompt:", read.negative, *read.fields, *read.fields.values()])
    found += f"\n{read.rest}"
    told = {name.strip() for name in "\n".join(read.fields).split("\n")}
    for word in set(text.replace(",", " ").replace(":", " ").split()) - told:
        if word.encode(errors="replace").decode() == word and '"' not in word:
            assert word in found or text.count(word) > 1, (word, read)


@given(st.text(), st.sampled_from(["", SETTINGS, f"{SETTINGS}\nTemplate: a, b"]))
def test_more_settings_go_to_the_others(prompt: str, settings: str) -> None:
    text = f"{prompt}\n{settings}"
    before, now = parse(text), parse(with_settings(text, "Postprocess upscale by: 2, A: 1, B: 2"))
    assert now.fields == {**before.fields, "Postprocess upscale by": "2", "A": "1", "B": "2"}
    if settings:
        assert now.prompt == before.prompt
