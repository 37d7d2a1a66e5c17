"""What is sent to other machines, and the names of what comes back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.unit.webui.host_side.registry import case


@contextmanager
def settings(**chosen: Any) -> Iterator[dict[str, Any]]:
    """The host's, with some chosen; the other cases have their own."""
    from modules import shared

    before = dict(shared.opts.data)
    shared.opts.data.update(chosen)
    try:
        yield shared.opts.data
    finally:
        shared.opts.data.clear()
        shared.opts.data.update(before)


def arrived(folder: Path, **fields: Any) -> Any:
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    from inu_jobs.ports import Arrived

    file = folder / "incoming.part"
    text, told = PngInfo(), fields.pop("text", "Model hash: abcdef1234, Model: there")
    text.add_text("parameters", f"a fox\nSteps: 3, Seed: 7, {told}")
    Image.new("RGB", (8, 8), "red").save(file, "PNG", pnginfo=text)
    usual = {
        "file": file, "payload": {"prompt": "a fox", "steps": 3, "sampler_name": "Euler a"},
        "is_img2img": False, "suffix": ".png", "index": 0, "seed": 7, "prompt": None,
    }  # fmt: skip
    return Arrived(**{**usual, **fields})


@case
def images_from_elsewhere_get_the_names_of_the_users_patterns(folder: Path) -> None:
    from inu_jobs.webui.generation.file_names import FileNames
    from inu_jobs.webui.host.folders import WebuiHost

    names = FileNames(WebuiHost())
    claimed: list[Path] = []
    with settings(save_to_dirs=False, outdir_samples=str(folder / "names"), save_txt=True) as chosen:
        first = names.keep(arrived(folder), claimed.append)
        assert first == folder / "names" / "00000-7-a fox.png" and claimed == [first], first
        assert "Model: there" in first.with_suffix(".txt").read_text("utf-8")
        chosen["samples_filename_pattern"] = "[model_name]-[steps]-[seed]"
        assert names.keep(arrived(folder), claimed.append).name == "00001-there-3-7.png"
        chosen["samples_filename_pattern"] = "[model_hash]-[prompt]"
        nasty = arrived(folder, prompt="狐" * 120 + "\0", text="Model hash: ../../../evil")
        assert names.keep(nasty, claimed.append).parent == folder / "names"
        chosen["save_images_add_number"] = False
        assert names.keep(nasty, claimed.append).parent == folder / "names"
        assert not list(folder.rglob("*evil*/*"))
        chosen.update(save_to_dirs=True, directories_filename_pattern="../../[seed]")
        assert names.keep(arrived(folder), claimed.append).parent == folder / "names"
    assert not list(folder.glob("names/.inu*"))


@case
def a_name_is_given_once(folder: Path) -> None:
    from inu_jobs.webui.generation.file_names import FileNames
    from inu_jobs.webui.host.folders import WebuiHost

    names, place = FileNames(WebuiHost()), folder / "once"
    place.mkdir()
    without = {"save_to_dirs": False, "save_images_add_number": False, "save_txt": False}
    with settings(outdir_samples=str(place), samples_filename_pattern="[seed]", **without):
        # the host has chosen a name, and has not written it yet
        names.announce(SimpleNamespace(filename=str(place / "7.png")))
        own = names.keep(arrived(folder), lambda path: None)
        assert own.name == "7-1.png", own
        # it chose one that was given in between
        params = SimpleNamespace(filename=str(own))
        names.announce(params)
    assert params.filename != str(own) and not Path(params.filename).exists()
    assert own.read_bytes() == (folder / "incoming.part").read_bytes()


@case
def another_machine_gets_the_settings_and_styles_of_this_one(folder: Path) -> None:
    from modules import shared, styles

    from inu_jobs.webui.generation.for_elsewhere import UserSettings, complete

    known = UserSettings().now()
    shared.prompt_styles.styles["Ink"] = styles.PromptStyle("Ink", "{prompt}, ink", "blurry", "styles.csv")
    payload = {"prompt": "a fox", "styles": ["Ink"], "override_settings": {"CLIP_stop_at_last_layers": 2}}
    sent = complete(payload, known, False)
    del shared.prompt_styles.styles["Ink"]
    assert (sent["prompt"], sent["negative_prompt"], sent["styles"]) == ("a fox, ink", "blurry", [])
    overrides = sent["override_settings"]
    assert overrides["CLIP_stop_at_last_layers"] == 2 and overrides["sd_model_checkpoint"]
    assert list(overrides)[-1] == "sd_vae"  # loading a checkpoint resets it
    assert "outdir_samples" not in overrides


@case
def another_checkpoint_by_the_same_name_is_noticed(folder: Path) -> None:
    from inu_jobs.webui.generation.for_elsewhere import other_checkpoint

    payload = {"override_settings": {"sd_model_checkpoint": "tiny"}}
    names = frozenset({"tiny", "tiny.safetensors [abcdef1234]", "abcdef1234", "abcdef1234" + "0" * 54})
    same = "a fox\nSteps: 3, Seed: 7, Model hash: abcdef1234, Model: tiny"
    assert not other_checkpoint(payload, same, lambda name: names)
    assert not other_checkpoint(payload, "", lambda name: names)
    assert other_checkpoint(payload, same.replace("abcdef", "012345"), lambda name: names)
