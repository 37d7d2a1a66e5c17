"""Each kind of slip is found, with the name that was meant; a clean job is left in peace."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inu_jobs.fields.table import CHECKPOINT, VAE
from inu_jobs.model import Axis, Finding
from inu_jobs.overlay import overlay
from inu_jobs.plan import expand
from inu_jobs.plan.preflight import preflight
from inu_jobs.plan.preflight.checks import MOST, preflight_all
from inu_jobs.plan.preflight.costs import costs
from inu_jobs.plan.preflight.model_families import family
from inu_jobs.plan.tasks import PlannedTask
from tests.unit.plan.plan_kit import RecordedCatalog, recorded

CATALOG = RecordedCatalog()
TINY2 = "tiny2.safetensors [df5cca296c]"
CLEAN: dict[str, Any] = {
    "prompt": "a (small:1.2) house by a [lake|river] <lora:testlora:0.8>",
    "negative_prompt": r"blurry \(",
    "steps": 20,
    "cfg_scale": 7,
    "width": 512,
    "height": 768,
    "seed": 5,
    "subseed": 6,
    "sampler_name": "Euler a",
    "scheduler": "Automatic",
}


def check(payload: dict[str, Any], kind: Any = "txt2img", axes: list[Axis] | None = None) -> list[Finding]:
    return preflight(payload, expand(payload, kind, axes or [], rng=Random(1)).tasks, CATALOG, kind)


def found(planted: dict[str, Any], kind: str = "txt2img") -> Finding:
    (finding,) = check(overlay(CLEAN, planted), kind)
    return finding


#: planted (dotted path -> value; the last one is the slip), what does not exist, what was meant
UNKNOWN: list[tuple[dict[str, Any], str, str]] = [
    ({CHECKPOINT: "tiny22"}, "checkpoint", TINY2),
    ({"refiner_checkpoint": "tny2"}, "checkpoint", TINY2),
    ({"enable_hr": True, "hr_checkpoint_name": "tniy"}, "checkpoint", "tiny.safetensors [a00832751b]"),
    ({VAE: "fakevae"}, "vae", "fakevae.safetensors"),
    ({"sampler_name": "Euler b"}, "sampler", "Euler a"),
    ({"sampler_name": None, "sampler_index": "eulr"}, "sampler", "Euler"),
    ({"enable_hr": True, "hr_sampler_name": "DPM+ 2M"}, "sampler", "DPM++ 2M"),
    ({"scheduler": "Karas"}, "scheduler", "Karras"),
    ({"scheduler": "KARRAS"}, "scheduler", "Karras"),
    ({"enable_hr": True, "hr_scheduler": "Exponental"}, "scheduler", "Exponential"),
    ({"enable_hr": True, "hr_upscaler": "Latant"}, "upscaler", "Latent"),
    ({"enable_hr": True, "hr_upscaler": "Lanzcos"}, "upscaler", "Lanczos"),
    ({"override_settings.upscaler_for_img2img": "R-ESRGAN 4x"}, "upscaler", "R-ESRGAN 4x+"),
    ({"prompt": "a house <lora:tesdlora:1>"}, "lora", "testlora"),
    ({"enable_hr": True, "hr_prompt": "<lyco:tstlora2:1>"}, "lora", "testlora2"),
    ({"styles": ["nihgt"]}, "style", "Night"),
    ({"script_name": "X/Y/Z plots"}, "script", "x/y/z plot"),
    ({"alwayson_scripts.refinr": {"args": []}}, "alwayson", "refiner"),
]


@pytest.mark.parametrize(("planted", "code", "meant"), UNKNOWN)
def test_a_name_that_does_not_exist(planted: dict[str, Any], code: str, meant: str) -> None:
    finding = found(planted)
    assert (finding.severity, finding.code, finding.field) == ("error", f"{code}_unknown", [*planted][-1])
    assert finding.suggestion == meant
    assert meant in finding.message


REFINER = "alwayson_scripts.Refiner"
SLIPS: list[tuple[dict[str, Any], str, str]] = [
    ({"prompt": " \n"}, "error", "prompt_empty"),
    ({"width": 7}, "error", "size"),
    ({"width": 32}, "warning", "size"),
    ({"width": 60}, "warning", "size"),
    ({"height": 16392}, "error", "size"),
    ({"height": 500}, "warning", "size"),
    ({"enable_hr": True, "width": 8192, "hr_scale": 4}, "error", "size"),
    ({"enable_hr": True, "hr_resize_x": 20000}, "error", "size"),
    ({"steps": 0}, "error", "out_of_range"),
    ({"steps": 151}, "warning", "out_of_range"),
    ({"cfg_scale": 31}, "warning", "out_of_range"),
    ({"enable_hr": True, "denoising_strength": 1.5}, "error", "out_of_range"),
    ({"batch_size": 0}, "error", "out_of_range"),
    ({"subseed_strength": -0.1}, "error", "out_of_range"),
    ({"prompt": "a ((house)"}, "warning", "brackets"),
    ({"negative_prompt": "[a]]"}, "warning", "brackets"),
    ({"prompt": "a <lora:testlora:0.8 house"}, "warning", "lora_open"),
    ({"prompt": "a <lora:testlora:O.8>"}, "error", "lora_weight"),
    ({"prompt": "a <lora:testlora:>"}, "error", "lora_weight"),
    ({"script_name": "x/y/z plot", "script_args": [1, 2]}, "error", "script_args"),
    ({REFINER: {"args": [0] * 4}}, "error", "alwayson_args"),
    ({REFINER: {"args": [0]}}, "warning", "alwayson_args"),
    ({"stepz": 5}, "warning", "unknown_field"),
]


@pytest.mark.parametrize(("planted", "severity", "code"), SLIPS)
def test_a_slip_of_another_kind(planted: dict[str, Any], severity: str, code: str) -> None:
    finding = found(planted)
    assert (finding.severity, finding.code, finding.field) == (severity, code, [*planted][-1])
    assert finding.message.endswith(".")


@pytest.mark.parametrize("prompt", [":)", "a smiling dog :)", "a sulking dog, >:(", r"a dog \(toy\)"])
def test_a_bracket_that_is_text_is_no_slip(prompt: str) -> None:
    assert check({**CLEAN, "prompt": prompt, "negative_prompt": ">:("}) == []


@pytest.mark.parametrize("images", [None, [], [None], [""]])
def test_img2img_needs_an_image(images: Any) -> None:
    assert found({"init_images": images}, "img2img").code == "init_image_missing"
    assert check({**CLEAN, "init_images": ["input:" + "0" * 64]}, "img2img") == []


def test_the_same_task_twice_warns() -> None:
    (finding,) = check(CLEAN, axes=[Axis("seed", [1, 2, 1, 1])])
    assert (finding.code, finding.severity) == ("duplicate_tasks", "warning")
    assert finding.message.startswith("2 tasks")


def test_a_slip_in_some_tasks_is_counted_once() -> None:
    axes = [Axis("sampler_name", ["Euler a", "Eulr"]), Axis("seed", [1, 2, 3])]
    (finding,) = check(CLEAN, axes=axes)
    assert finding.code == "sampler_unknown"
    assert finding.message.endswith("(3 of 6 tasks)")


def test_what_an_axis_replaces_is_not_looked_at() -> None:
    assert check({**CLEAN, "prompt": "", "steps": 0}, axes=[Axis("prompt", ["a"]), Axis("steps", [5])]) == []


def test_a_slip_in_every_task_stays_a_short_list() -> None:
    axes = [Axis("sampler_name", [f"none {n}" for n in range(500)]), Axis("steps", [0, 200])]
    findings = check(CLEAN, axes=axes)
    assert [f.severity for f in findings] == ["error"] * MOST + ["warning"]


@pytest.mark.parametrize("value", [5, "x", {"args": "x"}, {"args": 3}])
def test_an_axis_that_breaks_a_script_is_an_error(value: Any) -> None:
    findings = check(CLEAN, axes=[Axis("alwayson_scripts.Refiner", [value])])
    assert [(f.severity, f.code) for f in findings] == [("error", "alwayson_args")]


@pytest.mark.parametrize("case", sorted(recorded("agent_scheduler_tasks")["tasks"]))
def test_recorded_tasks_are_judged_as_they_turned_out(case: str) -> None:
    row = recorded("agent_scheduler_tasks")["tasks"][case]
    if "params" not in row or row["params"]["is_ui"]:
        assert case in ("script_unknown", "ui_img2img", "ui_txt2img")
        return
    args = dict(row["params"]["args"])
    if args["script_name"]:
        args["script_args"] = row["script_params"]
    kind = "img2img" if row["params"]["is_img2img"] else "txt2img"
    errors = [finding.code for finding in check(args, kind) if finding.severity == "error"]
    assert errors == {"sampler_unknown": ["sampler_unknown"], "lora_missing": ["lora_unknown"]}.get(case, [])


clean_jobs = st.fixed_dictionaries(
    {
        "prompt": st.sampled_from(["a house", "((a)) [b:c:0.5]", "夜市 <lora:testlora2:0.5:1>", r"\( a"]),
        "steps": st.integers(1, 150),
        "width": st.integers(8, 256).map(lambda n: n * 8),
        "sampler_name": st.sampled_from(CATALOG.samplers()),
        "scheduler": st.sampled_from([None, "sgm_uniform", "karras", *CATALOG.schedulers()]),
    },
    optional={
        "seed": st.integers(-1, 2**40),
        "styles": st.lists(st.sampled_from(CATALOG.styles()), unique=True),
        "override_settings": st.fixed_dictionaries(
            {},
            optional={
                "sd_model_checkpoint": st.sampled_from([*CATALOG.checkpoints(), "tiny", "df5cca296c"]),
                "sd_vae": st.sampled_from(["Automatic", "None", *CATALOG.vaes()]),
            },
        ),
        "enable_hr": st.booleans(),
        "hr_upscaler": st.sampled_from([*CATALOG.upscalers(), *CATALOG.latent_upscale_modes()]),
        "hr_checkpoint_name": st.sampled_from([None, "Use same checkpoint"]),
        "hr_sampler_name": st.sampled_from([None, "Use same sampler", "Euler"]),
        "denoising_strength": st.floats(0, 1),
        "alwayson_scripts": st.sampled_from([{}, {"Refiner": {"args": [False, "", 0.8]}}]),
    },
)


@given(clean_jobs)
def test_a_clean_job_is_left_in_peace(payload: dict[str, Any]) -> None:
    assert check(payload) == []


class FullCatalog(RecordedCatalog):
    """With models of two families, embeddings and wildcards."""

    def checkpoint_family(self, name: str) -> str:
        return {"tiny": "SD 1", TINY2: "SDXL"}.get(name, "")

    def lora_family(self, name: str) -> str:
        return {"testlora": "SD 1", "testlora2": "SDXL"}.get(name, "")

    def embeddings(self) -> list[str]:
        return ["EasyNegative", "bad-hands-5", "portrait-2", "ink"]

    def wildcards(self) -> list[str]:
        return ["animals/cat", "colours", "my animals"]


class FillingCatalog(FullCatalog):
    """With an extension that fills in wildcards when a task runs."""

    def alwayson(self, is_img2img: bool) -> dict[str, int]:
        return {**super().alwayson(is_img2img), "dynamic prompts v2.17.1": 0}


def check_full(changes: dict[str, Any], kind: Any = "txt2img", catalog: Any = None) -> list[Finding]:
    payload = overlay(CLEAN, changes)
    tasks = expand(payload, kind, [], rng=Random(1)).tasks
    return preflight(payload, tasks, catalog or FullCatalog(), kind)


#: planted, code, field, what was meant
MODELS_AND_WORDS: list[tuple[dict[str, Any], str, str, str]] = [
    ({CHECKPOINT: TINY2, "width": 1024, "height": 1024}, "lora_family", "prompt", ""),
    ({CHECKPOINT: "tiny", "prompt": "a <lora:testlora2:1>"}, "lora_family", "prompt", ""),
    (
        {CHECKPOINT: "tiny", "enable_hr": True, "hr_prompt": "a <lora:testlora2:1>"},
        "lora_family", "hr_prompt", "",
    ),
    ({CHECKPOINT: "tiny", "width": 1024, "height": 1024}, "size_far", "width", ""),
    ({CHECKPOINT: "tiny", "width": 128, "height": 128}, "size_far", "width", ""),
    ({"negative_prompt": "(EasyNegativ:1.2)"}, "embedding_unknown", "negative_prompt", "EasyNegative"),
    ({"prompt": "a hand, bad-hands-4"}, "embedding_unknown", "prompt", "bad-hands-5"),
    ({"prompt": "embedding:easynegative"}, "embedding_unknown", "prompt", "EasyNegative"),
    ({"prompt": "a __colour__ house"}, "wildcard_unknown", "prompt", "colours"),
    ({"prompt": "a __colours__ house"}, "wildcard_unfilled", "prompt", ""),
    ({"prompt": "__my animals__ by a lake"}, "wildcard_unfilled", "prompt", ""),
    ({"prompt": "a __my animal__, a lake"}, "wildcard_unknown", "prompt", "my animals"),
    ({"prompt": "a <lora:testlora:0.5@0,1@0.5> house"}, "lora_curve", "prompt", ""),
    ({"prompt": "a <lora:testlora:1:unet=0@0;1@8> house"}, "lora_curve", "prompt", ""),
]  # fmt: skip


@pytest.mark.parametrize(("planted", "code", "field", "meant"), MODELS_AND_WORDS)
def test_a_slip_in_models_and_words(planted: dict[str, Any], code: str, field: str, meant: str) -> None:
    (finding,) = check_full(planted)
    assert (finding.severity, finding.code, finding.field) == ("warning", code, field)
    assert finding.suggestion == meant and finding.message.endswith((".", "?"))


@pytest.mark.parametrize(
    "changes",
    [
        {CHECKPOINT: "tiny"},
        {CHECKPOINT: "tiny", "prompt": "a <lora:testlora2:1>", "disable_extra_networks": True},
        {CHECKPOINT: TINY2, "prompt": "a", "width": 1024, "height": 1024},
        {CHECKPOINT: TINY2, "prompt": "a <lora:testlora2:1>", "width": 1216, "height": 832},
        {CHECKPOINT: "tiny", "enable_hr": True, "hr_scale": 4},
        {"negative_prompt": "easynegative, (EASYNEGATIVE:0.8), bad-hands-5"},
        {"prompt": "portrait, portraits, inks, hands, negative space, __init, snake__case__name"},
        {"prompt": "<lora:testlora:1> embeddings of easy going people"},
        {"prompt": "fill in __ the __ gaps ____, a __ b"},
        {"prompt": "a house # <lora:gone:1> __nope__ (\n# <lora:testlora:x>"},
        {"prompt": "a house", "negative_prompt": "# ((", CHECKPOINT: "tiny"},
        {"prompt": "a house # <lora:testlora2:1>", CHECKPOINT: "tiny"},
    ],
)
def test_what_is_meant_so_is_left_in_peace(changes: dict[str, Any]) -> None:
    assert check_full(changes) == []


def test_an_extension_that_fills_in_wildcards_is_trusted() -> None:
    prompt = "a __colours__ house, __animals/*__, __~colours__, __animals/cat(a=b)__"
    assert check_full({"prompt": prompt}, catalog=FillingCatalog()) == []
    (finding,) = check_full({"prompt": "__animals/dog__"}, catalog=FillingCatalog())
    assert finding.code == "wildcard_unknown"


def test_a_prompt_of_comments_alone_is_empty() -> None:
    assert found({"prompt": "# <lora:testlora:1> later\n  # a house"}).code == "prompt_empty"
    styled = {**CLEAN, "prompt": "# nothing", "styles": ["Night"]}
    assert check(styled) == []


def test_comments_are_words_where_the_setting_is_off() -> None:
    (finding,) = check_full(
        {"prompt": "a # <lora:gone:1>", "override_settings.enable_prompt_comments": False}
    )
    assert finding.code == "lora_unknown"


class ControlNetCatalog(FullCatalog):
    def alwayson(self, is_img2img: bool) -> dict[str, int]:
        return {**super().alwayson(is_img2img), "controlnet": 3}

    def controlnet_models(self) -> list[str] | None:
        return ["control_canny [aaaa1111]", "control_depth [bbbb2222]"]


@pytest.mark.parametrize("model", ["control_canny [aaaa1111]", "control_DEPTH", "canny", "None", ""])
def test_a_controlnet_model_is_found_as_controlnet_finds_it(model: str) -> None:
    unit = {"enabled": True, "model": model}
    scripts = {"alwayson_scripts": {"ControlNet": {"args": [unit, unit, unit]}}}
    assert check_full(scripts, catalog=ControlNetCatalog()) == []


def test_a_missing_controlnet_model_is_an_error_with_the_nearest_name() -> None:
    units = [{"enabled": False, "model": "gone"}, {"enabled": True, "model": "control_cany [aaaa1112]"}, 7]
    scripts = {"alwayson_scripts": {"ControlNet": {"args": units}}}
    (finding,) = check_full(scripts, catalog=ControlNetCatalog())
    assert (finding.severity, finding.code) == ("error", "controlnet_model_unknown")
    assert finding.field == "alwayson_scripts.ControlNet.args.1.model"
    assert finding.suggestion == "control_canny [aaaa1111]"
    assert "ControlNet model “control_cany [aaaa1112]”" in finding.message


def test_where_controlnet_does_not_list_its_models_none_is_missed() -> None:
    class Silent(ControlNetCatalog):
        def controlnet_models(self) -> list[str] | None:
            return None

    scripts = {"alwayson_scripts": {"ControlNet": {"args": [{"enabled": True, "model": "any"}] * 3}}}
    assert check_full(scripts, catalog=Silent()) == []


class CurvesCatalog(FullCatalog):
    """With the extension sd-webui-loractl."""

    def alwayson(self, is_img2img: bool) -> dict[str, int]:
        return {**super().alwayson(is_img2img), "dynamic lora weights": 2}


def test_strengths_that_change_by_step_are_left_to_their_extension() -> None:
    curve = {"prompt": "a <lora:testlora:0.5@0,1@0.5> house"}
    assert check_full(curve, catalog=CurvesCatalog()) == []
    (finding,) = check_full(curve)
    assert finding.message == (
        "“0.5@0,1@0.5” changes the strength of the LoRA “testlora” from step to step:"
        " without the extension sd-webui-loractl, the LoRA is not applied."
    )


def test_a_large_image_is_no_trouble_for_img2img() -> None:
    image = {"init_images": ["input:" + "0" * 64], CHECKPOINT: "tiny"}
    assert check_full({**image, "width": 2048, "height": 2048}, "img2img") == []
    assert [f.code for f in check_full({**image, "width": 64, "height": 64}, "img2img")] == ["size_far"]


def test_clip_skip_has_its_bounds() -> None:
    path = "override_settings.CLIP_stop_at_last_layers"
    assert [(f.severity, f.code, f.field) for f in check(overlay(CLEAN, {path: 13}))] == [
        ("error", "out_of_range", path)
    ]


def test_the_same_task_in_two_groups_warns() -> None:
    task = expand(CLEAN, "txt2img", [], rng=Random(1)).tasks
    (finding,) = preflight_all([(CLEAN, task), (dict(CLEAN), task)], CATALOG, "txt2img")
    assert finding.code == "duplicate_tasks"


@pytest.mark.parametrize(
    ("images", "seconds", "size", "free", "codes"),
    [
        (10, None, None, None, []),
        (10, 3600.0, 2**30, 2**31, []),
        (10, 3600.0, 2**32, 2**31, ["disk"]),
        (10, 50_000.0, 1, 2, ["long_night"]),
        (6_000, None, None, 5, ["long_night"]),
        (6_000, 400_000.0, 9, 5, ["disk", "long_night"]),
    ],
)
def test_costs(
    images: int, seconds: float | None, size: int | None, free: int | None, codes: list[str]
) -> None:
    found = costs(images, seconds, size, free)
    assert [finding.code for finding in found] == codes
    assert {finding.severity for finding in found} <= {"warning"}


def test_what_is_kept_free_is_not_there_for_images() -> None:
    gb = 2**30
    assert costs(1, None, 5 * gb, 10 * gb, 5 * gb) == []
    (finding,) = costs(1, None, 6 * gb, 10 * gb, 5 * gb)
    assert finding.message == (
        "The images need about 6.0 GB; the disk has 10.0 GB free, of which 5.0 GB must stay free"
        " (Settings > Inu Jobs)."
    )


CROSS = "model.diffusion_model.input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight"


@pytest.mark.parametrize(
    ("metadata", "tensors", "told"),
    [
        ({"modelspec.architecture": "stable-diffusion-xl-v1-base/lora"}, {}, "SDXL"),
        ({"ss_base_model_version": "sdxl_base_v1-0"}, {}, "SDXL"),
        ({"ss_base_model_version": "sd_v1", "ss_v2": "False"}, {}, "SD 1"),
        ({"ss_v2": "True"}, {}, "SD 2"),
        ({"ss_base_model_version": "sd3_m"}, {}, "SD 3"),
        ({"modelspec.architecture": "flux-1-dev/lora"}, {}, "Flux"),
        ({}, {CROSS: [320, 768]}, "SD 1"),
        ({}, {"lora_unet_down_blocks_1_attentions_0_attn2_to_k.lora_down.weight": [8, 2048]}, "SDXL"),
        ({}, {"lora_unet_down_blocks_1_attn2_to_k.lora_down.weight": [8, 1024, 1, 1]}, "SD 2"),
        ({}, {"unet.down_blocks.1.attn2.to_k.lora_A.weight": [8, 2048]}, "SDXL"),
        ({}, {"model.diffusion_model.joint_blocks.0.x_block.attn.proj.weight": [4, 4]}, "SD 3"),
        ({}, {CROSS: [32, 64]}, ""),
        ({}, {}, ""),
    ],
)
def test_the_family_of_a_file(metadata: dict[str, str], tensors: dict[str, list[int]], told: str) -> None:
    assert family(metadata, tensors) == told


def test_a_lora_that_comes_with_a_style(monkeypatch: pytest.MonkeyPatch) -> None:
    assert check({**CLEAN, "styles": ["Film grain"]}) == []
    monkeypatch.setattr(CATALOG, "style_prompt", {"Film grain": "grain, <lora:testlor:0.5>"}.get)
    finding = found({"styles": ["Film grain"]})
    assert (finding.severity, finding.code, finding.field) == ("error", "lora_unknown", "styles")
    assert finding.message.startswith("In the style “Film grain”: There is no LoRA “testlor”; did you mean")
    assert finding.suggestion == "", "it is the style that is to be mended"
    assert check({**CLEAN, "styles": ["Film grain"], "disable_extra_networks": True}) == []


NFC, NFD = "caf\xe9", "cafe\u0301"


class Twins(FullCatalog):
    def __init__(self, spelling: str) -> None:
        super().__init__()
        self.spelling = spelling

    def loras(self) -> list[str]:
        return [self.spelling]

    def wildcards(self) -> list[str]:
        return [self.spelling]


@pytest.mark.parametrize(("typed", "there"), [(NFC, NFD), (NFD, NFC)])
def test_a_name_that_only_looks_like_the_one_that_is_there(typed: str, there: str) -> None:
    """To the WebUI it is another name: one click takes the right one."""
    changes = {"prompt": f"a dog <lora:{typed}:1> __{typed}__"}
    found = check_full(changes, catalog=Twins(there))
    assert [(one.code, one.suggestion) for one in found] == [
        ("lora_unknown", there),
        ("wildcard_unknown", there),
    ]
    assert all("looks the same" in one.message and "did you mean" not in one.message for one in found)


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "seed": st.integers(0, 3), "init_images": st.sampled_from([[], [""], ["image:a"], ["image:b"]]),
    "steps": st.sampled_from([0, 1, 20, 20.0, True, 300]), "width": st.sampled_from([512, 513, 7]),
    "prompt": st.sampled_from(["", "a (cat", "<lora:gone:1>", "a cat"]),
    "styles": st.sampled_from([[], ["no"]]),
    CHECKPOINT: st.sampled_from(["tiny22", TINY2, None]),
}  # fmt: skip
CHANGES = st.fixed_dictionaries({}, optional=VALUES)


@given(st.lists(CHANGES, min_size=1, max_size=6), st.sampled_from(["txt2img", "img2img"]))
def test_what_is_said_of_many_tasks_is_what_is_said_of_each(changes: list[dict[str, Any]], kind: str) -> None:
    """Tasks that differ in nothing that is looked at are looked at once."""

    def said(tasks: list[PlannedTask]) -> list[tuple[str, str, str]]:
        """Without how many have it."""
        found = preflight(CLEAN, tasks, CATALOG, kind)
        return [(f.code, f.field, f.message.partition(" (")[0]) for f in found if f.code != "duplicate_tasks"]

    tasks = [PlannedTask(one, [], 1) for one in changes]
    alone = [said([task]) for task in tasks]
    assert set(said(tasks)) == {finding for findings in alone for finding in findings}
    whole = preflight(CLEAN, tasks, CATALOG, kind)
    for finding in whole:
        having = sum(
            (finding.code, finding.field, finding.message.partition(" (")[0]) in one for one in alone
        )
        if having < len(tasks) and finding.code != "duplicate_tasks":
            assert finding.message.endswith(f"({having} of {len(tasks)} tasks)")
