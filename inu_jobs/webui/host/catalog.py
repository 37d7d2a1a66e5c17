"""What is installed in the WebUI, by the names that it shows and accepts."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from modules import (
    extra_networks,
    paths_internal,
    scripts,
    sd_models,
    sd_samplers,
    shared,
    shared_items,
)

from ...plan import Wildcards
from ...ports import ScriptLabel
from ..capture import controlnet, read_page
from . import batch_files, model_parts, payload_fields, versions
from .model_files import family_of
from .permits import WebuiPermits


class WebuiCatalog(WebuiPermits):
    """``ports.Catalog`` and ``ports.Checkpoints``. Reads the WebUI's current lists; nothing is rescanned.
    ``wildcards``: our own wildcard folder."""

    def __init__(self, wildcards: Path) -> None:
        self._own_wildcards = wildcards
        self._wildcards = Wildcards(self.wildcard_folders)

    def checkpoints(self) -> list[str]:
        return list(sd_models.checkpoint_tiles())

    def checkpoint_exists(self, name: str) -> bool:
        # Looked up as process_images does: the page's lenient search would find the wrong one.
        return name in sd_models.checkpoint_aliases

    def checkpoint_ids(self, name: str) -> frozenset[str]:
        info = sd_models.checkpoint_aliases.get(name)
        return frozenset(filter(None, (info.title, info.short_title, *info.ids))) if info else frozenset()

    def checkpoint_family(self, name: str) -> str:
        info = sd_models.checkpoint_aliases.get(name)
        return family_of(info.filename) if info else ""

    def checkpoint(self, name: str) -> str:
        """``ports.Checkpoints``. Looked up as process_images and select_checkpoint do."""
        aliases = sd_models.checkpoint_aliases
        info = aliases.get(name) or aliases.get(shared.opts.sd_model_checkpoint)
        info = info or next(iter(sd_models.checkpoints_list.values()), None)
        return str(info.filename) if info else ""

    def loaded_checkpoint(self) -> str:
        model = sd_models.model_data.sd_model  # shared.sd_model would load one
        if not model_parts.is_loaded(
            model
        ):  # before doing anything else, the WebUI loads the one from its settings
            return self.checkpoint("")
        info = getattr(model, "sd_checkpoint_info", None)
        return str(info.filename) if info else ""

    def payload_fields(self, is_img2img: bool) -> frozenset[str]:
        return payload_fields.payload_fields(is_img2img)

    def modules(self) -> list[str] | None:
        return model_parts.modules()

    def vaes(self) -> list[str]:
        return list(shared_items.sd_vae_items())

    def samplers(self) -> list[str]:
        return [sampler.name for sampler in sd_samplers.all_samplers]

    def sampler_exists(self, name: str) -> bool:
        """Also with a schedule type appended ("DPM++ 2M Karras"), as the API accepts it."""
        if name in sd_samplers.all_samplers_map:
            return True
        for scheduler in getattr(versions.schedule_types(), "schedulers", ()):
            for suffix in (scheduler.label, scheduler.name, *(scheduler.aliases or ())):
                if name.endswith(f" {suffix}") and name[: -len(suffix) - 1] in sd_samplers.all_samplers_map:
                    return True
        return False

    def sampling(self, sampler: str, scheduler: str) -> tuple[str, str] | None:
        known = scheduler in ("", *getattr(versions.schedule_types(), "schedulers_map", ()))
        if not known or not self.sampler_exists(sampler):
            return None
        if versions.schedule_types() is None:
            return sampler, ""
        name, label = sd_samplers.get_sampler_and_scheduler(sampler, scheduler)
        return str(name), str(label)

    def schedulers(self) -> list[str]:
        return [scheduler.label for scheduler in getattr(versions.schedule_types(), "schedulers", ())]

    def upscalers(self) -> list[str]:
        return [upscaler.name for upscaler in shared.sd_upscalers]

    def latent_upscale_modes(self) -> list[str]:
        return list(shared.latent_upscale_modes)

    def loras(self) -> list[str]:
        """File names first, then the other names that prompts can use."""
        networks: Any = sys.modules.get("networks")  # of the built-in Lora extension, if enabled
        names = dict.fromkeys(getattr(networks, "available_networks", ()))
        aliases = getattr(networks, "available_network_aliases", ())
        # names claimed by several files; load_networks accepts such a name only if it is a file's own name
        forbidden = getattr(networks, "forbidden_network_aliases", ())
        return list(names | dict.fromkeys(name for name in aliases if name.lower() not in forbidden))

    def lora_family(self, name: str) -> str:
        networks: Any = sys.modules.get("networks")
        known = "available_network_aliases"
        if name.lower() in getattr(networks, "forbidden_network_aliases", ()):
            known = "available_networks"
        found = getattr(networks, known, {}).get(name)
        return "" if found is None else family_of(found.filename)

    def infotext_settings(self) -> list[tuple[str, str, str]]:
        labels = shared.opts.data_labels
        pairs = [(info.infotext, name) for name, info in labels.items() if info.infotext]
        found = []
        for label, name in [*pairs, *model_parts.infotext_labels()]:
            default = labels[name].default if name in labels else None
            value = getattr(shared.opts, name, None) if default is None else default
            kind = type(value).__name__
            if name in labels and kind in ("bool", "int", "float", "str"):
                found.append((label, name, kind))
        return found

    def infotext_scripts(self) -> list[ScriptLabel]:
        """Those that Forge Neo (2.26) adds beside CFG scale (MaHiRo, RescaleCFG); A1111 1.10.1 has none but
        those whose arguments are fields."""
        return read_page.infotext_scripts(runner(False))

    def size_step(self) -> int:
        return batch_files.size_step()

    def lora_hashes(self) -> bool:
        if getattr(shared.cmd_opts, "no_hashing", False):
            return False
        if "networks" in sys.modules:
            return bool(getattr(shared.opts, "lora_add_hashes_to_infotext", True))
        # without the built-in extension, only another extension could apply a LoRA
        return "lora" not in extra_networks.extra_network_registry

    def embeddings(self) -> list[str]:
        return model_parts.embeddings()

    def styles(self) -> list[str]:
        return list(shared.prompt_styles.styles)

    def style_prompt(self, name: str) -> str:
        style = shared.prompt_styles.styles.get(name)
        return str(style.prompt or "") if style is not None else ""

    def prompt_comments(self) -> bool:
        # reForge always removes them, and has a setting for what is written; none before 1.8
        always = "enable_prompt_comments_def" in shared.opts.data_labels
        return always or bool(getattr(shared.opts, "enable_prompt_comments", False))

    def comments_like_code(self) -> bool:
        # they came with these settings, in Forge Neo and in reForge
        return not {"save_prompt_comments", "enable_prompt_comments_def"}.isdisjoint(shared.opts.data_labels)

    def wildcards(self) -> list[str]:
        """Without the file extension, with '/'; those in a YAML or JSON file by their path in it."""
        return self._wildcards.names()

    def wildcard_folders(self) -> list[Path]:
        """First that of sd-dynamic-prompts, wherever it is configured, then ours."""
        chosen = getattr(shared.opts, "wildcard_dir", None)
        theirs = Path(chosen or Path(paths_internal.extensions_dir) / "sd-dynamic-prompts" / "wildcards")
        return [theirs, self._own_wildcards]

    def scripts(self, is_img2img: bool) -> list[str]:
        return [script.title().lower() for script in runner(is_img2img).selectable_scripts]

    def script_arguments(self, is_img2img: bool) -> dict[str, int]:
        return {
            script.title().lower(): (script.args_to or 0) - (script.args_from or 0)
            for script in reversed(runner(is_img2img).selectable_scripts)  # of two, the first is used
        }

    def alwayson(self, is_img2img: bool) -> dict[str, int]:
        return {
            script.title().lower(): (script.args_to or 0) - (script.args_from or 0)
            for script in reversed(runner(is_img2img).alwayson_scripts)  # of two, the first is used
        }

    def controlnet_models(self) -> list[str] | None:
        return controlnet.models(runner(False).alwayson_scripts)


def runner(is_img2img: bool) -> Any:
    return scripts.scripts_img2img if is_img2img else scripts.scripts_txt2img
