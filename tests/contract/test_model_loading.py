"""How a WebUI that loads VAEs and text encoders as modules (Forge, Forge Neo) loads a model for a task: with
what was queued, and as before afterwards. Skipped on others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from inu_jobs.library.infotext.parsing import parse

from .kit.whole import Jobs, make

LOW_BITS = "forge_unet_storage_dtype"
MODULES = "forge_additional_modules"


@pytest.fixture(scope="module", params=["sandbox", "webui"])
def jobs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jobs]:
    with make(str(request.param), request.config, tmp_path_factory.mktemp("host")) as running:
        found = Jobs(running)
        if not found.api("/catalog").get("modules"):
            pytest.skip("this WebUI has no modules")
        yield found


def queued(jobs: Jobs, **settings: Any) -> dict[str, Any]:
    """A job of one image, when it has ended."""
    payload = {"prompt": "a cat", "steps": 2, "width": 64, "height": 64, "seed": 5, "cfg_scale": 7}
    payload["override_settings"] = settings
    body = {"name": "modules", "kind": "txt2img", "payload": payload}
    job = jobs.api("/jobs", {**body, "force": True})["id"]
    jobs.until_ended(job)
    found: dict[str, Any] = jobs.api(f"/jobs/{job}")
    return found


def infotext(jobs: Jobs, found: dict[str, Any]) -> dict[str, str]:
    (image,) = found["images"]
    return parse(jobs.api(f"/images/{image['id']}/info")["infotext"]).fields


def test_a_module_is_found_by_the_path_of_another_machine(jobs: Jobs) -> None:
    name = jobs.api("/catalog")["modules"][0]
    found = queued(jobs, **{MODULES: [f"D:\\models\\VAE\\{name}"]})
    assert infotext(jobs, found)["Module 1"] == name.rpartition(".")[0]


def test_a_task_whose_module_is_missing_fails_and_names_it(jobs: Jobs) -> None:
    found = queued(jobs, **{MODULES: ["gone.safetensors"]})
    assert found["images"] == []
    assert [task["state"] for task in found["tasks"]] == ["failed"]
    assert "“gone.safetensors” is missing" in found["tasks"][0]["error"]


def test_a_model_is_loaded_in_the_bits_that_were_queued_and_then_as_before(jobs: Jobs) -> None:
    def pixels(found: dict[str, Any]) -> bytes:
        (image,) = found["images"]
        return jobs.fetch(f"/images/{image['id']}/thumb")

    if jobs.host.request("/sdapi/v1/options").get(LOW_BITS) is None:
        pytest.skip("this WebUI has no “Diffusion in Low Bits”")
    before = queued(jobs)
    low = queued(jobs, **{LOW_BITS: "float8-e4m3fn"})
    after = queued(jobs)
    assert infotext(jobs, low)["Diffusion in Low Bits"] == "float8-e4m3fn"
    assert "Diffusion in Low Bits" not in infotext(jobs, after)
    assert pixels(before) == pixels(after) != pixels(low)
    assert jobs.host.request("/sdapi/v1/options")[LOW_BITS] == "Automatic"


def test_a_task_is_made_here_while_the_page_is_set_to_a_service(jobs: Jobs) -> None:
    """There is no key for that service: the run would end with an error."""
    mode = "forge_model_mode"
    if jobs.host.request("/sdapi/v1/options").get(mode) is None:
        pytest.skip("this WebUI has no such mode")
    jobs.host.request("/sdapi/v1/options", {mode: "api"})
    try:
        found = queued(jobs)
        assert [task["state"] for task in found["tasks"]] == ["done"]
        assert infotext(jobs, found)["Seed"] == "5"
        assert jobs.host.request("/sdapi/v1/options")[mode] == "api"
    finally:
        jobs.host.request("/sdapi/v1/options", {mode: "local"})
