from __future__ import annotations

import pytest

from inu_jobs.errors import NotFound
from inu_jobs.library.captures import KEPT, Captures


def test_the_newest_drafts_are_kept() -> None:
    captures = Captures()
    drafts = [captures.put("txt2img", {"prompt": str(n)}) for n in range(KEPT + 3)]
    assert len({draft.id for draft in drafts}) == KEPT + 3
    for draft in drafts[:3]:
        with pytest.raises(NotFound):
            captures.get(draft.id)
    assert [captures.get(draft.id) for draft in drafts[3:]] == drafts[3:]


def test_inputs_of_drafts_are_in_use_until_they_are_forgotten() -> None:
    captures = Captures()
    token = "input:" + "a" * 64
    draft = captures.put("img2img", {"init_images": [token]}, "name", 4, ["Euler a"], ["The setting x"])
    assert captures.inputs_in_use() == {token}
    assert (draft.batch_count, draft.summary, draft.not_frozen) == (4, ["Euler a"], ["The setting x"])
    for _ in range(KEPT):
        captures.put("txt2img", {})
    assert captures.inputs_in_use() == set()


def test_nobodys_drafts_make_others_go() -> None:
    captures = Captures()
    hers = captures.put("txt2img", {"prompt": "hers"}, owner="ada")
    old = captures.put("txt2img", {"prompt": "old"}, owner="bob")
    for number in range(KEPT):
        captures.put("txt2img", {"prompt": str(number)}, owner="bob")
    assert captures.get(hers.id) == hers
    with pytest.raises(NotFound):
        captures.get(old.id)
