"""How a model is loaded for a task, where a host decides that outside of what a payload can override.

- Forge (f2.0.1) and Forge Neo (2.26) load models with what ``main_entry.refresh_model_loading_parameters``
  last read from the settings. They call it when an override changes the checkpoint or the modules, but not
  for "Diffusion in Low Bits" (``forge_unet_storage_dtype``), which their presets change, too.
- They leave out modules that they do not find (``modules_change``), and so make a different image.
- All hosts leave out a checkpoint that they do not find (``process_images``), and use the one that is loaded;
  Agent Scheduler takes one whose title contains the name (``get_closet_checkpoint_match``).
- All hosts empty their lists before they read the folders again (``list_models``), which on Forge a page does
  that is loaded: what is not listed may be there all the same, a moment later.
- A derivative of Forge Neo can send what Generate asks for to a service (``forge_model_mode``), instead of
  loading a model.

Their settings about memory (``forge_inference_memory``, ``forge_async_loading``,
``forge_pin_shared_memory``) are about the machine, and ``forge_preset`` only about the page.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from modules import sd_models, shared

from ...errors import InvalidInput, SchedulerError
from ...model import Payload
from ...sentences import say
from .model_parts import LOW_BITS, MODULES_SETTING, setting_value
from .payload_fields import SAME_MODULES

_CHECKPOINT = "sd_model_checkpoint"
HIRES_MODULES = "hr_additional_modules"
#: for hires fix without any
_BUILT_IN = "Built-in"
_MODE, LOCAL = "forge_model_mode", "local"


def _main_entry() -> Any:
    return sys.modules.get("modules_forge.main_entry")


# ----------------------------------------------------------------------------- missing


class Unlisted(InvalidInput):
    """A file that the WebUI does not list, or not now."""


#: seconds for which a file may be unlisted before it counts as missing
PATIENCE = 5.0
#: what was found unlisted at hand-over: since when, and when last
_unlisted: dict[str, tuple[float, float]] = {}


def check_models(settings: Mapping[str, Any] | None, of_hires: Any) -> None:
    """``InvalidInput`` for a checkpoint or a module that does not exist (any more), ``Unlisted`` if it may be
    back in a moment. ``settings``: a payload's ``override_settings``; ``of_hires``: its modules for hires
    fix."""
    _check_checkpoint(settings)
    _check_modules(settings, of_hires)


def check_before_hand_over(settings: Mapping[str, Any] | None, of_hires: Any) -> None:
    """Like ``check_models``, but ``SchedulerError`` as long as a file may come back: try again later."""
    try:
        check_models(settings, of_hires)
    except Unlisted as problem:
        name, now = str(problem), time.monotonic()
        since, last = _unlisted.get(name, (now, now))
        if now - last > PATIENCE:
            since = now  # that was another time
        _unlisted[name] = since, now
        if now - since < PATIENCE:
            raise SchedulerError(problem.sentence) from problem
        raise


def check_before_run(settings: Mapping[str, Any] | None, of_hires: Any) -> None:
    """Like ``check_models``, but waits for a file that may come back. On the runner's thread."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return check_models(settings, of_hires)
        except Unlisted:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


# ------------------------------------------------------------------------- checkpoints


def _check_checkpoint(settings: Mapping[str, Any] | None) -> None:
    name = (settings or {}).get(_CHECKPOINT)
    # Not listed anew: with an empty folder (a disk that is not plugged in) A1111 would download a model.
    if not isinstance(name, str) or not name:
        return
    # a title has its hash once that is known, not before
    aliases = (sd_models.checkpoint_aliases.get(one) for one in (name, name.partition(" [")[0]))
    known = [info for info in aliases if info is not None]
    # one whose file is gone would leave A1111 with half a model
    if not any(Path(info.filename).is_file() for info in known):
        missing = InvalidInput if known else Unlisted
        raise missing(say("The checkpoint “{name}” is missing: put it back, or choose another.", name=name))


def name_no_model(payload: Payload) -> None:
    """For a task that loads none, in place: a model that is missing does not concern it."""
    settings = payload.get("override_settings")
    if isinstance(settings, dict):
        settings.pop(_CHECKPOINT, None), settings.pop(MODULES_SETTING, None)
    payload.pop(HIRES_MODULES, None)


# ---------------------------------------------------------------------------- modules


def name_modules(payload: Payload) -> None:
    """Name modules in place as this host knows them: a payload from Windows may contain Windows' paths."""
    settings = payload.get("override_settings")
    if isinstance(settings, dict) and MODULES_SETTING in settings:
        settings[MODULES_SETTING] = setting_value(MODULES_SETTING, settings[MODULES_SETTING])
    if HIRES_MODULES in payload:
        payload[HIRES_MODULES] = setting_value(MODULES_SETTING, payload[HIRES_MODULES])


def _check_modules(settings: Mapping[str, Any] | None, of_hires: Any) -> None:
    known = getattr(_main_entry(), "module_list", None)
    if known is None:
        return
    asked = [*_listed((settings or {}).get(MODULES_SETTING)), *_listed(of_hires)]
    for name in asked:
        if name in (*SAME_MODULES, _BUILT_IN):
            continue
        file = known.get(name)
        if file is None or not Path(file).is_file():
            missing = Unlisted if file is None else InvalidInput
            raise missing(
                say("The VAE or text encoder “{name}” is missing: put it back, or choose another.", name=name)
            )


def _listed(names: Any) -> list[str]:
    found = setting_value(MODULES_SETTING, names)
    return found if isinstance(found, list) else []


# ------------------------------------------------------------------ diffusion in low bits


def use_low_bits(settings: Mapping[str, Any]) -> None:
    """Have the model loaded as ``settings`` ask for, a payload's ``override_settings``. Called before the
    host applies them; when it restores its own, the model is loaded as before."""
    asked, entry = settings.get(LOW_BITS), _main_entry()
    refresh = getattr(entry, "refresh_model_loading_parameters", None)
    option = shared.opts.data_labels.get(LOW_BITS)
    if asked is None or refresh is None or option is None or asked == getattr(shared.opts, LOW_BITS, None):
        return
    if asked not in getattr(entry, "forge_unet_storage_dtype_options", (asked,)):
        raise InvalidInput(say("This WebUI has no “Diffusion in Low Bits” of “{asked}”.", asked=str(asked)))
    if option.onchange is None:
        option.onchange = refresh
    data = shared.opts.data
    before = data.get(LOW_BITS, option.default)
    data[LOW_BITS] = asked
    try:
        refresh()
    finally:
        data[LOW_BITS] = before


# ------------------------------------------------------------------------------ services


def read_mode() -> Any:
    return getattr(shared.opts, _MODE, LOCAL)


def write_mode(mode: Any) -> None:
    """In memory only: nothing is saved."""
    shared.opts.data[_MODE] = mode


def service() -> str:
    """Where Generate's images would be made, '' if here."""
    if read_mode() == LOCAL:
        return ""
    names = (getattr(shared.opts, name, "") for name in ("forge_api_provider", "forge_api_model"))
    return " ".join(filter(None, map(str, names))) or "API"
