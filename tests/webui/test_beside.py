"""Beside the extensions that most people have, and with what the WebUI itself offers: each takes effect, and
a job equals Generate in every pixel and letter though the page and the settings were changed before it ran.
With ``--webui PATH``: on that WebUI with a copy of all extensions that are there."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from PIL import Image

from tests.contract.conftest import first_settings

from .conftest import running
from .page import Page, WebUI, file_of, open_image, png, run_draft, same
from .test_capture import HIRES, MEANWHILE, drawn, picture
from .test_carry import ControlNet, control

SMALL = {
    "tab_steps": 2,
    "tab_width": 128,
    "tab_height": 128,
    "tab_seed": 7,
    "tab_sampling": "Euler a",
    "tab_prompt": "a cat in a red hat",
}
#: the page while the job waits: another picture, by other extensions
OTHER = {"tab_prompt": "two {dogs|birds}", "tab_seed": 99, "tab_steps": 1, "tab_width": 64, "tab_height": 64}
STYLES = 'name,prompt,negative_prompt\nfoggy,"{prompt}, in thick fog, by night","sun, day"\n'


class Case(NamedTuple):
    """``needs``: how the title of a script begins that must be there. ``on`` and ``off``: values of the page,
    by elem_id or label; both have ``base``. ``told``: what the infotext says of it, where it says anything.
    ``meanwhile``: settings changed before the job runs."""

    needs: str
    on: dict[str, Any]
    off: dict[str, Any] = {}
    base: dict[str, Any] = {}
    told: str = ""
    tab: str = "txt2img"
    meanwhile: dict[str, Any] = MEANWHILE


TILES = {"MD-tab-latent-tile-width": 16, "MD-tab-latent-tile-height": 16, "MD-tab-latent-tile-overlap": 4}
ADETAILER = {
    "script_tab_adetailer_ad_main_accordion-checkbox": True,
    "script_tab_adetailer_ad_model": "face_yolov8n.pt",
    "script_tab_adetailer_ad_prompt": "big eyes",
}
REGIONS = {"Regional Prompter": True, "tab_prompt": "a cat in a red hat BREAK blue sea"}
THRESHOLD = {"dynthres_enabled": True, "dynthres_mimic_scale": 5}
CASES = {
    "adetailer": Case("adetailer", ADETAILER, told="ADetailer model: face_yolov8n.pt"),
    "adetailer, img2img": Case("adetailer", ADETAILER, told="ADetailer model", tab="img2img"),
    "dynamic prompts": Case(
        "dynamic prompts",
        {"sddp-dynamic-prompts-enabled": True},
        {"sddp-dynamic-prompts-enabled": False},
        {"tab_prompt": "a {cat|dog|cow} in a {red|blue|green} hat", "tab_batch_count": 3},
    ),
    "combinatorial": Case(
        "dynamic prompts",
        {"sddp-is-combinatorial": True},
        base={"tab_prompt": "a {red|green|blue} house", "tab_batch_count": 3},
    ),
    "regional prompter": Case(
        "regional prompter", REGIONS, {"tab_prompt": REGIONS["tab_prompt"]}, told="RP Active"
    ),
    "regional prompter, latent": Case(
        "regional prompter",
        {**REGIONS, "RP_generation_modet2i": "Latent", "RP_divide_ratiot2i": "1,2"},
        {"tab_prompt": REGIONS["tab_prompt"]},
        told="RP Calc Mode: Latent",
    ),
    "tiled diffusion": Case(
        "tiled diffusion",
        {"MD-t2i-enabled-checkbox": True, **TILES},
        base={"tab_width": 256},
        told="Tiled Diffusion",
    ),
    "mixture of diffusers": Case(
        "tiled diffusion",
        {"MD-t2i-enabled-checkbox": True, **TILES, "MD-t2i-method": "Mixture of Diffusers"},
        base={"tab_width": 256},
        told="Mixture of Diffusers",
    ),
    "tiled vae": Case(
        "tiled vae",
        {"MDV-t2i-enabled-checkbox": True, "MD-t2i-dec-size": 16, "MD-t2i-fastdec": False},
        base={"tab_width": 512},  # smaller ones are not tiled; the infotext says nothing of it
    ),
    "ultimate sd upscale": Case(
        "ultimate sd upscale",
        {
            "script_list": "Ultimate SD upscale",
            "ultimateupscale_target_size_type": "Scale from image size",
            "ultimateupscale_custom_scale": 2,
            "ultimateupscale_tile_width": 128,
        },
        told="Ultimate SD upscale upscaler",
        tab="img2img",
        # it makes its infotext when the settings of the task were put back, from those of the WebUI
        meanwhile={},
    ),
    "dynamic thresholding": Case(
        "dynamic thresholding",
        THRESHOLD,
        base={"tab_cfg_scale": 20},
        told="Dynamic thresholding enabled: True",
    ),
    "lora block weight": Case(
        "lora block weight", {"tab_prompt": "a cat LORA:lbw=OUTALL>"}, {"tab_prompt": "a cat LORA>"}
    ),
    "negpip": Case(
        "negpip",
        {"NegPiP": True},
        {"NegPiP": False},
        {"tab_prompt": "a cat in a (red:-1.3) hat"},
        told="NegPiP Active",
    ),
    "cutoff": Case(
        "cutoff",
        {"Enabled": True, "Target tokens (comma separated)": "red, blue"},
        base={"tab_prompt": "a cat, red hat, blue shoes"},
        told="Cutoff enabled: True",
    ),
    "styles": Case("", {"tab_styles": ["foggy"]}, told="a cat in a red hat, in thick fog, by night"),
    "ensd": Case("", {"tab_override_settings": ["ENSD: 31337"]}, told="ENSD: 31337"),
    "chips": Case(
        "",
        {"tab_override_settings": ["Clip skip: 2", "Eta: 0.4", "Emphasis: None"]},
        base={"tab_prompt": "a (cat:1.6) in a hat"},
        told="Clip skip: 2",
    ),
    "checkpoint chip": Case("", {"tab_override_settings": ["CHIP"]}, told="Model: "),
    "extra options": Case("extra options", {"Eta for k-diffusion samplers": 0.3}, told="Eta: 0.3"),
    "refiner": Case(
        "", {"tab_enable-checkbox": True, "tab_checkpoint": "OTHER", "tab_switch_at": 0.5}, told="Refiner: "
    ),
    "hires checkpoint": Case("", {"hr_checkpoint": "OTHER"}, base=HIRES, told="Hires checkpoint: "),
}


#: Dynamic Prompts 2.17.1 reads them, but registers them too late for WebUI 1.10.1: without them in
#: config.json it fails at each image
DYNAMIC_PROMPTS = {
    "dp_ignore_whitespace": False,
    "dp_write_raw_template": False,
    "dp_write_prompts_to_file": False,
    "dp_parser_variant_start": "{",
    "dp_parser_variant_end": "}",
    "dp_parser_wildcard_wrap": "__",
    "dp_limit_jinja_prompts": False,
    "dp_auto_purge_cache": False,
    "dp_wildcard_manager_no_dedupe": False,
    "dp_wildcard_manager_no_sort": False,
    "dp_wildcard_manager_shuffle": False,
    "dp_magicprompt_batch_size": 1,
}
#: it takes a WebUI whose settings were never saved for one before 1.7, and gives its head another id
TILED_DIFFUSION = {"hypertile_enable_unet": False}
IGNORED = shutil.ignore_patterns("*.sqlite3*", "__pycache__", ".git")


@pytest.fixture(scope="module")
def beside(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebUI]:
    path = request.config.getoption("--webui", None)
    if not path:
        pytest.skip("needs --webui PATH")
    folder = tmp_path_factory.mktemp("beside")
    for found in sorted((Path(path) / "extensions").iterdir()):
        if found.is_dir() and not (found / "inu_jobs").is_dir():
            shutil.copytree(found, folder / "extensions" / found.name, ignore=IGNORED)
    extra = {"extra_options_txt2img": ["eta_ancestral"], **TILED_DIFFUSION}
    settings = {**first_settings(Path(path)), **DYNAMIC_PROMPTS, **extra}
    (folder / "config.json").write_text(json.dumps(settings))
    (folder / "ui-config.json").write_text("{}")  # NegPiP reads it before the WebUI has written it
    (folder / "styles.csv").write_text(STYLES)
    with running(Path(path), folder) as started:
        yield started


@pytest.fixture
def host(beside: WebUI) -> Iterator[WebUI]:
    """The settings are put back after each test."""
    before = beside.ask("/sdapi/v1/options")
    yield beside
    names = [*MEANWHILE, "sd_model_checkpoint"]
    beside.set_options(**{name: before[name] for name in names if name in before})


class Names:
    """What the WebUI has, for the words that stand for it in ``CASES``."""

    def __init__(self, host: WebUI) -> None:
        loaded = host.ask("/sdapi/v1/options")["sd_model_checkpoint"]
        titles = [model["title"] for model in host.ask("/sdapi/v1/sd-models")]
        self.checkpoints = [title for title in titles if file_of(title) != file_of(loaded)]
        self.loras = host.ask("/inu-jobs/v1/catalog")["loras"]
        self.chip = host.checkpoint_chip

    def fill(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.fill(item) for item in value]
        if value in ("OTHER", "CHIP"):
            other = self.first(self.checkpoints, "two checkpoints")
            return other if value == "OTHER" else self.chip(other)
        if isinstance(value, str) and "LORA" in value:
            return value.replace("LORA", f"<lora:{self.first(self.loras, 'a LoRA')}:1")
        return value

    def first(self, names: list[str], what: str) -> str:
        if not names:
            pytest.skip(f"needs a WebUI with {what}")
        return names[0]


def put(page: Page, values: dict[str, Any]) -> None:
    """Give controls their values: by elem_id ("tab" is the page's), else by label."""
    components = page.webui.components
    short = "t2i" if page.tab == "txt2img" else "i2i"
    for told, value in values.items():
        name = told.replace("tab_", f"{page.tab}_", 1).replace("-tab-", f"-{short}-")
        places = [
            place
            for key in ("elem_id", "label")
            for place, component in enumerate(page.ids)
            if components[component]["props"].get(key) == name
        ]
        if places:
            page.values[places[0]] = value
        else:
            page.touch(name, "change", value)


def opened(host: WebUI, tab: str, *values: dict[str, Any]) -> Page:
    page = Page(host, tab)
    put(page, {**SMALL, **({"tab_image": png(picture())} if tab == "img2img" else {})})
    names = Names(host)
    for some in values:
        put(page, {name: names.fill(value) for name, value in some.items()})
    return page


def twice(page: Page) -> list[Image.Image]:
    """See ``test_capture.check``: in img2img the second of two equal runs counts."""
    if page.tab == "img2img":
        page.generate()
    return page.generate()


def equal(
    host: WebUI, page: Page, expected: list[Image.Image], meanwhile: dict[str, Any] = MEANWHILE
) -> tuple[bool, bool]:
    """Whether a job has the pixels, and the infotexts, that Generate just made, though the page was changed
    before it ran."""
    texts = page.infotexts
    draft = page.draft()
    opened(host, page.tab, OTHER).generate()
    host.set_options(**meanwhile)
    axes = [{"field": "seed", "values": [7, 7]}] if page.tab == "img2img" else []
    made = run_draft(host, draft, axes)[-len(expected) :]
    images = [open_image(host.fetch(f"/inu-jobs/v1/images/{image['id']}/file")) for image in made]
    infos = [host.ask(f"/inu-jobs/v1/images/{image['id']}/info")["infotext"] for image in made]
    return same(images, expected), infos == texts


def require(host: WebUI, tab: str, *needs: str) -> None:
    """Skip where no script has a title that begins so."""
    titles = [title.lower() for title in host.ask("/sdapi/v1/scripts")[tab]]
    missing = [need for need in needs if not any(title.startswith(need) for title in titles)]
    if missing:
        pytest.skip("needs a WebUI with " + ", ".join(missing))


@pytest.mark.parametrize("name", CASES)
def test_beside(host: WebUI, name: str) -> None:
    case = CASES[name]
    require(host, case.tab, case.needs)
    without = opened(host, case.tab, case.base, case.off)
    plain = twice(without)
    page = opened(host, case.tab, case.base, case.on)
    if "OTHER" in str(case.on) or "CHIP" in str(case.on):
        page.generate()  # the hash of a checkpoint is written once it is known
    expected = twice(page)
    assert not same(expected, plain)
    if case.told:
        assert case.told in page.infotexts[0] and page.infotexts != without.infotexts
    assert equal(host, page, expected, case.meanwhile) == (True, True)


@pytest.mark.parametrize("module", ["none", "canny", "invert"])
def test_two_units_of_controlnet(host: WebUI, module: str) -> None:
    """The second one with a mask and another model."""
    require(host, "txt2img", "controlnet")
    plain = opened(host, "txt2img").generate()
    page = opened(host, "txt2img")
    ControlNet(page).on(control(), module=module)
    seen = [plain, page.generate()]
    second = ControlNet(page, 1)
    second.on(control("#ff2020"), drawn().resize((160, 120)), module="invert").set(model=second.models()[-1])
    expected = page.generate()
    assert not any(same(expected, other) for other in seen) and not same(*seen)
    assert "ControlNet 0: " in page.infotexts[0] and "ControlNet 1: " in page.infotexts[0]
    assert equal(host, page, expected)[0]


def test_all_at_once(host: WebUI) -> None:
    """One image: with so many at once Generate's own second image is not what it makes of that seed alone:
    something is kept from the first. A job makes each image by itself."""
    together = [
        "adetailer",
        "regional prompter",
        "dynamic thresholding",
        "negpip",
        "cutoff",
        "dynamic prompts",
    ]
    require(host, "txt2img", "controlnet", *together)
    page = opened(host, "txt2img", *(CASES[name].on for name in together))
    put(page, {"tab_prompt": "a {cat|dog} in a (red:-1.2) hat BREAK blue sea", "tab_batch_count": 1})
    ControlNet(page).on(control(), module="canny")
    expected = page.generate()
    assert len(expected) == 1 and equal(host, page, expected)[0]
