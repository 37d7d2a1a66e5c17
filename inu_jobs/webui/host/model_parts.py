"""Models and what belongs to them, where the hosts keep it in different places.

- Embeddings: ``sd_hijack`` has their database on A1111 1.10.1 and reForge. Forge (f2.0.1) has the module
  without it, Forge Neo (2.26) no such module; on both, the page of extra networks has one.
- VAE: the setting ``sd_vae`` on A1111 and reForge. On Forge and Forge Neo ``forge_additional_modules``, a
  list of files with VAEs and text encoders (``main_entry.module_list``, by name); there ``sd_vae`` is still a
  setting, but has no effect or ends the run with an error.
- What is loaded: None on A1111 and reForge, a ``FakeInitialModel`` on Forge and Forge Neo.
- Infotext labels of settings: ``infotext_to_setting_name_mapping``, on Forge Neo ``INFOTEXT_TO_SETTING``.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import PurePath
from typing import Any

from modules import sd_models, shared

from ...fields.table import MODULES, VAE
from .versions import infotext_utils

VAE_SETTING = VAE.partition(".")[2]
MODULES_SETTING = MODULES.partition(".")[2]
#: "Diffusion in Low Bits" on Forge and Forge Neo; see ``model_loading``
LOW_BITS = "forge_unet_storage_dtype"


def embeddings() -> list[str]:
    for module, path in (
        ("modules.sd_hijack", ("model_hijack", "embedding_db")),
        ("modules.ui_extra_networks_textual_inversion", ("embedding_db",)),
    ):
        database = _look_up(module, path)
        if database is not None:
            return [*database.word_embeddings, *database.skipped_embeddings]
    return []


def _look_up(module: str, path: tuple[str, ...]) -> Any:
    try:
        found: Any = importlib.import_module(module)
    except ModuleNotFoundError:
        return None
    for name in path:
        found = getattr(found, name, None)
    return found


def infotext_labels() -> list[tuple[str, str]]:
    """(label, setting) beyond those that the settings themselves name. "Diffusion in Low Bits" is written by
    its hosts, which do not read it."""
    ours = [("Diffusion in Low Bits", LOW_BITS)] if LOW_BITS in shared.opts.data_labels else []
    for name in ("infotext_to_setting_name_mapping", "INFOTEXT_TO_SETTING"):
        if (found := getattr(infotext_utils, name, None)) is not None:
            return [*((label, setting) for label, setting in found), *ours]
    return ours


def has_modules() -> bool:
    """Whether the host loads VAEs and text encoders as modules, instead of one VAE."""
    return MODULES_SETTING in shared.opts.data_labels


def modules() -> list[str] | None:
    """The names of the files; None on a host without modules."""
    if not has_modules():
        return None
    known = getattr(sys.modules.get("modules_forge.main_entry"), "module_list", None) or {}
    return sorted(map(str, known))


def setting_value(name: str, value: Any) -> Any:
    """The value of a setting for a payload: modules by their names, without the folders of this machine. The
    host finds them either way."""
    if name == MODULES_SETTING and isinstance(value, (list, tuple)):
        return [PurePath(str(path).replace("\\", "/")).name for path in value]
    return value


def without_effect(name: str) -> bool:
    """Whether the host has the setting but does not use it."""
    return name == VAE_SETTING and has_modules()


def is_loaded(model: Any) -> bool:
    """``model``: what the host says is in memory."""
    fake = getattr(sd_models, "FakeInitialModel", None)
    return model is not None and not (fake is not None and isinstance(model, fake))
