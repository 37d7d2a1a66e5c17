"""Draws a landscape from what a generation was asked for. Same request, same pixels; every setting that
would change a real image changes this one a little. About 20 ms for 512 x 512."""

from __future__ import annotations

import hashlib
import math
import random
from dataclasses import dataclass, field

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter

Color = tuple[int, int, int]

#: name: (sky top, sky bottom, sun, far layer, near layer)
PALETTES: dict[str, tuple[Color, Color, Color, Color, Color]] = {
    "day": ((74, 124, 184), (226, 232, 214), (255, 246, 208), (132, 160, 178), (44, 88, 58)),
    "dusk": ((38, 32, 84), (238, 138, 108), (255, 226, 160), (116, 78, 122), (32, 24, 50)),
    "dawn": ((120, 150, 190), (250, 214, 190), (255, 240, 214), (168, 150, 170), (70, 74, 96)),
    "night": ((10, 18, 48), (44, 66, 110), (238, 240, 226), (36, 54, 92), (8, 14, 28)),
    "desert": ((128, 168, 196), (250, 222, 168), (255, 250, 224), (226, 166, 96), (150, 86, 44)),
    "teal": ((10, 56, 68), (124, 190, 186), (250, 244, 200), (44, 106, 112), (8, 36, 44)),
    "mist": ((186, 200, 206), (236, 236, 228), (255, 255, 246), (168, 186, 182), (62, 96, 86)),
    "rose": ((74, 40, 92), (250, 168, 164), (255, 236, 206), (160, 84, 122), (54, 26, 56)),
}
KINDS = ("mountains", "dunes", "forest", "lake", "city")
WORDS = {
    "mountains": ("mountain", "alps", "peak", "valley", "cliff"),
    "dunes": ("desert", "dune", "sand", "beach"),
    "forest": ("forest", "tree", "wood", "jungle"),
    "lake": ("lake", "sea", "coast", "river", "ocean", "water"),
    "city": ("city", "town", "skyline", "street", "market", "house"),
}
LIGHT = {
    "day": ("day", "noon", "sunny"),
    "night": ("night", "moon", "dark", "midnight"),
    "dusk": ("dusk", "sunset", "evening", "golden"),
    "dawn": ("dawn", "morning", "sunrise"),
    "mist": ("mist", "fog", "haze", "snow"),
    "desert": ("desert", "sand"),
}


@dataclass(frozen=True)
class Request:
    """What shapes the picture. ``look`` is anything else (sampler, VAE, settings): any text."""

    seed: int
    width: int
    height: int
    prompt: str = ""
    negative: str = ""
    subseed: int = -1
    subseed_strength: float = 0.0
    steps: int = 20
    cfg: float = 7.0
    checkpoint: str = ""
    loras: tuple[tuple[str, float], ...] = ()
    look: str = ""
    done: float = 1.0  # of the steps, for live previews
    extra: tuple[str, ...] = field(default=())


def _number(*parts: object) -> int:
    return int.from_bytes(hashlib.sha256("\0".join(map(str, parts)).encode()).digest()[:8], "big")


def _unit(*parts: object) -> float:
    return _number(*parts) / 2**64


def _mix(a: Color, b: Color, t: float) -> Color:
    t = min(1.0, max(0.0, t))
    return tuple(round(x + (y - x) * t) for x, y in zip(a, b, strict=True))  # type: ignore[return-value]


def _pick(text: str, words: dict[str, tuple[str, ...]], fallback: list[str], *key: object) -> str:
    for name, triggers in words.items():
        if any(trigger in text for trigger in triggers):
            return name
    return fallback[_number(*key) % len(fallback)]


class _Dice:
    """Numbers 0..1 from the seed, moved towards those of the variation seed."""

    def __init__(self, request: Request) -> None:
        self._main = random.Random(f"{request.seed}")
        self._other = random.Random(f"{request.subseed}")
        self._weight = request.subseed_strength

    def __call__(self, low: float = 0.0, high: float = 1.0) -> float:
        a, b = self._main.random(), self._other.random()
        return low + (high - low) * (a + (b - a) * self._weight)


def render(request: Request) -> Image.Image:
    """An RGB image of exactly the size asked for."""
    scale = 2 if request.width * request.height <= 768 * 768 else 1
    size = (request.width * scale, request.height * scale)
    text = request.prompt.lower()
    kind = _pick(text, WORDS, list(KINDS), "kind", request.prompt)
    light = _pick(text, LIGHT, list(PALETTES), "light", request.prompt, request.checkpoint)
    dice = _Dice(request)
    sky_top, sky_low, sun, far, near = PALETTES[light]
    tint: Color = tuple(int(255 * _unit("tint", request.checkpoint, i)) for i in range(3))  # type: ignore[assignment]
    for name, strength in request.loras:
        own: Color = tuple(int(255 * _unit("lora", name, i)) for i in range(3))  # type: ignore[assignment]
        far, sky_low = _mix(far, own, abs(strength) * 0.45), _mix(sky_low, own, abs(strength) * 0.3)
        near = _mix(near, own, strength * 0.2)
    far, near = _mix(far, tint, 0.12), _mix(near, tint, 0.08)

    mood: Color = (round(dice(0, 255)), round(dice(0, 255)), round(dice(0, 255)))
    sky_top, sky_low, far = _mix(sky_top, mood, 0.1), _mix(sky_low, mood, 0.08), _mix(far, mood, 0.12)
    image = _sky(size, sky_top, sky_low)
    x = dice(0.18, 0.82)
    y = dice(0.16, 0.44) + 0.04 * (_unit("negative", request.negative) - 0.5)
    _sun(image, x, y, dice(0.035, 0.06), sun, light == "night")
    draw = ImageDraw.Draw(image)
    if light == "night":
        _stars(draw, size, dice)
    LAYERS[kind](image, draw, dice, far, near, sky_low)
    if scale > 1:
        image = image.reduce(scale)
    return _finish(image, request)


def _sky(size: tuple[int, int], top: Color, low: Color) -> Image.Image:
    strip = Image.new("RGB", (1, 64))
    for row in range(64):
        strip.putpixel((0, row), _mix(top, low, (row / 44) ** 1.15))
    return strip.resize(size, Image.BICUBIC)


def _sun(image: Image.Image, x: float, y: float, radius: float, color: Color, moon: bool) -> None:
    width, height = image.size
    short = min(width, height)
    glow = ImageChops.invert(Image.radial_gradient("L")).point(lambda v: int((v / 255) ** 2.6 * 150))
    reach = int(short * (0.55 if moon else 0.8))
    left, top = int(x * width - reach / 2), int(y * height - reach / 2)
    image.paste(color, (left, top, left + reach, top + reach), glow.resize((reach, reach)))
    r, cx, cy = radius * short, x * width, y * height
    ImageDraw.Draw(image).ellipse((cx - r, cy - r, cx + r, cy + r), fill=color)


def _stars(draw: ImageDraw.ImageDraw, size: tuple[int, int], dice: _Dice) -> None:
    width, height = size
    for _ in range(70):
        px, py, r = dice() * width, dice(0, 0.5) * height, dice(0.4, 1.6) * width / 1024
        draw.ellipse((px - r, py - r, px + r, py + r), fill=(226, 230, 240))


def _ridge(dice: _Dice, width: int, base: float, rough: float, height: int, sharp: bool) -> list[tuple]:
    waves = [(dice(0.6, 1.8) * 2**i, dice(0, 6.3), rough / 1.7**i) for i in range(6 if sharp else 3)]
    points: list[tuple[float, float]] = []
    for i in range(161):
        t = i / 160
        swing = sum(
            amplitude
            * (1 - 2 * abs(math.sin(f * t * math.pi + phase)) if sharp else math.sin(f * t * 5 + phase))
            for f, phase, amplitude in waves
        )
        points.append((t * width, (base + swing) * height))
    return [*points, (width, height), (0, height)]


def _mountains(image, draw, dice, far, near, haze, *, sharp=True, rough=0.05, first=0.5, count=5) -> None:
    width, height = image.size
    for layer in range(count):
        t = layer / (count - 1)
        color = _mix(_mix(far, haze, 0.55 * (1 - t)), near, t**1.2)
        base = first + (0.95 - first) * t
        draw.polygon(_ridge(dice, width, base, rough * (1 - 0.5 * t), height, sharp and t < 0.7), fill=color)


def _dunes(image, draw, dice, far, near, haze) -> None:
    _mountains(image, draw, dice, far, near, haze, sharp=False, rough=0.035, first=0.58)


def _forest(image, draw, dice, far, near, haze) -> None:
    width, height = image.size
    _mountains(
        image, draw, dice, far, _mix(far, near, 0.3), haze, sharp=False, rough=0.03, first=0.5, count=2
    )
    for layer in range(4):
        t = (layer + 1) / 4
        color = _mix(_mix(far, haze, 0.3 * (1 - t)), near, t)
        step = 0.012 + 0.016 * t
        place = -step
        while place < 1 + step:
            tall = dice(0.10, 0.22) * (0.6 + 0.8 * t)
            foot = 0.62 + 0.34 * t
            half = step * dice(0.6, 1.0)
            tip = (place * width, (foot - tall) * height)
            draw.polygon(
                [((place - half) * width, height), tip, ((place + half) * width, height)], fill=color
            )
            place += step * dice(0.5, 1.1)


def _lake(image, draw, dice, far, near, haze) -> None:
    width, height = image.size
    shore = int(height * dice(0.56, 0.64))
    _mountains(image, draw, dice, far, _mix(far, near, 0.7), haze, rough=0.05, first=0.46, count=3)
    mirror = image.crop((0, max(0, 2 * shore - height), width, shore)).transpose(Image.FLIP_TOP_BOTTOM)
    mirror = Image.blend(mirror, Image.new("RGB", mirror.size, near), 0.28)
    image.paste(mirror.resize((width, height - shore)), (0, shore))
    for _ in range(26):
        y, x, long = dice(shore / height + 0.02, 1) * height, dice() * width, dice(0.03, 0.16) * width
        draw.line(
            (x - long, y, x + long, y), fill=_mix(haze, near, dice(0.2, 0.7)), width=max(1, width // 512)
        )


def _city(image, draw, dice, far, near, haze) -> None:
    width, height = image.size
    lamp = (255, 214, 130)
    for layer in range(3):
        t = layer / 2
        color = _mix(_mix(far, haze, 0.4 * (1 - t)), near, t)
        x = -0.02
        while x < 1:
            wide, top = dice(0.03, 0.07) * (0.8 + 0.6 * t), 0.74 - dice(0.05, 0.32) * (1 - 0.45 * t) + 0.1 * t
            box = (x * width, top * height, (x + wide) * width, height)
            draw.rectangle(box, fill=color)
            _windows(draw, dice, box, lamp if t > 0.3 else _mix(color, lamp, 0.35), width)
            x += wide + dice(0, 0.012)


def _windows(draw, dice, box, color, width) -> None:
    left, top, right, bottom = box
    unit = width / 110
    rows, columns = int((bottom - top) / (unit * 1.8)), int((right - left) / (unit * 1.6))
    for _ in range(min(12, rows * columns // 5)):
        x = left + unit * (0.5 + 1.6 * int(dice() * columns))
        y = top + unit * (0.8 + 1.8 * int(dice() * rows))
        if x + unit * 0.6 < right:
            draw.rectangle((x, y, x + unit * 0.6, y + unit * 0.8), fill=color)


LAYERS = {"mountains": _mountains, "dunes": _dunes, "forest": _forest, "lake": _lake, "city": _city}


def _finish(image: Image.Image, request: Request) -> Image.Image:
    """CFG, steps, sampler and unfinished sampling: contrast, sharpness, colour, blur."""
    image = ImageEnhance.Contrast(image).enhance(0.86 + 0.02 * min(request.cfg, 20))
    image = ImageEnhance.Color(image).enhance(0.9 + 0.35 * _unit("look", request.look, *request.extra))
    soft = max(0.0, 6 - request.steps) * 0.35 + (1 - request.done) * 22
    if soft > 0.1:
        image = image.filter(ImageFilter.GaussianBlur(soft * min(image.size) / 512))
    # One corner pixel tells any two requests apart, however little else differs.
    mark = _number(repr(request))
    image.putpixel((0, 0), (mark & 255, mark >> 8 & 255, mark >> 16 & 255))
    return image


def rework(
    source: Image.Image, request: Request, strength: float, mask: Image.Image | None = None
) -> Image.Image:
    """img2img: ``source`` changed towards a fresh rendering, where ``mask`` (L, white) lets it."""
    source = source.convert("RGB").resize((request.width, request.height), Image.LANCZOS)
    fresh = render(request)
    mixed = Image.blend(source, fresh, min(1.0, max(0.0, strength)) * 0.9)
    if mask is None:
        return mixed
    return Image.composite(mixed, source, mask.convert("L").resize(source.size))
