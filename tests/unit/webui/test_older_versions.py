"""A1111 before 1.10: the stand-in without the names that 1.9, 1.8 and 1.7 do not have yet.

Each test is a process: what is missing is missing from the start."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]

#: the parameters of the page's functions, from modules/txt2img.py and modules/img2img.py of that version
SIGNATURES = """
def txt2img_1_7(id_task, prompt, negative_prompt, prompt_styles, steps, sampler_name, n_iter, batch_size,
    cfg_scale, height, width, enable_hr, denoising_strength, hr_scale, hr_upscaler, hr_second_pass_steps,
    hr_resize_x, hr_resize_y, hr_checkpoint_name, hr_sampler_name, hr_prompt, hr_negative_prompt,
    override_settings_texts, request, *args): ...

def txt2img_1_8(id_task, request, prompt, negative_prompt, prompt_styles, steps, sampler_name, n_iter,
    batch_size, cfg_scale, height, width, enable_hr, denoising_strength, hr_scale, hr_upscaler,
    hr_second_pass_steps, hr_resize_x, hr_resize_y, hr_checkpoint_name, hr_sampler_name, hr_prompt,
    hr_negative_prompt, override_settings_texts, *args, force_enable_hr=False): ...

def img2img_1_8(id_task, mode, prompt, negative_prompt, prompt_styles, init_img, sketch, init_img_with_mask,
    inpaint_color_sketch, inpaint_color_sketch_orig, init_img_inpaint, init_mask_inpaint, steps, sampler_name,
    mask_blur, mask_alpha, inpainting_fill, n_iter, batch_size, cfg_scale, image_cfg_scale,
    denoising_strength, selected_scale_tab, height, width, scale_by, resize_mode, inpaint_full_res,
    inpaint_full_res_padding, inpainting_mask_invert, img2img_batch_input_dir, img2img_batch_output_dir,
    img2img_batch_inpaint_mask_dir, override_settings_texts, img2img_batch_use_png_info,
    img2img_batch_png_info_props, img2img_batch_png_info_dir, request, *args): ...
"""
BEFORE_1_9 = """
del images.fix_image, sd_samplers.get_sampler_and_scheduler
gone("sd_schedulers")
img2img.img2img = img2img_1_8
txt2img.txt2img_create_processing = txt2img_1_8
"""
BEFORE_1_8 = f"""
{BEFORE_1_9}
del paths_internal.default_output_dir, txt2img.txt2img_create_processing
del shared.cmd_opts.freeze_specific_settings, shared.cmd_opts.freeze_settings_in_sections
txt2img.txt2img = txt2img_1_7
import modules.infotext_utils as old
gone("infotext_utils")
sys.modules["modules.generation_parameters_copypaste"] = old
"""
VERSIONS = {"1.9": "", "1.8": BEFORE_1_9, "1.7": BEFORE_1_8}

HEAD = """
import json, sys
from pathlib import Path
from types import SimpleNamespace
from PIL import Image
root, folder, old = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] == "old"
sys.path.insert(0, str(root))
from tests.sandbox import headless
headless.prepare(folder, [], [], scheduler=False)
import modules
from modules import images, img2img, paths_internal, scripts, sd_samplers, shared, txt2img
import modules.infotext_utils, modules.sd_schedulers

def gone(name):
    delattr(modules, name)
    sys.modules[f"modules.{name}"] = None
"""
TAIL = """
from inu_jobs.webui import extension
assert extension.problem == "", extension.problem
from inu_jobs.library.inputs import Inputs
from inu_jobs.webui.capture.page_to_payload import freeze
from inu_jobs.webui.capture.read_page import read_page
from inu_jobs.webui.host.catalog import WebuiCatalog
from inu_jobs.webui.host.folders import WebuiHost
from inu_jobs.webui.host.permits import read_settings

def built_in(title, start, end):
    return SimpleNamespace(title=lambda: title, args_from=start, args_to=end, api_info=None,
        alwayson=True, setup_for_ui_only=True)

samplers = [built_in("Seed", 1, 7)]
if not old:  # the script Sampler came with 1.9
    samplers.append(built_in("Sampler", 7, 10))
runner = SimpleNamespace(scripts=samplers, selectable_scripts=[], alwayson_scripts=samplers)
scripts.scripts_txt2img = scripts.scripts_img2img = runner
tail = [0, 7, False, -1, 0, 0, 0, 20, "DPM++ 2M", "Karras"]
steps = [20, "DPM++ 2M Karras"] if old else []
picture = Image.new("RGB", (64, 48))
exif = picture.getexif()
exif[0x0112] = 6  # taken sideways
picture.save(folder / "photo.png", exif=exif)
photo = Image.open(folder / "photo.png")
with_schedule = [] if old else ["Use same scheduler"]
text = ["", "a cat", "fog", [], *steps, 2, 1, 7, 512, 768, True, 0.4, 2, "Latent", 9, 0, 0,
    "Use same checkpoint", "Use same sampler", *with_schedule, "", "", []]
image = ["", 0, "a cat", "fog", [], photo, None, None, None, None, None, None, *steps, 4, 0, 1, 1, 1, 7, 1.5,
    0.6, 1, 512, 512, 2, 0, 0, 32, 0, "", "", "", [], False, [], "", *([] if old else [None, None])]
inputs = Inputs(folder / "inputs")
catalog = WebuiCatalog(folder / "wildcards")
told = {
    "txt2img": freeze(read_page("txt2img", [*text, *tail[:7 if old else 10]], inputs)).payload,
    "img2img": freeze(read_page("img2img", [*image, *tail[:7 if old else 10]], inputs)).payload,
    "schedulers": catalog.schedulers(),
    "samplers": len(catalog.samplers()),
    "sampling": [catalog.sampling("Euler a", ""), catalog.sampling("Euler a", "Karras"),
        catalog.sampling("nothing", "")],
    "output": [str(one) for one in WebuiHost().output_folders()],
    "settings": len(read_settings()),
}
print("told", json.dumps(told))
"""


@pytest.mark.parametrize("version", VERSIONS)
def test_the_page_is_captured_and_the_catalog_read(version: str, tmp_path: Path) -> None:
    old = version != "1.9"
    code = HEAD + SIGNATURES + VERSIONS[version] + TAIL
    arguments = [str(ROOT), str(tmp_path), "old" if old else "new"]
    ended = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "told {" in ended.stdout, ended.stdout[-2000:] + ended.stderr[-4000:]
    told: dict[str, Any] = json.loads(ended.stdout.rpartition("told ")[2])
    text, image = told["txt2img"], told["img2img"]
    sampling = (
        {"sampler_name": "DPM++ 2M Karras"} if old else {"sampler_name": "DPM++ 2M", "scheduler": "Karras"}
    )
    for payload in (text, image):
        assert {"steps": 20, **sampling}.items() <= payload.items()
        assert ("scheduler" in payload) is not old
        assert payload["seed"] == 7 and payload["prompt"] == "a cat"
        assert payload["override_settings"]["sd_model_checkpoint"]
    assert (text["height"], text["width"], text["enable_hr"], text["hr_upscaler"]) == (
        512,
        768,
        True,
        "Latent",
    )
    assert (image["width"], image["height"]) == (96, 128), "by 2, of the photo turned upright"
    assert told["samplers"] and told["settings"] and any("outputs" in one for one in told["output"])
    assert bool(told["schedulers"]) is not old
    assert told["sampling"][0] is not None and told["sampling"][2] is None
    assert (told["sampling"][1] is None) is old
