"""img2img's Batch tab: each file becomes a task with its own image, mask, size and infotext.

Source: WebUI 1.10.1, ``process_batch`` in modules/img2img.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from ...errors import InvalidInput
from ...fields.table import infotext_label
from ...library.inputs import MAX_UNUSED, Kept
from ...sentences import Sentence, listed, say, template

MODE = 5
#: bytes of all files of a batch together: they are copied, so that what was queued is what runs, even if they
#: change
MOST_BYTES = MAX_UNUSED // 2
MOST_FILES = 10_000
#: infotext labels, by the option of the page that reads them
_TEXTS = {infotext_label(field): field for field in ("prompt", "negative_prompt")}
_TYPES: dict[str, Callable[[Any], Any]] = {
    "seed": int, "cfg_scale": float, "sampler_name": str, "steps": int,
}  # fmt: skip
_VALUES = {infotext_label(field): (field, convert) for field, convert in _TYPES.items()}
#: what Batch on Forge Neo (2.26) also offers to append to the prompt
FILE_NAME = "Filename"
_NAMED = 3


class BatchTools(msgspec.Struct, frozen=True):
    """File access as the host provides it. ``images``: all images under a folder; ``files``: those directly
    in a folder; ``infotext``: an image's, by label; ``find_checkpoint``: the checkpoint title for a hash or
    name; ``keep``: stores an image file unchanged, ``keep_image`` one to start from; ``hides_folders``: the
    WebUI was started with folder fields hidden; ``rounded``: the side in pixels that "Resize by" makes."""

    images: Callable[[str], list[str]]
    files: Callable[[str], list[str]]
    infotext: Callable[[str], Mapping[str, Any]]
    find_checkpoint: Callable[[str], str | None]
    keep: Callable[[Path], Kept]
    keep_image: Callable[[Path], Kept]
    hides_folders: bool
    rounded: Callable[[float], int] = int


class Batch(msgspec.Struct, frozen=True):
    """``values``: for the axis "files"; ``notes``: sentences about what was skipped."""

    values: list[dict[str, Any]]
    notes: list[Sentence]
    bytes: int


def read_batch(arguments: Mapping[str, Any], tools: BatchTools) -> Batch:
    """Raises InvalidInput if there is nothing to start from, or too much."""
    upload = arguments.get("img2img_batch_source_type") == "upload"
    paths = uploaded(arguments) if upload else in_folder(arguments, tools)
    size = check_size(paths)
    masks = Masks("" if upload else arguments.get("img2img_batch_inpaint_mask_dir") or "", tools)
    found, unreadable, unmasked = [], [], []
    for path in paths:
        name = Path(path).name
        try:
            mask = masks.of(path)
            kept = tools.keep_image(Path(path))
        except LookupError:
            unmasked.append(name)
            continue
        except (InvalidInput, OSError):
            unreadable.append(name)
            continue
        found.append({"name": name, "changes": file_changes(path, kept, mask, arguments, tools)})
    notes = [
        *left_out(unreadable, template("Skipped, because they cannot be read as images: {names}.")),
        *left_out(unmasked, template("Skipped, because they have no mask of the same name: {names}.")),
    ]
    if not upload and str(arguments.get("img2img_batch_output_dir") or "").strip():
        notes.append(
            say(
                "The output directory of Batch is not used: images are saved where the WebUI saves all"
                " others."
            )
        )
    if not found:
        raise InvalidInput(say("There is no image to start from: add files, or name a folder with images."))
    return Batch(found, notes, size)


def uploaded(arguments: Mapping[str, Any]) -> list[str]:
    return [str(file.name) for file in arguments.get("img2img_batch_upload") or ()]


def in_folder(arguments: Mapping[str, Any], tools: BatchTools) -> list[str]:
    if tools.hides_folders:
        raise InvalidInput(
            say("This WebUI does not accept folders (--hide-ui-dir-config): upload the files.")
        )
    return tools.images(str(arguments.get("img2img_batch_input_dir") or "").strip())


def file_changes(
    path: str, kept: Kept, mask: str, arguments: Mapping[str, Any], tools: BatchTools
) -> dict[str, Any]:
    """What the file at ``path`` sets in its task's payload."""
    changes: dict[str, Any] = {"init_images": [kept.token]}
    if mask:
        changes["mask"] = tools.keep(Path(mask)).token
    if arguments.get("selected_scale_tab") == 1:
        factor = arguments["scale_by"]
        width, height = (tools.rounded(side * factor) for side in (kept.width, kept.height))
        changes |= {"width": width, "height": height}
    if arguments.get("img2img_batch_use_png_info"):
        folder = "" if tools.hides_folders else arguments.get("img2img_batch_png_info_dir") or ""
        wanted = arguments.get("img2img_batch_png_info_props") or ()
        infotext = str(Path(folder) / Path(path).name) if folder else path
        changes |= own_settings(infotext, wanted, tools)
        if FILE_NAME in wanted:
            prompt = [*filter(None, [changes.get("prompt")]), escaped(Path(path).stem)]
            changes["prompt"] = " ".join(prompt)
    return changes


def check_size(paths: Sequence[str]) -> int:
    """Total bytes. ``InvalidInput`` if that is more than a job can have."""
    if len(paths) > MOST_FILES:
        raise InvalidInput(
            say(
                "Batch has {paths:,} files; a job can have at most {most:,}.",
                paths=len(paths),
                most=MOST_FILES,
            )
        )
    size = 0
    for path in paths:
        try:
            size += Path(path).stat().st_size
        except OSError:
            continue  # reported when it is read
    if size > MOST_BYTES:
        raise InvalidInput(
            say(
                "The files of Batch take up {size:,} MB, which would be copied; a job can have at most"
                " {most:,} MB. Use fewer files at a time.",
                size=size >> 20,
                most=MOST_BYTES >> 20,
            )
        )
    return size


class Masks:
    """The masks in a folder: one for all images, or for each image the one with its name."""

    def __init__(self, folder: str, tools: BatchTools) -> None:
        self._all = tools.files(folder) if folder else []

    def of(self, path: str) -> str:
        """'' without masks; ``LookupError`` for an image that has none."""
        if len(self._all) < 2:
            return self._all[0] if self._all else ""
        stem = Path(path).stem
        found = next((mask for mask in self._all if Path(mask).stem == stem), "")
        if not found:
            raise LookupError(stem)
        return found


def own_settings(path: str, wanted: Sequence[str], tools: BatchTools) -> dict[str, Any]:
    """What the image's infotext sets. Its prompts are appended to those of the page."""
    try:
        told = {label: value for label, value in tools.infotext(path).items() if label in wanted}
        found = {field: str(told[label]) for label, field in _TEXTS.items() if told.get(label)}
        values = {field: convert(told[label]) for label, (field, convert) in _VALUES.items() if label in told}
    except (OSError, ValueError, TypeError):
        return {}
    checkpoint = tools.find_checkpoint(str(told["Model hash"])) if told.get("Model hash") else None
    if checkpoint:
        values["override_settings.sd_model_checkpoint"] = checkpoint
    return {**found, **values}


def escaped(name: str) -> str:
    """A file's name for a prompt, where brackets would be weights."""
    return name.replace("(", "\\(").replace(")", "\\)")


def left_out(names: Sequence[str], kind: str) -> list[Sentence]:
    return [say(kind, names=listed(names, _NAMED))] if names else []
