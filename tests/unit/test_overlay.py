"""Changes laid over a payload by dotted paths."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inu_jobs.errors import InvalidInput
from inu_jobs.overlay import overlay

keys = st.sampled_from(["a", "b", "seed", "Title v1.2", "args"])
leaves = st.none() | st.booleans() | st.integers(-9, 9) | st.text("xy", max_size=3)
trees = st.dictionaries(
    keys,
    st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
        max_leaves=8,
    ),
    max_size=4,
)


def paths(tree: Any, prefix: str = "") -> list[str]:
    """All dotted paths of a tree, branches too."""
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    found = []
    for key, value in items:
        path = f"{prefix}{key}"
        found += [path, *paths(value, f"{path}.")]
    return found


def leaf_paths(tree: Any) -> list[str]:
    every = paths(tree)
    return [path for path in every if not any(other.startswith(f"{path}.") for other in every)]


@st.composite
def laid(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """A payload and changes of some of its leaves, and of one field that it lacks."""
    payload = draw(trees)
    some = draw(st.lists(st.sampled_from(leaf_paths(payload)), unique=True)) if payload else []
    changes = {path: draw(leaves | st.just([1, {"x": 2}])) for path in some}
    if draw(st.booleans()):
        changes["new.deep.2.field"] = draw(leaves)
    return payload, changes


def at(tree: Any, path: str) -> Any:
    """An own reading of a dotted path: the longest key first."""
    parts = path.split(".")
    while parts:
        if isinstance(tree, list):
            tree, parts = tree[int(parts[0])], parts[1:]
            continue
        used = next(n for n in range(len(parts), 0, -1) if ".".join(parts[:n]) in tree)
        tree, parts = tree[".".join(parts[:used])], parts[used:]
    return tree


@given(laid())
def test_changed_is_changed_and_the_rest_as_it_was(case: tuple[dict[str, Any], dict[str, Any]]) -> None:
    payload, changes = case
    before = copy.deepcopy(payload)
    result = overlay(payload, changes)
    assert payload == before
    for path, value in changes.items():
        assert at(result, path) == value
    for path in leaf_paths(before):
        if path not in changes:
            assert at(result, path) == at(before, path)


@given(laid())
def test_twice_is_once(case: tuple[dict[str, Any], dict[str, Any]]) -> None:
    payload, changes = case
    once = overlay(payload, changes)
    assert overlay(once, changes) == once


@given(laid())
def test_nothing_that_was_made_is_shared_with_the_changes(
    case: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    payload, changes = case
    before = copy.deepcopy(changes)
    result = overlay(payload, changes)
    for path in before:
        value = at(result, path)
        if isinstance(value, list):
            value.append("mine")
    assert changes == before


def test_the_shapes_of_the_webui() -> None:
    payload = {
        "override_settings": {"CLIP_stop_at_last_layers": 2},
        "alwayson_scripts": {"My v1.2": {"args": [1, 2]}},
    }
    changes = {
        "override_settings.sd_model_checkpoint": "tiny",
        "alwayson_scripts.My v1.2.args.1": 5,
        "alwayson_scripts.ADetailer.args.2": "face",
        "init_images.0": "input:x",
    }
    assert overlay(payload, changes) == {
        "override_settings": {"CLIP_stop_at_last_layers": 2, "sd_model_checkpoint": "tiny"},
        "alwayson_scripts": {"My v1.2": {"args": [1, 5]}, "ADetailer": {"args": [None, None, "face"]}},
        "init_images": ["input:x"],
    }


@pytest.mark.parametrize("path", ["seed.x", "list.x", "list.-1", "list.99999", "list.²", "seed.0"])
def test_a_path_that_leads_nowhere(path: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        overlay({"seed": 5, "list": [1]}, {path: 1})
    assert refused.value.field == path
