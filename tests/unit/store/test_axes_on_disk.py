"""Axes as they lie on the disk: files of before are read, and written again to the letter."""

from __future__ import annotations

import msgspec
import pytest

from inu_jobs.model import Axis, Recipe


@pytest.mark.parametrize(
    "stored",
    [
        b'{"field":"seed","values":[1,2.5,null,"a",{"scale":2}]}',
        b'{"field":"steps","values":[20],"text":"20"}',
        b'{"field":"prompt","values":["a"],"text":"{a|b}","template":{"mode":"random","count":0,"seed":0}}',
        b'{"field":"lines","values":[{"prompt":"a"}],"text":"a","template":{"at":"instead"}}',
    ],
)
def test_an_axis(stored: bytes) -> None:
    assert msgspec.json.encode(msgspec.json.decode(stored, type=Axis)) == stored


def test_a_recipe() -> None:
    axes = (
        b'[{"field":"seed","values":[1,null]},{"field":"steps","text":"1-3"},{"field":"prompt",'
        b'"template":{"text":"{a|b}","mode":"combinatorial","count":0,"seed":0}}]'
    )
    stored = b'{"id":"r1","name":"a","created":1.0,"axes":' + axes + b"}"
    recipe = msgspec.json.decode(stored, type=Recipe)
    assert (recipe.id, recipe.name, recipe.created) == ("r1", "a", 1.0)
    assert msgspec.json.encode(recipe.axes) == axes
    assert msgspec.json.decode(msgspec.json.encode(recipe), type=Recipe) == recipe
