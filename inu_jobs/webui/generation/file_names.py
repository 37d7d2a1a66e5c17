"""Images from other machines get the names that the WebUI would have given them here.

Source: WebUI 1.10.1, ``save_image`` and ``FilenameGenerator`` in modules/images.py. ``save_image`` looks
which name is free, calls back, and writes over whatever has that name by then: so names are given out under
one lock, and one that was taken in between is changed in its callback.
"""

from __future__ import annotations

import re
import secrets
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path, PurePath
from types import SimpleNamespace
from typing import Any

from modules import images, shared
from PIL import Image

from ...durable_files import copy_new, move
from ...fields.table import CHECKPOINT, infotext_label
from ...fields.upscale import is_upscale
from ...library.infotext import parsing
from ...library.pixels import opened
from ...log import log
from ...ports import Arrived
from ..host.folders import WebuiHost

_TRIES = 10_000  # names
_REMEMBERED = 200  # names
_LONGEST = 180  # bytes of a name, besides its number and ending
#: what would lead to another folder: parts of a name may come from the other machine
_UNSAFE = re.compile(r"[/\\\x00-\x1f\x7f]")


class FileNames:
    """Used on the threads of machines and, through the callbacks, on the generating thread."""

    def __init__(self, host: WebuiHost) -> None:
        self._host = host
        self._lock = threading.Lock()
        self._announced: deque[str] = deque(maxlen=_REMEMBERED)  # about to be written by the host
        self._given: deque[str] = deque(maxlen=_REMEMBERED)

    def announce(self, params: Any) -> None:
        """The host is about to write ``params.filename``."""
        with self._lock:
            path = Path(params.filename).absolute()
            if str(path) in self._given and path.exists():
                path = next(self._free(path.parent, f"{path.stem}-", path.suffix))
                params.filename = str(path)
            self._announced.append(str(path))

    def keep(self, arrived: Arrived, claim: Callable[[Path], None]) -> Path:
        """Copy an image into the output folder, and return its name there. ``claim`` is called with that
        before there is such a file. Replaces no file. OSError."""
        base = self._folder(arrived)
        with opened(arrived.file) as image:
            text = self._host.infotext(arrived.file)
            folder, name, numbered = _place(base, arrived, image, text)
        folder.mkdir(parents=True, exist_ok=True)
        whole = folder / f".inu-jobs-{secrets.token_hex(8)}.tmp"  # no part of it gets the name
        copy_new(arrived.file, whole)
        try:
            path = self._name(whole, self._candidates(folder, name, numbered, arrived.suffix), claim)
        except BaseException:
            whole.unlink(missing_ok=True)
            raise
        if getattr(shared.opts, "save_txt", False) and text:
            with suppress(OSError), path.with_suffix(".txt").open("x", encoding="utf-8") as file:
                file.write(f"{text}\n")
        return path

    def _name(self, whole: Path, candidates: Iterator[Path], claim: Callable[[Path], None]) -> Path:
        with self._lock:
            for path in candidates:
                claim(path)
                try:
                    move(whole, path)
                except FileExistsError:
                    continue
                self._given.append(str(path))
                return path
        raise FileExistsError(f"no free name for {whole}")

    def _folder(self, arrived: Arrived) -> Path:
        """As our script chooses it for a task of this machine."""
        opts = shared.opts
        kind = "img2img" if arrived.is_img2img else "txt2img"
        if is_upscale(arrived.payload):
            kind = "extras"
        return Path(opts.outdir_samples or getattr(opts, f"outdir_{kind}_samples")).absolute()

    def _candidates(self, folder: Path, name: str, numbered: bool, suffix: str) -> Iterator[Path]:
        if numbered:
            first = int(images.get_next_sequence_number(str(folder), ""))
            decoration = f"-{name}" if name else ""
            for number in range(first, first + _TRIES):
                path = folder / f"{number:05}{decoration}{suffix}"
                if self._is_free(path):
                    yield path
        path = folder / f"{name or 'image'}{suffix}"
        if self._is_free(path):
            yield path
        yield from self._free(folder, f"{name or 'image'}-", suffix)

    def _free(self, folder: Path, start: str, suffix: str) -> Iterator[Path]:
        for number in range(1, _TRIES):
            path = folder / f"{start}{number}{suffix}"
            if self._is_free(path):
                yield path
        raise FileExistsError(f"no free name in {folder}")

    def _is_free(self, path: Path) -> bool:
        return str(path) not in self._announced and not path.exists()


def _place(base: Path, arrived: Arrived, image: Image.Image, text: str) -> tuple[Path, str, bool]:
    """(folder, name, whether it begins with a number), by the user's patterns."""
    opts = shared.opts
    folder, name = base, f"{arrived.seed}" if arrived.seed is not None else ""
    try:
        names = _generator(arrived, image, text)
        if opts.save_to_dirs:
            below = names.apply(opts.directories_filename_pattern or "[prompt_words]")
            folder = base.joinpath(*map(_short, PurePath(below.lstrip(" ").rstrip("\\ /")).parts))
        usual = "[seed]" if opts.save_to_dirs else "[seed]-[prompt_spaces]"
        pattern = opts.samples_filename_pattern or usual
        name = _short(_UNSAFE.sub("_", names.apply(pattern))) if arrived.seed is not None else ""
    except Exception:  # a pattern that needs what only a generation has
        log.warning("a file name pattern needs what is not known of an image from another machine.")
    if base.resolve() not in (folder.resolve(), *folder.resolve().parents):
        folder = base
    return folder, name, bool(opts.save_images_add_number) or not name


def _short(part: str) -> str:
    """File systems count bytes, of which a letter may have four."""
    return part.encode("utf-8", "replace")[:_LONGEST].decode("utf-8", "ignore")


def _generator(arrived: Arrived, image: Image.Image, text: str) -> Any:
    """The WebUI's own, for an image whose model is loaded elsewhere."""
    payload, told = arrived.payload, parsing.parse(text).fields
    prompt = arrived.prompt if arrived.prompt is not None else str(payload.get("prompt") or "")
    settings = payload.get("override_settings") or {}
    size = int(payload.get("batch_size") or 1)
    vae = str(settings.get("sd_vae") or "NoneType")

    class Names(images.FilenameGenerator):
        replacements = {
            **images.FilenameGenerator.replacements,
            "model_hash": lambda self: images.sanitize_filename_part(told.get("Model hash", "")[:64]),
            "model_name": lambda self: images.sanitize_filename_part(
                told.get(infotext_label(CHECKPOINT), ""), replace_spaces=False
            ),
            "clip_skip": lambda self: settings.get("CLIP_stop_at_last_layers", 1),
            "vae_filename": lambda self: "NoneType" if vae in ("Automatic", "None") else Path(vae).stem,
        }

    p = SimpleNamespace(
        steps=payload.get("steps"), cfg_scale=payload.get("cfg_scale"), width=image.width,
        height=image.height, styles=payload.get("styles") or [],
        sampler_name=str(payload.get("sampler_name") or ""), scheduler=payload.get("scheduler"),
        prompt=prompt, negative_prompt=payload.get("negative_prompt") or "",
        denoising_strength=payload.get("denoising_strength"), batch_size=size, n_iter=1, iteration=0,
        batch_index=arrived.index % size, all_seeds=[arrived.seed] * size, user=arrived.user or None,
        is_hr_pass=False,
    )  # fmt: skip
    return Names(p, arrived.seed, prompt, image)
