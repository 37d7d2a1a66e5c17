"""Strengths of LoRAs, as the Lora extension would read them, and nothing else in the prompt."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inu_jobs.plan.prompts.lora import ANY, has_strength, scale_strength, set_strength, strengths

NAMES = st.sampled_from(["dog", "cat v1.2", "a/b", "te", "Ünï"])
FIELDS = st.lists(
    st.one_of(
        st.floats(-4, 4).map(lambda value: f"{value:.2f}"),
        st.sampled_from(["te=0.5", "unet=1", "dyn=4", "lbw=ALL", "0,1,0.5", "stop=12", ""]),
    ),
    max_size=4,
)
WORDS = st.text(st.characters(exclude_characters="<>", exclude_categories=["Cs"]), max_size=12)
LORAS = st.builds(lambda name, fields: f"<lora:{':'.join([name, *fields])}>", NAMES, FIELDS)
PROMPTS = st.lists(st.one_of(WORDS, LORAS, st.just("<hypernet:dog:1>")), max_size=6).map("".join)


def as_the_extension_reads(prompt: str, name: str) -> list[tuple[float, float]]:
    """(text encoder, image model) of each LoRA called ``name``; ``ExtraNetworkLora.activate``."""
    found = []
    for inside in re.findall(r"<lora:([^>]+)>", prompt):
        positional = [field for field in inside.split(":") if "=" not in field]
        named = dict(field.split("=", 1) for field in inside.split(":") if "=" in field)
        if inside.split(":")[0] != name:
            continue
        encoder = float(named.get("te", positional[1] if len(positional) > 1 else 1.0))
        model = float(named.get("unet", positional[2] if len(positional) > 2 else encoder))
        found.append((encoder, model))
    return found


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("a <lora:dog:0.5>, b", "a <lora:dog:0.8>, b"),
        ("<lora:dog>", "<lora:dog:0.8>"),
        ("<lora:dog:0.5:1:8>", "<lora:dog:0.8:0.8:8>"),
        ("<lora:dog:te=0.2:unet=0.4:dyn=8>", "<lora:dog:te=0.8:unet=0.8:dyn=8>"),
        ("<lora:dog:unet=0.4>", "<lora:dog:0.8:unet=0.8>"),
        ("<lora:dog:1:lbw=A:stop=3>", "<lora:dog:0.8:lbw=A:stop=3>"),
        ("<lyco:dog:1>", "<lyco:dog:0.8>"),
        ("<lora:dogs:1> dog <hypernet:dog:1>", "<lora:dogs:1> dog <hypernet:dog:1>"),
        ("<lora:dog:{0.5|0.6}>", "<lora:dog:{0.5|0.6}>"),
    ],
)
def test_set(prompt: str, expected: str) -> None:
    assert set_strength(prompt, "dog", 0.8) == expected


CURVES = [
    "<lora:dog:0.5@0,1@0.5>",
    "<lora:dog:0.5@0,1@0.5:0.3>",
    "<lora:dog:te=0.4:unet=0@0;1@10>",
    "<lora:dog:1:unet=1~0,0~1:hr=0.6>",
]


@pytest.mark.parametrize("prompt", CURVES)
def test_a_strength_that_changes_by_step_is_never_edited(prompt: str) -> None:
    assert set_strength(prompt, "dog", 0.8) == prompt
    assert scale_strength(f"{prompt} <lora:cat:1>", ANY, 0.5) == f"{prompt} <lora:cat:0.5>"
    assert not has_strength(prompt, "dog") and has_strength(f"{prompt}<lora:cat:1>")


def test_scale() -> None:
    assert scale_strength("<lora:a:0.6><lora:b:0.5:1>", ANY, 1.1) == "<lora:a:0.66><lora:b:0.55:1.1>"
    assert scale_strength("<lora:a:0.6><lora:b>", "b", 0.5) == "<lora:a:0.6><lora:b:0.5>"


@given(PROMPTS, NAMES, st.floats(-4, 4).map(lambda value: round(value, 3)))
def test_what_was_set_is_what_is_read(prompt: str, name: str, strength: float) -> None:
    edited = set_strength(prompt, name, strength)
    try:
        before = as_the_extension_reads(prompt, name)
    except ValueError:  # the extension would fail on that prompt
        return
    read = as_the_extension_reads(edited, name)
    assert read == [(strength, strength)] * len(before)
    assert strengths(edited, name) == [strength] * len(before)


@given(PROMPTS, NAMES, st.floats(0, 4).map(lambda value: round(value, 2)))
def test_what_is_multiplied_is_read_multiplied(prompt: str, name: str, factor: float) -> None:
    try:
        before = as_the_extension_reads(prompt, name)
    except ValueError:
        return
    read = as_the_extension_reads(scale_strength(prompt, name, factor), name)
    for (encoder, model), (old_encoder, old_model) in zip(read, before, strict=True):
        assert encoder == pytest.approx(old_encoder * factor, abs=1e-3)
        assert model == pytest.approx(old_model * factor, abs=1e-3)


@given(PROMPTS, NAMES, st.floats(-4, 4))
def test_all_else_stays(prompt: str, name: str, strength: float) -> None:
    def others(text: str) -> list[str]:
        pieces = re.split(r"(<lora:[^>]+>)", text)
        return [p for p in pieces if not (p.startswith("<lora:") and p[6:-1].split(":")[0] == name)]

    assert others(set_strength(prompt, name, strength)) == others(prompt)
    assert set_strength(set_strength(prompt, name, strength), name, strength) == set_strength(
        prompt, name, strength
    )


@given(PROMPTS, st.floats(0, 4))
def test_a_lora_that_is_not_there_changes_nothing(prompt: str, factor: float) -> None:
    assert scale_strength(prompt, "no such", factor) == prompt
    assert scale_strength(prompt, ANY, 1.0).count("<lora:") == prompt.count("<lora:")
