"""Real images, recorded from a real WebUI with what was asked for, as the audit sees them; and one planted
defect of each kind in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Picture

from inu_jobs.library.audit import Asked, compare, look
from inu_jobs.library.infotext import Infotext, parse
from inu_jobs.model import Finding
from tests.unit.plan.plan_kit import RECORDED, RecordedCatalog, recorded

CATALOG = RecordedCatalog()
SIZE = (96, 64)


def case_of(name: str) -> str:
    return name.partition("__")[0]


#: the files of tasks that made what was asked, and their grids aside
RIGHT = [
    path
    for path in sorted((RECORDED / "images").glob("*.png"))
    if "grid-" not in path.name and case_of(path.name) not in ("lora_missing", "checkpoint_unknown")
]


def infotext(path: Path) -> Infotext:
    with Picture.open(path) as picture:
        return parse(picture.info["parameters"])


def asked(case: str) -> Asked:
    """From the row of the task."""
    params = recorded("agent_scheduler_tasks")["tasks"][case]["params"]
    args: dict[str, Any] = params["args"]
    scale = args.get("hr_scale", 2.0) if args.get("enable_hr") else 1
    checkpoint = (args.get("override_settings") or {}).get("sd_model_checkpoint") or ""
    sampling = {}
    if args.get("sampler_name") and case != "sampler_unknown":
        sampling["Sampler", "Schedule type"] = (args["sampler_name"], args.get("scheduler") or "")
    loras = tuple(name for name in ("testlora", "testlora2") if f"<lora:{name}:" in args["prompt"])
    size = (int(args["width"] * scale), int(args["height"] * scale))
    return Asked(frozenset({size}), loras=loras, checkpoint=checkpoint, sampling=sampling)


@pytest.mark.parametrize("path", RIGHT, ids=lambda path: path.name)
def test_recorded_images_are_what_was_asked(path: Path) -> None:
    size, found = look(path)
    assert found == []
    assert compare(asked(case_of(path.name)), size, infotext(path), CATALOG) == []


def test_recorded_faults_are_found() -> None:
    path = RECORDED / "images" / "lora_missing__00002-11.png"
    wanted = Asked(loras=("no_such_lora",))
    assert codes(compare(wanted, SIZE, infotext(path), CATALOG)) == ["audit_lora"]
    path = RECORDED / "images" / "checkpoint_unknown__00010-11.png"
    wanted = Asked(checkpoint="no_such_checkpoint")
    assert codes(compare(wanted, SIZE, infotext(path), CATALOG)) == ["audit_model"]
    path = RECORDED / "images" / "sampler_unknown__00017-11.png"
    wanted = Asked(sampling={("Sampler", "Schedule type"): ("no such sampler", "")})
    assert codes(compare(wanted, SIZE, infotext(path), CATALOG)) == ["audit_sampler"]


def codes(findings: list[Finding]) -> list[str]:
    return [finding.code for finding in findings]


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("tiny2.safetensors [df5cca296c]", True),
        ("tiny2.safetensors", True),
        ("tiny2", True),
        ("df5cca296c", True),
        ("tiny", False),
        ("tiny.safetensors [a00832751b]", False),
        # not installed any more: by what the name itself says
        ("old/tiny2.safetensors", True),
        ("old/tiny2.safetensors [0000000000]", False),
        ("gone.ckpt", False),
        ("0123abcd", True),  # an old hash, of which the infotext says nothing
        ("0123456789", False),
        ("", True),
    ],
)
def test_names_of_checkpoints(name: str, right: bool) -> None:
    made = infotext(RECORDED / "images" / "checkpoint__00009-11.png")
    assert codes(compare(Asked(checkpoint=name), SIZE, made, CATALOG)) == ([] if right else ["audit_model"])


@pytest.mark.parametrize(
    ("wanted", "made", "right"),
    [
        (("DPM++ 2M", "Karras"), ("DPM++ 2M", "Karras"), True),
        (("DPM++ 2M", "karras"), ("DPM++ 2M", "Karras"), True),
        (("DPM++ 2M", "Automatic"), ("DPM++ 2M", "Karras"), True),
        (("DPM++ 2M", ""), ("DPM++ 2M", "Exponential"), True),
        (("DPM++ 2M", "Exponential"), ("DPM++ 2M", "Karras"), False),
        (("Euler a", "Karras"), ("Euler a", "Automatic"), False),
        (("Euler a", "Karas"), ("Euler a", "Automatic"), False),
        (("Euler a", "Karras"), ("Euler", "Karras"), False),
        (("Gone", "New"), ("Gone", "New"), True),
        (("Euler a", "Karras"), ("Euler a", ""), True),
        (("", ""), ("Euler a", "Karras"), True),
    ],
)
def test_names_of_samplers(wanted: tuple[str, str], made: tuple[str, str], right: bool) -> None:
    labels = ("Sampler", "Schedule type")
    fields = {label: value for label, value in zip(labels, made, strict=True) if value}
    found = compare(Asked(sampling={labels: wanted}), SIZE, Infotext("", "", fields), CATALOG)
    assert codes(found) == ([] if right else ["audit_sampler"])


@pytest.mark.parametrize("form", ["png", "jpg", "webp"])
@pytest.mark.parametrize(("colour", "blank"), [((0, 0, 0), True), ((200, 30, 7), True), (None, False)])
def test_blank_images_of_any_format(tmp_path: Path, form: str, colour: Any, blank: bool) -> None:
    path = tmp_path / f"a.{form}"
    picture = Picture.linear_gradient("L").convert("RGB")
    (Picture.new("RGB", (96, 64), colour) if colour else picture).save(path)
    size, found = look(path)
    assert size is not None and codes(found) == (["audit_blank"] if blank else [])


def test_a_damaged_file_and_one_that_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(RIGHT[0].read_bytes()[:2000])
    assert codes(look(path)[1]) == ["audit_unreadable"]
    path.unlink()
    with pytest.raises(OSError):
        look(path)
    unknown = tmp_path / "a.jxl"
    unknown.write_bytes(b"a format that this Pillow does not read")
    assert look(unknown) == (None, [])


def test_a_size_is_judged_unless_another_script_may_have_changed_it() -> None:
    wanted = Asked(frozenset({(128, 64)}))
    made = infotext(RECORDED / "images" / "plain__00000-11.png")
    assert codes(compare(wanted, SIZE, made, CATALOG)) == ["audit_size"]
    made.fields["Tiled Diffusion"] = "on"
    assert compare(wanted, SIZE, made, CATALOG) == []
    assert codes(compare(Asked(wanted.sizes, sure=True), SIZE, made, CATALOG)) == ["audit_size"]
