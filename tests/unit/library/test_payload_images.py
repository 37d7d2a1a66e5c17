"""Images become tokens on the way in and paths or base64 on the way out; words are never touched."""

from __future__ import annotations

import base64
import copy
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inu_jobs.errors import InvalidInput, NotFound, NotPermitted
from inu_jobs.library.inputs import Inputs
from inu_jobs.library.payload_images import DROPPED, materialise, tokens_in
from inu_jobs.library.payload_images import accept as accept_with
from inu_jobs.library.payload_permits import without
from inu_jobs.model import Payload
from tests.permits import SETTINGS, RecordedPermits
from tests.unit.library.library_kit import as_base64, picture

IMAGES = [as_base64(picture(8 + n, 8), format) for n, format in enumerate(["PNG", "JPEG", "WEBP"])]
ALLOWED = [name for name in SETTINGS if not RecordedPermits().refused_setting(name)]
DATA_URLS = [f"data:image/png;base64,{text}" for text in IMAGES]
OURS = ["image:i00abcdefghjkmnpqr", "image:izzzzzzzzzzzzzzzzz"]
HOSTILE = [
    "/etc/passwd.png", "C:\\Users\\me\\x.jpg", "c:/x.webp", "\\\\server\\share\\x.png", "../../x.png",
    "~/x.jpeg", "./x.bmp", "http://127.0.0.1/x", "https://example.org/a.png", "file:///etc/passwd",
    "ftp://host/x", "FILE:/x",
]  # fmt: skip


def accept(payload: Payload, kind: str, inputs: Inputs) -> Payload:
    return accept_with(payload, kind, inputs, RecordedPermits())


WORDS = [
    "",
    "a house by a lake",
    "/imagine a cat",
    "image:depth",
    "input: high quality",
    "AAAA",
    "left",
    "None",
]


@pytest.fixture
def inputs(tmp_path: Path) -> Inputs:
    return Inputs(tmp_path / "inputs")


pictures = st.sampled_from([*IMAGES, *DATA_URLS, *OURS])
plain = st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(WORDS)


def script_values(strings: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(
        plain | strings,
        # under the names that scripts have for pictures nothing else may stand: see below
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.fixed_dictionaries(
                {}, optional={"image": st.none() | strings, "mask": strings, "model": inner, "weight": inner}
            )
        ),
        max_leaves=6,
    )


def payloads(strings: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    args = st.lists(script_values(strings), max_size=3)
    return st.fixed_dictionaries(
        {"prompt": st.sampled_from([*WORDS, *HOSTILE, *DATA_URLS])},
        optional={
            "negative_prompt": st.sampled_from([*WORDS, *HOSTILE]),
            "init_images": st.none() | st.lists(strings, max_size=2),
            "mask": st.none() | strings,
            "firstpass_image": strings,
            "alwayson_scripts": st.dictionaries(
                st.sampled_from(["ControlNet", "Other"]), st.fixed_dictionaries({"args": args}), max_size=2
            ),
            "script_args": args,
            "override_settings": st.dictionaries(
                st.sampled_from(["sd_vae", "sd_unet"]), plain | strings, max_size=2
            ),
            "someone_elses_field": script_values(strings),
            **dict.fromkeys(sorted(DROPPED), plain),
        },
    )


def strings_in(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in strings_in(item)]
    if isinstance(value, list):
        return [text for item in value for text in strings_in(item)]
    return [value] if isinstance(value, str) else []


@given(payloads(st.sampled_from([*IMAGES, *DATA_URLS, *OURS, *HOSTILE, "not base64!"])))
def test_what_is_accepted_holds_no_path_no_url_no_base64(payload: dict[str, Any]) -> None:
    before = copy.deepcopy(payload)
    with tempfile.TemporaryDirectory() as folder:
        inputs = Inputs(Path(folder))
        try:
            accepted = accept(payload, "img2img", inputs)
        except InvalidInput as refused:
            assert refused.field
            return
        finally:
            assert payload == before
        for token in tokens_in(accepted):
            assert token in OURS or inputs.path(token).is_file()
    assert not DROPPED & set(accepted)
    words = {field: accepted.pop(field) for field in ("prompt", "negative_prompt") if field in accepted}
    assert words == {field: before[field] for field in words}
    assert not {*HOSTILE, *IMAGES, *DATA_URLS} & set(strings_in(accepted))


@given(payloads(pictures))
def test_a_payload_with_pictures_goes_round(payload: dict[str, Any]) -> None:
    """In and out again: each picture comes out with the bytes that went in, the rest as it was; and
    accepting what was accepted changes nothing."""
    with tempfile.TemporaryDirectory() as folder:
        inputs = Inputs(Path(folder) / "inputs")
        ours = Path(folder) / "ours.png"
        ours.write_bytes(base64.b64decode(IMAGES[0]))
        accepted = accept(payload, "img2img", inputs)
        assert accept(accepted, "img2img", inputs) == accepted
        assert json.loads(json.dumps(accepted)) == accepted
        ready = materialise(accepted, inputs, lambda id: ours)
        expected = [_bytes(text) for text in strings_in(_without_dropped(payload))]
        assert [_bytes(text) for text in strings_in(ready)] == expected
        for path in ready.get("init_images") or ():
            assert Path(path).is_absolute() and Path(path).is_file()
        assert tokens_in({**ready, "init_images": []}) == set()


def _without_dropped(payload: dict[str, Any]) -> dict[str, Any]:
    return {field: value for field, value in payload.items() if field not in DROPPED}


def _bytes(text: str) -> bytes:
    """The picture that a string stands for, or the string."""
    if text in OURS:
        return base64.b64decode(IMAGES[0])
    if text in DATA_URLS or text in IMAGES:
        return base64.b64decode(text.rpartition(",")[2])
    if text.endswith((".png", ".jpg", ".webp")) and Path(text).is_file():
        return Path(text).read_bytes()
    return text.encode()


@pytest.mark.parametrize("hostile", [*HOSTILE, "some words", "AAAA"])
@pytest.mark.parametrize(
    ("field", "payload"),
    [
        ("mask", {"mask": "X"}),
        ("latent_mask", {"latent_mask": "X"}),
        ("init_images.1", {"init_images": [IMAGES[0], "X"]}),
        (
            "alwayson_scripts.ControlNet.args.0.image",
            {"alwayson_scripts": {"ControlNet": {"args": [{"image": "X"}]}}},
        ),
    ],
)
def test_only_a_picture_may_stand_for_one(
    inputs: Inputs, hostile: str, field: str, payload: dict[str, Any]
) -> None:
    planted = json.loads(json.dumps(payload).replace('"X"', json.dumps(hostile)))
    with pytest.raises(InvalidInput) as refused:
        accept(planted, "img2img", inputs)
    assert refused.value.field == field


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize(
    ("field", "payload"),
    [
        ("script_args.1", {"script_args": [0, "X"]}),
        ("alwayson_scripts.A.args.0.folder", {"alwayson_scripts": {"A": {"args": [{"folder": "X"}]}}}),
        ("override_settings.sd_vae", {"override_settings": {"sd_vae": "X"}}),
        ("callback_url", {"callback_url": "X"}),
    ],
)
def test_no_path_or_url_anywhere_else(
    inputs: Inputs, hostile: str, field: str, payload: dict[str, Any]
) -> None:
    planted = json.loads(json.dumps(payload).replace('"X"', json.dumps(hostile)))
    with pytest.raises(InvalidInput) as refused:
        accept(planted, "txt2img", inputs)
    assert refused.value.field == field


@pytest.mark.parametrize("value", ["X", {"a": 1}, [[1]], [5], [{"image": IMAGES[0]}]])
def test_init_images_are_a_list_of_pictures(inputs: Inputs, value: Any) -> None:
    with pytest.raises(InvalidInput) as refused:
        accept({"init_images": value}, "img2img", inputs)
    assert refused.value.field.startswith("init_images")


@given(st.sampled_from(sorted(SETTINGS)) | st.text(max_size=30), plain)
def test_only_settings_of_the_allow_list_pass(name: str, value: Any) -> None:
    payload = {"prompt": "a", "override_settings": {"sd_vae": "None", name: value}}
    allowed = ALLOWED
    inputs = Inputs(Path("never written to"))
    cleaned, left_out = without(payload, RecordedPermits())
    if name in allowed:
        assert accept(payload, "txt2img", inputs) == payload
        assert (cleaned, left_out) == (payload, [])
        return
    with pytest.raises(NotPermitted) as refused:
        accept(payload, "txt2img", inputs)
    assert refused.value.field == f"override_settings.{name}" and f"“{name}”" in str(refused.value)
    assert (cleaned, left_out) == ({"prompt": "a", "override_settings": {"sd_vae": "None"}}, [name])


@pytest.mark.parametrize("title", ["Custom code", "custom CODE", "Extra options"])
def test_no_script_that_runs_what_it_is_given_or_changes_settings(inputs: Inputs, title: str) -> None:
    for payload, field in (
        ({"script_name": title, "script_args": ["import os", 2]}, "script_name"),
        ({"alwayson_scripts": {title: {"args": [1]}}}, f"alwayson_scripts.{title}"),
    ):
        with pytest.raises(NotPermitted) as refused:
            accept(payload, "txt2img", inputs)
        assert refused.value.field == field
        cleaned, left_out = without({"steps": 2, **payload}, RecordedPermits())
        assert left_out == [title] and cleaned in ({"steps": 2}, {"steps": 2, "alwayson_scripts": {}})


@pytest.mark.parametrize(
    ("unit", "key"),
    [
        # ControlNet's batch mode reads one folder and writes into the other; the tensor is unpickled
        ({"input_mode": "batch", "batch_images": "pictures"}, "batch_images"),
        ({"output_dir": "../../extensions/x"}, "output_dir"),
        ({"batch_mask_dir": "masks"}, "batch_mask_dir"),
        ({"ipadapter_input": ["gASVDAAAAAAAAACMCGJ1aWx0aW5z"]}, "ipadapter_input"),
        ({"model_path": "C:/models/x.safetensors"}, "model_path"),
    ],
)
def test_a_scripts_argument_names_no_file(inputs: Inputs, unit: dict[str, Any], key: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        accept({"alwayson_scripts": {"ControlNet": {"args": [unit]}}}, "txt2img", inputs)
    assert refused.value.field == f"alwayson_scripts.ControlNet.args.0.{key}"


def test_a_unit_as_the_page_sends_it_passes(inputs: Inputs) -> None:
    unit = {
        "batch_images": "",
        "output_dir": "",
        "batch_image_files": [],
        "save_to_file": False,
        "path": None,
    }
    payload = {"alwayson_scripts": {"Prompts_from_file": {"args": [unit]}}}
    assert accept(payload, "txt2img", inputs) == payload


@pytest.mark.parametrize("field", ["override_settings", "alwayson_scripts"])
@pytest.mark.parametrize("value", [["samples_filename_pattern"], "samples_filename_pattern", 1])
def test_settings_and_scripts_come_by_name_only(inputs: Inputs, field: str, value: Any) -> None:
    with pytest.raises(InvalidInput) as refused:
        accept({field: value}, "txt2img", inputs)
    assert refused.value.field == field
    assert accept({field: None}, "txt2img", inputs) == {field: None}


def test_a_deep_nest_is_refused_and_not_a_crash(inputs: Inputs) -> None:
    nest: Any = "x"
    for _ in range(200):
        nest = [nest]
    with pytest.raises(InvalidInput, match="deep"):
        accept({"script_args": nest}, "txt2img", inputs)


def test_txt2img_has_no_init_images(inputs: Inputs) -> None:
    assert accept({"prompt": "a", "init_images": [IMAGES[0]]}, "txt2img", inputs) == {"prompt": "a"}


def test_a_word_of_a_script_is_no_token(inputs: Inputs) -> None:
    payload = {"prompt": OURS[0], "script_args": ["image:depth", {"mode": "image:mask"}]}
    assert tokens_in(payload) == set()
    assert materialise(payload, inputs, lambda id: Path("unused")) == payload


@pytest.mark.parametrize("field", ["init_images", "mask"])
def test_a_source_that_is_gone_is_one_sentence(inputs: Inputs, field: str, tmp_path: Path) -> None:
    value: Any = [OURS[0]] if field == "init_images" else OURS[0]
    with pytest.raises(NotFound, match=r"gone\.png"):
        materialise({field: value}, inputs, lambda id: tmp_path / "gone.png")
