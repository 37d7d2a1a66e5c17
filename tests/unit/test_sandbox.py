"""The stand-in against what was recorded from a real WebUI with Agent Scheduler."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
RECORDED = ROOT / "tests" / "recorded"
TASKS = json.loads((RECORDED / "agent_scheduler_tasks.json").read_text("utf-8"))["tasks"]
#: needs a script that the sandbox has not, or the page
NOT_HERE = {"script_xyz", "script_unknown", "img2img_sdupscale", "ui_txt2img", "ui_img2img"}
REPLAYED = [case for case in TASKS if case not in NOT_HERE]

REPLAY = """
import json, sys, time
from pathlib import Path
root, folder = sys.argv.pop(1), Path(sys.argv.pop(1))
sys.path.insert(0, root)
from tests.sandbox import headless
host = headless.start(folder)
from modules import sd_models, sd_samplers, sd_schedulers, shared
# that machine had saved its settings; one that is not saved is not restored after an override
for key, info in shared.opts.data_labels.items():
    shared.opts.data.setdefault(key, info.default)
shared.opts.sd_model_checkpoint = "tiny.safetensors"
sd_models.reload_model_weights()

asked = json.load(sys.stdin)
for case, args in asked.items():
    override = args["override_settings"]
    wanted = override.get("sd_model_checkpoint")
    if wanted and sd_models.get_closet_checkpoint_match(wanted):
        override["sd_model_checkpoint"] = sd_models.get_closet_checkpoint_match(wanted).title
    args["force_task_id"] = case
    try:
        host.runner.register_api_task(case, "job", "init_images" in args, dict(args))
    except Exception as error:
        print("refused", case, error, file=sys.stderr)
host.runner.execute_pending_tasks_threading()
while host.task_manager.count_tasks(status="pending"):
    time.sleep(0.05)
rows = {t.id: t.to_json() | {"status": str(t.status)} for t in host.task_manager.get_tasks()}
told = {
    "rows": rows,
    "options": {k: v.default for k, v in shared.opts.data_labels.items()},
    "infotext": {k: v.infotext for k, v in shared.opts.data_labels.items() if v.infotext},
    "samplers": [[x.name, x.aliases, {k: str(v) for k, v in x.options.items()}]
                 for x in sd_samplers.all_samplers],
    "schedulers": [[x.name, x.label, x.aliases] for x in sd_schedulers.schedulers],
    "upscalers": [x.name for x in shared.sd_upscalers],
    "latent": list(shared.latent_upscale_modes),
}
(folder / "told.json").write_text(json.dumps(told))
"""


def recorded(name: str) -> Any:
    return json.loads((RECORDED / f"{name}.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """All recorded requests of the API, made again in the stand-in."""
    folder = tmp_path_factory.mktemp("sandbox")
    source = folder / "source.png"
    Image.new("RGB", (192, 128), "olive").save(source)
    asked = {}
    for case in REPLAYED:
        args = json.loads(json.dumps(TASKS[case]["params"]["args"]))
        if "init_images" in args:
            missing = case == "img2img_missing_file"
            args["init_images"] = [str(folder / "gone.png") if missing else str(source)]
        asked[case] = args
    done = subprocess.run(
        [sys.executable, "-c", REPLAY, str(ROOT), str(folder)],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=120,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads((folder / "told.json").read_text("utf-8"))


def same_hashes(infotext: str) -> str:
    """The sandbox's model files are others, so their hashes are too."""
    text = re.sub(r"((?:Model|VAE) hash: )[0-9a-f]+", r"\1#", infotext)
    return re.sub(r"(testlora2?: )[0-9a-f]+", r"\1#", text)


@pytest.mark.parametrize("case", REPLAYED)
def test_row(told: dict[str, Any], case: str) -> None:
    """The same columns, the same fields in ``params``, the same end."""
    mine, real = told["rows"][case], TASKS[case]
    assert mine["status"].rpartition(".")[2].lower() == real.get("status", "done")
    assert set(mine["params"]) == set(real["params"])
    assert set(mine["params"]["args"]) == set(real["params"]["args"])
    left_out = {"init_images", "force_task_id", "override_settings"}
    for name in set(real["params"]["args"]) - left_out:
        assert mine["params"]["args"][name] == real["params"]["args"][name], name


@pytest.mark.parametrize(
    "case", [c for c in REPLAYED if TASKS[c].get("result") and "images" in TASKS[c]["result"]]
)
def test_result(told: dict[str, Any], case: str) -> None:
    """As many files, in the same order of kinds, and the same infotext word for word."""
    mine, real = json.loads(told["rows"][case]["result"]), TASKS[case]["result"]
    assert [Path(x).name.startswith("grid") for x in mine["images"]] == [
        Path(x).name.startswith("grid") for x in real["images"]
    ]
    info, wanted = mine["geninfo"], real["geninfo"]
    assert set(info) == set(wanted)
    assert list(map(same_hashes, info["infotexts"])) == list(map(same_hashes, wanted["infotexts"]))
    for name in ("all_prompts", "all_seeds", "index_of_first_image", "width", "height", "batch_size"):
        assert info[name] == wanted[name], name
    with Image.open(mine["images"][-1]) as image:
        written = image.info["parameters"]
    assert same_hashes(written) == same_hashes(wanted["infotexts"][-1])


def test_settings(told: dict[str, Any]) -> None:
    own_to_that_machine = {"sd_checkpoint_hash", "sd_model_checkpoint", "sd_lora"}
    real = recorded("options")
    missing = set(real) - set(told["options"]) - own_to_that_machine
    assert not missing
    for name, value in told["options"].items():
        explained = name.endswith("_explanation") or name == "settings_in_ui" or name.startswith("outdir_")
        if name in real and name not in own_to_that_machine and not explained:
            # the recorded machine ran with these changed
            assert value == real[name] or name in {"show_warnings", "temp_dir"}, name
    assert told["infotext"]["CLIP_stop_at_last_layers"] == "Clip skip"
    assert told["infotext"]["sd_model_checkpoint"] == "Model hash"


def test_names(told: dict[str, Any]) -> None:
    assert told["samplers"] == [[x["name"], x["aliases"], x["options"]] for x in recorded("samplers")]
    assert told["schedulers"] == [[x["name"], x["label"], x["aliases"]] for x in recorded("schedulers")]
    assert told["upscalers"] == [x["name"] for x in recorded("upscalers")]
    assert told["latent"] == [x["name"] for x in recorded("latent_modes")]
