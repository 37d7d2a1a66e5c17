"""What takes the place of an upscaler that this WebUI lacks, and that it is said."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from inu_jobs.fields import upscale
from inu_jobs.model import Axis, Payload
from inu_jobs.overlay import overlay
from inu_jobs.plan import Derived, Source, Upscalers, expand, expand_derived
from inu_jobs.plan.preflight import preflight
from inu_jobs.plan.upscalers import HIRES, RESIZING, named
from tests.unit.plan.plan_kit import RecordedCatalog

EVERYTHING = Upscalers(["Latent", "Latent (nearest)"], ["None", "Lanczos", "Nearest", "4x_foo"])
#: Forge Neo with an upscaler model, and without
MODEL = Upscalers([], ["None", "4x_foo"])
BARE = Upscalers([], ["None"])
TEXT: Payload = {"prompt": "a house", "steps": 20, "seed": 1, "width": 512, "height": 512}
HIRES_ON: Payload = {**TEXT, "enable_hr": True, "hr_upscaler": "Latent", "hr_scale": 2}


@pytest.mark.parametrize(
    ("name", "field", "here", "closest"),
    [
        ("Latent", HIRES, MODEL, "4x_foo"),
        ("Latent", HIRES, BARE, "None"),
        ("Latent (antialiased)", HIRES, EVERYTHING, "Latent (nearest)"),
        ("Latent (bicubic antialiased)", HIRES, Upscalers(["Linear"], ["None"]), "Linear"),
        ("Latent", "upscaler", EVERYTHING, "4x_foo"),
        ("Lanczos", "upscaler", MODEL, "None"),
        ("Lanczos", "upscaler", Upscalers([], ["None", "Nearest", "x"]), "Nearest"),
        ("4x-Foo", HIRES, EVERYTHING, "4x_foo"),
        ("R-ESRGAN 4x+", HIRES, EVERYTHING, "4x_foo"),
        ("SwinIR", HIRES, BARE, "None"),
        ("SwinIR", HIRES, Upscalers([], []), ""),
    ],
)
def test_the_closest_that_exists(name: str, field: str, here: Upscalers, closest: str) -> None:
    assert here.closest(name, field) == closest


def test_all_that_a_payload_names() -> None:
    resized = overlay(HIRES_ON, {RESIZING: "Lanczos"})
    assert list(named(resized)) == [(HIRES, "Latent"), (RESIZING, "Lanczos")]
    assert list(named({**HIRES_ON, "enable_hr": False})) == []
    scripted = {**TEXT, "script_name": upscale.SCRIPT, "script_args": upscale.defaults()}
    assert list(named(scripted)) == [("script_args.0", "Lanczos")], "“None” needs no upscaler"


def derived(
    here: Upscalers, action: Any, payload: Payload, changes: dict[str, Any] | None = None, *axes: Axis
) -> Derived:
    sources = [Source(id=f"i{n:017}", payload=payload, origin="r", width=512, height=512) for n in (1, 2)]
    return expand_derived(sources, action, changes or {}, axes, {}, rng=Random(1), upscalers=here)


def values(found: Derived, path: str) -> set[str]:
    tasks = [overlay(found.payloads[task.payload], task.changes) for task in found.tasks]
    return {dict(named(task)).get(path, "None") for task in tasks}


@pytest.mark.parametrize(
    ("action", "payload", "path", "missing"),
    [
        ("hires", TEXT, HIRES, "Latent"),
        ("rerender", HIRES_ON, HIRES, "Latent"),
        ("img2img", overlay(TEXT, {RESIZING: "DAT x2"}), RESIZING, "DAT x2"),
        ("upscale", TEXT, "script_args.0", "Lanczos"),
    ],
)
def test_derive_falls_back_with_a_word(action: Any, payload: Payload, path: str, missing: str) -> None:
    found = derived(MODEL, action, payload)
    used = MODEL.closest(missing, path)
    assert values(found, path) == {used}
    (finding,) = found.findings
    assert (finding.severity, finding.code, finding.field) == ("warning", "upscaler_replaced", path)
    assert f"“{missing}”" in finding.message and f"“{used}”" in finding.message
    assert derived(EVERYTHING, action, payload).findings == [] or missing == "DAT x2"


def test_what_is_asked_for_stays_as_it_is() -> None:
    for changes, axes in (({HIRES: "Latent"}, []), ({}, [Axis(HIRES, ["Latent", "None"])])):
        found = derived(MODEL, "hires", TEXT, changes, *axes)
        assert found.findings == [] and "Latent" in values(found, HIRES)
    found = derived(MODEL, "upscale", TEXT, {"upscaler": "Lanczos"})
    assert found.findings == [] and values(found, "script_args.0") == {"Lanczos"}


class Bare(RecordedCatalog):
    def upscalers(self) -> list[str]:
        return ["None", "4x_foo"]

    def latent_upscale_modes(self) -> list[str]:
        return []


def test_preflight_names_the_closest_for_each_value_of_an_axis() -> None:
    axes = [Axis(HIRES, ["Latent", "None", "Lanczos"])]
    tasks = expand(HIRES_ON, "txt2img", axes, rng=Random(1)).tasks
    found = preflight(HIRES_ON, tasks, Bare(), "txt2img", axes)
    assert [(one.severity, one.code, one.name, one.suggestion) for one in found] == [
        ("error", "upscaler_unknown", "Latent", "4x_foo"),
        ("error", "upscaler_unknown", "Lanczos", "None"),
    ]
    assert "There is no upscaler “Latent” in this WebUI; the closest is “4x_foo”." in found[0].message
