"""Reads the state of the page and of the WebUI: the host side of ``freeze``.

Source: WebUI 1.10.1, modules/txt2img.py, img2img.py, scripts.py (ScriptRunner), options.py, sd_models.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from modules import img2img, processing, scripts, sd_models, shared

from ...errors import Refused
from ...library.inputs import Inputs
from ...ports import ScriptLabel
from ...sentences import say
from ..host import batch_files, model_loading, versions
from ..host.init_images import ImageTools
from ..host.permits import read_settings
from . import controlnet
from .batch import BatchTools
from .page_to_payload import Page, name_arguments
from .scripts import Role, ScriptOnPage

BUILT_IN: dict[str, Role] = {"seed": "seed", "sampler": "sampler", "refiner": "refiner"}


def read_page(kind: Literal["txt2img", "img2img"], values: Sequence[Any], inputs: Inputs) -> Page:
    """``values``: what the page would send to Generate. ``inputs`` stores its images."""
    if kind == "txt2img":
        function, runner = versions.txt2img_function(), scripts.scripts_txt2img
    else:
        function, runner = img2img.img2img, scripts.scripts_img2img
    arguments, script_values = name_arguments(function, values)
    on_page, selected = read_scripts(runner, script_values)
    refuse_what_no_job_can(on_page, controlnet.Folder(runner.scripts))
    rounded = batch_files.rounding()
    file_types = batch_files.file_types(arguments)
    return Page(
        kind=kind,
        arguments=arguments,
        scripts=on_page,
        selected=selected,
        settings=read_settings(),
        chips=versions.infotext_utils.create_override_settings_dict(
            arguments.get("override_settings_texts") or []
        ),
        checkpoint=current_checkpoint(),
        find_checkpoint=find_checkpoint,
        images=ImageTools(
            fix=versions.upright,
            binary_mask=processing.create_binary_mask,
            save=inputs.save_image,
            rounded=rounded,
        ),
        batch=BatchTools(
            images=lambda folder: list(shared.walk_files(folder, allowed_extensions=file_types)),
            files=lambda folder: list(shared.listfiles(folder)),
            infotext=lambda path: batch_files.read_infotext(path, rounded),
            find_checkpoint=closest_checkpoint,
            keep=inputs.save_file,
            keep_image=batch_files.keep_image(inputs, rounded),
            rounded=rounded or int,
            hides_folders=bool(shared.cmd_opts.hide_ui_dir_config),
        ),
    )


def refuse_what_no_job_can(on_page: Sequence[ScriptOnPage], folder: controlnet.Folder) -> None:
    """``InuJobsError`` for what Generate would do outside of a payload."""
    if service := model_loading.service():
        raise Refused(
            say(
                "The page is set to an API model ({service}), which makes images elsewhere: choose a model"
                " of this WebUI, or use Generate.",
                service=service,
            )
        )
    for script in on_page:
        if script.title.lower() == controlnet.TITLE:
            controlnet.refuse_folder(folder, script.args)


def closest_checkpoint(name: str) -> str | None:
    """The title that the page's lenient search finds, or None."""
    info = sd_models.get_closet_checkpoint_match(name)
    return None if info is None else str(info.title)


def read_scripts(runner: Any, values: Sequence[Any]) -> tuple[list[ScriptOnPage], ScriptOnPage | None]:
    """All scripts in the host's order, and the one selected under "Script". The first of ``values`` is that
    selection: 0 or None for none, else its number."""
    on_page = [read_script(script, values) for script in runner.scripts if script.args_from is not None]
    choice = values[0] or 0
    selected = runner.selectable_scripts[choice - 1] if choice else None
    return on_page, None if selected is None else read_script(selected, values)


def read_script(script: Any, values: Sequence[Any]) -> ScriptOnPage:
    title = script.title()
    names = list(getattr(script, "setting_names", None) or [])
    role: Role = "extra options" if names else "script"
    # The API skips only these; somebody else's script with the same title is not skipped.
    if script.setup_for_ui_only:
        role = BUILT_IN.get(title.lower(), role)
    return ScriptOnPage(
        title=title,
        args=list(values[script.args_from : script.args_to]),
        defaults=defaults_of(script),
        alwayson=bool(script.alwayson),
        role=role,
        names=names,
    )


def defaults_of(script: Any) -> list[Any]:
    """Its arguments before ui-config.json changed the page, which are also the API's defaults."""
    described = getattr(script.api_info, "args", None) or []
    return [getattr(argument, "value", None) for argument in described]


def infotext_scripts(runner: Any) -> list[ScriptLabel]:
    """See ``ports.Catalog``."""
    found = []
    for script in runner.alwayson_scripts:
        if not script.setup_for_ui_only or script.title().lower() in BUILT_IN or script.args_from is None:
            continue
        controls = list(runner.inputs[script.args_from : script.args_to])
        for control, label in script.infotext_fields or ():
            place = next((place for place, one in enumerate(controls) if one is control), None)
            if isinstance(label, str) and place is not None:
                found.append(ScriptLabel(label, script.title(), place, defaults_of(script)))
    return found


def find_checkpoint(name: str) -> str | None:
    """The title for a name, hash or alias, or None."""
    info = sd_models.checkpoint_aliases.get(name)
    return None if info is None else info.title


def current_checkpoint() -> str:
    """Title of the checkpoint that Generate would use now."""
    try:
        info = sd_models.select_checkpoint()
    except FileNotFoundError:
        info = None
    if info is None:
        raise Refused(say("There is no checkpoint to generate with: put one into models/Stable-diffusion."))
    return str(info.title)
