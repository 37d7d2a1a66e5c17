"""What the composer sends, for captures that a page of the sandbox cannot easily be brought to."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .tab import Tab

CAPTURE = {"id": "c", "kind": "txt2img", "name": "", "summary": [], "not_frozen": [], "batch_count": 3}


def spec(tab: Tab, payload: dict[str, Any], change: str = "") -> Any:
    """The JobSpec of a draft of ``payload``, after the JavaScript ``change`` was done to the draft."""
    return tab.page.evaluate(
        f"""async (capture) => {{
            const {{ Draft }} = await import(new URL("inu-jobs/ui/draft.mjs", document.baseURI).href);
            const draft = new Draft(capture);
            {change}
            return draft.spec();
        }}""",
        {**CAPTURE, "payload": payload},
    )


@pytest.fixture
def loaded(tab: Tab) -> Tab:
    return tab.load()


def test_a_random_seed_is_drawn_for_each_image(loaded: Tab) -> None:
    sent = spec(loaded, {"prompt": "fox", "seed": -1, "n_iter": 3})
    (axis,) = sent["axes"]
    assert axis["field"] == "seed" and len(set(axis["values"])) == 3
    assert all(0 <= seed < 2**32 for seed in axis["values"])
    assert sent["payload"]["n_iter"] == 1


def test_what_the_plan_shows_is_what_is_queued(loaded: Tab) -> None:
    change = """
        const [before, after] = [draft.spec(), draft.spec()].map((sent) => JSON.stringify(sent));
        if (before !== after) throw "drew again";
        draft.each = 1;
        const { seed } = draft.spec().payload;
        draft.each = 3;
        if (draft.spec().axes[0].values[0] !== seed) throw "another first seed";
    """
    assert len(spec(loaded, {"prompt": "fox", "seed": -1}, change)["axes"][0]["values"]) == 3


def test_with_variation_strength_the_variation_seed_counts_up(loaded: Tab) -> None:
    sent = spec(loaded, {"prompt": "fox", "seed": 7, "subseed": 20, "subseed_strength": 0.1})
    assert sent["axes"] == [{"field": "subseed", "values": [20, 21, 22]}]
    assert sent["payload"]["seed"] == 7
    drawn = spec(loaded, {"prompt": "fox", "seed": -1, "subseed": -1, "subseed_strength": 0.1})
    assert drawn["axes"][0]["field"] == "subseed" and len(set(drawn["axes"][0]["values"])) == 3
    assert 0 <= drawn["payload"]["seed"] < 2**32  # one for all, as the WebUI does it


def test_a_fixed_seed_counts_up_over_all_images_of_a_batch(loaded: Tab) -> None:
    sent = spec(loaded, {"prompt": "fox", "seed": 7, "batch_size": 4})
    assert sent["axes"] == [{"field": "seed", "values": [7, 11, 15]}]
    varied = {"prompt": "fox", "seed": 7, "subseed": 20, "subseed_strength": 0.1, "batch_size": 2}
    assert spec(loaded, varied)["axes"] == [{"field": "subseed", "values": [20, 22, 24]}]


TEMPLATE = "draft.each = 1; draft.source = 'template'; draft.template.text = '{a|b} fox';"


def test_prompts_that_are_drawn_have_their_own_seeds(loaded: Tab) -> None:
    sent = spec(loaded, {"prompt": "fox", "seed": -1}, TEMPLATE)
    assert (sent["payload"]["seed"], sent["payload"]["n_iter"]) == (-1, 1)
    assert [axis["field"] for axis in sent["axes"]] == ["prompt"] and isinstance(sent["drawn_with"], int)
    # settings that are compared share theirs, and so does whatever the user says
    axis = "const { Row } = await import(new URL('inu-jobs/ui/axes.mjs', document.baseURI).href);"
    compared = spec(loaded, {"seed": -1}, TEMPLATE + axis + "draft.rows.push(new Row('steps', '1, 2'));")
    assert compared["payload"]["seed"] >= 0
    assert spec(loaded, {"seed": -1}, TEMPLATE + "draft.own = false;")["payload"]["seed"] >= 0
    assert spec(loaded, {"seed": 7}, TEMPLATE)["payload"]["seed"] == 7


def test_several_seeds_of_its_own_for_each_setting(loaded: Tab) -> None:
    sent = spec(loaded, {"prompt": "fox", "seed": -1}, "draft.own = true;")
    assert (sent["payload"]["seed"], sent["payload"]["n_iter"], sent["axes"]) == (-1, 3, [])
    payload = json.dumps(sent["payload"])
    again = f"""
        const back = Draft.again({{...draft.spec(), payload: {payload}, axes: []}});
        if (!back.ownSeeds || back.each !== 3) throw "another choice";
        if (JSON.stringify(back.spec().payload) !== JSON.stringify({payload})) throw "changed";
        back.own = false;
        if (back.spec().payload.n_iter !== 1 || back.spec().axes[0].values.length !== 3) throw "not shared";
    """
    spec(loaded, {"prompt": "fox", "seed": -1}, again)


def test_a_recipe_keeps_seeds_windows_and_priority(loaded: Tab) -> None:
    sent = spec(
        loaded,
        {"prompt": "fox", "seed": -1},
        """
        draft.own = true;
        [draft.windows, draft.priority] = [[{ start: "23:00", end: "07:00" }], 10];
        const { answered } = await import(new URL("inu-jobs/ui/recipes.mjs", document.baseURI).href);
        const recipe = answered({ ...draft.recipe("mine"), asks: [] }, {});
        const other = new Draft(capture);
        other.take(recipe);
        if (other.each !== 3) throw "another count";
        Object.assign(draft, { own: null, windows: [], priority: 0, each: 1 });
        draft.take(recipe);
        """,
    )
    assert (sent["payload"]["seed"], sent["payload"]["n_iter"]) == (-1, 3)
    assert (sent["windows"], sent["priority"]) == ([{"start": "23:00", "end": "07:00"}], 10)


def test_one_prompt_goes_into_the_payload_and_blank_lines_are_none(loaded: Tab) -> None:
    change = "draft.each = 1; draft.text = '\\n  a lake\\n\\n'; draft.split = true;"
    sent = spec(loaded, {"prompt": "fox", "seed": 1}, change)
    assert (sent["axes"], sent["payload"]["prompt"]) == ([], "  a lake")


@pytest.mark.parametrize(
    ("field", "message", "before", "after"),
    [
        ("sampler_name", "There is no sampler “Eule”.", {"sampler_name": "Eule"}, {"sampler_name": "NEW"}),
        (
            "override_settings.sd_vae",
            "There is no VAE “x.vae”.",
            {"override_settings": {"sd_vae": "x.vae", "other": 1}},
            {"override_settings": {"sd_vae": "NEW", "other": 1}},
        ),
        ("styles", "There is no style “Wet”.", {"styles": ["A", "Wet"]}, {"styles": ["A", "NEW"]}),
        (
            "alwayson_scripts.Filter v1.5",
            "There is no always-on script “filter v1.5”.",
            {"alwayson_scripts": {"Filter v1.5": {"args": [1]}}},
            {"alwayson_scripts": {"NEW": {"args": [1]}}},
        ),
        (
            "hr_prompt",
            "There is no LoRA “ink”.",
            {"hr_prompt": "ink <lora:ink:1>, pink"},
            {"hr_prompt": "ink <lora:NEW:1>, pink"},
        ),
    ],
)
def test_a_suggestion_is_put_where_it_belongs(
    loaded: Tab, field: str, message: str, before: dict[str, Any], after: dict[str, Any]
) -> None:
    finding = {"severity": "error", "code": "x", "message": message, "field": field, "suggestion": "NEW"}
    change = f"draft.use({json.dumps(finding)});"
    sent = spec(loaded, {"prompt": "fox", "seed": 1, **before}, change)
    assert {name: sent["payload"][name] for name in after} == after
    assert sent["payload"]["prompt"] == "fox"
