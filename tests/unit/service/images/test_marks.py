"""Verdicts and ratings of any number of images, and taking them back."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inu_jobs import api
from inu_jobs.errors import InvalidInput, NotFound, Refused
from inu_jobs.model import Finding, Image, Verdict, new_id
from inu_jobs.service import undo
from inu_jobs.service.images.selections import pick
from tests.unit.service.service_kit import House

Selection = api.Selection


def ids(house: House, job: str) -> list[str]:
    return [image.id for image in house.store.images_of(job)]


def verdicts(house: House, job: str) -> list[Verdict]:
    return [image.verdict for image in house.store.images_of(job)]


def keep(house: House, *images: str, verdict: Verdict = "kept") -> api.Result:
    return house.service.marks.set_verdict(api.SetVerdict(Selection(images=list(images)), verdict))


def rate(house: House, rating: int, *images: str) -> api.Result:
    return house.service.marks.set_rating(api.SetRating(Selection(images=list(images)), rating))


def put(house: House, id: str, **fields: object) -> Image:
    with house.store.transaction() as t:
        image = house.store.image(id)
        assert image is not None
        t.put(changed := msgspec.structs.replace(image, **fields))
    return changed


def test_any_number_of_marks_is_one_transaction(house: House) -> None:
    job = house.add_done(3)
    before = house.store.revision
    result = house.service.marks.set_verdict(api.SetVerdict(Selection(jobs=[job]), "kept"))
    assert (result.done, result.failed) == (3, []) and result.undo
    assert verdicts(house, job) == ["kept"] * 3 and house.store.revision == before + 1
    assert house.store.verdict_counts(job)["kept"] == 3
    again = house.service.marks.set_verdict(api.SetVerdict(Selection(jobs=[job]), "kept"))
    assert (again.done, again.undo) == (3, None) and house.store.revision == before + 1


def test_undo_goes_back_and_forth_any_number_of_steps(house: House) -> None:
    job = house.add_done(2)
    first, second = ids(house, job)
    steps = [keep(house, first), keep(house, first, second, verdict="rejected"), rate(house, 4, second)]
    tokens = []
    for step in reversed(steps):
        assert step.undo is not None
        back = house.service.undos.run(step.undo)
        assert back.undo is not None and back.done == step.done and not back.failed
        tokens.append(back.undo)
    assert verdicts(house, job) == ["unreviewed"] * 2
    for token in reversed(tokens):
        house.service.undos.run(token)
    assert verdicts(house, job) == ["rejected"] * 2
    assert [image.rating for image in house.store.images_of(job)] == [0, 4]


def test_what_was_marked_again_since_is_left_alone(house: House) -> None:
    job = house.add_done(3)
    a, b, c = ids(house, job)
    step = keep(house, a, b, c)
    keep(house, b, verdict="rejected")
    with house.store.transaction() as t:
        t.delete_image(c)
    assert step.undo is not None
    back = house.service.undos.run(step.undo)
    assert back.done == 1 and {failure.id for failure in back.failed} == {b, c}
    assert verdicts(house, job) == ["unreviewed", "rejected"]
    assert back.undo is not None
    assert house.service.undos.run(back.undo).done == 1  # again: only what was taken back
    assert verdicts(house, job) == ["kept", "rejected"]


def test_a_token_works_once(house: House) -> None:
    job = house.add_done()
    token = keep(house, *ids(house, job)).undo
    assert token is not None
    house.service.undos.run(token)
    for unknown in (token, "", "no such token"):
        with pytest.raises(NotFound):
            house.service.undos.run(unknown)


def test_a_step_that_could_not_be_taken_back_stays_known(house: House) -> None:
    job = house.add_done()
    token = keep(house, *ids(house, job)).undo
    assert token is not None
    house.store.read_only = True
    with pytest.raises(Exception, match="read-only"):
        house.service.undos.run(token)
    house.store.read_only = False
    assert house.service.undos.run(token).done == 1


def test_a_step_is_known_by_the_name_that_the_client_gave_it(house: House) -> None:
    undos = undo.Undos()

    def back() -> api.Result:
        return api.Result(1, undo=undos.add(back, 1))

    def act() -> api.Result:
        with pytest.raises(Refused, match="still in progress"):
            undos.run("mine")
        with pytest.raises(Refused, match="already"):
            undos.named("mine", act)
        return back()

    done = undos.named("mine", act)
    assert done.undo == "mine"
    with pytest.raises(Refused, match="already"):
        undos.named("mine", act)
    undone = undos.named("other", lambda: undos.run("mine"))
    assert undone.undo == "other"
    with pytest.raises(NotFound):
        undos.run("mine")
    assert undos.run("other").done == 1

    def fails() -> api.Result:
        raise Refused("no")

    with pytest.raises(Refused, match="no"):
        undos.named("mine", fails)
    with pytest.raises(NotFound):  # there was no such step, and the name is free again
        undos.run("mine")
    assert undos.named("mine", lambda: api.Result(0)).undo is None


def test_the_oldest_steps_are_forgotten(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    undos = undo.Undos()

    def nothing() -> api.Result:
        return api.Result(0)

    monkeypatch.setattr(undo, "MOST", 3)
    monkeypatch.setattr(undo, "MOST_IMAGES", 10)
    tokens = [undos.add(nothing, 1) for _ in range(4)]
    with pytest.raises(NotFound):
        undos.run(tokens[0])
    assert undos.run(tokens[3]).done == 0
    large = undos.add(nothing, 9)
    with pytest.raises(NotFound):
        undos.run(tokens[1])
    assert undos.run(tokens[2]).done == 0
    undos.add(nothing, 11)  # alone too large, and yet the last step can be taken back
    with pytest.raises(NotFound):
        undos.run(large)


@pytest.mark.parametrize("rating", [-1, 6, 2**60])
def test_ratings_are_from_0_to_5(house: House, rating: int) -> None:
    with pytest.raises(InvalidInput) as error:
        rate(house, rating, *ids(house, house.add_done()))
    assert error.value.field == "rating"


@pytest.mark.parametrize(
    ("selection", "field"),
    [
        (Selection(), "selection"),
        (Selection(images=["a"], jobs=["b"]), "selection"),
        (Selection(images=[], jobs=[]), "selection"),
        (Selection(images=["a"], verdict="kept"), "selection.verdict"),
        (Selection(images=["a"], rating_at_least=1), "selection.rating_at_least"),
        (Selection(images=["a"], findings=True), "selection.findings"),
        (Selection(jobs=["a"], rating_at_least=6), "selection.rating_at_least"),
        (Selection(jobs=["a"], rating_at_least=-1), "selection.rating_at_least"),
    ],
)
def test_a_selection_that_makes_no_sense_is_refused(house: House, selection: Selection, field: str) -> None:
    before = house.store.revision
    with pytest.raises(InvalidInput) as error:
        house.service.marks.set_verdict(api.SetVerdict(selection, "kept"))
    assert error.value.field == field and house.store.revision == before


def test_unknown_ids_are_named_and_the_rest_is_done(house: House) -> None:
    job = house.add_done()
    (id,) = ids(house, job)
    result = keep(house, id, "i-unknown", id)
    assert result.done == 1 and [failure.id for failure in result.failed] == ["i-unknown"]
    of_jobs = pick(house.store, Selection(jobs=[job, "j-unknown", job]))
    assert [image.id for image in of_jobs.images] == [id]
    assert [failure.id for failure in of_jobs.failed] == ["j-unknown"]


FILTERS: list[tuple[dict[str, object], Callable[[Image], bool]]] = [
    ({"verdict": "kept"}, lambda image: image.verdict == "kept"),
    ({"rating_at_least": 3}, lambda image: image.rating >= 3),
    ({"findings": True}, lambda image: bool(image.findings)),
    ({"findings": False}, lambda image: not image.findings),
    ({}, lambda image: True),
]


@settings(suppress_health_check=list(HealthCheck))
@given(
    states=st.lists(
        st.tuples(
            st.sampled_from(["unreviewed", "kept", "rejected"]),
            st.integers(0, 5),
            st.booleans(),
            st.booleans(),
        ),
        min_size=4,
        max_size=4,
    ),
    chosen=st.sampled_from(range(len(FILTERS))),
    trashed=st.booleans(),
)
def test_a_selection_of_jobs_is_narrowed_down(
    house: House, states: list[tuple[Verdict, int, bool, bool]], chosen: int, trashed: bool
) -> None:
    if not house.store.jobs():
        house.add_done(4)
    job = house.store.jobs()[0].id
    for id, (verdict, rating, bad, gone) in zip(ids(house, job), states, strict=True):
        findings = [Finding("warning", "black", "It is black.")] if bad else []
        put(house, id, verdict=verdict, rating=rating, findings=findings, trashed=gone)
    fields, meant = FILTERS[chosen]
    found = pick(house.store, msgspec.convert({"jobs": [job], **fields}, Selection), trashed=trashed)
    expected = [i for i in house.store.images_of(job) if i.trashed == trashed and meant(i)]
    assert found.images == expected and not found.failed


def test_images_in_the_trash_are_not_marked(house: House) -> None:
    job = house.add_done(2)
    here, gone = ids(house, job)
    put(house, gone, trashed=True)
    result = keep(house, here, gone)
    assert result.done == 1 and [failure.id for failure in result.failed] == [gone]
    assert pick(house.store, Selection(images=[here, gone]), trashed=True).images[0].id == gone


def test_ten_thousand_images_are_marked_in_one_transaction(house: House) -> None:
    job = house.add_done(1)
    task = house.store.tasks_of(job)[0]
    first = house.store.images_of(job)[0]
    with house.store.transaction() as t:
        for number in range(1, 10_000):
            t.put(msgspec.structs.replace(first, id=new_id("i"), path=f"outputs/{number}.png", index=number))
    revision = house.store.revision
    result = house.service.marks.set_verdict(api.SetVerdict(api.Selection(jobs=[job]), "kept"))
    assert (result.done, result.failed) == (10_000, [])
    assert house.store.revision == revision + 1
    assert {image.verdict for image in house.store.images_of_task(task.id)} == {"kept"}
    assert result.undo is not None
    house.service.undos.run(result.undo)
    assert house.store.revision == revision + 2
    assert {image.verdict for image in house.store.images_of_task(task.id)} == {"unreviewed"}
