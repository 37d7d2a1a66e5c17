"""Each task of an axis gives what Generate gives with that value on the page."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from .page import Page, WebUI, run_job, same
from .test_capture import SMALL

#: how VAEs are loaded, by what is installed of them: as modules on Forge and Forge Neo
MODULES, VAE = "forge_additional_modules", "sd_vae"


@pytest.fixture
def put_back(host: WebUI) -> Iterator[None]:
    before = host.ask("/sdapi/v1/options")
    yield
    names = ("sd_model_checkpoint", MODULES, VAE)
    host.set_options(**{name: before[name] for name in names if name in before})


def check(host: WebUI, field: str, values: list[Any], pages: list[Page]) -> None:
    """``pages``: set to the values, in their order. They must make different images, or it proves nothing."""
    draft = Page(host, "txt2img", **SMALL).draft()
    made = run_job(host, draft, [{"field": field, "values": values}])
    expected = [page.generate()[0] for page in pages]
    assert same(made, expected)
    assert not any(same([one], [other]) for one, other in pairwise(expected))


@pytest.mark.usefixtures("put_back")
def test_checkpoints(host: WebUI) -> None:
    titles = host.ask("/inu-jobs/v1/catalog")["checkpoints"][:2]
    if len(titles) < 2:
        pytest.skip("needs a WebUI with two checkpoints")
    pages = [Page(host, "txt2img", **SMALL, tab_override_settings=[host.checkpoint_chip(t)]) for t in titles]
    check(host, "override_settings.sd_model_checkpoint", titles, pages)


def test_samplers(host: WebUI) -> None:
    names = ["Euler", "Euler a", "DPM++ 2M"]
    pages = [Page(host, "txt2img", **SMALL, tab_sampling=name) for name in names]
    check(host, "sampler_name", names, pages)


@pytest.mark.usefixtures("put_back")
def test_modules_or_vaes(host: WebUI, request: pytest.FixtureRequest) -> None:
    """The settings are the page's: they are changed for each run of Generate."""
    if "webui" not in request.node.name:
        pytest.skip("the stand-in does not load a VAE when the setting changes")
    catalog = host.ask("/inu-jobs/v1/catalog")
    modules = [[name] for name in catalog["modules"] if "t5" not in name and "clip" not in name]
    # "Automatic" is none where no VAE has the checkpoint's name
    vaes = [name for name in catalog["vaes"] if name not in ("Automatic", "None")]
    # reForge 3b56b268 keeps the last VAE for "None", under Generate as well
    values: list[Any] = [[], *modules] if modules else vaes if len(vaes) > 1 else ["None", *vaes]
    values = values[:3]
    name = MODULES if modules else VAE
    if len(values) < 2:
        pytest.skip("needs a WebUI with a VAE")
    draft = Page(host, "txt2img", **SMALL).draft()
    made = run_job(host, draft, [{"field": f"override_settings.{name}", "values": values}])
    expected = []
    for value in values:
        host.set_options(**{name: value})
        expected += Page(host, "txt2img", **SMALL).generate()
    assert same(made, expected)
    assert not same(expected[:1], expected[1:2])
