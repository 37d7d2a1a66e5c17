"""Recipes: those that are shipped make good jobs; the user's are kept, shared and taken in as small files."""

from __future__ import annotations

import base64
import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image as Picture

from inu_jobs.api import JobSpec, RecipeSpec
from inu_jobs.errors import InvalidInput, NotFound, Refused, StoreError
from inu_jobs.library.recipe_files import RecipeShelf
from inu_jobs.model import Ask, AxisSpec, Template, Window
from inu_jobs.overlay import overlay
from inu_jobs.service.compose.recipes import BUILTIN, MAX_RECIPES, MAX_SIZE, SHIPPED
from tests.unit.service.service_kit import House

PAGE: dict[str, Any] = {
    "prompt": "a house by a lake", "negative_prompt": "fog", "steps": 20, "width": 512, "height": 512,
    "sampler_name": "Euler a", "cfg_scale": 6, "seed": 99,
}  # fmt: skip
ANSWERS = {"lora": "dog", "first": "tiny", "second": "other", "sampler": "DPM++ SDE"}
#: recipe -> (tasks, the fields that differ between them)
EXPECTED = {
    "lora-test": (4 * 3 * 2 * 2 * 2, {"prompt", "cfg_scale", "seed"}),
    "checkpoint-comparison": (2 * 3, {"override_settings", "seed"}),
    "sampler-ladder": (4 * 4, {"sampler_name", "steps"}),
    "denoise-ladder": (7 * 2, {"denoising_strength", "seed"}),
    "drafts": (40, {"seed"}),
}


def base64_png() -> str:
    out = io.BytesIO()
    Picture.new("RGB", (64, 64), (1, 0, 0)).save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


def filled(recipe: Any, **answers: str) -> JobSpec:
    """As the composer does it: answers in the texts, the payload laid over the page's."""

    def fill(value: Any) -> Any:
        if isinstance(value, str):
            for ask in recipe.asks:
                value = value.replace(f"{{{ask.key}}}", answers.get(ask.key) or ask.default)
            return value
        if isinstance(value, list):
            return [fill(item) for item in value]
        return {key: fill(item) for key, item in value.items()} if isinstance(value, dict) else value

    kind: Any = recipe.kind or "txt2img"
    payload = {
        **PAGE,
        **({"init_images": [base64_png()]} if kind == "img2img" else {}),
        **fill(recipe.payload),
    }
    axes = msgspec.convert(fill(msgspec.to_builtins(recipe.axes)), list[AxisSpec])
    return JobSpec(kind, payload, axes=axes, lines=recipe.lines, hold=True)


def whole(house: House, job: str) -> list[dict[str, Any]]:
    tasks = house.store.tasks_of(job)
    return [overlay(house.store.payload(task.payload) or {}, task.changes) for task in tasks]


@pytest.mark.parametrize("name", sorted(path.stem for path in SHIPPED.glob("*.json")))
def test_a_shipped_recipe_makes_the_job_that_it_says(house: House, name: str) -> None:
    recipe = next(r for r in house.service.recipes.all().recipes if r.id == BUILTIN + name)
    assert recipe.builtin and recipe.note.endswith(".")
    spec = filled(recipe, **ANSWERS)
    assert house.service.jobs.plan(spec).findings == []
    payloads = whole(house, house.service.jobs.create(spec).id)
    count, varied = EXPECTED[name]
    assert len(payloads) == count
    fields = {field for payload in payloads for field in payload}
    different = {f for f in fields if len({json.dumps(payload.get(f)) for payload in payloads}) > 1}
    # a seed for variations is drawn for each image, and is of no effect without them
    assert different - {"subseed"} == varied


def test_the_lora_test_compares_with_none_on_the_same_seeds(house: House) -> None:
    recipe = next(r for r in house.service.recipes.all().recipes if r.id == f"{BUILTIN}lora-test")
    payloads = whole(house, house.service.jobs.create(filled(recipe, **ANSWERS)).id)
    seeds: dict[str, set[int]] = {}
    for payload in payloads:
        _, _, strength = payload["prompt"].partition("<lora:dog:")
        seeds.setdefault(strength, set()).add(payload["seed"])
    assert set(seeds) == {"", "0.6>", "0.8>", "1>"}
    assert len({frozenset(found) for found in seeds.values()}) == 1


def test_a_mistyped_lora_is_caught(house: House) -> None:
    recipe = next(r for r in house.service.recipes.all().recipes if r.id == f"{BUILTIN}lora-test")
    findings = house.service.jobs.plan(filled(recipe, lora="dgo")).findings
    assert [(f.severity, f.code, f.suggestion) for f in findings] == [("error", "lora_unknown", "dog")]


MINE = RecipeSpec(
    "  my\nrecipe ",
    note="for later",
    kind="txt2img",
    payload={"prompt": "{what}, BREAK", "steps": 30},
    axes=[
        AxisSpec("prompt", template=Template("{a|b} {what}", "random", 3, 5)),
        AxisSpec("cfg_scale", text="5-7"),
        AxisSpec("lora:{what}", [None, 0.5]),
    ],
    lines="one\ntwo",
    lines_at="end",
    asks=[Ask("what", "What", "lora", "dog")],
)


def test_what_is_saved_is_there_again_and_its_file_makes_it_elsewhere(house: House, tmp_path: Path) -> None:
    saved = house.service.recipes.save(MINE)
    assert (saved.name, saved.builtin, saved.created) == ("my recipe", False, house.clock.now)
    recipes = house.service.recipes.all().recipes
    assert [r.builtin for r in recipes] == [True] * len(EXPECTED) + [False] and recipes[-1] == saved
    name, data = house.service.recipes.file(saved.id)
    assert name == "my recipe.json" and len(data) < 2000
    other = House(tmp_path / "other")
    again = other.service.recipes.save(msgspec.json.decode(data, type=RecipeSpec))
    other.close()
    assert {**msgspec.structs.asdict(again), "id": "", "created": 0} == {
        **msgspec.structs.asdict(saved), "id": "", "created": 0,
    }  # fmt: skip
    house.clock.now += 1
    newer = house.service.recipes.save(MINE)
    assert [r.id for r in house.service.recipes.all().recipes][-2:] == [newer.id, saved.id]
    assert house.service.recipes.delete(saved.id) == saved
    assert [r.id for r in house.service.recipes.all().recipes if not r.builtin] == [newer.id]
    with pytest.raises(NotFound):
        house.service.recipes.file(saved.id)


def test_a_shipped_one_is_shared_but_not_deleted(house: House) -> None:
    for path in SHIPPED.glob("*.json"):
        _, data = house.service.recipes.file(BUILTIN + path.stem)
        both = (msgspec.json.decode(text, type=RecipeSpec) for text in (data, path.read_bytes()))
        assert next(both) == next(both)
        with pytest.raises(Refused):
            house.service.recipes.delete(BUILTIN + path.stem)
    for id in ("builtin:nope", "nope", "../../x", "r" + "a" * 17):
        with pytest.raises(NotFound):
            house.service.recipes.delete(id)


def test_images_stay_with_the_page(house: House) -> None:
    payload = {**PAGE, "init_images": [base64_png()], "mask": base64_png()}
    assert house.service.recipes.save(RecipeSpec("x", kind="img2img", payload=payload)).payload == PAGE


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        (RecipeSpec(" \n"), "name"),
        (RecipeSpec("x" * 300), "name"),
        (RecipeSpec("x", note="x" * 10_001), "note"),
        (RecipeSpec("x", payload={"steps": "many"}), "steps"),
        (
            RecipeSpec("x", payload={"override_settings": {"outdir_samples": "/x"}}),
            "override_settings.outdir_samples",
        ),
        (
            RecipeSpec("x", payload={"alwayson_scripts": {"a": {"args": [{"image": base64_png()}]}}}),
            "payload",
        ),
        (RecipeSpec("x", axes=[AxisSpec("steps")]), "axes.0.values"),
        (RecipeSpec("x", axes=[AxisSpec(f"override_settings.a{n}", [1]) for n in range(17)]), "axes"),
        (RecipeSpec("x", asks=[Ask("A b", "x", "text")]), "asks.0.key"),
        (RecipeSpec("x", asks=[Ask("a", "x", "text"), Ask("a", "y", "text")]), "asks.1.key"),
        (RecipeSpec("x", asks=[Ask("a", "x" * 201, "text")]), "asks.0.label"),
        (RecipeSpec("x", asks=[Ask(f"a{n}", "x", "text") for n in range(17)]), "asks"),
        (RecipeSpec("x", lines="a\n" * MAX_SIZE), "payload"),
    ],
)
def test_what_no_job_could_be_made_of_is_refused(house: House, spec: RecipeSpec, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        house.service.recipes.save(spec)
    assert refused.value.field == field
    assert all(recipe.builtin for recipe in house.service.recipes.all().recipes)


def test_damaged_files_are_left_out_and_a_full_shelf_says_so(house: House) -> None:
    saved = house.service.recipes.save(MINE)
    folder = house.folder / "data" / "recipes"
    (folder / f"r{'b' * 17}.json").write_bytes(b"{")
    (folder / f"r{'c' * 17}.json").write_bytes((folder / f"{saved.id}.json").read_bytes())
    assert [r.id for r in house.service.recipes.all().recipes if not r.builtin] == [saved.id]
    for number in range(MAX_RECIPES - 1):
        id = f"r{number:017}"
        text = (folder / f"{saved.id}.json").read_text("utf-8").replace(saved.id, id)
        (folder / f"{id}.json").write_text(text, "utf-8")
    with pytest.raises(Refused, match="1,000 recipes"):
        house.service.recipes.save(MINE)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path, house: House) -> None:
    (tmp_path / "file").write_text("in the way")
    recipe = house.service.recipes.save(MINE)
    shelf, kept = (
        RecipeShelf(tmp_path / "file"),
        RecipeShelf(house.folder / "data" / "recipes").get(recipe.id),
    )
    assert shelf.all() == []
    with pytest.raises(StoreError, match="cannot be saved"):
        shelf.put(kept)
    assert Counter(path.suffix for path in (house.folder / "data" / "recipes").iterdir()) == {".json": 1}


def test_a_recipe_keeps_when_it_is_to_run_and_how_urgently(house: House) -> None:
    night = Window("23:00", "07:00", [0, 4])
    spec = RecipeSpec("night", windows=[night], priority=-10, own_seeds=True)
    saved = house.service.recipes.save(spec)
    assert (saved.windows, saved.priority, saved.own_seeds) == ([night], -10, True)
    _, data = house.service.recipes.file(saved.id)
    again = house.service.recipes.save(msgspec.json.decode(data, type=RecipeSpec))
    assert (again.windows, again.priority, again.own_seeds) == ([night], -10, True)
    old = house.service.recipes.save(RecipeSpec("before there were windows"))
    assert (old.windows, old.priority, old.own_seeds) == ([], 0, None)
    for bad in ({"windows": [Window("9", "10:00")]}, {"priority": 10**6}):
        with pytest.raises(InvalidInput):
            house.service.recipes.save(msgspec.structs.replace(spec, **bad))
