"""Reads what the page and the WebUI are set to: the host's side of ``frozen``.

Source: WebUI 1.10.1, modules/txt2img.py, img2img.py, scripts.py (ScriptRunner), options.py, sd_models.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

from modules import images, img2img, infotext_utils, processing, scripts, sd_models, shared, txt2img

from ..errors import Refused
from .frozen import ImageTools, Page, name_arguments
from .frozen_scripts import Role, ScriptOnPage
from .frozen_settings import Setting

BUILT_IN: dict[str, Role] = {"seed": "seed", "sampler": "sampler", "refiner": "refiner"}


def read_page(kind: Literal["txt2img", "img2img"], values: Sequence[Any], save: Callable[[Any], str]) -> Page:
    """``values``: what the page would send to Generate. ``save`` keeps a PIL image, giving its token."""
    if kind == "txt2img":
        function, runner = txt2img.txt2img_create_processing, scripts.scripts_txt2img
    else:
        function, runner = img2img.img2img, scripts.scripts_img2img
    arguments, script_values = name_arguments(function, values)
    on_page, selected = read_scripts(runner, script_values)
    return Page(
        kind=kind,
        arguments=arguments,
        scripts=on_page,
        selected=selected,
        settings=read_settings(),
        chips=infotext_utils.create_override_settings_dict(arguments.get("override_settings_texts") or []),
        checkpoint=current_checkpoint(),
        find_checkpoint=find_checkpoint,
        images=ImageTools(fix=images.fix_image, binary_mask=processing.create_binary_mask, save=save),
    )


def read_scripts(runner: Any, values: Sequence[Any]) -> tuple[list[ScriptOnPage], ScriptOnPage | None]:
    """All scripts in the host's order, and the one chosen under "Script". The first of ``values`` is
    that choice: 0 or None for none, else its number."""
    on_page = [read_script(script, values) for script in runner.scripts if script.args_from is not None]
    choice = values[0] or 0
    selected = runner.selectable_scripts[choice - 1] if choice else None
    return on_page, None if selected is None else read_script(selected, values)


def read_script(script: Any, values: Sequence[Any]) -> ScriptOnPage:
    title = script.title()
    names = list(getattr(script, "setting_names", None) or [])
    role: Role = "extra options" if names else "script"
    # Only these are skipped by the API; a script of the same title by somebody else is not.
    if script.setup_for_ui_only:
        role = BUILT_IN.get(title.lower(), role)
    # Taken before ui-config.json changed the page, as the API's own defaults are.
    described = getattr(script.api_info, "args", None) or []
    return ScriptOnPage(
        title=title,
        args=list(values[script.args_from : script.args_to]),
        defaults=[getattr(argument, "value", None) for argument in described],
        alwayson=bool(script.alwayson),
        role=role,
        names=names,
    )


def read_settings() -> dict[str, Setting]:
    opts = shared.opts
    return {
        name: Setting(
            value=getattr(opts, name, info.default),
            default=info.default,
            infotext=bool(info.infotext),
            changeable=is_changeable(name, info),
        )
        for name, info in opts.data_labels.items()
    }


def is_changeable(name: str, info: Any) -> bool:
    """Whether an API request may override the setting; one that may not would fail the task when the
    WebUI puts it back (``Options.__setattr__``)."""
    flags = shared.cmd_opts
    if info.do_not_save or getattr(info, "restrict_api", False) or name in shared.opts.restricted_opts:
        return False
    if isinstance(info.component_args, dict) and info.component_args.get("visible", True) is False:
        return False
    if flags.freeze_settings or name in split_names(flags.freeze_specific_settings):
        return False
    return not set(info.section or ()) & split_names(flags.freeze_settings_in_sections)


def split_names(text: str | None) -> set[str]:
    return {name.strip() for name in (text or "").split(",")} - {""}


def find_checkpoint(name: str) -> str | None:
    info = sd_models.checkpoint_aliases.get(name)
    return None if info is None else info.title


def current_checkpoint() -> str:
    """Title of the checkpoint that Generate would use now."""
    try:
        info = sd_models.select_checkpoint()
    except FileNotFoundError:
        info = None
    if info is None:
        raise Refused("There is no checkpoint to generate with: put one into models/Stable-diffusion.")
    return str(info.title)
