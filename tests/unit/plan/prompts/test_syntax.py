from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inu_jobs.plan.prompts import syntax
from inu_jobs.plan.prompts.syntax import (
    Lora,
    bad_weight,
    is_curve,
    loras,
    open_network,
    unbalanced,
    without_comments,
)

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
    assert unbalanced(f"{before}a{bracket}a{after}") == bracket


@pytest.mark.parametrize("mouth", ["(", ")", "[", "]"])
@pytest.mark.parametrize("face", [":{}", ">:{}", ";-{}", "=^{}", "{}:", ":'{}"])
def test_an_emoticon_is_text_unless_it_strengthens_what_follows(face: str, mouth: str) -> None:
    """As the WebUI reads it: a closing bracket without an opening one is a character, and an opening one
    acts on all behind it."""
    text = face.format(mouth)
    assert unbalanced(text) == "" and unbalanced(f"(a dog:1.2), [b], {text}, ") == ""
    assert unbalanced(f"{text}, a dog") == (mouth if mouth in "([" else "")
    assert unbalanced(f"({text}, a dog") == (mouth if mouth in "([" else "" if mouth == ")" else "(")


@pytest.mark.parametrize(
    "prompt", ["(a [b) c]", "a:1.2 \\(b\\), \\[c", "(:1.2), <lora:a :(:1>", "(a :)", "BREAK :)"]
)
def test_what_the_webui_takes_is_no_slip(prompt: str) -> None:
    assert unbalanced(prompt) == ""


@pytest.mark.parametrize(
    ("prompt", "bracket"), [("(a:1.2), b:1.3)", ")"), ("1) a", ")"), ("a (b, c :) :(, d", "(")]
)
def test_a_slip_of_brackets(prompt: str, bracket: str) -> None:
    assert unbalanced(prompt) == bracket


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
        ("<lora:a:0.5@0,1@0.5>", None),
        ("<lora:a:te=0.5@0;1@10:unet=1~0,0~1>", None),
        ("<lora:a:1:1:4@2>", "4@2"),
        ("<lora:a:0.5@0,x@0.5>", "0.5@0,x@0.5"),
        ("<lora:a:0.5@0@1>", "0.5@0@1"),
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


@pytest.mark.parametrize(
    ("text", "curve"),
    [("0.5@0,1@0.5", True), ("0.5@0", True), ("1~2;0", True), ("1", False), ("0,8", False), ("@", False)],
)
def test_a_strength_that_changes_by_step(text: str, curve: bool) -> None:
    assert is_curve(text) is curve


@pytest.mark.parametrize(
    ("prompt", "read"),
    [
        ("a cat", "a cat"),
        ("# all of it", "\n"),
        ("# a line\na cat # and the rest\n# more", "\na cat \n"),
        ("a cat #<lora:gone:1>, a dog", "a cat \n"),
    ],
)
def test_comments_are_what_the_webui_takes_for_them(prompt: str, read: str) -> None:
    assert without_comments(prompt) == read


@pytest.mark.parametrize(
    ("prompt", "read"),
    [
        ("a cat  // and the rest\na dog", "a cat\na dog"),
        ("a /* <lora:gone:1>\n# */cat", "a cat"),
        ("a cat\n  # a dog", "a cat\n"),
        ("a cat /* open", "a cat /* open"),
    ],
)
def test_forge_neo_takes_more_for_comments(prompt: str, read: str) -> None:
    assert without_comments(prompt, like_code=True) == read


@given(st.lists(st.sampled_from(["a", " ", "\t", "\n", "#", "/", "*", "//", "/*", "*/"]), max_size=14))
def test_comments_are_read_as_forge_neo_reads_them(parts: list[str]) -> None:
    prompt = "".join(parts)
    theirs = re.sub(r"[^\S\n]*(\#|\/\/).*", "", re.sub(r"\/\*.*?\*\/", "", prompt, flags=re.DOTALL))
    assert without_comments(prompt, like_code=True) == theirs


@given(st.lists(st.sampled_from([*"()[]:;a \\", ":)", "<lora:(:1>", "(a:1.2)"]), max_size=12).map("".join))
def test_the_quick_look_at_brackets_says_what_the_slow_one_does(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        quick = unbalanced(text)
        patch.setattr(syntax, "_all_close", lambda *_: False)
        assert quick == unbalanced(text)
