from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inu_jobs.plan.prompts import Lora, bad_weight, loras, open_network, unbalanced

balanced = st.recursive(
    st.text("ab ,:|.\\", max_size=4).map(lambda text: text.replace("\\", r"\(")),
    lambda inner: st.one_of(
        inner.map(lambda text: f"({text})"),
        inner.map(lambda text: f"[{text}]"),
        st.tuples(inner, inner).map("".join),
    ),
    max_leaves=8,
)


@given(balanced)
def test_what_closes_is_balanced(prompt: str) -> None:
    assert unbalanced(prompt) == ""


@given(balanced, balanced, st.sampled_from("()[]"))
def test_one_bracket_too_many_is_found(before: str, after: str, bracket: str) -> None:
    assert unbalanced(before + bracket + after) == bracket


@given(balanced, st.sampled_from("()[]"))
def test_an_escaped_bracket_or_one_in_a_name_is_a_character(prompt: str, bracket: str) -> None:
    assert unbalanced(f"{prompt}\\{bracket}") == ""
    assert unbalanced(f"{prompt} <lora:my{bracket}model:1>") == ""


names = st.from_regex(r"[A-Za-z0-9_. ()+\-]{1,12}", fullmatch=True)


@given(st.lists(st.tuples(names, st.floats(-2, 2)), max_size=4))
def test_loras_are_found_in_order(wanted: list[tuple[str, float]]) -> None:
    prompt = ", ".join(f"word <lora:{name}:{weight}>" for name, weight in wanted)
    assert loras(prompt) == [Lora(name, (str(weight),)) for name, weight in wanted]
    assert [bad_weight(lora) for lora in loras(prompt)] == [None] * len(wanted)
    assert open_network(prompt) == ""


@pytest.mark.parametrize(
    ("tag", "bad"),
    [
        ("<lora:a>", None),
        ("<lora:a:1:0.5:32>", None),
        ("<lora:a:1:0.5:3.2>", "3.2"),
        ("<lora:a:te=0.5:unet=x>", "unet=x"),
        ("<lora:a:dyn=1.5>", "dyn=1.5"),
        ("<lora:a:>", ""),
        ("<lora:a:{0.5|1}>", None),
        ("<lyco:a:0,8>", "0,8"),
    ],
)
def test_weights(tag: str, bad: str | None) -> None:
    (lora,) = loras(tag)
    assert bad_weight(lora) == bad


def test_other_networks_are_not_loras() -> None:
    assert loras("<hypernet:a:1> <b> <lora:c:1>") == [Lora("c", ("1",))]


@pytest.mark.parametrize("text", ["<lora:a:0.8", "x <lora:a <lora:b:1>", "<lyco:a:1 house"])
def test_an_open_tag_is_shown(text: str) -> None:
    opened = open_network(text)
    assert opened and re.match(r"<(lora|lyco):a", opened)
