"""Templates: what sd-dynamic-prompts makes of them, fixed by a seed, and nothing else in a prompt changed."""

from __future__ import annotations

import os
import re
import string
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from dynamicprompts.generators import RandomPromptGenerator
from dynamicprompts.wildcards import WildcardManager
from hypothesis import given
from hypothesis import strategies as st

from inu_jobs import budgets
from inu_jobs.errors import InvalidInput
from inu_jobs.model import Template, Writing
from inu_jobs.plan import MAX_TASKS, Wildcards, fill_in, read_template, template_of
from inu_jobs.plan.prompts import template_draws as module

FILES = {
    "colours.txt": "red\nblue\n# a comment\n50% grey\n__shades__ green\n",
    "shades.txt": "light\ndark\n",
    "sub/animals.yaml": "wild:\n  - fox\n  - 2::wolf\n",
    "loop.txt": "more __loop__\n",
    "broken.txt": "a {b|c\n",
}


@pytest.fixture(scope="module")
def wildcards(tmp_path_factory: pytest.TempPathFactory) -> Wildcards:
    folder = tmp_path_factory.mktemp("wildcards")
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    return Wildcards(lambda: [folder])


def every(text: str, wildcards: Wildcards, count: int = 0) -> list[str]:
    return fill_in(Template(text, "combinatorial", count), wildcards).prompts


@pytest.mark.parametrize(
    ("text", "prompts"),
    [
        ("a {red|blue} cat", ["a red cat", "a blue cat"]),
        ("{a|b} {c|d}", ["a c", "a d", "b c", "b d"]),
        ("{2$$ and $$x|y|z}", ["x and y", "x and z", "y and x", "y and z", "z and x", "z and y"]),
        ("{|very }old", ["old", "very old"]),
        ("${who={a man|a cat}}${who}, {by day|at night}", None),
        (
            "a __colours__ hat",
            ["a 50% grey hat", "a dark green hat", "a light green hat", "a blue hat", "a red hat"],
        ),
        ("__sub/wild__", ["wolf", "fox"]),
        ("__sh*__", ["dark", "light"]),
        ("50% off for $5 {a|b}", ["50% off for $5 a", "50% off for $5 b"]),
        ("{a|a}", ["a"]),
        ("no template", ["no template"]),
    ],
)
def test_combinatorial(text: str, prompts: list[str] | None, wildcards: Wildcards) -> None:
    found = every(text, wildcards)
    assert len(found) == len({*found})
    if prompts is not None:
        assert sorted(found) == sorted(prompts)
    else:
        assert len(found) == 4


KEPT = [
    "<lora:ink:1>", "<lora:my__great__style:0.8:lbw=1,0,0.5>", "(x:1.2)", "[a:b:0.5]", "[cow|horse]",
    "BREAK", "\\(sic\\)", "((very)) [[little]]", "100%", "$5", "a AND b :0.5", "\n", "  ", ",", "it's",
]  # fmt: skip


@given(st.lists(st.sampled_from(KEPT), max_size=8), st.sampled_from(["combinatorial", "random"]))
def test_what_is_the_webuis_own_comes_out_as_it_went_in(parts: list[str], mode: Any) -> None:
    nothing = Wildcards(list)
    words = " ".join(parts)
    for prompt in fill_in(Template(f"{words} {{one|two}} {words}", mode, 2, 5), nothing).prompts:
        assert prompt in (f"{words} one {words}", f"{words} two {words}")


@given(st.integers(), st.integers(1, 30))
def test_a_seed_fixes_what_is_drawn(seed: int, count: int) -> None:
    def drawn(count: int) -> list[str]:
        text = "{1-3$$, $$red|blue|green|grey} {cat|dog|2::fox} {0.1|0.5|0.9}"
        return fill_in(Template(text, "random", count, seed), Wildcards(list)).prompts

    assert drawn(count) == drawn(count)
    assert len(drawn(count)) == count
    assert drawn(count + 5)[:count] == drawn(count)


def test_other_seeds_draw_others(wildcards: Wildcards) -> None:
    drawn = {
        tuple(fill_in(Template("__colours__ {a|b|c}", "random", 8, seed), wildcards).prompts)
        for seed in range(9)
    }
    assert len(drawn) == 9


@st.composite
def trees(draw: st.DrawFn, depth: int = 2) -> tuple[str, list[str]]:
    """A template and all that it can be, put together by hand."""
    text, whole = "", [""]
    for _ in range(draw(st.integers(1, 3))):
        if depth and draw(st.booleans()):
            inner = draw(st.lists(trees(depth - 1), min_size=1, max_size=3))
            text += "{" + "|".join(part for part, _ in inner) + "}"
            options = list(dict.fromkeys(option for _, prompts in inner for option in prompts))
        else:
            word = draw(st.text(string.ascii_letters + " ,", min_size=1, max_size=5))
            word = f"x{word}x"  # where a variant begins or ends, spaces are not a part of it
            text, options = text + word, [word]
        whole = [left + right for left in whole for right in options][:500]
    return text, whole


@given(trees())
def test_combinatorial_is_every_combination_once(tree: tuple[str, list[str]]) -> None:
    text, whole = tree
    if len(whole) < 500:
        assert sorted(every(text, Wildcards(list))) == sorted({*whole})


def test_a_wildcard_that_is_not_there_is_found_by_name(wildcards: Wildcards) -> None:
    for mode in ("combinatorial", "random"):
        filled = fill_in(Template("a __colors__ {__shades__|__nope__} hat", mode, 5, 1), wildcards)  # type: ignore[arg-type]
        assert filled.unknown == {"colors": "colours", "nope": ""}
        assert all(prompt.startswith("a __colors__ ") for prompt in filled.prompts)
        known, unknown = filled.findings("axes.0.template")
        assert (known.severity, known.code, known.suggestion) == ("error", "wildcard_unknown", "colours")
        assert known.message == "There is no wildcard “colors”; did you mean “colours”?"
        assert unknown.message == "There is no wildcard “nope”."


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    wildcards = Wildcards(lambda: [theirs, ours])
    assert fill_in(Template("__a__", "combinatorial"), wildcards).unknown == {"a": ""}
    theirs.mkdir()
    (theirs / "a.txt").write_text("one", "utf-8")
    assert every("__a__", wildcards) == ["one"]
    (theirs / "a.txt").write_text("one\ntwo", "utf-8")
    assert every("__a__", wildcards) == ["one", "two"]
    ours.mkdir()
    (ours / "a.txt").write_text("mine", "utf-8")
    assert every("__a__", wildcards) == ["mine"]
    assert wildcards.names() == ["a"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_links_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    """A pack of wildcards may bring links to whatever the WebUI can read. The folder itself may be one."""
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "key.txt").write_text("hidden", "utf-8")
    (secret / "keys.yaml").write_text("deep:\n  - hidden\n", "utf-8")
    folder = tmp_path / "pack"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub" / "real.txt").write_text("seen", "utf-8")
    (folder / "sub" / "key.txt").symlink_to(secret / "key.txt")
    (folder / "keys.yaml").symlink_to(secret / "keys.yaml")
    (folder / "all").symlink_to(secret)
    (folder / "loop").symlink_to(folder)
    os.mkfifo(folder / "pipe.txt")  # nobody writes: to read it would never end
    (tmp_path / "linked").symlink_to(folder)
    wildcards = Wildcards(lambda: [tmp_path / "linked"])
    assert wildcards.names() == ["sub/real"]
    assert every("__sub/*__", wildcards) == ["seen"]
    names = ("sub/key", "deep", "all/key", "loop/sub/real", "pipe")
    for name in names:
        assert fill_in(Template(f"__{name}__", "random", 1), wildcards).unknown.keys() == {name}


def test_a_damaged_file_hides_no_other(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text("{", "utf-8")
    (tmp_path / "good.json").write_text('{"a": {"b": ["c", "2::d"]}}', "utf-8")
    (tmp_path / "list.json").write_text('["e"]', "utf-8")
    assert Wildcards(lambda: [tmp_path]).names() == ["a/b", "list"]


def test_an_explosion_costs_no_memory(wildcards: Wildcards) -> None:
    dozen = "{" + "|".join(string.ascii_letters) + "}"
    filled = fill_in(Template(" ".join([dozen] * 9), "combinatorial"), wildcards)
    assert filled.more and len(filled.prompts) == MAX_TASKS
    with pytest.raises(InvalidInput, match="more than 10,000 prompts") as refused:
        read_template("prompt", Template(dozen * 3, "combinatorial"), wildcards, "axes.2")
    assert refused.value.field == "axes.2.template.text"
    assert len(every(dozen * 9, wildcards, count=7)) == 7


def test_what_would_be_looked_through_for_hours_is_refused(
    wildcards: Wildcards, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MOST_STEPS", 20_000)
    same = "|".join(["{a|b|c}" + "{}" * n for n in range(9)])
    with pytest.raises(InvalidInput, match="too many combinations"):
        fill_in(Template("{4$$" + same + "}", "combinatorial"), wildcards)
    monkeypatch.setattr(budgets, "TEXT_OF_PLAN", 1_000)
    with pytest.raises(InvalidInput, match="far too long"):
        fill_in(Template("words " * 50, "random", 20), wildcards)


@pytest.mark.parametrize(
    ("template", "field", "words"),
    [
        (Template("", "random", 1), "text", "is empty"),
        (Template("# nothing", "combinatorial"), "text", "makes no prompts"),
        (Template("x" * 20_001, "random", 1), "text", "20,000 characters"),
        (Template("a", "random"), "count", "Enter how many"),
        (Template("a", "combinatorial", -1), "count", "Enter how many"),
        (Template("a", "random", MAX_TASKS + 1), "count", "At most 10,000"),
        (Template("a {b|c", "combinatorial"), "text", r"unclosed bracket or wildcard at “\{b\|c”"),
        (Template("a __ b", "combinatorial"), "text", "unclosed bracket or wildcard at “__ b”"),
        (Template("${who}", "combinatorial"), "text", "Variable who is not defined"),
        (Template("__loop__", "random", 1), "text", "refers back to itself"),
        (Template("__loop__", "combinatorial"), "text", "refers back to itself"),
        (Template("__broken__", "random", 1), "text", "a wildcard file, “a {b|c”"),
    ],
)
def test_what_cannot_be_filled_in_says_why(
    template: Template, field: str, words: str, wildcards: Wildcards
) -> None:
    pattern = words if "\\" in words else re.escape(words)
    with pytest.raises(InvalidInput, match=pattern) as refused:
        fill_in(template, wildcards)
    assert refused.value.field == field
    assert str(refused.value).endswith(".")


def test_only_prompts_have_templates(wildcards: Wildcards) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_template("steps", Template("{1|2}", "combinatorial"), wildcards, "axes.0")
    assert refused.value.field == "axes.0.field"


def test_an_axis_remembers_its_template(wildcards: Wildcards) -> None:
    axis, findings = read_template("prompt", Template("{a|b}", "random", 2, 9), wildcards, "axes.0")
    assert (axis.text, axis.template) == ("{a|b}", Writing("random", 2, 9))
    assert len(axis.values) == 2 and findings == []
    assert template_of(axis) == Template("{a|b}", "random", 2, 9)


@given(
    st.text(st.sampled_from("{}|$_:#%<>()[]! ab1\n~@="), max_size=20),
    st.sampled_from(["combinatorial", "random"]),
)
def test_any_text_gives_prompts_or_a_sentence(text: str, mode: Any) -> None:
    try:
        found = fill_in(Template(text, mode, 3), Wildcards(list)).prompts
    except InvalidInput as refused:
        assert str(refused).endswith((".", "?"))
    else:
        assert 1 <= len(found) <= 3


NFC, NFD = "caf\xe9", "cafe\u0301"


@pytest.mark.parametrize(("typed", "there"), [(NFC, NFD), (NFD, NFC), (NFC, NFC)])
def test_a_wildcard_file_is_found_however_the_system_spells_its_name(
    tmp_path: Path, typed: str, there: str
) -> None:
    (tmp_path / f"{there}.txt").write_text("espresso\n", "utf-8")
    (tmp_path / "drinks.txt").write_text(f"a __{typed}__\n", "utf-8")
    wildcards = Wildcards(lambda: [tmp_path])
    filled = fill_in(Template(f"__{typed}__, __drinks__", "combinatorial", 0), wildcards)
    assert (filled.prompts, filled.unknown) == (["espresso, a espresso"], {})


CHOICES = st.recursive(
    st.sampled_from(["a", "b c", "0.3::d", "__animals__"]),
    lambda inner: st.builds(
        lambda head, options: "{" + head + "|".join(options) + "} ",
        st.sampled_from(["", "", "2$$", "1-2$$ and $$"]),
        st.lists(inner, min_size=1, max_size=4),
    ),
    max_leaves=8,
)


@given(st.lists(CHOICES, min_size=1, max_size=3).map(" ".join), st.integers(0, 9))
def test_what_is_drawn_is_what_the_library_draws(text: str, seed: int) -> None:
    """By the same numbers, although ours copies less."""
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "animals.txt").write_text("cat\n3::dog\nowl")
        wildcards = Wildcards(lambda: [Path(name)])
        ours = fill_in(Template(text, "random", 5, seed), wildcards).prompts
        plain = RandomPromptGenerator(WildcardManager(Path(name)), seed=seed)
        assert ours == [str(prompt) for prompt in plain.generate(text, 5)]
