"""Real images, recorded from a real WebUI with what was asked for, as the audit sees them; and one planted
defect of each kind in them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Picture
from PIL import ImageCms

from inu_jobs.library.audit import Asked, compare, look
from inu_jobs.library.infotext.parsing import Infotext, parse
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


CASES = RECORDED.parent / "cases"
#: kinds of pixels, and formats in which Pillow 9.5 keeps them as they are
KINDS = {
    "1": "png", "L": "png", "LA": "png", "P": "png", "PA": "tiff", "RGB": "png", "RGBA": "png",
    "CMYK": "tiff", "LAB": "tiff", "I": "tiff", "F": "tiff", "I;16": "tiff", "I;16B": "tiff",
}  # fmt: skip
ONLY_IN_MEMORY = ("La", "RGBa", "YCbCr", "HSV", "RGBX", "I;16L", "I;16N")


@pytest.mark.parametrize("name", ["i16bright.png", "silhouette.png", "la_sil.png"])
def test_what_shows_something_is_not_blank(name: str) -> None:
    with Picture.open(CASES / name) as picture:
        assert look(CASES / name) == (picture.size, [])


def pixels(mode: str, *, black: bool = False, drawn: bool = False) -> Picture.Image:
    """Of one colour; ``drawn``: with something in it that 8 bits a channel show clearly."""
    if mode.startswith("I") or mode == "F":
        # two steps of the brightest, which 8 bits would make one
        picture = Picture.new("F", (16, 8), 0 if black else 40_000)
        if drawn:
            picture.paste(41_000, (2, 2, 5, 5))
        bits = 65_535 if mode.startswith("I;16") else 0
        picture = picture.convert("I") if mode != "F" else picture
        return deep(picture, mode) if bits else picture
    picture = Picture.new("RGB", (16, 8), (0, 0, 0) if black else (255, 255, 255))
    if drawn:
        picture.paste((128, 0, 128), (2, 2, 5, 5))
    return of_kind(picture, mode)


def deep(picture: Picture.Image, mode: str) -> Picture.Image:
    order = "big" if mode == "I;16B" or (mode == "I;16N" and sys.byteorder == "big") else "little"
    data = b"".join(int(value).to_bytes(2, order) for value in picture.getdata())
    return Picture.frombytes(mode, picture.size, data)


def of_kind(picture: Picture.Image, mode: str) -> Picture.Image:
    if mode == "PA":
        return picture.convert("P").convert("PA")
    if mode == "LAB":
        return ImageCms.profileToProfile(
            picture, ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
        )
    between = {"La": "LA", "RGBa": "RGBA"}.get(mode)
    return (picture.convert(between) if between else picture).convert(mode)


def saved(picture: Picture.Image, path: Path, **options: Any) -> Path:
    picture.save(path, **options)
    with Picture.open(path) as again:
        assert again.mode == picture.mode
    return path


@pytest.mark.parametrize("mode", KINDS)
def test_blank_pixels_of_any_kind(tmp_path: Path, mode: str) -> None:
    for black in (True, False):
        path = saved(pixels(mode, black=black), tmp_path / f"blank{black}.{KINDS[mode]}")
        ((finding,),) = (look(path)[1],)
        assert finding.message.startswith("The image is black" if black else "The image is a single colour")
        path = saved(pixels(mode, black=black, drawn=True), tmp_path / f"drawn{black}.{KINDS[mode]}")
        assert look(path) == ((16, 8), [])


@pytest.mark.parametrize("mode", ONLY_IN_MEMORY)
def test_pixels_that_no_file_has_but_a_plugin_may_give(
    mode: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.png"
    path.touch()
    for black, drawn in ((True, False), (False, False), (False, True)):
        monkeypatch.setattr(Picture, "open", lambda _, b=black, d=drawn: pixels(mode, black=b, drawn=d))
        size, found = look(path)
        assert (size, codes(found)) == ((16, 8), [] if drawn else ["audit_blank"])


@pytest.mark.parametrize("mode", ["LA", "RGBA", "PA", "P"])
@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255)])
def test_a_shape_in_the_transparency(tmp_path: Path, mode: str, colour: tuple[int, ...]) -> None:
    shape = Picture.new("L", (16, 8), 0)
    shape.paste(255, (2, 2, 5, 5))
    path = tmp_path / f"a.{KINDS[mode]}"
    if mode == "P":
        picture = shape.point(lambda value: value // 255).convert("P")
        picture.putpalette(bytes(colour * 2))
        saved(picture, path, transparency=0)
    else:
        flat = Picture.new("RGB", (16, 8), colour)
        picture = of_kind(flat, mode)
        picture.putalpha(shape)
        saved(picture, path)
    assert look(path) == ((16, 8), [])


def test_data_hidden_in_the_transparency_is_no_shape(tmp_path: Path) -> None:
    """The lowest bit of the alpha channel, as some tools write an infotext."""
    picture = Picture.new("RGBA", (16, 8), (0, 0, 0, 255))
    picture.putpixel((3, 3), (0, 0, 0, 254))
    assert codes(look(saved(picture, tmp_path / "a.png"))[1]) == ["audit_blank"]


def test_pixels_without_a_number_are_not_judged(tmp_path: Path) -> None:
    assert look(saved(Picture.new("F", (4, 4), float("nan")), tmp_path / "a.tiff")) == ((4, 4), [])


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


@pytest.mark.parametrize(
    ("size", "slack", "step", "fits"),
    [
        ((576, 64), 0, 64, True),  # 600 rounded by Forge Neo
        ((640, 64), 0, 64, False),
        ((584, 64), 0, 64, False),
        ((576, 64), 0, 8, False),
        ((640, 64), 8, 64, True),  # by hires fix, which may lose up to 8 before
        ((640, 64), 0, 128, True),
    ],
)
def test_a_size_that_the_host_rounds_is_right(
    size: tuple[int, int], slack: int, step: int, fits: bool
) -> None:
    made = Infotext("", "", {"Steps": "1"})
    found = compare(Asked(frozenset({(600, 64)}), slack, step), size, made, CATALOG)
    assert codes(found) == ([] if fits else ["audit_size"])


HOSTS = recorded("infotexts_of_hosts")


@pytest.mark.parametrize("host", HOSTS)
def test_a_size_is_judged_beside_all_labels_of_a_host(host: str) -> None:
    for case in HOSTS[host]["texts"]:
        found = compare(Asked(frozenset({(600, 64)})), (128, 64), parse(case["text"]), CATALOG)
        assert "audit_size" in codes(found)


def test_a_size_is_judged_unless_another_script_may_have_changed_it() -> None:
    wanted = Asked(frozenset({(128, 64)}))
    made = infotext(RECORDED / "images" / "plain__00000-11.png")
    assert codes(compare(wanted, SIZE, made, CATALOG)) == ["audit_size"]
    made.fields["Tiled Diffusion"] = "on"
    assert compare(wanted, SIZE, made, CATALOG) == []
    assert codes(compare(Asked(wanted.sizes, sure=True), SIZE, made, CATALOG)) == ["audit_size"]


@pytest.mark.parametrize("trouble", [MemoryError(), PermissionError("in use")])
def test_what_cannot_be_looked_at_now_is_not_called_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    path = tmp_path / "a.png"
    Picture.new("RGB", SIZE, (200, 30, 30)).save(path)

    def fail(*_: object, **__: object) -> None:
        raise trouble

    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", fail)
    assert look(path) == (SIZE, [])
    monkeypatch.undo()
    path.write_bytes(path.read_bytes()[:60])
    size, (finding,) = look(path)
    assert (size, finding.code) == (None, "audit_unreadable")
