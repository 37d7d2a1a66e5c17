"""What a payload may ask of the WebUI: ``ports.Permits``, and the WebUI's settings.

Source: WebUI 1.10.1, modules/options.py.
"""

from __future__ import annotations

from typing import Any

from modules import shared

from ...sentences import Sentence
from ..capture import frozen_settings, scripts
from ..capture.frozen_settings import Setting
from . import model_parts


class WebuiPermits:
    """``ports.Permits``. Asks the WebUI each time: extensions add settings, and flags freeze them."""

    def refused_setting(self, name: str) -> Sentence:
        info = shared.opts.data_labels.get(name)
        return frozen_settings.refused(name, None if info is None else read_setting(name, info))

    def refused_script(self, title: str) -> Sentence:
        return scripts.refused(title)


def read_settings() -> dict[str, Setting]:
    """All settings of the WebUI, by name."""
    return {name: read_setting(name, info) for name, info in shared.opts.data_labels.items()}


def read_setting(name: str, info: Any) -> Setting:
    return Setting(
        value=model_parts.setting_value(name, getattr(shared.opts, name, info.default)),
        default=info.default,
        infotext=bool(info.infotext),
        changeable=is_changeable(name, info),
        section=str((info.section or ("",))[0] or ""),
        label=str(info.label or name),
    )


def is_changeable(name: str, info: Any) -> bool:
    """Whether an API request may override the setting; otherwise the task would fail when the WebUI restores
    it (``Options.__setattr__``)."""
    flags = shared.cmd_opts
    if model_parts.without_effect(name):
        return False
    if info.do_not_save or getattr(info, "restrict_api", False) or name in shared.opts.restricted_opts:
        return False
    if isinstance(info.component_args, dict) and info.component_args.get("visible", True) is False:
        return False
    # the latter two since 1.8
    if flags.freeze_settings or name in split_names(getattr(flags, "freeze_specific_settings", None)):
        return False
    return not set(info.section or ()) & split_names(getattr(flags, "freeze_settings_in_sections", None))


def split_names(text: str | None) -> set[str]:
    return {name.strip() for name in (text or "").split(",")} - {""}
