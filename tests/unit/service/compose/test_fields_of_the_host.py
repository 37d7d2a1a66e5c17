"""Fields that only some hosts have: taken where they exist, refused or warned about where they do not."""

from __future__ import annotations

from typing import Any

import pytest

from inu_jobs.api import AxisSpec, JobSpec
from inu_jobs.errors import InuJobsError
from inu_jobs.fields.table import MODULES, VAE
from inu_jobs.model import Finding
from inu_jobs.sentences import UNSAID, Sentence, say
from tests.unit.service.service_kit import House
from tests.unit.service.spec_kit import BASE

HIRES = {**BASE, "enable_hr": True, "hr_upscaler": "Latent", "hr_cfg": 5, "hr_distilled_cfg": 2}
ADDED = frozenset({"hr_cfg", "hr_distilled_cfg", "hr_additional_modules", "distilled_cfg_scale", "own_field"})


@pytest.fixture
def other_host(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """One that has modules, the fields that come with them, and one that nobody knows."""
    catalog = house.catalog
    known, refused = catalog.payload_fields, catalog.refused_setting

    def refused_setting(name: str) -> str | Sentence:
        if name == "forge_additional_modules":
            return UNSAID
        return say("No.") if name == "sd_vae" else refused(name)

    monkeypatch.setattr(catalog, "payload_fields", lambda is_img2img: known(is_img2img) | ADDED)
    monkeypatch.setattr(catalog, "refused_setting", refused_setting)
    monkeypatch.setattr(catalog, "modules", lambda: ["ae.safetensors", "t5.safetensors"])
    return house


def findings(house: House, payload: dict[str, Any], *axes: AxisSpec) -> list[Finding]:
    spec = JobSpec("txt2img", payload, axes=list(axes))
    return list(house.service.jobs.plan(spec).findings)


def codes(house: House, payload: dict[str, Any], *axes: AxisSpec) -> set[tuple[str, str]]:
    return {(finding.code, finding.field) for finding in findings(house, payload, *axes)}


def offered(house: House) -> set[str]:
    return {field.path for field in house.service.overview.catalog()["fields"]}  # type: ignore[union-attr]


def test_where_they_are_they_are_fields_like_any_other(other_host: House) -> None:
    assert {"hr_cfg", "hr_distilled_cfg", "distilled_cfg_scale", MODULES} <= offered(other_host)
    assert VAE not in offered(other_host)
    assert other_host.service.overview.catalog()["modules"] == ["ae.safetensors", "t5.safetensors"]
    payload = {**HIRES, "own_field": 5, "hr_additional_modules": ["Use same choices"]}
    axis = AxisSpec("hr_cfg", [1, 5])
    assert "unknown_field" not in {code for code, _ in codes(other_host, payload, axis)}


def test_where_they_are_not_they_are_ignored_with_a_word_and_cannot_be_varied(house: House) -> None:
    assert not offered(house) & {"hr_cfg", "hr_distilled_cfg", "distilled_cfg_scale", MODULES}
    assert VAE in offered(house)
    assert {("unknown_field", "hr_cfg"), ("unknown_field", "hr_distilled_cfg")} <= codes(house, HIRES)
    with pytest.raises(InuJobsError, match="has no field “hr_cfg”"):
        codes(house, BASE, AxisSpec("hr_cfg", [1, 5]))
    with pytest.raises(InuJobsError, match="no setting “forge_additional_modules”"):
        codes(house, BASE, AxisSpec(MODULES, [["ae.safetensors"]]))


def test_a_module_that_is_missing_is_an_error(other_host: House) -> None:
    settings = {"forge_additional_modules": ["/models/ae.safetensors", "t5.safetensor"]}
    payload = {**HIRES, "override_settings": settings, "hr_additional_modules": ["Use same choices", "no"]}
    found = [item for item in findings(other_host, payload) if item.code == "module_unknown"]
    assert [(item.severity, item.field, item.name, item.suggestion) for item in found] == [
        ("error", MODULES, "t5.safetensor", "t5.safetensors"),
        ("error", "hr_additional_modules", "no", ""),
    ]


def test_modules_can_be_varied_set_by_set(other_host: House) -> None:
    axis = AxisSpec(MODULES, text='ae.safetensors, "ae.safetensors, t5.safetensors"')
    plan = other_host.service.jobs.plan(JobSpec("txt2img", BASE, axes=[axis]))
    assert plan.tasks == 2
    assert "module_unknown" not in {finding.code for finding in plan.findings}
    axis = AxisSpec(MODULES, text="gone.safetensors")
    assert ("module_unknown", MODULES) in codes(other_host, BASE, axis)
